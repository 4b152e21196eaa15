"""What the money kept, held against counting cases one by one; and what is kept back from whom."""

import random
from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

import pytest

from empowerment.models import Case, Customer, MomentOfTruth, Remedy
from empowerment.rules.limits import Measure, Scope
from empowerment.services.reporting import (
    CUTS,
    Asked,
    Figures,
    Period,
    ReportReader,
    cut_for,
    figures_by,
    last_months,
    report_reader,
    spenders_by_department,
)
from empowerment.services.unused_power import Power, power_by_department, power_for
from people.models import Membership
from tests.conftest import TUESDAY_NOON, make_person
from tests.empowerment.conftest import limited
from tests.empowerment.test_spending import spends

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 15)
YEAR = Period(date(2025, 6, 1), date(2026, 5, 31))
ALL = ReportReader(None, None)
STRANGER = ReportReader(None, frozenset())


def asked(**more) -> Asked:
    return Asked(**{"period": YEAR, "currency": "GBP", "departments": None, "today": TODAY} | more)


@pytest.fixture
def many(ann, cas, bob) -> list[Case]:
    """400 cases of 40 customers by three people, of all kinds, in and around the year."""
    chance = random.Random(95)
    moments = [MomentOfTruth.objects.create(code=f"m{n}", name=f"Moment {n}") for n in range(3)]
    customers = [
        Customer.objects.create(folded=f"c{n}", reference=f"C{n}", last_case_at=TUESDAY_NOON)
        for n in range(40)
    ]
    places = [(user.employee, user.employee.memberships.get()) for user in (ann, bob, cas)]
    made = []
    for n in range(400):
        employee, place = chance.choice(places)
        spent_on = YEAR.first + timedelta(days=chance.randrange(-20, 390))
        state = chance.choice(("approved", "approved", "approved", "cancelled", "asked"))
        decided = chance.random() < 0.3 and state == "approved"
        amount = chance.randrange(100, 20_000)
        back = amount if state == "cancelled" else chance.choice((0, amount // 3))
        made.append(
            Case(
                key=UUID(int=n), employee=employee, department=place.department,
                site=place.department.placements.get().site, customer=chance.choice(customers),
                moment=chance.choice(moments), remedy=chance.choice(Remedy.values),
                amount_minor=amount, currency=chance.choice(("GBP", "GBP", "EUR")), state=state,
                spent_on=None if state == "asked" else spent_on, entered_at=TUESDAY_NOON,
                returned_minor=0 if state == "asked" else back,
                decide_by=TUESDAY_NOON if state == "asked" else None,
                decided_by=bob if decided else None, decided_at=TUESDAY_NOON if decided else None,
                outcome=chance.choice(("unknown", "stayed", "left")),
            )
        )  # fmt: skip
    Case.objects.bulk_create(made)
    return list(Case.objects.order_by("pk"))


KEYS = {
    "month": lambda case: case.spent_on.replace(day=1), "remedy": lambda case: case.remedy,
    "moment": lambda case: case.moment_id, "department": lambda case: case.department_id,
}  # fmt: skip


def counted_slowly(cases: list[Case], cut: str, said: Asked) -> dict:
    """Case by case, in plain words."""
    of_report = [
        case for case in cases
        if case.state == "approved"
        and said.period.first <= case.spent_on <= said.period.last
        and said.currency == case.currency
        and (said.departments is None or case.department_id in said.departments)
    ]  # fmt: skip
    groups: dict = defaultdict(list)
    last_known = {}
    for case in of_report:
        groups[KEYS[cut](case)].append(case)
        if case.outcome != "unknown":
            last_known[case.customer_id] = case
    found = {}
    for key, own in groups.items():
        old = [case for case in own if (TODAY - case.spent_on).days >= 30]
        kept = [
            case for case in last_known.values()
            if KEYS[cut](case) == key and case.outcome == "stayed"
        ]  # fmt: skip
        found[key] = Figures(
            cases=len(own), at_once=sum(case.decided_by_id is None for case in own),
            net_minor=sum(case.net_minor for case in own), asked=len(old),
            unknown=sum(case.outcome == "unknown" for case in old), kept=len(kept),
        )  # fmt: skip
    return found


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("currency", ["GBP", "EUR"])
def test_figures_are_those_of_counting_each_case(many, cut, currency):
    said = asked(currency=currency)
    assert figures_by(cut, said) == counted_slowly(many, cut, said)


@pytest.mark.parametrize("cut", CUTS)
def test_departments_are_counted_alone(many, claims, cut):
    said = asked(departments=frozenset({claims.pk}))
    assert figures_by(cut, said) == counted_slowly(many, cut, said)
    assert figures_by(cut, asked(departments=frozenset())) == {}


def test_every_cut_has_the_same_total(many):
    totals = {cut_for(ALL, cut, asked()).total for cut in CUTS}
    assert len(totals) == 1
    assert totals.pop().cases > 100


def test_averages_are_rounded_half_up_and_nothing_is_divided_by_none():
    assert Figures(cases=2, net_minor=3, kept=2).average_minor == 2
    assert Figures(cases=2, net_minor=3, kept=2).per_kept_minor == 2
    empty = Figures()
    assert (empty.average_minor, empty.per_kept_minor, empty.unknown_bp) == (None, None, None)


def test_the_usual_span_is_the_last_twelve_whole_months():
    assert last_months(TODAY) == YEAR
    assert last_months(date(2026, 1, 31)) == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert YEAR.months()[0] == date(2025, 6, 1)
    assert (YEAR.months()[-1], len(YEAR.months())) == (date(2026, 5, 1), 12)


def test_few_spenders_are_kept_back_from_who_does_not_see_cases(many, claims, billing):
    assert spenders_by_department(asked()) == {claims.pk: 2, billing.pk: 1}
    by_department = cut_for(STRANGER, "department", asked())
    assert (by_department.by_key, by_department.total) == (
        {claims.pk: None, billing.pk: None},
        None,
    )
    assert set(cut_for(STRANGER, "month", asked()).by_key.values()) == {None}
    assert None not in cut_for(ALL, "department", asked()).by_key.values()


def test_a_lead_reads_the_own_departments_and_no_others(many, bob, claims):
    reader = report_reader(bob, on=TODAY)
    found = cut_for(reader, "department", asked(departments=reader.departments))
    assert list(found.by_key) == [claims.pk]
    assert found.total == found.by_key[claims.pk]


@pytest.mark.parametrize(
    ("who", "reads_all", "sees_cases"),
    [("dee", True, False), ("eve", True, False), ("fay", True, True), ("max_auditor", True, True),
     ("bob", False, False)],
)  # fmt: skip
def test_roles_read_as_much_as_the_rules_say(request, who, reads_all, sees_cases):
    reader = report_reader(request.getfixturevalue(who), on=TODAY)
    assert (reader.departments is None, reader.sees_cases is None) == (reads_all, sees_cases)


# Power that is not used.


def test_power_counts_who_may_and_who_has(ann, bob, cas, claims, billing, limits, delayed):
    spends(ann, 1_000)
    assert power_by_department(TUESDAY_NOON.date()) == {
        claims.pk: Power(people=2, used=1, cases=1, asked=0),
        billing.pk: Power(people=1, used=0, cases=0, asked=0),
    }
    later = TUESDAY_NOON.date() + timedelta(days=90)
    assert power_by_department(later)[claims.pk] == Power(people=2)


def test_who_has_no_limit_has_no_power_to_use(ann, cas, claims, billing, system, limits):
    limited(Measure.CASE, None, by=system, scope=Scope.DEPARTMENT, department=billing)
    assert set(power_by_department(TUESDAY_NOON.date())) == {claims.pk, billing.pk}
    limited(Measure.CASE, 0, by=system, scope=Scope.DEPARTMENT, department=billing)
    assert set(power_by_department(TUESDAY_NOON.date())) == {claims.pk}


def test_without_limits_nobody_has_power(ann):
    assert power_by_department(TUESDAY_NOON.date()) == {}


def test_power_of_fewer_than_five_is_kept_back_even_from_their_lead(
    ann, bob, cas, claims, billing, limits, system
):
    day = TUESDAY_NOON.date()
    seen = power_for(report_reader(bob, on=day), today=day)
    assert (seen.by_department, seen.total) == ({claims.pk: None}, None)
    for n in range(4):
        make_person(f"new{n}", claims, by=system)
    seen = power_for(report_reader(bob, on=day), today=day)
    assert seen.by_department == {claims.pk: Power(people=6)}
    # Billing has one: with the total it could be worked out.
    seen = power_for(STRANGER, today=day)
    assert seen.by_department[billing.pk] is None
    assert None in (seen.by_department[claims.pk], seen.total)


def test_power_of_who_moved_counts_where_they_are(ann, claims, billing, limits, delayed):
    spends(ann, 1_000)
    Membership.objects.filter(employee=ann.employee).update(department=billing)
    found = power_by_department(TUESDAY_NOON.date())
    assert (found[billing.pk].used, found[claims.pk].people) == (1, 0)
