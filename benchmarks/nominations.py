"""Praise, from the service's call to notices and mails in their queues.

Each nomination is a transaction of its own with all it keeps: limits, consents, the log and its
seal, and the task that a worker is to do. Telling is what the worker does with many that wait, or
with each by itself. Floor: the bare INSERTs of the same rows, one transaction each. Seconds are of
processor time, this process's and, where it runs on this machine, the database's own for it: what
one core does, whatever else the machine is at. Waiting for the disk is in the clock's rate alone.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction

from benchmarks.closing import analyse
from benchmarks.emptying import empty
from people.models import (
    Department,
    Employee,
    Membership,
    Notice,
    OutgoingMail,
    Placement,
    Role,
    RoleAssignment,
    Site,
    User,
)
from people.rules import BEGINNING
from recognition.models import Behaviour, Nomination
from recognition.services.nominating import Praise, nominate
from recognition.services.telling import tell_waiting

ROUNDS, A_ROUND = 5, 200
DEPARTMENTS, PEOPLE = 20, 1000
NOW = datetime(2026, 6, 3, 9, tzinfo=UTC)
STORY = "She called the customer back after hours and stayed until the parcel was found. " * 4
NOMINATION = """INSERT INTO recognition_nomination (key, giver_id, story, behaviour_id,
    customer_reference, happened_on, audience, shown_to, state, published_at, published_on, told_at,
    end_reason) VALUES (%s, %s, %s, %s, '', %s, 2, 1, 'published', %s, %s, %s, '') RETURNING id"""
OTHERS = (
    "INSERT INTO recognition_nominee (nomination_id, employee_id) VALUES (%(id)s, %(employee)s)",
    "INSERT INTO people_auditentry (at, by_id, action, subject, why)"
    " VALUES (%(now)s, %(user)s, 'nominate', %(key)s, '')",
    "INSERT INTO people_notice (user_id, kind, key, facts, path, made_at)"
    " VALUES (%(user)s, 'nominated', %(key)s, '{}', '', %(now)s)",
    "INSERT INTO people_notice (user_id, kind, key, facts, path, made_at)"
    " VALUES (%(lead)s, 'colleague-nominated', %(key)s, '{}', '', %(now)s)",
    'INSERT INTO people_outgoingmail (key, "to", subject, body, state, tries, not_before,'
    " last_error, made_at) VALUES (%(key)s, 'a@b.org', 'x', %(story)s, 'waiting', 0, %(now)s, '',"
    " %(now)s)",
)


def company() -> list[Employee]:
    """People with accounts in departments with leads; everybody is somebody's colleague."""
    by = User.objects.system()
    site = Site.objects.create(code="HQ", name="HQ", time_zone="UTC")
    departments = Department.objects.bulk_create(
        [Department(code=f"D{n}", name=f"Department {n}") for n in range(DEPARTMENTS)]
    )
    Placement.objects.bulk_create(
        [Placement(department=d, site=site, from_date=BEGINNING) for d in departments]
    )
    users = User.objects.bulk_create(
        [User(username=f"u{n}", email=f"u{n}@example.org") for n in range(PEOPLE)]
    )
    staff = Employee.objects.bulk_create(
        [
            Employee(number=f"E{n}", name=f"Person {n}", hired_on=BEGINNING, user=user)
            for n, user in enumerate(users)
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(employee=e, department=departments[n % DEPARTMENTS], from_date=BEGINNING)
            for n, e in enumerate(staff)
        ]
    )
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(
                user=users[n], role=Role.LEAD, department=d, from_date=BEGINNING, made_by=by
            )
            for n, d in enumerate(departments)
        ]
    )
    analyse()
    return staff


def praise_from(staff: list[Employee], behaviour: Behaviour) -> Iterator[tuple[Praise, User]]:
    """Each from another giver to another colleague, as often as one asks and limits allow."""
    for turn in count():
        giver, nominee = staff[turn % PEOPLE], staff[(turn * 7 + 101 + turn // PEOPLE) % PEOPLE]
        if giver.pk != nominee.pk:
            yield Praise(uuid4(), (nominee,), STORY, behaviour, date(2026, 6, 2)), giver.user


def worked(work: Callable[[], object]) -> float:
    """Seconds of processor time that `work` takes here and in the database."""
    begun = time.process_time() + _of_database()
    work()
    return time.process_time() + _of_database() - begun


def _of_database() -> float:
    if connection.vendor != "postgresql":
        return 0
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not told.exists():
        return 0
    user, system = told.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def nominate_many(report: Callable) -> None:
    empty()
    staff = company()
    behaviour = Behaviour.objects.create(code="promise", name="Kept a promise")
    # Who signs in comes with the employee, as in a request.
    for each in staff:
        each.user.employee = each
    waiting = praise_from(staff, behaviour)
    _bare(staff, behaviour)
    _publish(waiting)
    _tell_all()
    floor, published, told, one_by_one = [], [], [], []
    begun = time.perf_counter()
    for _turn in range(ROUNDS):
        floor.append(worked(lambda: _bare(staff, behaviour)))
        published.append(worked(lambda: _publish(waiting)))
        told.append(worked(_tell_all))
        one_by_one.append(worked(lambda: _publish_and_tell(waiting)))
    clock = time.perf_counter() - begun
    if Nomination.objects.filter(told_at=None).exists():
        raise RuntimeError("somebody was not told")
    if Notice.objects.count() < 3 * ROUNDS * A_ROUND or not OutgoingMail.objects.exists():
        raise RuntimeError("not every notice and mail was written")
    both = [one + other for one, other in zip(published, told, strict=True)]
    for name, product in (
        ("alone", published),
        ("and told in portions", both),
        ("and each told by itself", one_by_one),
    ):
        rate = A_ROUND / sorted(product)[ROUNDS // 2]
        goal = f"{rate:.0f} a second; goal 145"
        report(f"{A_ROUND} nominations {name}", floor=floor, product=product, goal=goal)
    print(f"  by the clock {clock:.0f} s for {3 * ROUNDS * A_ROUND} of all kinds")
    empty()


def _bare(staff: list[Employee], behaviour: Behaviour) -> None:
    # Told of already, so that no telling takes them.
    for turn in range(A_ROUND):
        employee = staff[turn]
        with transaction.atomic(), connection.cursor() as cursor:
            key = uuid4()
            row = [
                str(key),
                employee.pk,
                STORY,
                behaviour.pk,
                date(2026, 6, 2),
                NOW,
                NOW.date(),
                NOW,
            ]
            if connection.vendor == "sqlite":
                row[0] = key.hex
            cursor.execute(NOMINATION, row)
            given = {
                "id": cursor.fetchone()[0], "employee": employee.pk, "user": employee.user_id,
                "lead": staff[-1].user_id, "key": str(key), "now": NOW, "story": STORY,
            }  # fmt: skip
            for statement in OTHERS:
                cursor.execute(statement, given)


def _publish(waiting: Iterator[tuple[Praise, User]]) -> None:
    for _turn in range(A_ROUND):
        praise, by = next(waiting)
        nominate(praise, by=by, now=NOW)


def _tell_all() -> None:
    tell_waiting(now=NOW, most=10 * A_ROUND)


def _publish_and_tell(waiting: Iterator[tuple[Praise, User]]) -> None:
    for _turn in range(A_ROUND):
        praise, by = next(waiting)
        nominate(praise, by=by, now=NOW)
        tell_waiting(now=NOW)
