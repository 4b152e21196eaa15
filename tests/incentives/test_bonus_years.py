"""A pool's year: closed in order, carried over, written off and opened again by two."""

from datetime import UTC, date, datetime

import pytest

from incentives.models import BonusPayment, BonusRun, DayVerdict, Pool, PoolYearAct
from incentives.services.bonus_policies import Terms, set_bonus_policy
from incentives.services.bonus_runs import accounts_of, approve, draft, payment_key, propose
from incentives.services.bonus_years import (
    close_year,
    decide_act,
    propose_reopening,
    propose_write_off,
)
from incentives.services.closing import CloseRefused, close_day
from incentives.services.eligibility import BonusRefused
from incentives.services.restating import Correction
from incentives.services.restating import propose as restate
from incentives.services.years import is_closed
from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from ledger.services.posting import open_account, post
from people.models import AuditEntry, Notice, Role, RoleAssignment
from people.services import audit
from tests.conftest import MONDAY, make_person, make_result, scaled_of
from tests.incentives.test_bonus_runs import NEW_YEAR, pool  # noqa: F401
from tests.incentives.test_closing import make_pool

pytestmark = pytest.mark.django_db
A_YEAR_LATER = datetime(2028, 1, 4, 12, 0, tzinfo=UTC)


def pay(run: BonusRun, by) -> None:
    """Payroll has confirmed everything."""
    _pool, payout = accounts_of(run)
    paid = open_account("company:bonus-paid", currency=run.currency)
    for share in run.shares.filter(share_minor__gt=0):
        post(
            key=payment_key(run, share.employee_id), from_account=payout, to_account=paid,
            amount_minor=share.share_minor, why="payroll", by=by,
        )  # fmt: skip
        BonusPayment.objects.create(
            share=share, amount_minor=share.share_minor, paid_on=date(2027, 1, 31), made_by=by
        )
    run.state, run.paid_at = "paid", NEW_YEAR
    run.save()


def paid_run(pool: Pool, year: int, *, by, other, now=NEW_YEAR) -> BonusRun:
    run = propose(draft(pool, year, by=by, now=now), by=by, now=now)
    run = approve(run, seen_sha256=run.content_sha256, by=other, now=now)
    if run.state != "paid":
        pay(run, by)
    return run


def cap(pool: Pool, by, **terms) -> None:
    """A cap of 0.01% of 30,000.00: nobody gets more than 3.00."""
    set_bonus_policy(pool, Terms(**{"cap_bp": 1, **terms}), from_date=date(2026, 1, 1),
                     reason="test", by=by)  # fmt: skip


def balance(year: int, code: str = "bonus") -> int:
    account = Account.objects.filter(code=f"pool:{code}:{year}").first()
    return account.balance() if account else 0


def in_order() -> bool:
    assert check_ledger().problems == []
    return True


def owe(pool: Pool, amount_minor: int, by, year=2026) -> None:
    """A pool that owes: what a closed year's corrections leave behind."""
    post(
        key=f"test:{year}:{amount_minor}",
        from_account=open_account(pool.account_code(year), currency="GBP"),
        to_account=open_account("company:bonus-expense", currency="GBP"),
        amount_minor=amount_minor, why="test", by=by,
    )  # fmt: skip


def close(pool, by, *, year=2026, now=NEW_YEAR) -> PoolYearAct:
    return close_year(pool, year, reason="all paid", by=by, now=now)


def reopen(pool, *, by, other, year=2026) -> PoolYearAct:
    act = propose_reopening(pool, year, reason="a late figure", by=by, now=NEW_YEAR)
    return decide_act(act, approve=True, by=other, now=NEW_YEAR)


@pytest.fixture
def staff(ann, bob, cas, fay, eve):
    return ann, bob, cas


@pytest.fixture
def closed(pool, staff, fay, eve, system):
    """2026 is paid and closed; 235.00 of its 250.00 went over: five people with 3.00 at most."""
    cap(pool, system)
    paid_run(pool, 2026, by=fay, other=eve)
    close(pool, fay)
    return pool


def test_what_is_left_goes_into_the_next_year(closed, fay):
    assert (balance(2026), balance(2027)) == (0, 23_500)
    act = PoolYearAct.objects.get()
    assert (act.kind, act.state, act.amount_minor, act.made_by) == ("close", "done", 23_500, fay)
    carried = Transfer.objects.get(key=f"carry:bonus:2026:{act.pk}")
    assert (carried.amount_minor, carried.earned_day) == (23_500, date(2027, 1, 1))
    [entry] = audit.opened(AuditEntry.objects.filter(action="close_year"))
    assert entry.after == {"state": "done", "amount": 23_500}
    assert in_order()


def test_what_is_carried_over_is_shared_the_year_after(closed, fay, eve):
    run = paid_run(closed, 2027, by=fay, other=eve, now=A_YEAR_LATER)
    assert (run.balance_minor, run.carried_minor) == (23_500, 23_500)
    close(closed, fay, year=2027, now=A_YEAR_LATER)
    assert [balance(year) for year in (2026, 2027, 2028)] == [0, 0, 23_500]
    assert in_order()


def test_a_year_is_closed_once(closed, fay):
    with pytest.raises(BonusRefused, match="closed already"):
        close(closed, fay)
    assert PoolYearAct.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "proposed", "approved"])
def test_a_year_is_not_closed_before_its_bonus_is_paid(pool, staff, fay, eve, state):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    if state != "draft":
        run = propose(run, by=fay, now=NEW_YEAR)
    if state == "approved":
        approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match=f"is {state}"):
        close(pool, fay)


def test_a_year_with_money_and_no_run_is_not_closed(pool, staff, fay):
    with pytest.raises(BonusRefused, match="not been shared out"):
        close(pool, fay)


def test_a_year_is_not_closed_while_it_runs(pool, staff, fay):
    with pytest.raises(BonusRefused, match="runs until"):
        close(pool, fay, now=datetime(2026, 12, 31, 20, tzinfo=UTC))


def test_a_year_is_not_closed_with_a_day_that_is_not_final(pool, goals, staff, fay, eve):
    paid_run(pool, 2026, by=fay, other=eve)
    goals[0].until_date = date(2026, 3, 3)
    goals[0].save()
    with pytest.raises(BonusRefused, match="2026-03-03 is not final"):
        close(pool, fay)


def test_a_year_is_not_closed_without_a_reason(pool, staff, fay, eve):
    paid_run(pool, 2026, by=fay, other=eve)
    with pytest.raises(BonusRefused, match="Say why"):
        close_year(pool, 2026, reason=" ", by=fay, now=NEW_YEAR)
    assert not is_closed(pool, 2026)


@pytest.mark.parametrize("year", [0, -5, 9999, 10**9])
def test_a_year_that_there_is_not_is_refused(pool, fay, year):
    with pytest.raises(BonusRefused):
        close(pool, fay, year=year)


def test_years_close_in_order(pool, staff, fay, eve, system):
    owe(pool, 100, system, year=2025)
    with pytest.raises(BonusRefused, match="close 2025 first"):
        close(pool, fay)
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match="close 2025"):
        propose(run, by=fay, now=NEW_YEAR)


def test_who_keeps_salaries_closes_no_year(pool, staff, fay, eve, system, ann):
    paid_run(pool, 2026, by=fay, other=eve)
    audit.record("set_salary", by=fay, subject=f"employee:{ann.employee.pk}")
    with pytest.raises(BonusRefused, match="keeps salaries"):
        close(pool, fay)


def test_a_debt_within_the_limit_goes_into_the_next_year(pool, staff, fay, eve, system):
    set_bonus_policy(pool, Terms(negative_limit_minor=50_00), from_date=date(2026, 1, 1),
                     reason="test", by=system)  # fmt: skip
    owe(pool, 300_00, system)
    close(pool, fay)
    assert (balance(2026), balance(2027)) == (0, -50_00)
    assert in_order()


def test_a_debt_beyond_the_limit_is_borne_by_the_company_first(pool, staff, fay, eve, system):
    owe(pool, 300_00, system)
    with pytest.raises(BonusRefused, match=r"owes GBP 50.00 and may carry GBP 0.00"):
        close(pool, fay)
    act = propose_write_off(pool, 2026, amount_minor=50_00, reason="bad luck", by=fay,
                            now=NEW_YEAR)  # fmt: skip
    assert balance(2026) == -50_00
    decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    assert balance(2026) == 0
    close(pool, fay)
    assert (balance(2026), balance(2027)) == (0, 0)
    assert not Transfer.objects.filter(key__startswith="carry:").exists()
    assert in_order()


@pytest.mark.parametrize("amount", [0, -1, 50_01, 10**18])
def test_no_more_is_written_off_than_is_owed(pool, fay, system, amount):
    owe(pool, 300_00, system)
    with pytest.raises(BonusRefused, match=r"owes GBP 50.00"):
        propose_write_off(pool, 2026, amount_minor=amount, reason="x", by=fay, now=NEW_YEAR)


def test_nothing_is_written_off_where_nothing_is_owed(pool, fay):
    with pytest.raises(BonusRefused, match=r"owes GBP 0.00"):
        propose_write_off(pool, 2026, amount_minor=1, reason="x", by=fay, now=NEW_YEAR)


def test_a_debt_that_has_shrunk_since_is_not_written_off(pool, fay, eve, system):
    owe(pool, 300_00, system)
    act = propose_write_off(pool, 2026, amount_minor=50_00, reason="x", by=fay, now=NEW_YEAR)
    post(
        key="test:back", from_account=open_account("company:bonus-expense", currency="GBP"),
        to_account=open_account(pool.account_code(2026), currency="GBP"), amount_minor=1,
        why="test", by=system,
    )  # fmt: skip
    with pytest.raises(BonusRefused, match=r"owes GBP 49.99"):
        decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    act.refresh_from_db()
    assert (act.state, balance(2026)) == ("awaiting_approval", -49_99)


def test_the_same_is_proposed_once_at_a_time(closed, fay, eve):
    propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match="waits for somebody else"):
        propose_reopening(closed, 2026, reason="x", by=eve, now=NEW_YEAR)


def test_a_year_is_opened_again_by_two_and_what_it_carried_comes_back(closed, fay, eve):
    act = propose_reopening(closed, 2026, reason="a late figure", by=fay, now=NEW_YEAR)
    assert is_closed(closed, 2026)
    decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    assert not is_closed(closed, 2026)
    assert (balance(2026), balance(2027)) == (23_500, 0)
    close(closed, fay)
    assert (balance(2026), balance(2027)) == (0, 23_500)
    assert in_order()


def test_who_proposes_to_reopen_does_not_approve_whatever_the_role(closed, fay, eve, system):
    act = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    RoleAssignment.objects.filter(user=fay).delete()
    RoleAssignment.objects.create(
        user=fay, role=Role.EXECUTIVE, from_date=date(2026, 1, 1), made_by=system
    )
    with pytest.raises(BonusRefused, match="Who proposes"):
        decide_act(act, approve=True, by=fay, now=NEW_YEAR)
    assert is_closed(closed, 2026)


def test_who_has_lost_the_role_meanwhile_does_not_approve(closed, fay, eve, ann, system):
    act = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    RoleAssignment.objects.filter(user=eve).delete()
    for somebody in (eve, ann, system):
        with pytest.raises(BonusRefused, match="finance or an executive"):
            decide_act(act, approve=True, by=somebody, now=NEW_YEAR)


def test_who_keeps_salaries_proposes_no_reopening(closed, fay, ann):
    audit.record("set_salary", by=fay, subject=f"employee:{ann.employee.pk}")
    with pytest.raises(BonusRefused, match="keeps salaries"):
        propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)


def test_who_keeps_salaries_proposes_no_write_off(pool, fay, ann, system):
    owe(pool, 300_00, system)
    audit.record("set_salary", by=fay, subject=f"employee:{ann.employee.pk}")
    with pytest.raises(BonusRefused, match="keeps salaries"):
        propose_write_off(pool, 2026, amount_minor=100, reason="x", by=fay, now=NEW_YEAR)


def test_who_keeps_salaries_reopens_no_year(closed, fay, billing, system):
    act = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    both = make_person("both", billing, (Role.HR, None), (Role.FINANCE, None), by=system)
    with pytest.raises(BonusRefused, match="keeps salaries"):
        decide_act(act, approve=True, by=both, now=NEW_YEAR)


def test_what_is_refused_stays_closed_and_may_be_proposed_again(closed, fay, eve):
    act = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    assert decide_act(act, approve=False, by=eve, now=NEW_YEAR).state == "refused"
    with pytest.raises(BonusRefused, match="already been decided"):
        decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    assert is_closed(closed, 2026)
    assert reopen(closed, by=fay, other=eve).state == "done"


def test_those_who_may_decide_are_told_and_then_who_proposed(closed, fay, eve):
    act = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    [told] = Notice.objects.filter(kind="year-act-proposed")
    assert (told.user, told.path) == (eve, "/pools/bonus/2026/")
    decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    [told] = Notice.objects.filter(kind="year-act-decided")
    assert (told.user, told.facts["state"]) == (fay, "done")


def test_an_open_year_is_not_opened(pool, fay):
    with pytest.raises(BonusRefused, match="is not closed"):
        propose_reopening(pool, 2026, reason="x", by=fay, now=NEW_YEAR)


def test_the_later_year_is_opened_first(closed, fay, eve):
    paid_run(closed, 2027, by=fay, other=eve, now=A_YEAR_LATER)
    close(closed, fay, year=2027, now=A_YEAR_LATER)
    with pytest.raises(BonusRefused, match="2027 is closed too"):
        propose_reopening(closed, 2026, reason="x", by=fay, now=A_YEAR_LATER)


def test_a_year_whose_rest_was_shared_is_not_opened(closed, fay, eve):
    act = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    run = draft(closed, 2027, by=fay, now=A_YEAR_LATER)
    propose(run, by=fay, now=A_YEAR_LATER)
    with pytest.raises(BonusRefused, match="part of the bonus of 2027, which is proposed"):
        decide_act(act, approve=True, by=eve, now=A_YEAR_LATER)
    assert is_closed(closed, 2026)
    assert (balance(2026), balance(2027)) == (0, 23_500)


def test_a_closed_year_has_no_new_bonus(pool, staff, fay, eve, system):
    owe(pool, 250_00, system)
    close(pool, fay)
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match="The year 2026 is closed"):
        propose(run, by=fay, now=NEW_YEAR)


def wrong(goals, value: str) -> Correction:
    return Correction(MONDAY, goals[0].department, goals[0].metric, "value", scaled_of(value))


def correct(goals, value: str, *, by, other) -> None:
    """10 misses the day, 80 and more hits it."""
    restate(wrong(goals, value), reason="typo", by=by, now=NEW_YEAR, approved_by=other)


def priors() -> list[tuple[str, int]]:
    found = Transfer.objects.filter(key__endswith=":prior").order_by("pk")
    return [
        (t.key, t.amount_minor if t.to_account.code.startswith("pool") else -t.amount_minor)
        for t in found
    ]


def test_a_correction_in_a_closed_year_moves_the_difference_in_the_open_one(
    closed, goals, dee, eve
):
    correct(goals, "10", by=dee, other=eve)
    assert priors() == [("pool:bonus:2026-03-02:v2:prior", -25_000)]
    assert (balance(2026), balance(2027)) == (0, -1500)
    assert not Transfer.objects.filter(key__contains=":v1:reversal").exists()
    assert in_order()


def test_several_corrections_in_a_closed_year_each_move_theirs(closed, goals, dee, eve):
    for value in ("10", "80", "11"):
        correct(goals, value, by=dee, other=eve)
    key = "pool:bonus:2026-03-02:v{}:prior"
    assert priors() == [
        (key.format(2), -25_000), (key.format(3), 25_000), (key.format(4), -25_000),
    ]  # fmt: skip
    assert (balance(2026), balance(2027)) == (0, -1500)
    assert in_order()


def test_a_correction_that_moves_no_money_moves_none_in_a_closed_year(closed, goals, dee, eve):
    correct(goals, "90", by=dee, other=eve)
    assert (priors(), balance(2027)) == ([], 23_500)
    assert in_order()


def test_two_closed_years_on_the_difference_goes_to_the_one_that_is_open(
    closed, goals, dee, fay, eve
):
    paid_run(closed, 2027, by=fay, other=eve, now=A_YEAR_LATER)
    close(closed, fay, year=2027, now=A_YEAR_LATER)
    correct(goals, "10", by=dee, other=eve)
    assert [balance(year) for year in (2026, 2027, 2028)] == [0, 0, -1500]
    assert in_order()


def test_opened_again_a_year_takes_back_what_a_correction_moved_elsewhere(
    closed, goals, dee, fay, eve
):
    correct(goals, "10", by=dee, other=eve)
    reopen(closed, by=fay, other=eve)
    assert (balance(2026), balance(2027)) == (23_500, -25_000)
    correct(goals, "80", by=dee, other=eve)
    assert (balance(2026), balance(2027)) == (23_500, 0)
    correct(goals, "10", by=dee, other=eve)
    assert (balance(2026), balance(2027)) == (-1500, 0)
    assert in_order()


def test_closed_once_more_the_difference_moves_in_the_open_year_again(
    closed, goals, dee, fay, eve, system
):
    reopen(closed, by=fay, other=eve)
    correct(goals, "10", by=dee, other=eve)
    assert (balance(2026), balance(2027)) == (-1500, 0)
    act = propose_write_off(closed, 2026, amount_minor=1500, reason="x", by=fay, now=NEW_YEAR)
    decide_act(act, approve=True, by=eve, now=NEW_YEAR)
    close(closed, fay)
    correct(goals, "80", by=dee, other=eve)
    assert (balance(2026), balance(2027)) == (0, 25_000)
    assert in_order()


def test_money_that_came_to_an_earlier_year_later_goes_into_the_open_year(
    pool, staff, fay, eve, system
):
    """2025 was empty when 2026 closed: a transfer into a closed year would lie there for ever."""
    terms = Terms(cap_bp=1, negative_limit_minor=100)
    set_bonus_policy(pool, terms, from_date=date(2025, 1, 1), reason="test", by=system)
    paid_run(pool, 2026, by=fay, other=eve)
    close(pool, fay)
    owe(pool, 100, system, year=2025)
    close(pool, fay, year=2025)
    assert [balance(year) for year in (2025, 2026, 2027)] == [0, 0, 23_400]
    assert in_order()


def test_a_late_day_of_a_closed_year_pays_no_more(closed, goals, system):
    tuesday = date(2026, 3, 3)
    for goal in goals:
        goal.until_date = tuesday
        goal.save()
        good = "80" if goal.metric.direction == "at_least" else "5"
        make_result(goal.department, goal.metric, tuesday, good, system)
    with pytest.raises(CloseRefused, match="year 2026 of pool bonus is closed"):
        close_day(tuesday, by=system, now=NEW_YEAR)
    assert not DayVerdict.objects.filter(date=tuesday).exists()
    assert (balance(2026), balance(2027)) == (0, 23_500)


def test_another_pool_keeps_its_own_years(closed, system):
    other = make_pool(system, code="other")
    assert (is_closed(closed, 2026), is_closed(other, 2026)) == (True, False)
