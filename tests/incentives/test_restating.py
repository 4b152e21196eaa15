"""Correcting a final day: previewed, reasoned, approved by a second person, never a silent edit."""

import pytest

from incentives.models import DayVerdict, Excuse, GoalVerdict, Restatement, Result
from incentives.services.restating import (
    Correction,
    RestateRefused,
    decide,
    live_contribution,
    preview,
    propose,
)
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from tests.conftest import MONDAY, TUESDAY_NOON, make_department, scaled_of
from tests.incentives.test_closing import close, make_pool, report_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(goals, system):
    return make_pool(system)


@pytest.fixture
def final_hit_day(pool, goals, system):
    report_all(goals, system)
    close(system)
    return goals


def correction(goal, kind="value", new: str | None = "10") -> Correction:
    """By default the first goal, calls answered of Claims, becomes 10 and misses."""
    scaled = scaled_of(new) if new else None
    return Correction(MONDAY, goal.department, goal.metric, kind, scaled)


def restate(what: Correction, by, approved_by=None, reason="typo") -> Restatement:
    return propose(what, reason=reason, by=by, now=TUESDAY_NOON, approved_by=approved_by)


def keys() -> list[str]:
    return list(Transfer.objects.values_list("key", flat=True))


def test_a_preview_changes_nothing(final_hit_day, dee):
    looked = preview(correction(final_hit_day[0]), by=dee)
    [seen] = looked["verdicts"]
    assert (seen["before"]["hit"], seen["after"]["hit"]) == (True, False)
    assert (seen["before"]["contribution_minor"], seen["after"]["contribution_minor"]) == (
        25_000,
        0,
    )
    assert DayVerdict.objects.count() == 1
    assert Result.objects.filter(revision=2).count() == 0


def test_money_waits_for_a_second_person(final_hit_day, dee, fay):
    proposed = restate(correction(final_hit_day[0]), dee)
    assert proposed.state == "awaiting_approval"
    assert keys() == ["pool:bonus:2026-03-02:v1"]
    decide(proposed, approve=True, by=fay, now=TUESDAY_NOON)
    assert keys() == ["pool:bonus:2026-03-02:v1", "pool:bonus:2026-03-02:v1:reversal"]
    new = DayVerdict.objects.get(version=2)
    assert (new.hit, new.met, new.reason, new.made_by) == (False, 3, "typo", dee)
    assert Transfer.objects.last().earned_day == MONDAY
    assert check_ledger().problems == []


def test_who_proposes_does_not_approve(final_hit_day, dee):
    proposed = restate(correction(final_hit_day[0]), dee)
    with pytest.raises(RestateRefused, match="somebody else"):
        decide(proposed, approve=True, by=dee, now=TUESDAY_NOON)
    with pytest.raises(RestateRefused, match="somebody else"):
        restate(correction(final_hit_day[1]), dee, approved_by=dee)
    assert DayVerdict.objects.count() == 1


def test_without_money_it_is_corrected_at_once(final_hit_day, dee):
    done = restate(correction(final_hit_day[0], new="99"), dee)
    assert done.state == "applied"
    assert keys() == ["pool:bonus:2026-03-02:v1"]
    assert DayVerdict.objects.get(version=2).met == 4


def test_back_and_forth_pays_once_in_the_end(final_hit_day, dee, fay):
    goal = final_hit_day[0]
    for new in ("10", "85", "20", "90"):
        restate(correction(goal, new=new), dee, approved_by=fay)
    assert [key.removeprefix("pool:bonus:2026-03-02:") for key in keys()] == [
        "v1", "v1:reversal", "v3", "v3:reversal", "v5",
    ]  # fmt: skip
    assert live_contribution(DayVerdict.objects.order_by("version").last()).key.endswith("v5")
    assert check_ledger().problems == []


def test_an_unpaid_version_between_does_not_confuse_the_money(final_hit_day, dee, fay):
    goal = final_hit_day[0]
    restate(correction(goal, new="99"), dee)
    restate(correction(goal, new="10"), dee, approved_by=fay)
    assert keys() == ["pool:bonus:2026-03-02:v1", "pool:bonus:2026-03-02:v1:reversal"]


def test_an_excuse_takes_a_goal_out_of_the_count(pool, goals, system, dee, fay):
    report_all(goals, system, met=3)
    close(system)
    restate(correction(goals[3], "excuse", None), dee, approved_by=fay, reason="flood")
    new = DayVerdict.objects.get(version=2)
    assert (new.counted, new.excused, new.hit, new.contribution_minor) == (3, 1, True, 25_000)
    assert Excuse.objects.get().reason == "flood"


def test_a_target_is_corrected_for_that_day_only(pool, goals, system, dee, fay):
    report_all(goals, system, met=3)
    close(system)
    restate(correction(goals[3], "target", "5.01"), dee, approved_by=fay)
    assert DayVerdict.objects.get(version=2).hit is True
    goals[3].refresh_from_db()
    assert goals[3].value_scaled == scaled_of("5")


def test_every_pool_with_the_goal_gets_a_new_version(goals, claims, billing, system, dee, fay):
    make_pool(system)
    make_pool(system, code="claims", headline=False, scope=claims)
    make_pool(system, code="billing", headline=False, scope=billing)
    report_all(goals, system)
    close(system)
    restate(correction(goals[0]), dee, approved_by=fay)
    versions = {v.pool.code: v.version for v in DayVerdict.objects.order_by("version")}
    assert versions == {"bonus": 2, "claims": 2, "billing": 1}


def test_a_stale_proposal_is_refused(final_hit_day, dee, fay):
    proposed = restate(correction(final_hit_day[0]), dee)
    restate(correction(final_hit_day[2]), dee, approved_by=fay)
    with pytest.raises(RestateRefused, match="has changed since"):
        decide(proposed, approve=True, by=fay, now=TUESDAY_NOON)
    decide(proposed, approve=False, by=fay, now=TUESDAY_NOON)
    with pytest.raises(RestateRefused, match="already been decided"):
        decide(proposed, approve=True, by=fay, now=TUESDAY_NOON)


def test_an_implausible_figure_needs_a_second_person_too(final_hit_day, dee):
    done = restate(correction(final_hit_day[0], new="120"), dee)
    assert done.state == "awaiting_approval"


def test_old_versions_keep_their_goals(final_hit_day, dee, fay):
    restate(correction(final_hit_day[0]), dee, approved_by=fay)
    stored = GoalVerdict.objects.filter(target=final_hit_day[0]).order_by("verdict__version")
    assert [goal.value for goal in stored] == [80, 10]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"new": "80"}, "nothing to correct"),
        ({"kind": "target", "new": "80"}, "nothing to correct"),
    ],
)
def test_what_already_holds_is_refused(final_hit_day, dee, change, message):
    with pytest.raises(RestateRefused, match=message):
        restate(correction(final_hit_day[0], **change), dee)


def test_a_correction_says_why(final_hit_day, dee):
    with pytest.raises(RestateRefused, match="say why"):
        restate(correction(final_hit_day[0]), dee, reason=" ")


def test_a_day_that_is_not_final_is_not_restated(pool, goals, system, dee):
    report_all(goals[:3], system)
    close(system)
    with pytest.raises(RestateRefused, match="is not final"):
        restate(correction(goals[0]), dee)


def test_a_goal_that_was_not_due_is_not_restated(final_hit_day, waiting, site, dee):
    elsewhere = make_department("ELSEWHERE", site)
    with pytest.raises(RestateRefused, match="had no goal"):
        restate(Correction(MONDAY, elsewhere, waiting, "value", 1), dee)
