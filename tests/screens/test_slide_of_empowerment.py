"""Empowerment in figures: a month of the whole company, and nothing about few people."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from empowerment.models import Case, Customer, MomentOfTruth, MonthlyBudget
from empowerment.rules.limits import Measure
from ledger.services.posting import open_account
from screens.slides.base import LeftOut
from tests.conftest import TUESDAY_NOON, make_person
from tests.empowerment.conftest import limits  # noqa: F401
from tests.screens.test_slides import STAFF, facts_of, html_of

pytestmark = pytest.mark.django_db
JUNE = replace(STAFF, now=TUESDAY_NOON.replace(month=6))


@pytest.fixture
def clerks(claims, limits, system):
    account = open_account("budget", currency="GBP", floored=True)
    MonthlyBudget.objects.create(
        department=claims, month=date(2026, 5, 1), currency="GBP", account=account,
        limit=limits[Measure.DEPARTMENT],
    )  # fmt: skip
    return [make_person(f"clerk{n}", claims, by=system).employee for n in range(5)]


def spent(employees, *, each: int = 1, outcome: str = "stayed", day=date(2026, 5, 12)):
    moment = MomentOfTruth.objects.get_or_create(code="late", name="Late")[0]
    for employee in employees:
        for _ in range(each):
            customer = Customer.objects.create(
                folded=str(uuid4())[:30], reference="C", last_case_at=TUESDAY_NOON
            )
            place = employee.memberships.get().department
            Case.objects.create(
                key=uuid4(), employee=employee, department=place, customer=customer, moment=moment,
                site=place.placements.get().site, remedy="refund", amount_minor=1_250,
                currency="GBP", spent_on=day, entered_at=TUESDAY_NOON, state="approved",
                outcome=outcome,
            )  # fmt: skip


def test_cases_money_and_the_customers_of_whom_something_is_known(clerks):
    spent(clerks, each=2)
    spent(clerks, outcome="left")
    spent(clerks, outcome="unknown")
    spent(clerks, day=date(2026, 6, 1))
    facts = facts_of("empowerment", JUNE)
    assert facts.values == {
        "month": "May 2026",
        "figures": [
            {"number": "20", "said": "problems put right"},
            {"number": "GBP 250.00", "said": "spent on customers"},
            {"number": "10", "said": "of 15 customers stayed, where we know"},
        ],
    }
    assert not facts.people
    assert "clerk" not in html_of("empowerment", JUNE).lower()


def test_what_fewer_than_five_people_spent_is_not_shown(clerks):
    spent(clerks[:4], each=10)
    with pytest.raises(LeftOut, match="fewer than five people"):
        facts_of("empowerment", JUNE)


def test_the_share_who_stayed_waits_until_five_are_known(clerks):
    spent(clerks, outcome="unknown")
    spent(clerks[:4])
    assert len(facts_of("empowerment", JUNE).values["figures"]) == 2


def test_a_month_without_a_case_and_a_company_without_budgets_show_nothing(db):
    with pytest.raises(LeftOut):
        facts_of("empowerment", JUNE)


def test_the_same_number_of_questions_for_one_case_and_for_many(clerks):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            facts_of("empowerment", JUNE)
        return len(queries)

    spent(clerks)
    one = asked()
    spent(clerks, each=5)
    assert asked() == one
