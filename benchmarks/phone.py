"""A case's page on a slow phone network, in a real browser: 400 ms to every answer, 400 kbit/s.

Seconds from leaving another page until the amount can be typed: the field is there, the page is
drawn with its styles, and a key pressed in it writes. Static files as production serves them,
hashed, compressed and kept for ever: once as after any earlier page, once with nothing kept.
Floor: one line, without any page, over the same network. Wants Chromium and playwright
(requirements-dev.txt).
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client, override_settings
from playwright.sync_api import Page, sync_playwright

from benchmarks.emptying import empty
from benchmarks.nominations import company
from benchmarks.spending import limits
from empowerment.models import MomentOfTruth
from people.models import User
from tests.browser.chromium import launched

SLOW_3G = {
    "offline": False, "latency": 400, "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}  # fmt: skip
ROUNDS = 7
PHONE = {"width": 360, "height": 740}
HASHED = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DRAWN = """() => new Promise((resolve) =>
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 0)))"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_said) -> None:
        pass


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def served() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Threads, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def open_case_on_a_phone(report: Callable) -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
    empty()
    employee = company()[0]
    limits(User.objects.system())
    for number in range(6):
        MomentOfTruth.objects.create(code=f"m{number}", name=f"Something was late {number}")
    client = Client()
    client.force_login(employee.user, backend="people.backends.AccountBackend")
    session = client.cookies["sessionid"].value
    with (
        tempfile.TemporaryDirectory() as static,
        override_settings(STORAGES=HASHED, STATIC_ROOT=static, DEBUG=False, ALLOWED_HOSTS=["*"]),
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        with served() as url, sync_playwright() as playwright:
            _measure(report, launched(playwright), url, session)
    empty()


def _measure(report: Callable, browser, url: str, session: str) -> None:
    times: dict[str, list[float]] = {"floor": [], "kept": [], "cold": []}
    size = 0
    for _turn in range(ROUNDS):
        page = browser.new_page(viewport=PHONE)
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        slow = page.context.new_cdp_session(page)
        slow.send("Network.enable")
        slow.send("Network.emulateNetworkConditions", SLOW_3G)
        times["cold"].append(_opened(page, f"{url}/cases/new/", "#id_amount"))
        page.wait_for_load_state("networkidle")
        times["kept"].append(_opened(page, f"{url}/cases/new/", "#id_amount"))
        size = page.evaluate("performance.getEntriesByType('navigation')[0].transferSize")
        times["floor"].append(_opened(page, f"{url}/cases/allowance/", "body"))
        page.context.close()
    goal = f"goal under 1 s; {size} bytes"
    report("case's page, files kept", floor=times["floor"], product=times["kept"], goal=goal)
    report("case's page, nothing kept", floor=times["floor"], product=times["cold"], goal="no goal")


def _opened(page: Page, address: str, field: str) -> float:
    """From the browser's own start of the navigation until the field is drawn and takes a key."""
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(field)
    page.evaluate(DRAWN)
    took = time.perf_counter() - began
    if field != "body":
        page.type(field, "1")
        if page.input_value(field) != "1":
            raise RuntimeError(f"{address}: nothing can be typed")
    return took
