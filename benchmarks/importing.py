"""Importing figures and a roster with validation. Floor: COPY of the same rows into a table of the
same shape, indexes and foreign keys (on SQLite: executemany)."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import connection, transaction

from benchmarks.closing import analyse, company
from benchmarks.emptying import empty
from benchmarks.timing import timed
from incentives.models import Metric, Result
from people.models import Department, Employee, Membership, Salary, User
from people.services.importing import Options, run_import

DEPARTMENTS = 10_000
ROUNDS = 5
FIRST = date(2026, 6, 1)
COLUMNS = (
    "department_id, metric_id, date, made_by_id, made_at, value_scaled, revision, source, reason"
)


def import_twenty_thousand(report: Callable) -> None:
    empty()
    by = company(DEPARTMENTS, [])
    departments = list(Department.objects.order_by("pk"))
    metrics = list(Metric.objects.order_by("pk"))
    floor, product = [], []
    for number in range(ROUNDS + 1):
        day, bare_day = FIRST.replace(day=1 + number), FIRST.replace(day=11 + number)
        rows = _rows(departments, metrics, bare_day, by)
        bare = timed(lambda rows=rows: _bare(rows))
        content = _file(departments, metrics, day)
        full = timed(lambda content=content: _import(content, by))
        if number:
            floor.append(bare)
            product.append(full)
    if Result.objects.count() != 2 * (ROUNDS + 1) * 2 * DEPARTMENTS:
        raise RuntimeError("not every figure arrived")
    report("import 20,000 figures", floor=floor, product=product, goal="goal 8 (PostgreSQL COPY)")
    empty()


def _import(content: bytes, by: User) -> None:
    run_import("results", content, filename="f.csv", options=Options(), by=by)


def _file(departments: list[Department], metrics: list[Metric], day: date) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["date", "department", "metric", "value"])
    writer.writerows([day, d.code, m.code, 50] for d in departments for m in metrics)
    return out.getvalue().encode()


def _rows(departments: list[Department], metrics: list[Metric], day: date, by: User) -> list[tuple]:
    now = datetime.now(UTC)
    return [
        (d.pk, m.pk, day, by.pk, now, 500_000_000, 1, "file", "")
        for d in departments
        for m in metrics
    ]


@transaction.atomic
def _bare(rows: list[tuple]) -> None:
    table = Result._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} ({COLUMNS}) VALUES ({marks})", rows)


EMPLOYEES = 14_017
IN_DEPARTMENTS = 71
HIRED = date(2014, 1, 1)
ROSTER_HEADER = (
    "number", "name", "email", "department", "job_title", "hired_on", "annual_salary", "currency",
    "fte",
)  # fmt: skip


def import_roster(report: Callable) -> None:
    """As many employees and departments as the real roster has, each with an account, a membership
    and a salary. Floor: the same rows into the same four tables."""
    empty()
    by = company(IN_DEPARTMENTS, [])
    departments = list(Department.objects.order_by("pk"))
    floor, product = [], []
    for number in range(3):
        content = _roster(departments, f"R{number}")
        product.append(timed(lambda content=content: _hire(content, by)))
        floor.append(timed(lambda number=number: _bare_roster(departments, f"B{number}")))
        # The company was analysed while it had one account: the planner would scan them all.
        analyse()
    if Employee.objects.filter(number__startswith="R").count() != 3 * EMPLOYEES:
        raise RuntimeError("not everybody arrived")
    report("import 14,017 employees", floor=floor, product=product, goal="goal 20,000 ms (SQLite)")
    empty()


def _hire(content: bytes, by: User) -> None:
    run_import("employees", content, filename="e.csv", options=Options(), by=by)


def _roster(departments: list[Department], prefix: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(ROSTER_HEADER)
    for n in range(EMPLOYEES):
        number, department = f"{prefix}-{n:05}", departments[n % IN_DEPARTMENTS].code
        writer.writerow([number, f"Given Family {n}", f"{number}@example.com", department,
                         "Clerk", HIRED, 50_000 + n, "USD", 1])  # fmt: skip
    return out.getvalue().encode()


@transaction.atomic
def _bare_roster(departments: list[Department], prefix: str) -> None:
    """The rows alone, by Django's bulk_create: no file, no checks, no log."""
    names = [f"{prefix}-{n:05}" for n in range(EMPLOYEES)]
    users = User.objects.bulk_create(
        [User(username=name, email=f"{name}@example.com", password="!") for name in names],
        batch_size=2000,
    )
    staff = Employee.objects.bulk_create(
        [
            Employee(number=u.username, name=u.username, email=u.email, hired_on=HIRED, user=u)
            for u in users
        ],
        batch_size=2000,
    )
    Membership.objects.bulk_create(
        [
            Membership(employee=e, department=departments[n % IN_DEPARTMENTS], from_date=HIRED)
            for n, e in enumerate(staff)
        ],
        batch_size=2000,
    )
    Salary.objects.bulk_create(
        [Salary(employee=e, from_date=HIRED, annual_minor=1, currency="USD") for e in staff],
        batch_size=2000,
    )
