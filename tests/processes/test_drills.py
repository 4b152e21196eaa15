"""Several processes at one database, some killed: nothing lost, nothing half, nothing twice."""

import json
import os
import subprocess
import sys
from datetime import date

import pytest
from django.db import connection

from incentives.models import DayVerdict, GoalVerdict
from incentives.services.pools import set_pool_policy
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from tests.conftest import make_result

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    where = f"{settings['HOST']}:{settings['PORT'] or 5432}"
    return f"postgres://{settings['USER']}{password}@{where}/{settings['NAME']}"


def drill(name: str) -> dict:
    connection.close()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": database_url(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.processes.drill", name],
        env=environment, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sixteen_processes_never_break_a_floor(system):
    assert drill("floor") == {"spent": 100, "refused": 220, "balance": 0, "sum": 0}
    assert check_ledger().problems == []


def test_crossing_transfers_never_deadlock(system):
    assert drill("crossing") == {"moved": 200, "balance": 0}


def test_forty_keys_posted_640_times_have_forty_effects(system):
    assert drill("same_keys") == {"tries": 640, "effects": 40, "balance": 200}
    assert check_ledger().problems == []


@pytest.fixture
def paying_pool(goals, site, system):
    site.weeks.update(working_days="Mon-Sun")
    return set_pool_policy(
        "bonus", from_date=date(2026, 1, 1), currency="GBP", contribution_kind="fixed",
        contribution_amount=25_000, headline=True, threshold_bp=5000, by=system,
    ).pool  # fmt: skip


def report(goals, day, by) -> None:
    for target in goals:
        good = "80" if target.metric.direction == "at_least" else "5"
        make_result(target.department, target.metric, day, good, by)


def test_five_processes_close_a_day_once(paying_pool, goals, system):
    days = [date(2026, 3, d) for d in (2, 3, 4, 5, 6)]
    for day in days:
        report(goals, day, system)
    lines = drill("close_at_once")["lines"]
    assert all(each == lines[0] for each in lines)
    assert DayVerdict.objects.count() == Transfer.objects.count() == len(days)
    assert GoalVerdict.objects.count() == 4 * len(days)
    assert check_ledger().problems == []


def test_writers_killed_a_hundred_times_lose_nothing(system):
    seen = drill("kill_writers")
    assert seen["killed"] >= 100
    assert seen["told"] >= 100
    assert seen["lost"] == []
    assert seen["balance"] == seen["sum"] == Transfer.objects.count()
    assert check_ledger().problems == []


def test_a_close_killed_on_the_way_leaves_nothing_half(paying_pool, goals, system):
    for month in range(1, 7):
        for day in range(1, 29):
            report(goals, date(2026, month, day), system)
    seen = drill("kill_closers")
    assert seen["days"] == 168
    assert seen["killed"] >= 5
    problems = [p for p in check_ledger().problems if "no verdict (close_day)" not in p]
    assert problems == []
    assert Transfer.objects.count() == DayVerdict.objects.filter(status="final").count() == 168
