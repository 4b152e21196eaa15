"""A bonus under attack: everything that happens to people, pools and rows in the middle of a year.

Two hit days of 250.00, Monday 2 March and Monday 7 September; everybody is paid 30,000 full time.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from incentives.models import (
    BonusPayment,
    BonusPolicy,
    BonusRun,
    DayVerdict,
    PoolPolicy,
    PoolYearAct,
)
from incentives.services.bonus_payments import PAYROLL
from incentives.services.bonus_policies import Terms
from incentives.services.bonus_runs import (
    ContentChanged,
    approve,
    draft,
    payment_key,
    propose,
    send_back,
    void,
)
from incentives.services.bonus_years import close_year, decide_act, propose_write_off
from incentives.services.closing import close_day
from incentives.services.eligibility import BonusRefused
from incentives.services.restatement_effects import effects_on_people
from incentives.services.restating import Correction, decide, moves_money, preview
from incentives.services.restating import propose as restate
from incentives.services.splitting import share_out
from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from ledger.services.posting import open_account, post
from people.guards import drop_statements, registered
from people.models import Employee, Leave, Membership, Placement, Policy
from people.services.employment import Pay, Place, come_back, leave, move, set_salary
from people.services.erasing import erase
from tests.conftest import MONDAY, make_department, make_person, make_target, scaled_of
from tests.incentives.test_bonus_runs import NEW_YEAR, balances
from tests.incentives.test_closing import make_pool, report_all

pytestmark = pytest.mark.django_db

SEPTEMBER = date(2026, 9, 7)
JANUARY = date(2027, 1, 4)


@pytest.fixture
def hit(claims, billing, answered, waiting, system):
    """Makes a day on which four goals are due a hit day."""

    def on(day: date) -> None:
        goals = [
            make_target(department, metric, value, system, from_date=day, until_date=day)
            for department in (claims, billing)
            for metric, value in ((answered, "80"), (waiting, "5"))
        ]
        report_all(goals, system, day=day)
        morning = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
        close_day(day, by=system, now=morning.replace(hour=8))

    return on


@pytest.fixture
def pool(hit, system):
    pool = make_pool(system)
    hit(MONDAY)
    hit(SEPTEMBER)
    return pool


def shares(pool, year=2026, *, as_of=JANUARY, **more) -> dict[str, int]:
    return {s.number: s.share_minor for s in share_out(pool, year, as_of=as_of, **more).shares}


def approved(pool, fay, eve, year=2026) -> BonusRun:
    run = propose(draft(pool, year, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    return approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)


def balance_of(pool, year: int) -> int:
    return open_account(pool.account_code(year), currency="GBP").balance()


def employ(employee: Employee, *, hired_on: date) -> None:
    employee.hired_on = hired_on
    employee.save()
    employee.memberships.update(from_date=hired_on)
    employee.salaries.update(from_date=hired_on)


# Joining and leaving


def test_who_joins_on_a_hit_day_earns_on_it(pool, ann, cas):
    employ(cas.employee, hired_on=SEPTEMBER)
    assert shares(pool) == {"ann": 37_500, "cas": 12_500}


def test_who_joins_the_day_after_a_hit_day_does_not_earn_on_it(pool, ann, cas):
    employ(cas.employee, hired_on=SEPTEMBER + timedelta(days=1))
    assert shares(pool) == {"ann": 50_000, "cas": 0}


def test_who_is_hired_after_the_years_end_has_no_share(pool, ann, cas):
    employ(cas.employee, hired_on=date(2027, 1, 1))
    assert shares(pool) == {"ann": 50_000}


def test_the_last_day_still_earns(pool, ann, cas, system):
    leave(cas.employee, last_day=MONDAY, today=MONDAY, by=system)
    Employee.objects.filter(number="cas").update(good_leaver=True)
    assert shares(pool) == {"ann": 37_500, "cas": 12_500}


@pytest.mark.parametrize("good", [False, None])
def test_a_leavers_days_belong_to_the_others_unless_marked_as_good(pool, ann, cas, system, good):
    leave(cas.employee, last_day=date(2026, 10, 1), today=MONDAY, by=system)
    Employee.objects.filter(number="cas").update(good_leaver=good)
    assert shares(pool) == {"ann": 50_000}
    assert shares(pool, terms=Terms(leavers="all")) == {"ann": 25_000, "cas": 25_000}
    assert shares(pool, terms=Terms(leavers="none")) == {"ann": 50_000}


def test_who_leaves_on_the_years_last_day_is_no_leaver_of_the_year(pool, ann, cas, system):
    leave(cas.employee, last_day=date(2026, 12, 31), today=MONDAY, by=system)
    assert shares(pool, terms=Terms(leavers="none")) == {"ann": 25_000, "cas": 25_000}


def test_who_leaves_before_the_run_but_after_the_year_keeps_everything(pool, ann, cas, system):
    leave(cas.employee, last_day=date(2027, 1, 2), today=MONDAY, by=system)
    assert shares(pool) == {"ann": 25_000, "cas": 25_000}


def test_who_comes_back_in_the_same_year_earns_before_and_after(pool, ann, cas, billing, system):
    leave(cas.employee, last_day=date(2026, 4, 30), today=date(2026, 5, 4), by=system)
    back = Place(billing, 10_000)
    come_back(Employee.objects.get(number="cas"), place=back, from_date=SEPTEMBER, by=system)
    assert shares(pool) == {"ann": 25_000, "cas": 25_000}
    cas_share = share_out(pool, 2026, as_of=JANUARY).shares[1]
    assert (cas_share.hit_days, len(cas_share.working["spans"])) == (2, 2)


@pytest.mark.parametrize("good", [True, False, None])
def test_coming_back_after_the_year_does_not_undo_how_one_left_in_it(
    pool, ann, cas, billing, system, good
):
    leave(cas.employee, last_day=date(2026, 10, 1), today=date(2026, 10, 2), by=system)
    Employee.objects.filter(number="cas").update(good_leaver=good)
    before = shares(pool)
    gone = Employee.objects.get(number="cas")
    come_back(gone, place=Place(billing, 10_000), from_date=date(2027, 1, 2), by=system)
    assert shares(pool) == before == ({"ann": 25_000, "cas": 25_000} if good else {"ann": 50_000})
    assert shares(pool, terms=Terms(leavers="none")) == {"ann": 50_000}


def test_the_second_leaving_decides_when_both_are_in_the_year(pool, ann, cas, billing, system):
    leave(cas.employee, last_day=date(2026, 4, 30), today=date(2026, 5, 4), by=system)
    Employee.objects.filter(number="cas").update(good_leaver=True)
    gone = Employee.objects.get(number="cas")
    come_back(gone, place=Place(billing, 10_000), from_date=date(2026, 6, 1), by=system)
    leave(Employee.objects.get(number="cas"), last_day=date(2026, 10, 1),
          today=date(2026, 10, 2), by=system)  # fmt: skip
    Employee.objects.filter(number="cas").update(good_leaver=False)
    assert shares(pool) == {"ann": 50_000}


# Moves, scopes, the tree of departments


def narrow(pool, scope, *, from_date=date(2026, 1, 1)) -> PoolPolicy:
    policy = pool.policies.get()
    if policy.from_date != from_date:
        policy.pk = None
    policy.scope, policy.from_date = scope, from_date
    policy.save()
    return policy


def test_a_move_out_of_the_scope_ends_the_earning(pool, ann, cas, claims, billing, system):
    narrow(pool, claims)
    bob = make_person("bob", claims, by=system)
    move(bob.employee, place=Place(billing, 10_000), from_date=date(2026, 5, 1), by=system)
    assert shares(pool) == {"ann": 37_500, "bob": 12_500}


def test_a_move_into_the_scope_on_a_hit_day_earns_on_it(pool, ann, cas, claims, system):
    narrow(pool, claims)
    move(cas.employee, place=Place(claims, 10_000), from_date=SEPTEMBER, by=system)
    assert shares(pool) == {"ann": 37_500, "cas": 12_500}


def test_a_scope_changed_in_mid_year_holds_from_its_day(pool, ann, cas, claims):
    narrow(pool, claims, from_date=SEPTEMBER)
    assert shares(pool) == {"ann": 37_500, "cas": 12_500}


def test_a_department_moved_below_the_scope_earns_from_that_day(
    pool, ann, claims, billing, site, system
):
    narrow(pool, claims)
    team = make_department("TEAM", site)
    make_person("tom", team, by=system)
    Placement.objects.filter(department=team).update(until_date=SEPTEMBER - timedelta(days=1))
    Placement.objects.create(department=team, site=site, parent=claims, from_date=SEPTEMBER)
    assert shares(pool) == {"ann": 37_500, "tom": 12_500}


def test_before_its_first_policy_a_pool_is_nobodys(ann, cas, claims, hit, system):
    """Whoever was there then has no share, and in what currency they were paid does not matter."""
    pool = make_pool(system, from_date=date(2026, 2, 1))
    narrow(pool, claims, from_date=date(2026, 2, 1))
    hit(MONDAY)
    cas.employee.salaries.update(currency="USD")
    assert shares(pool) == {"ann": 25_000}


def test_a_first_policy_for_everybody_begins_with_its_day_too(ann, cas, hit, system):
    pool = make_pool(system, from_date=date(2026, 2, 1))
    hit(MONDAY)
    leave(cas.employee, last_day=date(2026, 1, 31), today=MONDAY, by=system)
    Employee.objects.filter(number="cas").update(good_leaver=True)
    assert shares(pool) == {"ann": 25_000}


# Pay, full-time share, leave


def test_a_full_time_share_changed_on_a_hit_day_counts_on_it(pool, ann, cas, billing, system):
    move(cas.employee, place=Place(billing, 5_000), from_date=SEPTEMBER, by=system)
    # 12,500 of the first day; of the second a third and not a half.
    assert shares(pool) == {"ann": 29_167, "cas": 20_833}


def test_a_salary_changed_on_a_hit_day_counts_on_it(pool, ann, cas, system):
    set_salary(cas.employee, pay=Pay(9_000_000, "GBP"), from_date=SEPTEMBER, by=system)
    assert shares(pool) == {"ann": 18_750, "cas": 31_250}


def test_a_salary_raised_backwards_is_refused_at_the_approval(pool, ann, fay, eve, system):
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    set_salary(ann.employee, pay=Pay(3_100_000, "GBP"), from_date=MONDAY, by=system)
    with pytest.raises(ContentChanged) as refused:
        approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    assert any("ann" in change for change in refused.value.changes)


def test_a_salary_raised_backwards_after_the_approval_moves_nothing(pool, ann, fay, eve, system):
    run = approved(pool, fay, eve)
    set_salary(ann.employee, pay=Pay(3_100_000, "GBP"), from_date=MONDAY, by=system)
    assert sorted(run.shares.values_list("share_minor", flat=True)) == [16_666, 16_667, 16_667]
    assert check_ledger().problems == []


def test_without_salary_or_for_nothing_nobody_earns(pool, ann, cas, claims, system):
    cas.employee.salaries.update(annual_minor=0)
    make_person("una", claims, by=system).employee.salaries.all().delete()
    found = share_out(pool, 2026, as_of=JANUARY)
    assert [(s.number, s.share_minor, s.cap_minor) for s in found.shares] == [
        ("ann", 50_000, 600_000), ("cas", 0, 0), ("una", 0, 0),
    ]  # fmt: skip
    ann.employee.salaries.all().delete()
    assert share_out(pool, 2026, as_of=JANUARY).carried_minor == 50_000


def test_open_ended_leave_earns_nothing_from_its_first_day(pool, ann, cas):
    Leave.objects.create(employee=cas.employee, kind="unpaid", from_date=SEPTEMBER)
    assert shares(pool) == {"ann": 37_500, "cas": 12_500}
    assert shares(pool, terms=Terms(excluded_leave=[])) == {"ann": 25_000, "cas": 25_000}


def test_leave_over_the_whole_year_makes_no_share(pool, ann, cas):
    Leave.objects.create(employee=cas.employee, kind="unpaid", from_date=date(2025, 6, 1))
    assert shares(pool) == {"ann": 50_000}


def test_a_salary_in_another_currency_is_refused_where_it_earns(pool, ann, cas, system):
    set_salary(cas.employee, pay=Pay(3_000_000, "USD"), from_date=date(2026, 7, 1), by=system)
    with pytest.raises(BonusRefused, match=r"another currency: cas"):
        shares(pool)


def test_a_currency_left_behind_before_the_scope_is_no_obstacle(
    pool, ann, cas, claims, billing, system
):
    narrow(pool, claims)
    cas.employee.salaries.update(currency="USD")
    set_salary(cas.employee, pay=Pay(3_000_000, "GBP"), from_date=date(2026, 7, 1), by=system)
    move(cas.employee, place=Place(claims, 10_000), from_date=date(2026, 7, 1), by=system)
    found = {s.number: s for s in share_out(pool, 2026, as_of=JANUARY).shares}
    assert {n: s.share_minor for n, s in found.items()} == {"ann": 37_500, "cas": 12_500}
    assert found["cas"].cap_minor == 600_000


# Amounts at their edges


def owe(pool, amount_minor: int, system) -> None:
    """Somebody has taken that much out of the year's pool."""
    post(
        key=f"test:{amount_minor}", from_account=open_account("pool:bonus:2026", currency="GBP"),
        to_account=open_account("company:bonus-expense", currency="GBP"),
        amount_minor=amount_minor, why="test", by=system,
    )  # fmt: skip


def test_less_money_than_people_goes_to_the_first_by_number(pool, ann, bob, cas, fay, eve, system):
    owe(pool, 49_998, system)
    run = approved(pool, fay, eve)
    given = dict(run.shares.values_list("employee__number", "share_minor"))
    assert given == {"ann": 1, "bob": 1, "cas": 0, "eve": 0, "fay": 0}
    assert [p for p in check_ledger().problems if "bonus run" in p] == []


def test_a_debt_is_shared_by_nobody_and_carried_once_somebody_bore_the_rest(
    pool, ann, fay, eve, system
):
    owe(pool, 60_000, system)
    run = approved(pool, fay, eve)
    assert (run.state, run.shared_minor, run.carried_minor) == ("paid", 0, -10_000)
    with pytest.raises(BonusRefused, match="owes"):
        close_year(pool, 2026, reason="over", by=fay, now=NEW_YEAR)
    act = propose_write_off(
        pool, 2026, amount_minor=10_000, reason="ours", by=fay, now=NEW_YEAR
    )  # fmt: skip
    decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    close_year(pool, 2026, reason="over", by=fay, now=NEW_YEAR)
    assert balance_of(pool, 2026) == 0
    assert [p for p in check_ledger().problems if "bonus" in p and "promises" not in p] == []


def test_caps_of_zero_let_everything_carry_over(pool, ann, fay, eve):
    Employee.objects.get(number="ann").salaries.update(annual_minor=4)
    for other in ("fay", "eve"):
        Employee.objects.get(number=other).salaries.update(annual_minor=4)
    run = approved(pool, fay, eve)
    assert (run.state, run.shared_minor, run.carried_minor, run.capped) == ("paid", 0, 50_000, 0)
    assert balances()["pool:bonus:2026"] == 50_000
    close_year(pool, 2026, reason="over", by=fay, now=NEW_YEAR)
    assert (balance_of(pool, 2026), balance_of(pool, 2027)) == (0, 50_000)
    assert check_ledger().problems == []


# Several pools


@pytest.fixture
def rich(pool, hit, system):
    """A second pool with more money than the caps allow: 8,000.00 on one day."""
    second = make_pool(system, "second", contribution_amount=800_000, from_date=date(2026, 10, 1))
    hit(date(2026, 10, 5))
    return second


def test_two_pools_give_nobody_more_than_the_cap_in_all(pool, rich, ann, fay, eve):
    for user in (fay, eve):
        user.employee.memberships.all().delete()
    first = approved(pool, fay, eve)
    assert first.shares.get().share_minor == 75_000
    second = approved(rich, fay, eve)
    share = second.shares.get()
    assert (share.share_minor, share.cap_minor) == (525_000, 525_000)
    assert share.working["other_pools_minor"] == 75_000
    assert (second.carried_minor, second.capped) == (275_000, 1)
    assert check_ledger().problems == []


def test_two_pools_proposed_at_once_are_not_both_approved_as_they_were(pool, rich, ann, fay, eve):
    runs = [propose(draft(p, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
            for p in (pool, rich)]  # fmt: skip
    approve(runs[0], seen_sha256=runs[0].content_sha256, by=eve, now=NEW_YEAR)
    with pytest.raises(ContentChanged):
        approve(runs[1], seen_sha256=runs[1].content_sha256, by=eve, now=NEW_YEAR)


def test_what_a_void_run_gave_counts_on_no_cap(pool, rich, ann, fay, eve):
    void(approved(pool, fay, eve), reason="wrong", by=eve, now=NEW_YEAR)
    found = share_out(rich, 2026, as_of=JANUARY)
    assert {s.working["other_pools_minor"] for s in found.shares} == {0}


# A fiscal year of its own


def test_a_year_from_april_takes_its_days_and_its_leavers(ann, cas, claims, hit, system):
    Policy.objects.create(
        name="fiscal_year_start", from_date=date(2020, 1, 1), value="04-01", reason="t",
        made_by=system,
    )  # fmt: skip
    pool = make_pool(system)
    hit(MONDAY)
    hit(SEPTEMBER)
    leave(cas.employee, last_day=date(2026, 6, 30), today=MONDAY, by=system)
    end = date(2027, 4, 2)
    assert shares(pool, 2026, as_of=date(2026, 4, 2)) == {"ann": 12_500, "cas": 12_500}
    assert shares(pool, 2027, as_of=end) == {"ann": 25_000}
    found = share_out(pool, 2027, as_of=end)
    assert (found.year.first, found.year.last) == (date(2026, 4, 1), date(2027, 3, 31))
    assert [day["date"] for day in found.days] == [str(SEPTEMBER)]


# Corrected days


def correct_september(claims, answered, *, value, by, approver):
    return restate(
        Correction(SEPTEMBER, claims, answered, "value", scaled_of(value)), reason="typo", by=by,
        now=NEW_YEAR, approved_by=approver,
    )  # fmt: skip


def test_a_day_corrected_after_the_approval_leaves_the_shares_and_owes(
    pool, ann, fay, eve, dee, claims, answered
):
    run = approved(pool, fay, eve)
    correct_september(claims, answered, value="10", by=dee, approver=eve)
    assert balances()["pool:bonus:2026"] == -25_000
    assert sum(run.shares.values_list("share_minor", flat=True)) == 50_000
    assert check_ledger().problems == []
    correct_september(claims, answered, value="90", by=dee, approver=eve)
    assert balances()["pool:bonus:2026"] == 0
    assert check_ledger().problems == []


def test_a_day_corrected_before_the_approval_is_refused_with_that_day(
    pool, ann, fay, eve, dee, claims, answered
):
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    correct_september(claims, answered, value="10", by=dee, approver=eve)
    with pytest.raises(ContentChanged, match="2026-09-07 counts otherwise"):
        approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)


def test_a_prior_years_difference_moves_in_the_open_year_and_comes_back(
    pool, ann, fay, eve, dee, claims, answered, system
):
    owe(pool, 60_000, system)
    run = approved(pool, fay, eve)
    act = propose_write_off(pool, 2026, amount_minor=10_000, reason="x", by=fay, now=NEW_YEAR)
    decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    close_year(pool, 2026, reason="over", by=fay, now=NEW_YEAR)
    correct_september(claims, answered, value="10", by=dee, approver=eve)
    assert (balance_of(pool, 2026), balance_of(pool, 2027)) == (0, -25_000)
    correct_september(claims, answered, value="90", by=dee, approver=eve)
    assert (balance_of(pool, 2026), balance_of(pool, 2027)) == (0, 0)
    keys = Transfer.objects.filter(key__endswith=":prior").values_list("key", flat=True)
    assert sorted(keys) == [f"pool:bonus:{SEPTEMBER}:v{n}:prior" for n in (2, 3)]
    assert BonusRun.objects.get(pk=run.pk).content_sha256 == run.content_sha256
    assert [p for p in check_ledger().problems if "2026-09-07" in p] == []


def effect_of(claims, answered, *, value, by):
    what = Correction(SEPTEMBER, claims, answered, "value", scaled_of(value))
    [effect] = effects_on_people(what, by=by, now=NEW_YEAR)
    return effect


def test_a_look_at_a_correction_says_who_loses(pool, ann, cas, fay, eve, dee, claims, answered):
    effect = effect_of(claims, answered, value="10", by=dee)
    assert (len(effect.losing), effect.loss_minor, effect.largest_loss_minor) == (5, 25_000, 5000)
    assert not effect.gaining
    assert balances()["pool:bonus:2026"] == 50_000


def test_of_a_decided_year_a_look_says_that_nobodys_bonus_changes(
    pool, ann, fay, eve, dee, claims, answered
):
    approved(pool, fay, eve)
    effect = effect_of(claims, answered, value="10", by=dee)
    assert (effect.decided, effect.difference_minor, effect.people) == (True, -25_000, [])
    assert effect.as_json()["changed"] == 0


def test_of_a_closed_year_the_difference_is_that_of_the_open_year(
    pool, ann, fay, eve, dee, claims, answered, system
):
    approved(pool, fay, eve)
    BonusRun.objects.update(state="paid")
    PoolYearAct.objects.create(
        pool=pool, year=2026, kind="close", state="done", reason="x", made_by=fay,
        made_at=NEW_YEAR,
    )  # fmt: skip
    effect = effect_of(claims, answered, value="10", by=dee)
    assert (effect.year, effect.of_later_year, effect.decided) == (2027, True, False)
    assert (effect.difference_minor, effect.people) == (-25_000, [])


def test_where_departments_have_factors_a_goal_alone_changes_shares(
    pool, ann, cas, dee, claims, answered, system
):
    """A corrected goal that leaves the verdict as it was moves weight between departments."""
    BonusPolicy.objects.create(
        pool=pool, from_date=date(2026, 1, 1), department_factor=True, reason="x", made_by=system
    )
    what = Correction(SEPTEMBER, claims, answered, "excuse")
    assert effects_on_people(what, by=dee, now=NEW_YEAR)[0].people == []
    missed = Correction(MONDAY, claims, answered, "value", scaled_of("10"))
    [effect] = effects_on_people(missed, by=dee, now=NEW_YEAR)
    changes = {each.number: each.change_minor for each in effect.people}
    assert changes["ann"] < changes["cas"] < 0


def test_a_goal_that_moves_shares_between_departments_needs_a_second_person(
    pool, ann, cas, dee, eve, claims, answered, system
):
    """The verdict stays, and so does the pool: only who gets how much of it does not."""
    what = Correction(SEPTEMBER, claims, answered, "excuse")
    assert not moves_money(preview(what, by=dee))
    BonusPolicy.objects.create(
        pool=pool, from_date=date(2026, 1, 1), department_factor=True, reason="x", made_by=system
    )
    waiting = restate(what, reason="mine", by=dee, now=NEW_YEAR)
    assert waiting.state == "awaiting_approval"
    assert decide(waiting, approve=True, by=eve, now=NEW_YEAR).state == "applied"


# Erased people


def gone(employee: Employee, system) -> Employee:
    leave(employee, last_day=date(2026, 12, 31), today=MONDAY, by=system)
    return erase(Employee.objects.get(pk=employee.pk), why="asked", by=system, now=NEW_YEAR)


def test_erasing_somebody_after_the_approval_leaves_the_run_in_order(pool, cas, ann, fay, eve,
                                                                     system):  # fmt: skip
    run = approved(pool, fay, eve)
    gone(ann.employee, system)
    assert check_ledger().problems == []
    assert run.shares.filter(employee__number__startswith="erased-").count() == 1
    void(run, reason="wrong", by=eve, now=NEW_YEAR)
    assert check_ledger().problems == []


def test_somebody_erased_between_proposal_and_approval_is_named_as_the_reason(
    pool, ann, cas, fay, eve, system
):
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    gone(ann.employee, system)
    with pytest.raises(ContentChanged) as refused:
        approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    assert refused.value.changes
    again = approved_again(run, fay, eve)
    assert again.state == "approved"
    assert check_ledger().problems == []


def approved_again(run, fay, eve) -> BonusRun:
    run = propose(send_back(run, reason="erased", by=eve), by=fay, now=NEW_YEAR)
    return approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)


# Rows edited by hand, movements that no run has made


def without_guards(table: str) -> None:
    """As somebody with the database's own password would do it; the test's end puts them back."""
    with connection.cursor() as cursor:
        for guard in registered(connection.vendor):
            if guard.table == table:
                for statement in drop_statements(guard, connection.vendor):
                    cursor.execute(statement, None)


def money_problems() -> list[str]:
    return [p for p in check_ledger().problems if not p.startswith("guard ")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("share_minor", 1), ("cap_minor", 700_000), ("hit_days", 9), ("earned_minor", 1),
     ("working", {}), ("position", 77)],
)  # fmt: skip
def test_a_share_edited_by_hand_is_found(pool, ann, fay, eve, field, value):
    run = approved(pool, fay, eve)
    without_guards("incentives_bonusshare")
    run.shares.filter(position=0).update(**{field: value})
    assert any(f"bonus run {run.pk}" in problem for problem in money_problems())


@pytest.mark.parametrize(
    ("field", "value"), [("employees", 7), ("capped", 2), ("policy", {}), ("days", [])]
)
def test_a_run_edited_by_hand_is_found(pool, ann, fay, eve, field, value):
    run = approved(pool, fay, eve)
    without_guards("incentives_bonusrun")
    BonusRun.objects.filter(pk=run.pk).update(**{field: value})
    assert any(f"bonus run {run.pk}" in problem for problem in money_problems())


def test_a_share_that_moved_between_other_accounts_is_found(pool, ann, fay, eve):
    run = approved(pool, fay, eve)
    without_guards("ledger_transfer")
    elsewhere = open_account("payout:elsewhere", currency="GBP")
    one = Transfer.objects.filter(key__startswith=f"bonus:{run.pk}:").first()
    Transfer.objects.filter(pk=one.pk).update(to_account=elsewhere)
    assert any(f"bonus run {run.pk}" in problem for problem in money_problems())


def test_money_that_left_the_payout_account_without_a_confirmation_is_found(
    pool, ann, fay, eve, system
):
    approved(pool, fay, eve)
    post(
        key="by-hand", from_account=Account.objects.get(code="payout:bonus:2026"),
        to_account=open_account("company:petty-cash", currency="GBP"), amount_minor=1, why="x",
        by=system,
    )  # fmt: skip
    assert any("payout:bonus:2026" in problem for problem in money_problems())


def test_a_run_of_before_the_year_was_reopened_by_hand_is_not_drafted_twice(pool, ann, fay, eve):
    run = approved(pool, fay, eve)
    with pytest.raises(BonusRefused, match="already"):
        draft(pool, 2026, by=fay, now=NEW_YEAR)
    assert BonusRun.objects.live().get() == run


def test_the_second_of_two_approvers_is_refused(pool, ann, fay, eve, billing, system):
    second = make_person("edd", billing, ("executive", None), by=system)
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    stale = BonusRun.objects.get(pk=run.pk)
    approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match="approved"):
        approve(stale, seen_sha256=run.content_sha256, by=second, now=NEW_YEAR)
    assert Transfer.objects.filter(key__endswith=":approved").count() == 4


def test_a_day_closed_after_the_draft_is_refused_at_the_approval(pool, hit, ann, fay, eve):
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    hit(date(2026, 10, 5))
    with pytest.raises(ContentChanged, match="2026-10-05 counts otherwise"):
        approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    assert DayVerdict.objects.count() == 3


def test_membership_of_no_day_of_the_year_makes_no_share(pool, ann, cas):
    Membership.objects.filter(employee=cas.employee).update(until_date=date(2025, 12, 31))
    assert shares(pool) == {"ann": 50_000}


def test_a_payment_of_another_amount_than_the_share_is_found(pool, ann, fay, eve):
    run = approved(pool, fay, eve)
    share = run.shares.filter(share_minor__gt=1).first()
    post(
        key=payment_key(run, share.employee_id), to_account=open_account(PAYROLL, currency="GBP"),
        from_account=Account.objects.get(code="payout:bonus:2026"), amount_minor=1, why="x", by=fay,
    )  # fmt: skip
    BonusPayment.objects.create(share=share, amount_minor=1, paid_on=JANUARY, made_by=fay)
    assert any(f"the share is {share.share_minor}" in problem for problem in money_problems())


@pytest.mark.parametrize("key", ["carry:bonus:2026:77", "write-off:bonus:2026:77"])
def test_money_carried_over_or_borne_without_an_act_is_found(pool, ann, key, system):
    post(
        key=key, from_account=open_account("pool:bonus:2026", currency="GBP"),
        to_account=open_account("pool:bonus:2027", currency="GBP"), amount_minor=1, why="x",
        by=system,
    )  # fmt: skip
    assert any(f"{key} promises 0 and moved 1" in problem for problem in money_problems())
