"""Pages of the product in Chromium: a server, a browser, somebody signed in."""

import contextlib
import os
import socket

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import PATIENCE_MS, launched
from tests.conftest import SignedInClient


def free_port() -> int:
    """Below 32768, where no outgoing connection is given a port by chance. Tried as a server takes
    it: one that ended while screens were asking it keeps its port for a minute."""
    for port in range(20000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


@pytest.fixture
def server(transactional_db):
    server = LiveServer(f"127.0.0.1:{free_port()}")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def orm_beside_playwright(monkeypatch):
    # Playwright's loop runs in this thread, and Django takes that for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def browser(orm_beside_playwright):
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def opened(browser, server, **context):
    """A page in a browser of its own, and the list that collects its console's errors."""
    page = browser.new_context(**context).new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    return page, faults


def signed_in(browser, server, user, **context):
    """A page of somebody who has signed in, second factor and all; how one does that is the
    subject of other tests."""
    page, faults = opened(browser, server, **context)
    client = SignedInClient()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}]
    )
    page.goto(server.url)
    return page, faults


def sign_in(page, server, login: str, password: str) -> None:
    """By the page, as people do."""
    page.goto(f"{server.url}/sign-in/")
    page.get_by_label("E-mail or employee number").fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def code_now(secret: str) -> str:
    """What an authenticator app with this secret shows now."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
