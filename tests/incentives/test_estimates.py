"""What everybody would get as of today: renewed when something changed, and never in the way."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from incentives.models import BonusRun, BonusShare
from incentives.rules.bonus import at_this_rate
from incentives.services import estimates
from incentives.services.bonus_runs import approve, draft, propose
from incentives.services.estimates import estimate, is_behind, renew_estimates
from ledger.models import Transfer
from tests.conftest import MONDAY
from tests.incentives.test_bonus_runs import NEW_YEAR
from tests.incentives.test_closing import close, make_pool, report_all
from tests.scene import TUESDAY, pool, propose_monday_met, wednesday  # noqa: F401

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
share = st.integers(0, 10**9)


@given(share, share, st.integers(1, 366), st.integers(0, 366))
def test_at_this_rate_is_the_share_itself_at_the_end_and_never_above_the_cap(
    minor, cap, days, more
):
    found = at_this_rate(min(minor, cap), cap, days=days, of_days=days + more)
    assert min(minor, cap) <= found <= cap
    assert found <= min(minor, cap) * (days + more) / days + 1
    assert at_this_rate(minor, minor, days=days, of_days=days) == minor


def test_before_the_first_day_there_is_no_rate():
    assert at_this_rate(100, 1000, days=0, of_days=365) == 0


def shares(run: BonusRun) -> dict[str, int]:
    return dict(run.shares.values_list("employee__number", "share_minor"))


def test_an_estimate_shares_what_lies_in_the_pool_and_pays_nobody(pool, goals, ann, cas, system):
    report_all(goals, system)
    close(system)
    before = Transfer.objects.count()
    run = estimate(pool, 2026, by=system, now=NOW)
    assert (run.state, run.balance_minor, run.through) == ("estimate", 25_000, NOW.date())
    assert shares(run) == {"ann": 12_500, "cas": 12_500}
    assert Transfer.objects.count() == before


def test_a_new_estimate_takes_the_place_of_the_old_one_and_keeps_codes(
    pool, goals, ann, bob, cas, system
):
    first = estimate(pool, 2026, by=system, now=NOW)
    codes = dict(first.shares.values_list("employee", "code"))
    report_all(goals, system)
    close(system)
    bob.employee.memberships.all().delete()
    second = estimate(pool, 2026, by=system, now=NOW)
    assert second.pk == first.pk
    assert shares(second) == {"ann": 12_500, "cas": 12_500}
    assert codes.items() >= dict(second.shares.values_list("employee", "code")).items()


def test_the_same_content_is_not_written_again(pool, ann, system):
    first = estimate(pool, 2026, by=system, now=NOW)
    rows = set(first.shares.values_list("pk", flat=True))
    again = estimate(pool, 2026, by=system, now=NOW + timedelta(days=1))
    assert set(again.shares.values_list("pk", flat=True)) == rows
    assert again.through == NOW.date() + timedelta(days=1)


def test_what_was_computed_before_does_not_replace_what_was_computed_after(
    pool, goals, ann, system
):
    estimate(pool, 2026, by=system, now=NOW)
    report_all(goals, system)
    close(system)
    assert estimate(pool, 2026, by=system, now=NOW - timedelta(minutes=5)).balance_minor == 0


def test_it_is_computed_before_anything_is_held(pool, ann, system, monkeypatch):
    held = []
    monkeypatch.setattr(estimates, "share_out", lambda *a, **b: held.append("sum") or _stop())
    with pytest.raises(StopIteration):
        estimate(pool, 2026, by=system, now=NOW)
    assert held == ["sum"]
    assert not BonusRun.objects.exists()


def _stop():
    raise StopIteration


def test_an_estimate_is_behind_a_day_money_a_policy_and_yesterday(pool, goals, ann, dee, system):
    assert is_behind(pool, 2026, now=NOW)
    estimate(pool, 2026, by=system, now=NOW)
    assert not is_behind(pool, 2026, now=NOW)
    assert is_behind(pool, 2026, now=NOW + timedelta(days=1))
    report_all(goals, system)
    close(system)
    assert is_behind(pool, 2026, now=NOW)


def test_a_corrected_day_makes_it_behind(pool, goals, ann, dee, fay, system, wednesday):
    from incentives.services.restating import decide

    report_all(goals, system, met=3)
    close(system)
    estimate(pool, 2026, by=system, now=NOW)
    assert not is_behind(pool, 2026, now=NOW)
    decide(propose_monday_met(goals, by=dee, now=NOW), approve=True, by=fay, now=NOW)
    assert is_behind(pool, 2026, now=NOW)


def test_each_pool_has_its_estimate_and_nothing_is_done_twice(pool, goals, ann, system):
    make_pool(system, code="second")
    assert renew_estimates(by=system, now=NOW) == []
    assert {str(run) for run in BonusRun.objects.all()} == {"bonus 2026", "second 2026"}
    made = dict(BonusRun.objects.values_list("pk", "made_at"))
    renew_estimates(by=system, now=NOW + timedelta(minutes=5))
    assert dict(BonusRun.objects.values_list("pk", "made_at")) == made


def test_a_decided_year_has_no_estimate(pool, goals, ann, fay, eve, system):
    for goal in goals:
        goal.from_date = goal.until_date = MONDAY
        goal.save()
    report_all(goals, system)
    close(system, final=True)
    estimate(pool, 2026, by=system, now=NOW)
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    renew_estimates(by=system, now=NEW_YEAR)
    old = BonusRun.objects.get(state="estimate", year=2026)
    assert old.made_at == NOW
    assert BonusRun.objects.filter(state="estimate", year=2027).exists()


def test_what_cannot_be_worked_out_is_said_and_the_others_are(pool, goals, ann, system):
    ann.employee.salaries.update(currency="USD")
    make_pool(system, code="dollars", currency="USD")
    [refusal] = renew_estimates(by=system, now=NOW)
    assert refusal.startswith("bonus 2026: ")
    assert [str(run) for run in BonusRun.objects.all()] == ["dollars 2026"]


@pytest.mark.django_db(transaction=True)
def test_closing_a_day_renews_it_by_itself(pool, goals, ann, system):
    with time_machine.travel(NOW, tick=False):
        report_all(goals, system)
        close(system)
        assert BonusShare.objects.get(run__state="estimate").share_minor == 25_000


@pytest.mark.django_db(transaction=True)
def test_a_correction_renews_it_by_itself(pool, goals, ann, dee, fay, system):
    from incentives.services.restating import decide

    with time_machine.travel(NOW, tick=False):
        report_all(goals, system, met=3)
        close(system)
        decide(propose_monday_met(goals, by=dee, now=NOW), approve=True, by=fay, now=NOW)
        assert BonusRun.objects.get(state="estimate").balance_minor == 25_000


def test_run_due_finds_what_no_signal_told(pool, goals, ann, system):
    report_all(goals, system)
    report_all(goals, system, day=TUESDAY)
    close(system)
    with time_machine.travel(datetime(2026, 3, 4, 13, 0, tzinfo=UTC), tick=False):
        call_command("run_due")
    run = BonusRun.objects.get(state="estimate")
    assert (run.balance_minor, run.through) == (50_000, date(2026, 3, 4))
