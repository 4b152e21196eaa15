"""Ballots cast over HTTP at two web processes, as production runs them; PostgreSQL is the case that
counts, as SQLite has one writer.

Floor: the same requests for the page that asks for a receipt, which writes nothing. The clients
share the machine with the server, so the rate by the server's own processor time is told, too.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode

from django.test import override_settings

from benchmarks.emptying import empty
from benchmarks.polls import _ballots, _credential, _open_wave
from benchmarks.timing import product_environment
from surveys.models import BallotInbox

BALLOTS, CLIENTS, THREADS = 4_000, 2, 4
PORT = 18_095
SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-Proto": "https",
    "Host": "localhost",
}  # fmt: skip
TICKS = os.sysconf("SC_CLK_TCK")


def cast_over_http(report: Callable) -> None:
    empty()
    wave, _codes, cells = _open_wave()
    with override_settings(SECRET_KEY=SECRET):
        bodies = [
            urlencode({"credential": str(_credential(wave, cells[place], number))}
                      | {f"q{item}": answer for item, answer in own.items()})
            for number, (place, own) in enumerate(_ballots(BALLOTS, len(cells)))
        ]  # fmt: skip
    with served("config.settings.production", "/ballot/receipt/") as server:
        looked, _seconds = _sent(server, "GET", "/ballot/receipt/", [""] * BALLOTS)
        cast, seconds = _sent(server, "POST", "/ballot/cast/", bodies)
    counted = BallotInbox.objects.count()
    if counted != BALLOTS:
        raise RuntimeError(f"{counted} of {BALLOTS} ballots are in the box")
    report(
        "a ballot cast over HTTP", floor=[looked / BALLOTS], product=[cast / BALLOTS],
        goal=f"{BALLOTS / cast:.0f} a second by the clock, {BALLOTS / seconds:.0f} by a second of"
        " the web processes' processor time; goal 500",
    )  # fmt: skip
    empty()


@contextmanager
def served(settings: str, probe: str) -> Iterator[int]:
    """The process id of gunicorn with two web processes, once it answers for the path `probe`."""
    told = product_environment() | {
        "DJANGO_SETTINGS_MODULE": settings, "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "localhost", "BASE_URL": "https://localhost",
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=told, check=True
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-w", "2", "--threads", str(THREADS), "-b",
         f"127.0.0.1:{PORT}", "config.wsgi"], env=told, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(probe)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def _wait(path: str) -> None:
    for _turn in range(200):
        try:
            _ask(http.client.HTTPConnection("127.0.0.1", PORT), "GET", path, "")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server did not start")


def _sent(server: int, method: str, path: str, bodies: list[str]) -> tuple[float, float]:
    """Seconds by the clock, and of the web processes, for all."""
    before, start = processor_seconds(server), time.perf_counter()
    clients = [
        get_context("spawn").Process(target=_send, args=(method, path, bodies[n::CLIENTS]))
        for n in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
        if client.exitcode:
            raise RuntimeError("a client failed")
    return time.perf_counter() - start, processor_seconds(server) - before


def processor_seconds(server: int) -> float:
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    spent = 0
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / TICKS


def _send(method: str, path: str, bodies: list[str]) -> None:
    faults: list[BaseException] = []

    def work(own: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        try:
            for body in own:
                _ask(connection, method, path, body)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(bodies[n::THREADS],)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str) -> None:
    connection.request(method, path, body or None, HEADERS)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (200, 304):
        raise RuntimeError(f"{method} {path}: {answer.status}")
