"""What keeps a poll from its launch: how much people are asked, and who keeps keys."""

from datetime import UTC, datetime, timedelta

import pytest

from people.models import Role, RoleAssignment
from surveys.models import Wave
from surveys.rules.burden import Span, days_apart, minutes, most_in_a_year
from surveys.rules.questionnaire import Item, Kind
from surveys.services.checklist import Mend, faults
from surveys.services.drafting import name_holder
from surveys.services.forecast import forecast
from surveys.services.starters import begin_from
from tests.conftest import TUESDAY_NOON, make_person


def span(start: int, days: int = 10) -> Span:
    first = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=start)
    return Span(first, first + timedelta(days=days))


def test_polls_of_any_365_days_are_counted():
    assert most_in_a_year(span(400), [span(0), span(100), span(300)]) == 3
    assert most_in_a_year(span(365), [span(0)]) == 1
    assert most_in_a_year(span(364), [span(0)]) == 2
    assert most_in_a_year(span(0), [span(100), span(700)]) == 2
    assert most_in_a_year(span(500), [span(0), span(10), span(20)]) == 1


def test_days_between_polls_are_from_close_to_opening():
    assert days_apart(span(40), [span(0)]) == 30
    assert days_apart(span(0), [span(40)]) == 30
    assert days_apart(span(5), [span(0), span(300)]) == 0
    assert days_apart(span(0), []) is None


def test_a_poll_takes_a_minute_at_least():
    assert minutes([Item(1, Kind.AGREEMENT)]) == 1
    assert minutes(Item(n, Kind.AGREEMENT) for n in range(36)) == 5


pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(dee, ann) -> Wave:
    """A poll that lacks nothing."""
    wave = begin_from("pulse", "2026", "Pulse", by=dee, now=TUESDAY_NOON)
    name_holder(wave, ann.employee, by=dee)
    Wave.objects.filter(pk=wave.pk).update(
        opens_at=TUESDAY_NOON, closes_at=TUESDAY_NOON + timedelta(days=10), hr_key=b"a",
        staff_key=b"b",
    )  # fmt: skip
    wave.refresh_from_db()
    return wave


def found(wave) -> list[tuple[str, Mend]]:
    return [(fault.text, fault.mend) for fault in faults(wave, now=TUESDAY_NOON)]


def asked_before(by, code: str, days: int, **more) -> Wave:
    start = TUESDAY_NOON - timedelta(days=days)
    return Wave.objects.create(
        code=code, name=code, state="released", opens_at=start,
        closes_at=start + timedelta(days=10), policy_digest="0" * 64, made_by=by, **more,
    )  # fmt: skip


def test_a_whole_draft_has_no_fault(draft):
    assert found(draft) == []


def test_nobody_is_asked_too_often(draft, dee):
    for number in range(4):
        asked_before(dee, f"p{number}", 60 + 50 * number)
    assert found(draft) == [
        ("It would be poll 5 within a year; at most 4 are allowed.", Mend.ABOUT)
    ]


def test_nobody_is_asked_too_soon(draft, dee):
    asked_before(dee, "last", 37)
    assert found(draft) == [
        ("It is 27 days from another poll; at least 28 are needed.", Mend.ABOUT)
    ]


def test_28_days_between_polls_are_enough(draft, dee):
    asked_before(dee, "last", 38)
    assert found(draft) == []


def test_polls_of_other_tools_and_drafts_ask_nobody_here(draft, dee):
    asked_before(dee, "imported", 12, answers_digest="1" * 64)
    begin_from("pulse", "another", "Another", by=dee, now=TUESDAY_NOON)
    assert found(draft) == []


def test_the_caps_are_settings(draft, dee, settings):
    asked_before(dee, "last", 37)
    settings.POLLS_A_YEAR, settings.DAYS_BETWEEN_POLLS, settings.MOST_POLL_QUESTIONS = 1, 20, 5
    assert found(draft) == [
        ("It asks 6 questions; at most 5 are allowed.", Mend.QUESTIONS),
        ("It would be poll 2 within a year; at most 1 are allowed.", Mend.ABOUT),
    ]


def test_the_staffs_key_is_not_kept_by_whoever_joined_hr_meanwhile(draft, ann, system):
    RoleAssignment.objects.create(
        user=ann, role=Role.HR, from_date=TUESDAY_NOON.date(), made_by=system
    )
    assert [mend for _text, mend in found(draft)] == [Mend.HOLDER]


def test_groups_that_stay_hidden_whatever_happens_are_foreseen(
    draft, ann, dee, system, claims, billing
):
    for number in range(8):
        make_person(f"c{number}", claims, by=system)
    groups = forecast(draft, on=TUESDAY_NOON.date()).groups
    # Dee alone is Billing: hidden as she is one, and Claims as the total less Claims would be her.
    assert [(group.name, group.depth, group.invited, group.fate) for group in groups] == [
        ("Everybody", 0, 10, "shown"), ("Billing", 1, 1, "small"), ("Claims", 1, 9, "protects"),
    ]  # fmt: skip


def test_a_forecast_keeps_nothing(draft, dee):
    foreseen = forecast(draft, on=TUESDAY_NOON.date())
    assert (foreseen.questions, foreseen.languages, foreseen.minutes) == (6, ["en", "zh-hans"], 3)
    assert not draft.cells.exists()
    assert not draft.invitations.exists()
