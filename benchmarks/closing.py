"""Closing a day of many departments with two goals each, from figures in the database to the
committed verdict, stored goals and contribution.

Floor: one SQL statement that joins targets with figures, takes every goal's verdict and stores
the goals, committed: the bare work, without sites, excuses, revisions, day verdict or money.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import connection, transaction

from benchmarks.emptying import empty
from benchmarks.timing import peak_mib, timed
from incentives.models import Metric, Result, Target
from incentives.services.closing import close_day
from incentives.services.pools import set_pool_policy
from people.models import Department, Placement, Site, User, WorkingWeek
from people.rules import BEGINNING

ROUNDS = 7
FIRST = date(2026, 3, 2)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def company(departments: int, days: list[date]) -> User:
    """Departments with two goals each and figures for all of them."""
    by = User.objects.system()
    site = Site.objects.create(code=f"S{departments}", name="Site", time_zone="UTC")
    WorkingWeek.objects.create(site=site, from_date=BEGINNING, working_days="Mon-Sun")
    made = Department.objects.bulk_create(
        [Department(code=f"{departments}-{n}", name=f"Department {n}") for n in range(departments)]
    )
    Placement.objects.bulk_create(
        [Placement(department=d, site=site, from_date=BEGINNING) for d in made]
    )
    metrics = [
        Metric.objects.create(
            code=f"{departments}-{direction}", name=direction, unit="count", direction=direction,
            decimals=0,
        )
        for direction in ("at_least", "at_most")
    ]  # fmt: skip
    Target.objects.bulk_create(
        [
            Target(department=d, metric=m, value_scaled=50, from_date=FIRST, made_by=by)
            for d in made
            for m in metrics
        ]
    )
    for day in days:
        Result.objects.bulk_create(
            [
                Result(
                    date=day, department=d, metric=m, source="file", made_by=by,
                    value_scaled=50 if n % 50 else 51,
                )
                for n, d in enumerate(made)
                for m in metrics
            ]
        )  # fmt: skip
    set_pool_policy(
        "bonus", from_date=FIRST, currency="GBP", contribution_kind="fixed",
        contribution_amount=25_000, headline=True, by=by,
    )  # fmt: skip
    analyse()
    return by


def analyse() -> None:
    """Let the planner know how large the tables are."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


FLOOR_TABLE = """CREATE TABLE bench_goal (day date, target_id bigint, state smallint,
    value_scaled bigint, target_scaled bigint, weight integer, PRIMARY KEY (day, target_id))"""
FLOOR = """INSERT INTO bench_goal
    SELECT %s, t.id,
        CASE WHEN r.value_scaled IS NULL THEN 3
             WHEN (m.direction = 'at_least' AND r.value_scaled >= t.value_scaled)
               OR (m.direction = 'at_most' AND r.value_scaled <= t.value_scaled) THEN 2 ELSE 3 END,
        r.value_scaled, t.value_scaled, t.weight
    FROM incentives_target t
    JOIN incentives_metric m ON m.id = t.metric_id
    LEFT JOIN incentives_result r ON r.date = %s AND r.department_id = t.department_id
        AND r.metric_id = t.metric_id
    WHERE t.from_date <= %s AND (t.until_date IS NULL OR t.until_date >= %s)"""


@transaction.atomic
def bare_statement(day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [day, day, day, day])


def close_ten_thousand(report: Callable) -> None:
    goal = "goal 3 on PostgreSQL, 5 on SQLite"
    _measure(10_000, ROUNDS, "close a day of 10,000 departments", report, goal)


def close_hundred_thousand(report: Callable) -> None:
    """Ten times as many departments, beside the product's own time for ten thousand."""
    empty()
    days = [FIRST.replace(day=2 + n) for n in range(4)]
    by = company(10_000, days)
    small = [timed(lambda d=d: close(d, by)) for d in days]
    empty()
    by = company(100_000, days)
    large = [timed(lambda d=d: close(d, by)) for d in days[:3]]
    report("close 100,000 departments against 10,000", floor=small, product=large, goal="goal 15")
    peak = peak_mib("close_day", "--date", str(days[3]), "--final", "--no-post")
    print(f"  peak memory of the whole process {peak:.0f} MiB; goal under 200")
    empty()


def _measure(departments: int, rounds: int, name: str, report: Callable, goal: str) -> None:
    empty()
    days = [FIRST.replace(day=2 + n) for n in range(rounds + 1)]
    by = company(departments, days)
    with connection.cursor() as cursor:
        cursor.execute(FLOOR_TABLE)
    bare_statement(days[-1])
    close(days[-1], by)
    floor, product = [], []
    for day in days[:-1]:
        floor.append(timed(lambda d=day: bare_statement(d)))
        product.append(timed(lambda d=day: close(d, by)))
    report(name, floor=floor, product=product, goal=goal)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_goal")
    empty()


def close(day: date, by: User) -> None:
    [verdict] = close_day(day, by=by, now=LATER, final=True)
    if not (verdict.hit and verdict.contribution_minor):
        raise RuntimeError(f"{day} should have hit")
