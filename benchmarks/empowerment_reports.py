"""Reports on empowerment money: a million cases of a year, 10,000 employees in 500 departments,
400,000 customers, and of three cases in five the outcome known.

Floor: plain SQL that counts the same cases and sums the same money, in total alone. The product
cuts them one way, with the customers kept, as finance reads it; and as HR does, who is told nothing
of fewer than five people.
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection

from benchmarks.closing import analyse
from benchmarks.emptying import empty
from benchmarks.timing import timed
from empowerment.models import Case, Customer, MomentOfTruth, Remedy
from empowerment.services.reporting import (
    CUTS,
    Asked,
    ReportReader,
    cut_for,
    last_months,
)
from people.models import Department, Employee, Membership, Placement, Site, User
from people.rules import BEGINNING

CASES, CUSTOMERS, EMPLOYEES, DEPARTMENTS = 1_000_000, 400_000, 10_000, 500
FIRST = 50_000
TODAY, ROUNDS = date(2026, 6, 15), 5
PERIOD = last_months(TODAY)
FLOOR = """SELECT COUNT(*), SUM(amount_minor - returned_minor),
    SUM(CASE WHEN decided_by_id IS NULL THEN 1 ELSE 0 END) FROM empowerment_case
    WHERE state = 'approved' AND currency = 'GBP' AND spent_on BETWEEN %s AND %s"""


def read_reports(report: Callable) -> None:
    empty()
    _company(random.Random(95))
    asked = Asked(PERIOD, "GBP", None, TODAY)
    readers = {"finance": ReportReader(None, None), "HR": ReportReader(None, frozenset())}
    for cut in CUTS:
        for who, reader in readers.items():
            floor, product = [], []
            for _turn in range(ROUNDS):
                floor.append(timed(_bare_sums))
                product.append(timed(lambda c=cut, r=reader: cut_for(r, c, asked)))
            found = cut_for(reader, cut, asked).total
            if found is not None and (found.cases, found.net_minor) != _bare_sums()[:2]:
                raise RuntimeError(f"{found} is not {_bare_sums()}")
            name = f"report by {cut} for {who}, {CASES:,} cases"
            report(name, floor=floor, product=product, goal="goal under 1000 ms")
    empty()


def _bare_sums() -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [PERIOD.first, PERIOD.last])
        return cursor.fetchone()


def _company(chance: random.Random) -> None:
    site = Site.objects.create(code="HQ", name="Head office", time_zone="UTC")
    departments = Department.objects.bulk_create(
        [Department(code=f"D{n}", name=f"Department {n}") for n in range(DEPARTMENTS)]
    )
    Placement.objects.bulk_create(
        [Placement(department=each, site=site, from_date=BEGINNING) for each in departments]
    )
    people = Employee.objects.bulk_create(
        [
            Employee(number=f"E{n:05}", name=f"Person {n}", hired_on=BEGINNING)
            for n in range(EMPLOYEES)
        ],
        batch_size=2000,
    )
    Membership.objects.bulk_create(
        [
            Membership(
                employee=each, department=departments[n % DEPARTMENTS], from_date=BEGINNING
            )
            for n, each in enumerate(people)
        ],
        batch_size=2000,
    )  # fmt: skip
    _cases(site, departments, people, chance)
    analyse()
    if connection.vendor == "postgresql":
        # What autovacuum does within minutes: without it an index alone answers nothing.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM empowerment_case")


def _cases(
    site: Site, departments: list[Department], people: list[Employee], chance: random.Random
) -> None:
    """One in ten was asked of a lead; what was counted is as long as it is in life."""
    now, by = datetime(2026, 6, 1, tzinfo=UTC), User.objects.system()
    moments = MomentOfTruth.objects.bulk_create(
        [MomentOfTruth(code=f"m{n}", name=f"Moment {n}") for n in range(8)]
    )
    customers = Customer.objects.bulk_create(
        [Customer(folded=f"c{n}", reference=f"C{n}", last_case_at=now) for n in range(CUSTOMERS)],
        batch_size=5000,
    )
    checks = [
        {"measure": name, "scope": "everybody", "limit": 1, "limit_minor": 15_000, "used_minor": 0}
        for name in ("case", "customer", "day", "month", "department")
    ]
    days = (PERIOD.last - PERIOD.first).days + 1
    made = []
    for n in range(FIRST):
        who, decided = chance.randrange(EMPLOYEES), n % 10 == 0
        made.append(
            Case(
                key=UUID(int=n), employee=people[who], site=site,
                department=departments[who % DEPARTMENTS], customer=chance.choice(customers),
                moment=chance.choice(moments), remedy=chance.choice(Remedy.values),
                amount_minor=chance.randrange(100, 15_000), currency="GBP", state="approved",
                reason="Waited for two weeks", checks=checks, entered_at=now,
                spent_on=PERIOD.first + timedelta(days=n * days // FIRST),
                decided_by=by if decided else None, decided_at=now if decided else None,
                outcome=("stayed", "stayed", "left", "unknown", "unknown")[n % 5],
            )
        )  # fmt: skip
    Case.objects.bulk_create(made, batch_size=1000)
    _multiply(customers[0].pk)


def _multiply(first_customer: int) -> None:
    """The same with other customers, and so on, until it is a million: made one by one in Python
    they took a quarter of an hour."""
    sqlite = connection.vendor == "sqlite"
    columns = [
        field.column for field in Case._meta.concrete_fields
        if field.column not in ("id", "key", "customer_id")
    ]  # fmt: skip
    same = ", ".join(columns)
    new_key = "lower(hex(randomblob(16)))" if sqlite else "gen_random_uuid()"
    # Seven has no factor in common with the number of customers.
    other = f"{first_customer} + ((customer_id - {first_customer}) * 7 + id) %% {CUSTOMERS}"
    with connection.cursor() as cursor:
        for _copy in range(CASES // FIRST - 1):
            cursor.execute(
                f"INSERT INTO empowerment_case (key, customer_id, {same})"
                f" SELECT {new_key}, {other}, {same} FROM empowerment_case"
                f" ORDER BY id LIMIT %s",
                [FIRST],
            )
