"""Several processes at one database, some killed: nothing lost, nothing half, nothing twice."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from django.db import connection

from incentives.models import DayVerdict, GoalVerdict
from incentives.services.pools import set_pool_policy
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from people.models import OutgoingMail
from people.services.outbox import Mail, queue
from tests.conftest import make_result
from tests.people.mail_server import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    where = f"{settings['HOST']}:{settings['PORT'] or 5432}"
    return f"postgres://{settings['USER']}{password}@{where}/{settings['NAME']}"


def started(name: str, **settings: str) -> subprocess.Popen:
    connection.close()
    environment = os.environ | settings | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": database_url(),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "tests.processes.drill", name],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def drill(name: str, *, seconds: int = 280, **settings: str) -> dict:
    with started(name, **settings) as running:
        try:
            said, wrong = running.communicate(timeout=seconds)
        finally:
            running.kill()
    assert running.returncode == 0, wrong
    return json.loads(said)


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


@pytest.fixture
def server():
    with MailServer() as running:
        yield running


def through(server: MailServer) -> dict[str, str]:
    return {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}


def mails(count: int) -> list[str]:
    people = [f"person{n}@example.org" for n in range(count)]
    queue(Mail(to, "Hello", "How are you?") for to in people)
    # The test's own backend has the mails; what the commit has started must not send them.
    OutgoingMail.objects.update(state="waiting", sent_at=None, body="How are you?")
    return people


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("id").values_list("state", flat=True))


def killed(running: subprocess.Popen) -> None:
    running.kill()
    assert running.wait(20) == -signal.SIGKILL
    running.communicate()


def test_four_senders_at_once_send_each_mail_once(server):
    people = mails(200)
    assert drill("send_mails_at_once", **through(server)) == {"sent": 200}
    assert sorted(server.mailbox.to()) == sorted(people)
    assert states() == ["sent"] * 200


def test_a_sender_killed_before_the_claim_leaves_a_mail_that_goes_later_once(server):
    people = mails(1)
    running = started("stop_before_claiming", **through(server))
    assert running.stdout.readline() == "here\n"
    killed(running)
    assert (states(), server.mailbox.taken) == (["waiting"], [])
    assert drill("send_mails", **through(server)) == {"sent": 1}
    assert drill("send_mails", **through(server)) == {"sent": 0}
    assert server.mailbox.to() == people


def test_a_sender_killed_while_the_server_has_the_mail_never_sends_it_again(server):
    people = mails(1)
    server.mailbox.pause = 3
    running = started("send_mails", **through(server))
    end = time.monotonic() + 60
    while not server.mailbox.taken and time.monotonic() < end:
        time.sleep(0.01)
    killed(running)
    server.mailbox.pause = 0
    assert states() == ["sending"]
    assert drill("send_mails", **through(server)) == {"sent": 0}
    assert server.mailbox.to() == people
    assert states() == ["sending"]
