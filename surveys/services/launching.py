"""The launch of a poll: who is invited, in which cells, with which promise; frozen from then on."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Department, Employee, Membership, Placement, User
from people.services import audit
from surveys.models import Cell, Invitation, Wave
from surveys.rules.questionnaire import LONGEST_COMMENT, Item, Kind
from surveys.rules.sealing import new_half
from surveys.services.checklist import faults
from surveys.services.inviting import tell_invited, tell_key_taken
from surveys.services.station import items_of

WHOLE = "0"
"""The path of the whole company."""


class LaunchRefused(Exception):
    """Nothing was launched; `faults` are all the reasons, as sentences."""

    def __init__(self, faults: list[str]):
        self.faults = faults
        super().__init__(" ".join(faults))


@transaction.atomic
def take_half(wave: Wave, *, by: User) -> str:
    """Make the key of whoever asks, the staff representative or HR, and return the code that opens
    with it: shown once, kept nowhere. Asked again before the launch, the code of before is void.

    Raises LaunchRefused.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.DRAFT:
        raise LaunchRefused([_("This poll was launched before, so its keys stay.")])
    half = new_half()
    if by.pk == wave.staff_holder_id:
        wave.staff_key = half.public
    else:
        wave.hr_holder, wave.hr_key = by, half.public
    wave.save(update_fields=["hr_holder", "hr_key", "staff_key"])
    audit.record("take_key_of_poll", by=by, subject=f"poll:{wave.code}")
    if by.pk == wave.staff_holder_id:
        tell_key_taken(wave)
    return half.code


@transaction.atomic
def launch(wave: Wave, *, by: User, now: datetime) -> Wave:
    """Freeze register, cells and smallest groups, and open the poll for its time.

    Raises LaunchRefused.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    reasons = [fault.text for fault in faults(wave, now=now)]
    if reasons:
        raise LaunchRefused(reasons)
    cells = _freeze(wave, on=timezone.localdate(now))
    wave.state, wave.ballot_length = Wave.State.OPEN, longest(items_of(wave))
    wave.policy_digest = digest_of(policy(wave, cells))
    wave.save()
    audit.record(
        "launch_poll", by=by, subject=f"poll:{wave.code}",
        after={"invited": cells[0].invited, "policy": wave.policy_digest},
    )  # fmt: skip
    tell_invited(wave)
    return wave


@dataclass(frozen=True)
class Register:
    """Reporting cells, not kept yet, and by number of an atom the employees in it."""

    cells: list[Cell]
    people: dict[int, list[int]]


def _freeze(wave: Wave, *, on: date) -> list[Cell]:
    register = register_of(wave, on=on)
    Cell.objects.bulk_create(register.cells)
    Invitation.objects.bulk_create(
        Invitation(wave=wave, employee_id=employee, cell=register.cells[number])
        for number, employees in register.people.items()
        for employee in employees
    )
    return register.cells


def register_of(wave: Wave, *, on: date) -> Register:
    """Who would be invited in which cell, the whole company first. Atoms are the people of one
    department; a department with others below it has one of its own for whoever is in it
    directly."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for department, parent in (
        Placement.objects.on(on).order_by("department__name").values_list("department", "parent")
    ):
        children[parent].append(department)
    names = dict(Department.objects.values_list("pk", "name"))
    here: dict[int, list[int]] = defaultdict(list)
    rows = Membership.objects.on(on).filter(employee__in=Employee.objects.here(on))
    for employee, department in rows.order_by("employee").values_list("employee", "department"):
        here[department].append(employee)
    cells: list[Cell] = []
    people: dict[int, list[int]] = {}

    def add(path: str, name: str, department: int | None, *, is_atom: bool) -> Cell:
        cell = Cell(
            wave=wave, number=len(cells), path=path, name=name, department_id=department,
            is_atom=is_atom, invited=0,
        )  # fmt: skip
        cells.append(cell)
        return cell

    def walk(department: int, path: str) -> int:
        path = f"{path}.{len(cells)}"
        below = children[department]
        cell = add(path, names[department], department, is_atom=not below)
        cell.invited = len(here[department])
        if not below:
            people[cell.number] = here[department]
        elif here[department]:
            name = _("%(department)s, directly") % {"department": names[department]}
            own = add(f"{path}.{len(cells)}", name, department, is_atom=True)
            own.invited = len(here[department])
            people[own.number] = here[department]
        cell.invited += sum(walk(each, path) for each in below)
        return cell.invited

    whole = add(WHOLE, _("Everybody"), None, is_atom=False)
    whole.invited = sum(walk(each, WHOLE) for each in children[None])
    return Register(cells, people)


def longest(items: list[Item]) -> int:
    """Bytes that the longest ballot can have: every comment full of letters of four bytes."""
    each = {Kind.COMMENT: 4 * LONGEST_COMMENT + 20, Kind.AGREEMENT: 20, Kind.LIKELIHOOD: 20}
    listed = (len(json.dumps(item.options)) + 40 for item in items if item.kind not in each)
    return 40 + sum(each[item.kind] for item in items if item.kind in each) + sum(listed)


def policy(wave: Wave, cells: list[Cell]) -> dict[str, object]:
    """All that is promised to whoever is invited, as plain values."""
    assert wave.opens_at
    assert wave.closes_at
    return {
        "poll": wave.code, "level": wave.level, "keys": [key.hex() for key in wave.publics],
        "opens_at": wave.opens_at.isoformat(), "closes_at": wave.closes_at.isoformat(),
        "fewest": [wave.fewest_scores, wave.fewest_comments, wave.fewest_rates],
        "questions": [
            [item.number, item.wording.question.code, item.wording.texts]
            for item in wave.items.select_related("wording__question").order_by("number")
        ],
        "cells": [[cell.number, cell.path, cell.name, cell.invited] for cell in cells],
    }  # fmt: skip


def digest_of(promised: dict[str, object]) -> str:
    content = json.dumps(promised, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(content.encode()).hexdigest()
