"""A small open poll: three departments' people are invited, Ann among them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from people.models import Department, User
from surveys.models import (
    AnswerCount,
    Cell,
    Invitation,
    Question,
    Release,
    Theme,
    Wave,
    WaveItem,
    Wording,
)
from surveys.rules.sealing import new_half
from tests.conftest import TUESDAY_NOON

CLOSED = TUESDAY_NOON + timedelta(days=15)
RELEASED = CLOSED + timedelta(days=14)
ASKED = (
    ("proud", "agreement", "team"), ("heard", "agreement", "team"), ("stay", "likelihood", None),
    ("better", "comment", None),
)  # fmt: skip


@dataclass
class Poll:
    wave: Wave
    codes: tuple[str, str]


@pytest.fixture
def level() -> str:
    return Wave.Level.ANONYMOUS


@pytest.fixture
def poll(system, ann, cas, level) -> Poll:
    halves = new_half(), new_half()
    team = Theme.objects.create(code="team", name="Our team")
    wave = Wave.objects.create(
        code="2026", name="How is it going?", level=level, state=Wave.State.OPEN,
        opens_at=TUESDAY_NOON,
        closes_at=CLOSED, hr_key=halves[0].public, staff_key=halves[1].public, ballot_length=4_000,
        policy_digest="0" * 64, made_by=system,
    )  # fmt: skip
    for number, (code, kind, theme) in enumerate(ASKED, start=1):
        question = Question.objects.create(code=code, kind=kind, theme=team if theme else None)
        wording = Wording.objects.create(
            question=question, number=1, texts={"en": {"text": code}}, made_by=system,
            made_at=TUESDAY_NOON,
        )  # fmt: skip
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    Cell.objects.create(wave=wave, number=0, path="0", name="Everybody", is_atom=False, invited=2)
    for number, user in enumerate((ann, cas), start=1):
        invite(wave, number, user)
    return Poll(wave, (halves[0].code, halves[1].code))


def invite(wave: Wave, number: int, *users: User) -> Cell:
    department = Department.objects.get(memberships__employee=users[0].employee)
    cell = Cell.objects.create(
        wave=wave, number=number, path=f"0.{number}", name=department.name, department=department,
        is_atom=True, invited=len(users),
    )  # fmt: skip
    for user in users:
        Invitation.objects.create(wave=wave, employee=user.employee, cell=cell)
    return cell


@pytest.fixture
def released(poll) -> Wave:
    """The same poll, sealed and released a fortnight after it closed, and shown to all."""
    poll.wave.state, poll.wave.hr_key, poll.wave.staff_key = Wave.State.RELEASED, None, None
    poll.wave.save()
    release(poll.wave, by=poll.wave.made_by)
    for cell in poll.wave.cells.all():
        answered(cell)
    return poll.wave


def answered(cell: Cell) -> None:
    """So many answered there that it is shown."""
    item = cell.wave.items.get(number=1)
    AnswerCount.objects.create(item=item, cell=cell, n=20)


def release(wave: Wave, *, by: User) -> Release:
    return Release.objects.create(
        wave=wave, report={}, digest="0" * 64, released_at=RELEASED, released_by=by,
        shown_at=RELEASED,
    )  # fmt: skip
