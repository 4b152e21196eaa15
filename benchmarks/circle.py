"""The circle of 100,000 employees: 300,000 named in 200,000 nominations, 500 departments at ten
sites, forty jobs.

Floor: plain SQL that counts the employed and the recognised of the whole company. The product
counts them by company, site, department (own and with those below), tenure and job.
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection

from benchmarks.closing import analyse
from benchmarks.emptying import empty
from benchmarks.timing import timed
from people.models import Department, Employee, Membership, Placement, Site
from people.rules import BEGINNING
from recognition.models import Behaviour, Nomination, Nominee
from recognition.rules.circle import since
from recognition.services.circle import circle_on

EMPLOYEES, DEPARTMENTS, SITES, JOBS = 100_000, 500, 10, 40
NOMINATIONS, ROUNDS = 200_000, 7
DAY = date(2026, 3, 3)
FLOOR = """SELECT COUNT(*), COUNT(r.employee_id) FROM people_employee e
    LEFT JOIN (SELECT DISTINCT p.employee_id FROM recognition_nominee p
        JOIN recognition_nomination n ON n.id = p.nomination_id
        WHERE n.state = 'published' AND n.published_on BETWEEN %s AND %s) r ON r.employee_id = e.id
    WHERE e.hired_on <= %s AND (e.left_on IS NULL OR e.left_on >= %s) AND e.erased_at IS NULL"""


def count_circle(report: Callable) -> None:
    empty()
    _company(random.Random(95))
    floor, product = [], []
    for _turn in range(ROUNDS):
        floor.append(timed(_bare_count))
        product.append(timed(lambda: circle_on(DAY).groups))
    total, inside = _bare_count()
    company = circle_on(DAY).company
    if (company.total, company.inside) != (total, inside):
        raise RuntimeError(f"{company} is not {total}, {inside}")
    named = f"{inside:,} of {total:,} recognised by {Nominee.objects.count():,} namings"
    report(f"circle, {named}", floor=floor, product=product, goal="goal under 1000 ms")
    empty()


def _bare_count() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [since(DAY), DAY, DAY, DAY])
        return cursor.fetchone()


def _company(chance: random.Random) -> None:
    sites = Site.objects.bulk_create(
        [Site(code=f"S{n}", name=f"Site {n}", time_zone="UTC") for n in range(SITES)]
    )
    departments = Department.objects.bulk_create(
        [Department(code=f"D{n}", name=f"Department {n}") for n in range(DEPARTMENTS)]
    )
    Placement.objects.bulk_create(
        Placement(
            department=each, site=sites[n % SITES], from_date=BEGINNING,
            parent=departments[(n - 1) // 5] if n else None,
        )
        for n, each in enumerate(departments)
    )  # fmt: skip
    people = Employee.objects.bulk_create(
        [
            Employee(
                number=f"E{n:06}", name=f"Person {n}", job_title=f"Job {n % JOBS}",
                hired_on=DAY - timedelta(days=chance.randrange(9_000)),
            )
            for n in range(EMPLOYEES)
        ],
        batch_size=2000,
    )  # fmt: skip
    places = [chance.choice(departments) for _each in people]
    Membership.objects.bulk_create(
        [
            Membership(employee=each, department=place, from_date=BEGINNING)
            for each, place in zip(people, places, strict=True)
        ],
        batch_size=2000,
    )
    _praise(people, places, chance)
    analyse()


def _praise(people: list[Employee], places: list[Department], chance: random.Random) -> None:
    """Over two years; half the praise goes to one in five, as it does in life."""
    behaviour = Behaviour.objects.create(code="promise", name="Kept a promise")
    made = []
    for n in range(NOMINATIONS):
        giver, on = chance.randrange(EMPLOYEES), DAY - timedelta(days=chance.randrange(730))
        made.append(
            Nomination(
                key=UUID(int=n), giver=people[giver], giver_department=places[giver],
                story="Stayed until the parcel was found.", behaviour=behaviour, happened_on=on,
                shown_to=2, published_at=datetime.combine(on, datetime.min.time(), UTC),
                published_on=on,
            )
        )  # fmt: skip
    Nomination.objects.bulk_create(made, batch_size=2000)
    Nominee.objects.bulk_create(
        [
            Nominee(nomination=each, employee=people[pk], department=places[pk])
            for n, each in enumerate(made)
            for pk in {_named(chance) for _other in range(1 + n % 2)}
        ],
        batch_size=2000,
    )


def _named(chance: random.Random) -> int:
    return chance.randrange(EMPLOYEES // 5 if chance.random() < 0.5 else EMPLOYEES)
