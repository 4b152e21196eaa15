"""What went along with a limit, counted by hand."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from empowerment.models import Case, Customer, MomentOfTruth, Outcome
from empowerment.rules.limits import Measure, Scope
from empowerment.services.comparing import Replay, replay
from empowerment.services.limit_effect import Days, effect_of, figures_of
from empowerment.services.limit_reading import history_of
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import limited

pytestmark = pytest.mark.django_db
TODAY = TUESDAY_NOON.date()
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def raised(system, delayed, site):
    """From 25 to 150 pounds on 20 February; it is 3 March."""
    long_ago = datetime(2026, 1, 1, 9, tzinfo=LONDON)
    limited(Measure.CASE, 2_500, by=system, from_date=date(2026, 1, 1), now=long_ago)
    return limited(Measure.CASE, 15_000, by=system, from_date=date(2026, 2, 20), now=long_ago)


def case_on(day, user, amount_minor, *, customer="C-1", decided_by=None, hour=12, **more) -> Case:
    who = user.employee
    department = who.memberships.get().department
    known, _made = Customer.objects.get_or_create(
        folded=customer, defaults={"reference": customer, "last_case_at": TUESDAY_NOON}
    )
    at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=LONDON)
    said = {"state": Case.State.APPROVED, "spent_on": day, **more}
    return Case.objects.create(
        key=uuid4(), employee=who, department=department, site=department.placements.get().site,
        customer=known, moment=MomentOfTruth.objects.get(), remedy="refund",
        amount_minor=amount_minor,
        currency=said.pop("currency", "GBP"), entered_at=at, decided_by=decided_by,
        decided_at=at if decided_by else None, **said,
    )  # fmt: skip


def test_the_days_before_and_after_are_as_many(raised, ann, bob):
    before, after = date(2026, 2, 12), date(2026, 2, 21)
    asked = {"state": Case.State.ASKED, "spent_on": None, "decide_by": TUESDAY_NOON}
    case_on(before, ann, 2_000, outcome=Outcome.LEFT)
    case_on(before, ann, 9_000, customer="C-2", decided_by=bob, outcome=Outcome.STAYED)
    case_on(before, ann, 9_500, customer="C-3", **asked)
    case_on(after, ann, 9_000, outcome=Outcome.STAYED)
    case_on(after, ann, 6_001, customer="C-2", returned_minor=2_000, outcome=Outcome.STAYED)
    case_on(after, ann, 5_000, customer="C-2", outcome=Outcome.LEFT)
    case_on(after, ann, 40_000, customer="C-3", **asked)
    # Outside: eleven days before and eleven after; another currency.
    case_on(date(2026, 2, 8), ann, 1)
    case_on(TODAY, ann, 1)
    case_on(after, ann, 1, currency="EUR")
    effect = effect_of(history_of(raised)[0], today=TODAY)
    assert (effect.before.days, effect.after.days) == (
        Days(date(2026, 2, 9), date(2026, 2, 19)), Days(date(2026, 2, 20), date(2026, 3, 2)),
    )  # fmt: skip
    was, now = effect.before, effect.after
    assert (was.cases, was.at_once, was.above, was.approved) == (3, 1, 2, 2)
    assert (was.at_once_bp, was.above_bp) == (3_300, 6_700)
    assert (was.average_minor, was.net_minor) == (5_500, 11_000)
    assert (was.customers, was.known, was.kept, was.cost_per_kept_minor) == (3, 2, 1, 11_000)
    assert (now.cases, now.at_once, now.above, now.approved) == (4, 3, 1, 3)
    # 20,001 among 3 cases; 18,001 for the one customer whose last outcome is that they stayed.
    assert (now.average_minor, now.net_minor) == (6_667, 18_001)
    assert (now.customers, now.known, now.kept, now.cost_per_kept_minor) == (3, 2, 1, 18_001)
    assert effect.is_few


def test_a_day_is_the_sites_and_ends_at_its_midnight(raised, ann, site):
    site.time_zone = "Pacific/Auckland"
    site.save()
    # 23:30 in London is 12:30 of the next day in Auckland.
    case_on(date(2026, 2, 20), ann, 100, hour=23)
    [day, next_day] = (date(2026, 2, 20), date(2026, 2, 21))
    assert figures_of(raised, Days(day, day)).cases == 0
    assert figures_of(raised, Days(next_day, next_day)).cases == 1


def test_nothing_is_counted_before_a_limit_has_held_for_a_day(system, site):
    limit = limited(Measure.CASE, 2_500, by=system, from_date=TODAY)
    [period] = history_of(limit)
    assert effect_of(period, today=TODAY) is None
    none = effect_of(period, today=TODAY + timedelta(days=1)).after
    assert (none.cases, none.at_once_bp, none.average_minor, none.cost_per_kept_minor) == (
        0, None, None, None,
    )  # fmt: skip


def test_it_counts_whoever_the_limit_is_for(raised, ann, bob, cas, claims, site, system):
    day = Days(date(2026, 2, 21), date(2026, 2, 21))
    ann.employee.job_title = "Clerk"
    ann.employee.save()
    for who in (ann, bob, cas):
        case_on(day.first, who, 100)
    scopes = [
        (Scope.EVERYBODY, {}, 3), (Scope.SITE, {"site": site}, 3),
        (Scope.DEPARTMENT, {"department": claims}, 2), (Scope.ROLE, {"role": "lead"}, 1),
        (Scope.ROLE, {"role": "employee"}, 3), (Scope.GRADE, {"grade": "Clerk"}, 1),
        (Scope.PERSON, {"employee": cas.employee}, 1),
    ]  # fmt: skip
    for scope, whom, cases in scopes:
        limit = limited(Measure.CASE, 1, by=system, scope=scope, **whom)
        assert figures_of(limit, day).cases == cases, scope


def check(measure: str, limit_minor: int, used_minor: int = 0, days: int | None = None) -> dict:
    return {
        "measure": measure, "scope": "everybody", "limit": 1, "limit_minor": limit_minor,
        "used_minor": used_minor, "days": days,
    }  # fmt: skip


def test_the_same_cases_are_asked_again_under_both(raised, ann, system):
    old = history_of(raised)[1].limit
    budget = check("department", 500_000)
    day = date(2026, 2, 21)
    case_on(day, ann, 2_500, checks=[check("case", 15_000), budget])
    case_on(day, ann, 2_501, checks=[check("case", 15_000), budget])
    case_on(day, ann, 15_001, checks=[check("case", 15_000), budget])
    # Another limit was broken anyway; and the department had none.
    case_on(day, ann, 100, checks=[check("case", 15_000), check("day", 9_000, 8_950), budget])
    case_on(day, ann, 100, checks=[check("case", 15_000)])
    days = Days(TODAY - timedelta(days=90), TODAY - timedelta(days=1))
    assert replay(old, raised, today=TODAY) == Replay(days, 5, False, 1, 2, 0)


def test_of_another_number_of_days_nothing_can_be_said(raised, ann, system):
    month = limited(Measure.CUSTOMER, 15_000, by=system)
    week = limited(Measure.CUSTOMER, 15_000, by=system, days=7, from_date=TODAY)
    checks = [check("case", 15_000), check("customer", 15_000, 0, 30), check("department", 10**6)]
    case_on(date(2026, 2, 21), ann, 100, checks=checks)
    found = replay(month, week, today=TODAY)
    assert (found.asked, found.one, found.other, found.unknown) == (1, 0, 0, 1)
