"""Passkeys with Chromium's virtual authenticator: added on the page, signed in with afterwards."""

from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.browser.pages import (  # noqa: F401
    browser,
    opened,
    orm_beside_playwright,
    server,
    sign_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def on_localhost(server, settings):
    """Browsers allow passkeys on localhost without HTTPS, and never for an address of numbers."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return SimpleNamespace(url=server.url.replace("127.0.0.1", "localhost"))


@pytest.fixture
def page(browser, on_localhost):
    """A page in a browser that holds a key; the console stays silent."""
    page, faults = opened(browser, on_localhost)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    assert faults == []


def add_key(page, house, *, passwordless: bool) -> None:
    """What somebody does who has a password only; then signs out."""
    sign_in(page, house, "fay", "secret")
    page.wait_for_url("**/account/second-factor/")
    page.goto(f"{house.url}/account/passkeys/add/")
    page.get_by_label("Password").fill("secret")
    page.get_by_label("Password").press("Enter")
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").set_checked(passwordless)
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/account/second-factor/codes/")
    page.context.clear_cookies()


def test_a_passkey_alone_signs_in_to_where_one_wanted_to_go(page, on_localhost, fay, goals):
    add_key(page, on_localhost, passwordless=True)
    page.goto(f"{on_localhost.url}/days/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Days")).to_be_visible()
    assert Authenticator.objects.get(user=fay, type="webauthn").last_used_at


def test_after_the_password_a_key_is_the_second_factor(page, on_localhost, fay, goals):
    add_key(page, on_localhost, passwordless=False)
    sign_in(page, on_localhost, "fay", "secret")
    page.wait_for_url("**/account/second-factor/authenticate/**")
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{on_localhost.url}/")
    page.goto(f"{on_localhost.url}/days/")
    expect(page.get_by_role("heading", name="Days")).to_be_visible()
