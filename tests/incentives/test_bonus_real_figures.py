"""A real city's staff: its pool split as somebody else computed it, without the product's code."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from incentives.rules import bonus
from people.models import Department, Employee, Membership, Salary
from tests.incentives.companies import pay_day
from tests.incentives.test_closing import make_pool
from tests.incentives.test_real_figures import cents, expected

pytestmark = pytest.mark.django_db

POOL_MINOR = 29_500_00
HIRED = date(2014, 12, 31)


@pytest.fixture(scope="module")
def staff() -> list[dict]:
    rows = expected("roster/expected-pool-split.csv")
    assert len(rows) == 13_341
    return rows


@pytest.fixture
def city(staff, system):
    """Everybody in their department with their salary, and a pool of the year after, whose
    contributions add up to 29,500.00."""
    names = sorted({row["department"] for row in staff})
    departments = {
        name: Department(code=f"D{place}", name=name) for place, name in enumerate(names)
    }
    Department.objects.bulk_create(departments.values())
    people = [Employee(number=r["employee_ref"], name="-", hired_on=HIRED) for r in staff]
    Employee.objects.bulk_create(people, batch_size=2000)
    Membership.objects.bulk_create(
        [
            Membership(employee=who, department=departments[row["department"]], from_date=HIRED)
            for who, row in zip(people, staff, strict=True)
        ],
        batch_size=2000,
    )
    Salary.objects.bulk_create(
        [
            Salary(
                employee=who, annual_minor=cents(row["annual_salary"]), from_date=HIRED,
                currency="USD",
            )
            for who, row in zip(people, staff, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    pool = make_pool(system, currency="USD", from_date=date(2015, 1, 1))
    for month in range(1, 12):
        pay_day(pool, date(2015, month, 2), 2_458_33, by=system)
    pay_day(pool, date(2015, 12, 2), POOL_MINOR - 11 * 2_458_33, by=system)
    return pool


def test_the_citys_pool_pro_rata_is_what_was_computed_elsewhere(city, staff):
    out = StringIO()
    call_command("bonus_run", "2015", "--pool", "bonus", "--format", "csv", stdout=out)
    found = list(csv.DictReader(StringIO(out.getvalue())))
    assert [(row["employee"], int(row["share_minor"])) for row in found] == [
        (row["employee_ref"], cents(row["pro_rata_salary"])) for row in staff
    ]
    assert sum(int(row["share_minor"]) for row in found) == POOL_MINOR
    assert {int(row["hit_days"]) for row in found} == {12}


def test_the_citys_pool_in_equal_parts_is_what_was_computed_elsewhere(staff):
    numbers = [row["employee_ref"] for row in staff]
    found = bonus.split(POOL_MINOR, [1] * len(staff), [POOL_MINOR] * len(staff), numbers)
    assert found.shares == [cents(row["equal_share"]) for row in staff]
    assert found.carried_minor == 0
