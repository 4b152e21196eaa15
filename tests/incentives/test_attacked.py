"""What an attack once got through with: each of these was a hole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cms.models import DaySnapshot
from cms.services.posting import owed_days, post_again_from, post_day
from incentives.models import DayVerdict, HeldFigure, Result
from incentives.services.closing import PoolRefused, close_day, pool_balance
from incentives.services.figure_imports import _allowed_departments
from incentives.services.pools import PolicyRefused
from incentives.services.reading import company_verdict, goals_of
from incentives.services.recording import Figure, RecordRefused, decide_held, record
from incentives.services.restating import RestateRefused, preview
from ledger.services.checking import check_ledger
from people import guards
from people.models import CalendarEntry, RoleAssignment, Salary, Site, WorkingWeek
from people.rules import BEGINNING
from people.services import policies
from tests.conftest import MONDAY, TUESDAY_MORNING, TUESDAY_NOON, scaled_of
from tests.incentives.test_closing import close, make_pool, report_all
from tests.incentives.test_restating import correction, restate

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def pool(goals, system):
    return make_pool(system)


def test_a_new_headline_does_not_rewrite_final_days(pool, goals, claims, system):
    report_all(goals, system, met=3)
    close(system)
    make_pool(system, code="neu", headline=True, from_date=date(2026, 6, 1), scope=claims)
    assert company_verdict(MONDAY).pool == pool
    assert [v.pool for v in close(system)] == [pool]
    assert DayVerdict.objects.count() == 1


def test_a_headline_set_in_the_past_leaves_the_companys_final_verdict(goals, system):
    report_all(goals, system, met=3)
    close(system)
    make_pool(system, threshold_bp=7500)
    close(system)
    verdict = company_verdict(MONDAY)
    assert (verdict.pool, verdict.hit) == (None, False)
    assert DayVerdict.objects.get(pool__code="bonus").is_company is False


def test_a_headline_set_while_a_day_is_provisional_takes_it_over(goals, system):
    report_all(goals[:3], system)
    close(system)
    pool = make_pool(system)
    close(system, now=TUESDAY_NOON)
    assert company_verdict(MONDAY).pool == pool
    assert DayVerdict.objects.count() == 1


@pytest.fixture
def at(monkeypatch):
    def travel(moment: datetime) -> None:
        monkeypatch.setattr("screens.management.commands.run_due.timezone.now", lambda: moment)

    return travel


def test_every_pool_becomes_final_at_the_cut_off(goals, claims, system, at):
    make_pool(system, scope=claims)
    make_pool(system, code="all", headline=False, threshold_bp=5000)
    report_all(goals[:2], system)
    at(TUESDAY_MORNING)
    call_command("run_due")
    assert DayVerdict.objects.get(pool__code="all").status == "provisional"
    at(TUESDAY_NOON)
    call_command("run_due")
    assert DayVerdict.objects.get(pool__code="all").status == "final"
    assert owed_days() == []


def test_a_cut_off_after_a_long_closure_still_comes(pool, goals, site, system, at):
    other = Site.objects.create(code="TWO", name="Two", time_zone="UTC")
    WorkingWeek.objects.create(site=other, from_date=BEGINNING, working_days="Mon-Sun")
    for n in range(1, 22):
        CalendarEntry.objects.create(
            site=site, date=MONDAY + timedelta(days=n), kind="closure", name="x", made_by=system
        )
    at(TUESDAY_MORNING)
    call_command("run_due")
    at(datetime(2026, 3, 27, 12, tzinfo=UTC))
    call_command("run_due")
    assert DayVerdict.objects.get(date=MONDAY).status == "final"


def test_a_board_that_comes_back_to_what_it_was_is_posted(pool, goals, system, dee, fay):
    for day in (MONDAY, TUESDAY):
        report_all(goals, system, day=day)
        close_day(day, by=system, now=datetime(2026, 3, 5, tzinfo=UTC))
        post_day(day, now=TUESDAY_NOON)
    for new in ("10", "80"):
        restate(correction(goals[0], new=new), dee, approved_by=fay)
        post_again_from(MONDAY, now=TUESDAY_NOON)
    newest = DaySnapshot.objects.filter(date=TUESDAY).latest()
    assert newest.board["pools"][0]["balance_minor"] == 50_000
    assert owed_days() == []


def test_every_posted_day_after_a_correction_shows_the_new_balance(pool, goals, system, dee, fay):
    days = [MONDAY, TUESDAY, MONDAY + timedelta(days=2)]
    for day in days:
        report_all(goals, system, day=day)
        close_day(day, by=system, now=datetime(2026, 3, 6, tzinfo=UTC))
        post_day(day, now=TUESDAY_NOON)
    restate(correction(goals[0]), dee, approved_by=fay)
    post_again_from(MONDAY, now=TUESDAY_NOON)
    boards = [DaySnapshot.objects.filter(date=day).latest().board for day in days]
    assert [board["pools"][0]["balance_minor"] for board in boards] == [0, 25_000, 50_000]


def test_the_fiscal_year_does_not_change_behind_a_final_day(pool, goals, system):
    report_all(goals, system)
    close(system)
    with pytest.raises(ValueError, match="2026-03-02 is final"):
        policies.set_policy(
            "fiscal_year_start", "04-01", from_date=date(2026, 1, 1), reason="x", by=system
        )
    assert pool_balance(pool, through=MONDAY) == 25_000


def test_pool_codes_do_not_differ_in_capital_letters_only(pool, system):
    with pytest.raises(PolicyRefused, match="other capital letters"):
        make_pool(system, code="BONUS", headline=False)


@pytest.mark.parametrize("code", ["", "a b", "eu:west", "ü", "x" * 31])
def test_a_pool_code_fits_addresses_and_accounts(goals, system, code):
    with pytest.raises(PolicyRefused, match="no pool code"):
        make_pool(system, code=code, headline=False)


@pytest.mark.parametrize("code", ["runs", "questions", "payroll-layouts"])
def test_a_pool_code_hides_nobodys_statement(goals, system, code):
    """/bonus/runs/2026/ is a bonus run, and would not be the own statement of a pool “runs”."""
    with pytest.raises(PolicyRefused, match="the product's own addresses"):
        make_pool(system, code=code, headline=False)


def test_a_lead_whose_role_ended_imports_for_nobody(bob, claims):
    assert _allowed_departments(bob) == {claims.pk}
    RoleAssignment.objects.filter(user=bob).delete()
    del vars(bob)["assignments_today"]
    assert _allowed_departments(bob) == set()


def test_a_held_figure_does_not_outlive_its_correction(goals, answered, claims, bob, dee):
    def enter(value: str) -> None:
        figure = Figure(MONDAY, claims.pk, answered.pk, scaled_of(value))
        record([figure], by=bob, source="form", hold_implausible=True)

    enter("500")
    enter("50")
    held = HeldFigure.objects.get()
    with pytest.raises(RecordRefused, match="already been decided"):
        decide_held(held, confirm=True, by=dee)
    assert Result.objects.get().value_scaled == scaled_of("50")


def test_one_pools_foreign_salary_does_not_stop_the_others(goals, ann, system):
    make_pool(system)
    make_pool(
        system, code="pay", headline=False, contribution_kind="payroll_bp", contribution_amount=9
    )
    Salary.objects.update(currency="USD")
    report_all(goals, system)
    with pytest.raises(PoolRefused, match="another currency") as refused:
        close(system)
    assert [v.pool.code for v in refused.value.verdicts] == ["bonus"]
    assert company_verdict(MONDAY).hit is True
    assert not DayVerdict.objects.filter(pool__code="pay").exists()


def test_a_foreign_salary_refuses_a_restatement_in_words(goals, ann, system, dee):
    make_pool(system, contribution_kind="payroll_bp", contribution_amount=9)
    report_all(goals, system, met=3)
    close(system)
    Salary.objects.update(currency="USD")
    with pytest.raises(RestateRefused, match="another currency"):
        preview(correction(goals[3], new="5"), by=dee)


def test_a_restatement_pays_what_the_day_paid_by_its_own_policy(pool, goals, system, dee, fay):
    report_all(goals, system, met=3)
    close(system)
    pool.policies.update(contribution_amount=1)
    restate(correction(goals[3], new="5"), dee, approved_by=fay)
    assert pool_balance(pool, through=MONDAY) == 25_000


def test_a_day_that_stops_being_due_leaves_no_provisional_verdict(pool, goals, site, system):
    report_all(goals[:3], system)
    close(system)
    CalendarEntry.objects.create(
        site=site, date=MONDAY, kind="closure", name="Flood", made_by=system
    )
    [verdict] = close(system)
    assert (verdict.due, verdict.hit, verdict.expected_minor) == (0, None, 0)
    assert not DayVerdict.objects.exists()


def test_a_gap_in_the_companys_days_is_found(goals, system):
    for day in (MONDAY, date(2026, 3, 4)):
        close(system, day=day, now=datetime(2026, 3, 6, tzinfo=UTC))
    assert check_ledger().problems == [
        "company: 2026-03-03 has goals due and no verdict (close_day)"
    ]


def test_a_verdict_that_its_goals_do_not_give_is_found(pool, goals, system):
    report_all(goals, system, met=3)
    close(system)
    with connection.cursor() as cursor:
        for guard in guards.registered(connection.vendor):
            if guard.name == "incentives_dayverdict_is_never_edited":
                for statement in guards.drop_statements(guard, connection.vendor):
                    cursor.execute(statement, None)
    DayVerdict.objects.update(hit=True, met_weight=4)
    _guard, problem = check_ledger().problems
    assert "says 3 of 4 goals met, hit True; its goals give 3 of 4, hit False" in problem


@pytest.mark.postgresql
def test_a_guard_with_a_condition_is_no_guard(db):
    # SQLite's triggers are compared word for word (tests/test_guards.py).
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER ledger_transfer_is_never_edited ON ledger_transfer;"
            " CREATE TRIGGER ledger_transfer_is_never_edited BEFORE UPDATE ON ledger_transfer"
            " FOR EACH ROW WHEN (false) EXECUTE FUNCTION ledger_transfer_is_never_edited()"
        )
    assert guards.missing(connection) == ["ledger_transfer_is_never_edited"]


@pytest.mark.parametrize(
    "words",
    [
        ["--contribution", ""],
        ["--contribution", "1e30"],
        ["--payroll-bp", ""],
        ["--payroll-bp", "9" * 25],
        ["--contribution", "1", "--threshold", "nan"],
        ["--contribution", "1", "--threshold", "Infinity"],
    ],
)
def test_strange_numbers_are_refused_in_one_line(site, words):
    with pytest.raises(CommandError):
        call_command(
            "set_pool_policy", "--pool", "p", "--from", "2026-01-01", "--currency", "GBP", *words
        )


@pytest.mark.parametrize("start", ["W01", "02-29", "1-1"])
def test_a_fiscal_year_starts_on_a_day_that_comes_every_year(system, start):
    with pytest.raises(ValueError, match="MM-DD"):
        policies.set_policy(
            "fiscal_year_start", start, from_date=date(2026, 1, 1), reason="x", by=system
        )


def test_a_provisional_day_never_says_something_else_than_its_goals(pool, goals, system):
    report_all(goals[:3], system)
    [verdict] = close(system)
    report_all(goals[3:], system, met=1)
    shown = goals_of(verdict, now=TUESDAY_MORNING)
    assert (verdict.met, verdict.awaited) == (4, 0)
    assert sum(goal.state.name == "MET" for goal in shown) == 4
    assert verdict.expected_minor == 25_000
