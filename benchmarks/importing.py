"""Importing 20,000 figures with validation. Floor: COPY of the same rows into a table of the same
shape, indexes and foreign keys (on SQLite: executemany)."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import connection, transaction

from benchmarks.closing import company
from benchmarks.emptying import empty
from benchmarks.timing import timed
from incentives.models import Metric, Result
from people.models import Department, User
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
