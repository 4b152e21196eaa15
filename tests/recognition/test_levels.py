"""HR keeps levels, panels, behaviours and limits; what is wrong is refused and nothing changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from people.models import AuditEntry, Employee
from people.services.named import NamedRefused
from recognition.models import Award, AwardLevel, Behaviour, PanelMember, RecognitionPolicy
from recognition.rules.limits import Limits
from recognition.services.awards import AwardRefused, count_again, raise_to, recall, vote
from recognition.services.behaviours import BEHAVIOURS
from recognition.services.levels import (
    LevelRefused,
    LevelTerms,
    add_level,
    change_level,
    retire_level,
    revive_level,
    terms_of,
)
from recognition.services.panels import PanelRefused, end_seat, seat
from recognition.services.policies import PolicyRefused, Terms, set_recognition_policy
from recognition.services.rewards import pay_out
from tests.conftest import MONDAY, TUESDAY_NOON
from tests.recognition.conftest import TODAY, praised
from tests.recognition.test_awards import balance, funded, sit

pytestmark = pytest.mark.django_db

STAR = LevelTerms(
    "Star", decides="panel", quorum=2, amount_minor=25_000, currency="GBP", tax_class="benefit",
    names={"de": "Stern"},
)  # fmt: skip


def logged(action: str) -> tuple:
    entry = AuditEntry.objects.filter(action=action).latest("pk")
    return entry.by, entry.subject


def test_a_level_is_added_changed_retired_and_given_again(dee):
    level = add_level("star", STAR, by=dee)
    assert (terms_of(level), logged("add_award_level")) == (STAR, (dee, "award-level:star"))
    changed = change_level(level, replace(STAR, amount_minor=30_000), by=dee)
    assert (changed.amount_minor, logged("change_award_level")[0]) == (30_000, dee)
    assert retire_level(level, by=dee, on=TODAY).retired_on == TODAY
    assert logged("retire_award_level") == (dee, "award-level:star")
    assert revive_level(level, by=dee).retired_on is None


def test_what_changes_nothing_is_not_logged(dee):
    level = add_level("star", STAR, by=dee)
    before = AuditEntry.objects.count()
    change_level(level, STAR, by=dee)
    revive_level(level, by=dee)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"), ({"amount_minor": -1}, "amount"), ({"currency": ""}, "currency"),
        ({"tax_class": " "}, "tax_class"), ({"quorum": 0}, "quorum"),
        ({"repeat_months": -1}, "repeat_months"), ({"repeat_months": 121}, "repeat_months"),
    ],
)  # fmt: skip
def test_a_level_that_makes_no_sense_is_refused(dee, wrong, field):
    with pytest.raises(LevelRefused) as refused:
        add_level("star", replace(STAR, **wrong), by=dee)
    assert (refused.value.field, AwardLevel.objects.count()) == (field, 0)
    level = add_level("star", STAR, by=dee)
    with pytest.raises(LevelRefused):
        change_level(level, replace(STAR, **wrong), by=dee)


def test_a_code_is_given_once(dee, card):
    with pytest.raises(LevelRefused) as refused:
        add_level("card", LevelTerms("Other"), by=dee)
    assert refused.value.field == "code"


def test_an_award_keeps_the_amount_it_was_raised_with(ann, bob, cas, dee, fay, spot, kept_promise):
    funded(fay)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    change_level(spot, replace(terms_of(spot), amount_minor=9_999, tax_class="other"), by=dee)
    award.refresh_from_db()
    assert (award.amount_minor, award.tax_class) == (5_000, "benefit")
    assert pay_out(award, by=bob) == 0
    assert balance("recognition:rewards") == 5_000


def test_who_decides_stays_while_a_panel_votes(
    ann, bob, cas, dee, eve, root, max_auditor, star, kept_promise
):
    sit(star, root, eve, max_auditor)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, star, reason="x", by=bob, now=TUESDAY_NOON)
    for change in ({"quorum": 1}, {"decides": "lead"}):
        with pytest.raises(LevelRefused, match="Awards before the panel: 1"):
            change_level(star, replace(terms_of(star), **change), by=dee)
    change_level(star, replace(terms_of(star), name="Bright star"), by=dee)
    recall(award, reason="wrong", by=bob, now=TUESDAY_NOON)
    change_level(star, replace(terms_of(star), quorum=1), by=dee)


def test_nothing_is_raised_to_a_retired_level(ann, bob, cas, dee, card, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    card = retire_level(card, by=dee, on=TODAY)
    with pytest.raises(AwardRefused, match="not given any more"):
        raise_to(made, card, reason="x", by=bob, now=TUESDAY_NOON)


def test_a_seat_is_given_and_ends(ann, dee, star):
    member = seat(star, ann.employee, from_date=MONDAY, until_date=None, by=dee)
    assert logged("seat_on_panel") == (dee, "award-level:star")
    ended = end_seat(member, last_day=TODAY, by=dee)
    assert (ended.until_date, logged("end_seat_on_panel")[0]) == (TODAY, dee)
    with pytest.raises(PanelRefused, match="ended earlier"):
        end_seat(member, last_day=TODAY + timedelta(days=1), by=dee)
    with pytest.raises(PanelRefused, match="not before the first"):
        end_seat(member, last_day=MONDAY - timedelta(days=1), by=dee)
    assert PanelMember.objects.get().until_date == TODAY


def test_a_seat_nobody_could_fill_is_refused(ann, bob, dee, card, star):
    stranger = Employee.objects.create(number="x", name="Xena", hired_on=MONDAY)
    bob.employee.left_on = date(2026, 1, 1)
    bob.employee.save()
    seat(star, ann.employee, from_date=MONDAY, until_date=None, by=dee)
    for level, employee, until, says in (
        (card, ann.employee, None, "has no panel"), (star, stranger, None, "has no login"),
        (star, bob.employee, None, "does not work here"),
        (star, dee.employee, date(2026, 1, 1), "not before the first"),
        (star, ann.employee, None, "already in that time"),
    ):  # fmt: skip
        with pytest.raises(PanelRefused, match=says):
            seat(level, employee, from_date=MONDAY, until_date=until, by=dee)
    assert PanelMember.objects.count() == 1


@pytest.fixture
def voted_once(ann, bob, cas, root, eve, fay, star, kept_promise) -> Award:
    """Root said yes, Eve has not voted; two have to."""
    funded(fay)
    sit(star, root, eve)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, star, reason="x", by=bob, now=TUESDAY_NOON)
    return vote(award, "yes", by=root, now=TUESDAY_NOON)


def test_hr_counts_the_votes_when_nobody_is_left(voted_once, dee, bob, eve, root, system):
    award = voted_once
    with pytest.raises(AwardRefused, match="Still to vote: 1"):
        count_again(award, by=dee, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="Only HR"):
        count_again(award, by=eve, now=TUESDAY_NOON)
    PanelMember.objects.filter(employee=eve.employee).update(until_date=MONDAY)
    assert count_again(award, by=dee, now=TUESDAY_NOON).state == "refused"
    with pytest.raises(AwardRefused, match="decided already"):
        count_again(award, by=dee, now=TUESDAY_NOON)


def test_who_raised_it_takes_it_back_before_the_panel_decides(voted_once, bob, eve):
    award = recall(voted_once, reason="wrong person", by=bob, now=TUESDAY_NOON)
    assert award.state == "reversed"
    with pytest.raises(AwardRefused, match="decided already"):
        vote(award, "yes", by=eve, now=TUESDAY_NOON)
    assert balance("recognition:company:2026") == 100_000


def test_a_behaviour_is_added_renamed_moved_and_retired(dee, kept_promise):
    made = BEHAVIOURS.add("asked", "Asked", names={"de": "Gefragt"}, position=3, by=dee)
    assert logged("add_behaviour") == (dee, "behaviour:asked")
    changed = BEHAVIOURS.change(made, "Asked first", names={}, position=1, by=dee)
    assert (changed.name, changed.names, changed.position) == ("Asked first", {}, 1)
    assert logged("change_behaviour")[0] == dee
    assert BEHAVIOURS.retire(made, on=TODAY, by=dee).retired_on == TODAY
    assert BEHAVIOURS.retire(made, on=None, by=dee).retired_on is None
    before = AuditEntry.objects.count()
    BEHAVIOURS.change(made, "Asked first", names={}, position=1, by=dee)
    BEHAVIOURS.retire(made, on=None, by=dee)
    assert AuditEntry.objects.count() == before


def test_a_wrong_behaviour_is_refused(dee, kept_promise):
    with pytest.raises(NamedRefused, match="with the code promise"):
        BEHAVIOURS.add("promise", "x", names={}, position=0, by=dee)
    with pytest.raises(NamedRefused, match="has a name"):
        BEHAVIOURS.add("new", " ", names={}, position=0, by=dee)
    with pytest.raises(NamedRefused, match="has a name"):
        BEHAVIOURS.change(kept_promise, " ", names={}, position=0, by=dee)
    with pytest.raises(NamedRefused, match="the last behaviour"):
        BEHAVIOURS.retire(kept_promise, on=TODAY, by=dee)
    assert Behaviour.objects.get().name == "Kept a promise"


def test_a_policy_is_kept_as_it_was(dee):
    set_recognition_policy(Terms(), from_date=TODAY, reason="calm", by=dee)
    for terms, says in (
        (Terms(Limits(giver=3)), "begins on that day"), (Terms(repeat_months=121), "smaller"),
        (Terms(repeat_months=-1), "smaller"), (Terms(Limits(giver=10_001)), "smaller"),
    ):  # fmt: skip
        with pytest.raises(PolicyRefused, match=says):
            set_recognition_policy(terms, from_date=TODAY, reason="x", by=dee)
    assert RecognitionPolicy.objects.get().giver_limit == Limits().giver
