"""A page in Chromium whose requests Django's test client answers, and which tells what went wrong.

No server stands between: the test's own transaction is what the browser sees, and an answer that
a test already holds can be shown as it came, with its headers.
"""

import mimetypes
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connections
from playwright.sync_api import Error, sync_playwright

from tests.browser.chromium import PATIENCE_MS, launched

ORIGIN = "http://localhost"
WATCH = """
window.xss = () => told("ran");
addEventListener("securitypolicyviolation", (event) =>
  told(`violation of ${event.effectiveDirective} by ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture
def chromium(db, monkeypatch):
    """Chromium in the test's own transaction. Playwright's loop runs in this thread, and Django
    would open a second connection for it and warn of asynchronous code."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    same = SimpleNamespace(**{alias: connections[alias] for alias in connections})
    monkeypatch.setattr(connections, "_connections", same)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


class WatchedPage:
    def __init__(self, browser, client):
        self.client = client
        self.told: list[str] = []
        self._ready: dict[str, object] = {}
        self.page = browser.new_context(service_workers="block").new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.expose_function("told", lambda said: self.told.append(said))
        self.page.add_init_script(WATCH)
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.told.append(f"script failed: {error}"))
        self.page.route("**/*", self._answer)

    def open(self, path: str) -> list[str]:
        """What was told while the page was opened; [] is good."""
        self.told.clear()
        # Some pages go on to the next by themselves, or are shown as a file.
        try:
            self.page.goto(ORIGIN + path, wait_until="load")
        except Error as error:
            # What is saved as a file is not shown, and runs nothing.
            if "Download is starting" not in error.message:
                raise
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        return list(self.told)

    def show(self, response, path: str) -> list[str]:
        """As `open`, with an answer that was given before."""
        self._ready[path] = response
        try:
            return self.open(path)
        finally:
            del self._ready[path]

    def _dialog(self, dialog) -> None:
        self.told.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message) -> None:
        # That an answer was 401 or 410 is what the test asked for.
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            self.told.append(f"console: {message.text}")

    def _answer(self, route) -> None:
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != ORIGIN:
            self.told.append(f"asked for {route.request.url}")
            route.abort()
        elif url.path.startswith("/static/"):
            self._static(route, url.path)
        else:
            path = f"{url.path}?{url.query}" if url.query else url.path
            self._page(route, self._ready.get(path) or self.client.get(path))

    def _static(self, route, path: str) -> None:
        found = finders.find(path.removeprefix("/static/"))
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(body=Path(found).read_bytes() if found else b"", content_type=kind)

    def _page(self, route, response) -> None:
        # A redirect that is handed to the browser would be followed past us, over the network.
        while response.status_code in (301, 302):
            response = self.client.get(response.url)
        body = b"".join(response) if response.streaming else response.content
        headers = {name: value for name, value in response.items() if name != "Content-Length"}
        route.fulfill(status=response.status_code, headers=headers, body=body)
