"""A launch: who is invited in which cell, and what keeps a poll from it."""

from datetime import timedelta

import pytest

from people.models import AuditEntry, Department, Notice, Placement
from people.rules import BEGINNING
from surveys.models import Cell, Invitation, Question, Wave, WaveItem, Wording
from surveys.rules.sealing import WrongHalves
from surveys.services.launching import LaunchRefused, launch, take_half
from surveys.services.sealing import seal
from surveys.services.station import cast_ballot, claim
from tests.conftest import TUESDAY_NOON, make_person

pytestmark = pytest.mark.django_db
CLOSES = TUESDAY_NOON + timedelta(days=10)


@pytest.fixture
def draft(system) -> Wave:
    wave = Wave.objects.create(
        code="2026", name="How is it going?", opens_at=TUESDAY_NOON, closes_at=CLOSES,
        made_by=system,
    )  # fmt: skip
    for number, kind in enumerate(("agreement", "comment"), start=1):
        question = Question.objects.create(code=f"q{number}", kind=kind)
        wording = Wording.objects.create(
            question=question, number=1, texts={"en": {"text": "?"}}, made_by=system,
            made_at=TUESDAY_NOON,
        )  # fmt: skip
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    return wave


def launched(draft, dee, ann) -> tuple[Wave, tuple[str, str]]:
    """With HR's key and, as the staff representative, Ann's."""
    Wave.objects.filter(pk=draft.pk).update(staff_holder=ann)
    codes = take_half(draft, by=dee), take_half(draft, by=ann)
    return launch(draft, by=dee, now=TUESDAY_NOON), codes


def cells_of(wave) -> list[tuple]:
    rows = Cell.objects.filter(wave=wave).order_by("number")
    return list(rows.values_list("path", "name", "is_atom", "invited"))


def test_everybody_here_is_invited_in_the_cell_of_their_department(
    draft, ann, bob, cas, dee, system, claims, site
):
    below = Department.objects.create(code="MOTOR", name="Motor")
    Placement.objects.create(department=below, parent=claims, site=site, from_date=BEGINNING)
    for n in range(3):
        make_person(f"m{n}", below, by=system)
    gone = make_person("gone", below, by=system)
    gone.employee.left_on = TUESDAY_NOON.date() - timedelta(days=1)
    gone.employee.save()
    wave, _codes = launched(draft, dee, ann)
    # Ann and Bob are in Claims directly, Cas and Dee in Billing.
    assert cells_of(wave) == [
        ("0", "Everybody", False, 7), ("0.1", "Billing", True, 2), ("0.2", "Claims", False, 5),
        ("0.2.3", "Claims, directly", True, 2), ("0.2.4", "Motor", True, 3),
    ]  # fmt: skip
    invited = Invitation.objects.values_list("employee__user__username", "cell__name")
    assert set(invited) == {
        ("ann", "Claims, directly"), ("bob", "Claims, directly"), ("cas", "Billing"),
        ("dee", "Billing"), ("m0", "Motor"), ("m1", "Motor"), ("m2", "Motor"),
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="launch_poll", subject="poll:2026").exists()


def test_the_key_is_in_the_codes_and_nowhere_else(draft, ann, dee):
    wave, codes = launched(draft, dee, ann)
    said = {1: 4, 2: "😀" * 1_000}
    cast_ballot(claim(wave, by=ann, now=TUESDAY_NOON), said, now=TUESDAY_NOON)
    assert seal(wave, codes, by=dee, now=CLOSES) == 1


def test_the_promise_is_of_all_that_is_frozen(draft, ann, dee):
    digest = launched(draft, dee, ann)[0].policy_digest
    assert len(digest) == 64
    with pytest.raises(LaunchRefused, match="launched before"):
        launch(draft, by=dee, now=TUESDAY_NOON)


def test_all_that_is_missing_is_said_at_once(draft, dee, system):
    draft.items.all().delete()
    Wave.objects.update(closes_at=None)
    with pytest.raises(LaunchRefused) as refused:
        launch(draft, by=dee, now=TUESDAY_NOON)
    assert len(refused.value.faults) == 4


def test_a_language_is_spoken_in_every_question_or_in_none(draft, dee, system):
    wording = Wording.objects.create(
        question=Question.objects.create(code="q3", kind="comment"), number=1,
        texts={"en": {"text": "?"}, "zh-hans": {"text": "？"}}, made_by=system,
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    WaveItem.objects.create(wave=draft, number=3, wording=wording)
    with pytest.raises(LaunchRefused, match="Questions 1, 2 have no text in “zh-hans”"):
        launch(draft, by=dee, now=TUESDAY_NOON)


def test_a_poll_that_has_closed_is_not_launched(draft, dee):
    with pytest.raises(LaunchRefused, match="closes before"):
        launch(draft, by=dee, now=CLOSES)


def test_a_launch_waits_for_both_keys(draft, dee, ann):
    with pytest.raises(LaunchRefused, match=r"HR has not taken its key yet\. Name the staff"):
        launch(draft, by=dee, now=TUESDAY_NOON)
    Wave.objects.update(staff_holder=ann)
    take_half(draft, by=dee)
    with pytest.raises(LaunchRefused, match="Ann has not taken the second key yet"):
        launch(draft, by=dee, now=TUESDAY_NOON)


def test_a_key_taken_again_makes_the_code_of_before_void(draft, dee, ann):
    Wave.objects.update(staff_holder=ann)
    old = take_half(draft, by=ann)
    wave, codes = launched(draft, dee, ann)
    with pytest.raises(WrongHalves):
        seal(wave, (codes[0], old), by=dee, now=CLOSES)
    with pytest.raises(LaunchRefused, match="its keys stay"):
        take_half(wave, by=ann)


def test_the_representative_is_told_each_time_the_key_is_taken(draft, dee, ann):
    """Whoever sits at their account would hold the key of the staff."""
    Wave.objects.update(staff_holder=ann)
    for _n in range(2):
        take_half(draft, by=ann)
    take_half(draft, by=dee)
    assert Notice.objects.filter(user=ann, kind="poll-key-taken").count() == 2
