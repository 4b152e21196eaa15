"""Closing a day: states, verdict, money, cut-off; doing it twice changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from incentives.models import DayVerdict, GoalVerdict, PoolPolicy
from incentives.rules import GoalState
from incentives.services.closing import CloseRefused, close_day, pool_balance
from incentives.services.pools import PolicyRefused, set_pool_policy
from incentives.services.recording import Figure, RecordRefused, excuse, record
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from people.models import CalendarEntry, Leave, Membership, Salary
from tests.conftest import (
    MONDAY,
    TUESDAY_MORNING,
    TUESDAY_NOON,
    make_result,
    make_target,
    scaled_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(goals, system):
    return make_pool(system)


def make_pool(by, code="bonus", **more):
    content = {
        "from_date": date(2026, 1, 1), "currency": "GBP", "contribution_kind": "fixed",
        "contribution_amount": 25_000, "headline": code == "bonus", "by": by,
    }  # fmt: skip
    return set_pool_policy(code, **(content | more)).pool


def report_all(goals, by, *, met=4, day=MONDAY):
    """Figures for every goal, the first `met` of them on target."""
    for place, target in enumerate(goals):
        at_least = target.metric.direction == "at_least"
        good, bad = ("80", "79.99") if at_least else ("5", "5.01")
        make_result(target.department, target.metric, day, good if place < met else bad, by)


def close(by, *, day=MONDAY, now=TUESDAY_MORNING, **more):
    return close_day(day, by=by, now=now, **more)


def test_a_day_with_all_figures_is_final_at_once_and_pays(pool, goals, system):
    report_all(goals, system)
    [verdict] = close(system)
    assert (verdict.status, verdict.met, verdict.needed, verdict.hit) == ("final", 4, 4, True)
    assert pool_balance(pool, through=MONDAY) == 25_000
    [transfer] = Transfer.objects.all()
    assert transfer.key == "pool:bonus:2026-03-02:v1"
    assert transfer.from_account.code == "company:bonus-expense"
    assert transfer.to_account.code == "pool:bonus:2026"
    assert transfer.earned_day == MONDAY


def test_a_missed_goal_too_many_pays_nothing(pool, goals, system):
    report_all(goals, system, met=3)
    [verdict] = close(system)
    assert (verdict.hit, verdict.contribution_minor) == (False, 0)
    assert not Transfer.objects.exists()


def test_closing_again_changes_nothing(pool, goals, system):
    report_all(goals, system)
    [first] = close(system)
    [second] = close(system, now=TUESDAY_NOON, final=True)
    assert first.pk == second.pk
    assert Transfer.objects.count() == 1
    assert GoalVerdict.objects.count() == 4


def test_a_day_with_awaited_figures_is_provisional_and_moves_no_money(pool, goals, system):
    report_all(goals[:3], system)
    [verdict] = close(system)
    assert (verdict.status, verdict.awaited, verdict.hit) == ("provisional", 1, False)
    assert not Transfer.objects.exists()


def test_a_provisional_hit_shows_expected_money(pool, goals, system):
    make_pool(system, from_date=date(2026, 2, 1), threshold_bp=7500)
    report_all(goals[:3], system)
    [verdict] = close(system)
    assert (verdict.hit, verdict.expected_minor, verdict.contribution_minor) == (True, 25_000, 0)
    assert pool_balance(pool, through=MONDAY) == 0


def test_at_the_cut_off_an_awaited_goal_becomes_missed(pool, goals, system):
    report_all(goals[:3], system)
    close(system)
    just_before = TUESDAY_NOON - timedelta(seconds=1)
    assert close(system, now=just_before)[0].status == "provisional"
    [verdict] = close(system, now=TUESDAY_NOON)
    assert (verdict.status, verdict.missed, verdict.awaited) == ("final", 1, 0)


def test_left_out_goals_stay_awaited_and_do_not_count(goals, system):
    make_pool(system, unreported="leave_out")
    report_all(goals[:3], system)
    [verdict] = close(system, now=TUESDAY_NOON)
    assert (verdict.awaited, verdict.counted, verdict.hit) == (1, 3, True)


def test_the_cut_off_is_in_the_sites_zone(pool, goals, site, system):
    site.time_zone = "America/New_York"
    site.save()
    report_all(goals[:3], system)
    assert close(system, now=TUESDAY_NOON)[0].status == "provisional"
    assert close(system, now=TUESDAY_NOON + timedelta(hours=5))[0].status == "final"


def test_fridays_cut_off_is_on_monday(pool, goals, system):
    friday = date(2026, 3, 6)
    saturday = datetime(2026, 3, 7, 18, tzinfo=UTC)
    assert close(system, day=friday, now=saturday)[0].status == "provisional"
    monday_noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert close(system, day=friday, now=monday_noon)[0].status == "final"


def test_a_day_is_over_only_when_every_site_has_finished_it(pool, goals, site, system):
    site.time_zone = "Pacific/Honolulu"
    site.save()
    [verdict] = close(system, now=TUESDAY_MORNING)
    assert (verdict.status, verdict.pk) == ("open", None)


def test_a_day_to_come_is_refused(pool, goals, system):
    with pytest.raises(CloseRefused, match="still to come"):
        close(system, day=date(2026, 3, 4))


def test_a_day_without_due_goals_has_no_verdict(pool, goals, site, system):
    CalendarEntry.objects.create(
        site=site, date=MONDAY, kind="closure", name="Flood", made_by=system
    )
    [verdict] = close(system, final=True)
    assert (verdict.due, verdict.hit, verdict.pk) == (0, None, None)
    assert not DayVerdict.objects.exists()


def test_all_goals_excused_is_no_verdict_and_no_money(pool, goals, system):
    for target in goals:
        excuse(
            MONDAY, department=target.department, metric=target.metric, reason="Flood", by=system
        )
    [verdict] = close(system, final=True)
    assert (verdict.excused, verdict.counted, verdict.hit) == (4, 0, None)


def test_without_a_headline_pool_the_company_is_judged_all_the_same(goals, system):
    make_pool(system, code="north", headline=False)
    report_all(goals, system)
    company, north = close(system)
    assert (company.pool, company.hit, company.contribution_minor) == (None, True, 0)
    assert (north.pool.code, north.contribution_minor) == ("north", 25_000)


def test_a_pool_of_a_subtree_judges_only_its_departments(goals, claims, billing, system):
    billing.placements.update(parent=claims)
    make_pool(system, code="claims", headline=False, scope=claims)
    make_pool(system, code="billing", headline=False, scope=billing)
    _company, of_billing, of_claims = close(system, final=True)
    assert (of_billing.due, of_claims.due) == (2, 4)


def test_a_department_closed_on_the_day_has_no_goals_due(pool, goals, billing, system):
    billing.placements.update(until_date=MONDAY - timedelta(days=1))
    assert close(system, final=True)[0].due == 2


def test_per_head_and_payroll_pay_for_those_in_scope_that_day(goals, ann, cas, claims, system):
    make_pool(system, code="heads", contribution_kind="per_head", contribution_amount=150)
    make_pool(system, code="pay", contribution_kind="payroll_bp", contribution_amount=10_000)
    make_pool(
        system, code="claims", contribution_kind="per_head", contribution_amount=150, scope=claims
    )
    Membership.objects.filter(employee=cas.employee).update(fte_bp=5000)
    report_all(goals, system)
    paid = {v.pool.code: v.contribution_minor for v in close(system) if v.pool}
    # 30,000.00 and half of 30,000.00 over 365 days is 123.29.
    assert paid == {"heads": 300, "pay": 12_329, "claims": 150}


def test_a_salary_in_another_currency_is_refused(goals, ann, system):
    make_pool(system, contribution_kind="payroll_bp", contribution_amount=10)
    Salary.objects.update(currency="USD")
    report_all(goals, system)
    with pytest.raises(CloseRefused, match="another currency"):
        close(system)
    assert not DayVerdict.objects.exists()


def test_a_final_day_refuses_late_figures_but_not_the_same_ones(pool, goals, system):
    report_all(goals, system)
    close(system)
    target = goals[0]
    same = Figure(MONDAY, target.department_id, target.metric_id, scaled_of("80"))
    assert record([same], by=system, source="form").unchanged == 1
    late = Figure(MONDAY, target.department_id, target.metric_id, scaled_of("90"), "late")
    with pytest.raises(RecordRefused, match="is final"):
        record([late], by=system, source="form")


def test_a_final_day_keeps_the_targets_it_was_judged_by(pool, goals, system):
    report_all(goals, system)
    close(system)
    stored = GoalVerdict.objects.get(target=goals[0])
    assert (stored.target_scaled, stored.value_scaled, stored.state) == (
        scaled_of("80"), scaled_of("80"), GoalState.MET,
    )  # fmt: skip


def test_a_policy_does_not_reach_behind_a_final_day(pool, goals, system):
    report_all(goals, system)
    close(system)
    with pytest.raises(PolicyRefused, match="final days up to 2026-03-02"):
        make_pool(system, from_date=MONDAY, contribution_amount=1)
    make_pool(system, from_date=MONDAY + timedelta(days=1), contribution_amount=1)
    assert PoolPolicy.objects.count() == 2


def test_weighted_mode_counts_weights(goals, claims, answered, system):
    make_pool(system, mode="weighted", threshold_bp=9000)
    type(goals[0]).objects.filter(pk=goals[0].pk).update(weight=17)
    report_all(goals, system, met=3)
    [verdict] = close(system)
    assert (verdict.met, verdict.counted) == (3, 4)
    assert (verdict.met_weight, verdict.counted_weight, verdict.needed) == (19, 20, 18)
    assert verdict.hit is True


def test_the_latest_revision_counts(pool, goals, system):
    report_all(goals, system, met=3)
    last = goals[3]
    make_result(last.department, last.metric, MONDAY, "4", system, revision=2, reason="typo")
    assert close(system)[0].met == 4


def test_the_ledger_is_in_order_and_a_gap_is_found(pool, goals, system):
    report_all(goals, system)
    close(system)
    wednesday = date(2026, 3, 4)
    close(system, day=wednesday, now=datetime(2026, 3, 6, tzinfo=UTC))
    assert check_ledger().problems == [
        "pool bonus: 2026-03-03 has goals due and no verdict (close_day)"
    ]


def test_a_target_is_due_through_its_last_day_and_no_longer(claims, waiting, system):
    last = date(2025, 12, 31)
    make_target(claims, waiting, "3", system, from_date=date(2025, 1, 1), until_date=last)
    assert close(system, day=last, final=True)[0].due == 1
    assert close(system, day=last + timedelta(days=2), final=True)[0].due == 0


@pytest.mark.parametrize(("kind", "heads"), [("unpaid", 1), ("sickness", 2)])
def test_who_is_on_excluded_leave_is_no_head_of_that_day(
    kind, heads, goals, ann, bob, site, system
):
    make_pool(system, contribution_kind="per_head", contribution_amount=150)
    Leave.objects.create(employee=ann.employee, kind=kind, from_date=MONDAY, until_date=MONDAY)
    report_all(goals, system)
    [verdict] = close(system)
    assert verdict.contribution_minor == 150 * heads
