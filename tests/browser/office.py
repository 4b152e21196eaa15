"""A server of a few lines that says to a screen what a test wants, and that a test can break."""

import contextlib
import hashlib
import json
import random
import re
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from screens.services.manifest import shell_html
from screens.services.words import words_in
from tests.browser.chromium import PATIENCE_MS, launched

STATIC = Path(__file__).parents[2] / "static" / "screen"
TYPES = {".css": "text/css", ".js": "text/javascript"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "worker-src 'self'; img-src 'self' data:"
)
POSTED_AT = "2026-11-20T08:01:00+00:00"
SECRET = "screen=secret; Path=/screen/; HttpOnly"


def slide(number=1, **changes) -> dict:
    """A slide with one sentence; what a test changes stands in its place."""
    html = f'<article class="slide"><h1>Slide {number}</h1></article>'
    return {
        "id": f"{number}.en", "kind": "board", "lang": "en", "seconds": 15, "date": "2026-11-20",
        "personal": False, "html": html,
    } | changes  # fmt: skip


class Office:
    """What the server says; a test changes it while the screen runs."""

    def __init__(self):
        self.build = "0" * 16
        self.language = "en"
        self.alive = True
        self.known = True
        self.revoked = False
        self.approved = False
        self.cut_off = ""  # a file of the shell that arrives broken
        self.behind = timedelta()  # how far the server's clock is behind the screen's
        self.pages_served = 0
        self.codes = 0
        self.asked = []
        self.reports = []
        self.snapshots = {}
        self.manifest = {
            "build": self.build, "pace_seconds": 0.2, "names_hours": 12, "snapshot": "",
            "date": None, "posted_at": None, "expects": [], "lit": [], "language": "en",
            "zone": "Europe/Berlin", "urgent": False, "words": words_in("en"),
        }  # fmt: skip

    def show(self, *slides, posted_at=POSTED_AT, **manifest) -> str:
        """From now on these slides; returns what the screen says once they are painted."""
        text = json.dumps({"slides": slides})
        sha = hashlib.sha256(text.encode()).hexdigest()
        self.snapshots[sha] = text
        days = [each["date"] for each in slides if each["date"]]
        self.manifest |= {
            "snapshot": sha, "date": max(days, default=None), "posted_at": posted_at, **manifest,
        }  # fmt: skip
        return sha

    def new_build(self, name: str) -> None:
        self.build = self.manifest["build"] = name

    def expects(self, date, *, hours):
        due = datetime.now(UTC) - self.behind + timedelta(hours=hours)
        self.manifest["expects"] = [{"from": due.isoformat(), "date": date}]

    def lit(self, *hours: tuple[float, float]) -> None:
        """From and until, in hours from now."""
        now = datetime.now(UTC)
        self.manifest["lit"] = [
            [(now + timedelta(hours=each)).isoformat() for each in span] for span in hours
        ]

    def answer(self, path, headers):
        """Status, type, text and more headers; None for no answer at all."""
        self.asked.append(path)
        if not self.alive:
            return None
        if path == "/screen/":
            self.pages_served += 1
            return 200, "text/html; charset=utf-8", shell_html(self.language, build=self.build), {}
        name = path.rsplit("/", 1)[1]
        if path.startswith("/static/screen/") or name == "worker.js":
            file = STATIC / name
            text = file.read_text()
            return 200, TYPES[file.suffix], text[:100] if name == self.cut_off else text, {}
        return self._of_screens(path, headers)

    def _of_screens(self, path, headers):
        told = "application/json"
        if path == "/screen/code/":
            self.codes += 1
            code = {"code": "BCDF-GHJK", "ask_every": 0.2, "where": "http://x/", "qr": "data:,"}
            return 200, told, json.dumps(code), {}
        if path == "/screen/secret/":
            if not self.approved:
                return 202, told, "{}", {}
            self.known, self.revoked = True, False
            return 200, told, "{}", {"Set-Cookie": SECRET}
        if self.revoked or not self.known:
            return (410 if self.revoked else 401), told, "{}", {}
        if path == "/screen/manifest.json":
            self.reports.append(headers.get("Screen-Report", ""))
            return 200, told, json.dumps(self.manifest), {}
        sha = path.removeprefix("/screen/snapshot/").removesuffix(".json")
        if sha in self.snapshots:
            return 200, told, self.snapshots[sha], {}
        return 404, "text/plain", "", {}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        office = self.server.office
        found = office.answer(self.path.split("?")[0], self.headers)
        if found is None:
            self.close_connection = True
            return
        status, content_type, text, more = found
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response_only(status)
        self.send_header("Date", format_datetime(datetime.now(UTC) - office.behind, usegmt=True))
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("ETag", etag)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def log_message(self, *args):
        pass


def listening():
    """Below 32768, where the system hands out no ports to others by itself."""
    for port in random.sample(range(20000, 32000), 50):
        with contextlib.suppress(OSError):
            return ThreadingHTTPServer(("127.0.0.1", port), Handler)
    raise RuntimeError("no free port")


@pytest.fixture
def office():
    server = listening()
    server.daemon_threads = True
    server.office = Office()
    server.office.url = f"http://127.0.0.1:{server.server_port}/screen/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.office
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, office):
    """Opens the screen; waits for its first slide unless told otherwise."""
    with contextlib.ExitStack() as stack:

        def open_screen(size=(1920, 1080), painted=True, **options):
            viewport = {"width": size[0], "height": size[1]}
            context = chromium.new_context(viewport=viewport, **options)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.complaints = []
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto(office.url)
            if painted:
                wait_painted(page, office.manifest["snapshot"])
            return page

        yield open_screen


def wait_painted(page, sha):
    page.wait_for_function("sha => document.documentElement.dataset.painted === sha", arg=sha)


def wait_kept(page):
    """Until the service worker looks after the page and has kept what it needs."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    kept = "caches.open('screen-shell').then(kept => kept.match('/screen/')).then(Boolean)"
    page.wait_for_function(f"() => {kept}")


def text_of(page):
    """Text in one line, with ordinary blanks."""
    return re.sub(r"\s+", " ", page.locator("body").inner_text())
