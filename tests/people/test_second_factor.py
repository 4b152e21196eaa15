"""The second factor: set up through the pages, asked for, required, and shown again."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django.urls import reverse
from django.utils import timezone

from incentives.models import Restatement
from people.models import Role, SignInAttempt
from people.second_factor import FRESH_SECONDS
from tests.conftest import SignedInClient, show_second_factor
from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)
from tests.test_rights import LINES, POSTED, address

pytestmark = pytest.mark.django_db
SET_UP = {
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
    "mfa_edit_webauthn", "account_reauthenticate", "account_logout", "set_language", "styleguide",
}  # fmt: skip


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def wrong_code(secret: str) -> str:
    return f"{(int(code_of(secret)) + 1) % 1_000_000:06}"


def with_app(user) -> str:
    """Gives the user an authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def sign_in(client, name: str, **more):
    return client.post("/sign-in/", {"login": name, "password": "secret", **more})


def reauthenticate(client):
    said = {"password": "secret"}
    return client.post("/account/reauthenticate/?next=/account/second-factor/", said)


@pytest.mark.django_db(transaction=True)
def test_finance_sets_up_an_app_and_is_let_in(client, fay, goals):
    assert sign_in(client, "fay").url == "/"
    assert client.get("/days/").url == "/account/second-factor/"
    assert client.get("/account/second-factor/app/").url.startswith("/account/reauthenticate/")
    assert reauthenticate(client).status_code == 302
    page = client.get("/account/second-factor/app/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    wrong = client.post("/account/second-factor/app/", {"code": wrong_code(secret)})
    assert wrong.context["form"].errors
    answer = client.post("/account/second-factor/app/", {"code": code_of(secret)})
    assert answer.url == "/account/second-factor/codes/"
    assert len(re.findall(r"\b[0-9a-f]{8}\b", client.get(answer.url).content.decode())) >= 10
    assert client.get("/days/").status_code == 200
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored


def test_signing_in_asks_for_the_code_before_anything_opens(client, fay, goals):
    secret = with_app(fay)
    answer = sign_in(client, "fay", next="/days/")
    assert answer.url.startswith("/account/second-factor/authenticate/")
    assert client.get("/days/").url.startswith("/sign-in/")
    asked = client.get(answer.url)
    assert asked.status_code == 200
    assert client.post(answer.url, {"code": wrong_code(secret)}).status_code == 200
    assert client.get("/days/").status_code == 302
    assert client.post(answer.url, {"code": code_of(secret)}).url == "/days/"
    assert client.get("/days/").status_code == 200


def test_a_code_of_the_app_works_once(client, fay, goals):
    secret = with_app(fay)
    for again, status in ((False, 302), (True, 200)):
        other = SignedInClient()
        there = sign_in(other, "fay").url
        assert other.post(there, {"code": code_of(secret)}).status_code == status, again


def test_a_recovery_code_works_once(client, fay, goals):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    with_app(fay)
    code = RecoveryCodes.activate(fay).get_unused_codes()[0]
    for status in (302, 200):
        other = SignedInClient()
        there = sign_in(other, "fay").url
        assert other.post(there, {"code": code}).status_code == status


def test_codes_are_guessed_as_seldom_as_passwords(client, fay, monkeypatch):
    secret = with_app(fay)
    tried = []
    validate = TOTP.validate_code
    monkeypatch.setattr(
        TOTP, "validate_code", lambda self, code: tried.append(code) or validate(self, code)
    )
    there = sign_in(client, "fay").url
    for _n in range(50):
        assert client.post(there, {"code": wrong_code(secret)}).status_code == 200
    assert len(tried) == 6
    assert b"Too many attempts" in client.post(there, {"code": code_of(secret)}).content
    # Passwords are counted apart, so that codes can't keep an owner out of the first step.
    assert SignInAttempt.objects.filter(way="code", user=fay).count() == 6


@pytest.mark.parametrize("left_yesterday", [False, True])
def test_a_passkey_opens_nothing_for_a_leaver(client, ann, monkeypatch, left_yesterday):
    key = Authenticator.objects.create(user=ann, type="webauthn", data={})
    monkeypatch.setattr(LoginWebAuthnForm, "clean_credential", lambda _form: key)
    if left_yesterday:
        ann.employee.left_on = timezone.localdate() - timedelta(days=1)
        ann.employee.save()
    answer = client.post("/account/passkeys/login/", {"credential": '{"id": "x"}'})
    assert answer.status_code == (403 if left_yesterday else 302)
    assert ("_auth_user_id" in client.session) is not left_yesterday


KNOW_NOBODY = {
    "ballot", "cast-ballot", "ballot-receipt", "kiosk",
    "screen", "screen-code", "screen-manifest", "screen-secret", "screen-snapshot", "screen-worker",
    "public",
}  # fmt: skip
"""Ballots are cast without anybody being signed in, a screen on the wall is a device and no person,
and the public page is for everybody: surveys.middleware, screens.middleware, cms."""


def leads_to_setting_up(response) -> bool:
    return response.status_code == 302 and response.url == "/account/second-factor/"


@pytest.mark.parametrize("role", ["hr", "finance", "administrator"])
def test_without_a_second_factor_only_setting_it_up_is_open(scene, client, role):
    client.force_login(scene.cast[role], second_factor=False)
    open_ones = set()
    for line_name, method, *_expected in LINES:
        name = line_name.partition("/")[0] or line_name
        path = address(line_name, scene)
        ask = client.get if method == "GET" else client.post
        if name == "account_logout":
            continue
        if not leads_to_setting_up(ask(path, POSTED.get(name, {}) if method == "POST" else {})):
            open_ones.add(name)
    assert open_ones - SET_UP <= KNOW_NOBODY


@pytest.mark.parametrize("role", ["employee", "lead", "executive", "editor", "auditor"])
def test_others_need_none(scene, client, role):
    client.force_login(scene.cast[role], second_factor=False)
    assert client.get("/days/").status_code == 200


def test_a_role_given_today_asks_for_it_on_the_next_request(client, ann, system, goals):
    client.force_login(ann, second_factor=False)
    assert client.get("/days/").status_code == 200
    ann.role_assignments.create(role=Role.FINANCE, from_date="2020-01-01", made_by=system)
    assert leads_to_setting_up(client.get("/days/"))


def test_a_session_that_never_showed_it_must(client, fay, goals):
    with_app(fay)
    client.force_login(fay, second_factor=False)
    assert client.get("/days/").url == "/account/second-factor/reauthenticate/?next=%2Fdays%2F"


@pytest.mark.parametrize(
    "name", sorted(name for name in SET_UP if name.startswith("mfa_") and name not in {
        "mfa_index", "mfa_list_webauthn", "mfa_authenticate", "mfa_login_webauthn",
        "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}),
)  # fmt: skip
def test_a_password_alone_does_not_change_a_second_factor(client, ann, name):
    """Whoever knows the password and finds a session from this morning can't put in their own."""
    with_app(ann)
    client.force_login(ann, second_factor=False)
    session = client.session
    show_second_factor(session, ann, seconds_ago=FRESH_SECONDS + 1)
    session.save()
    reauthenticate(client)
    path = reverse(name, args=[1] if name in ("mfa_remove_webauthn", "mfa_edit_webauthn") else [])
    for ask in (client.get, client.post):
        assert ask(path).url.startswith("/account/second-factor/reauthenticate/")
    assert Authenticator.objects.filter(user=ann).count() == 1


def decide(client, scene, **more):
    path = reverse("decide-restatement", args=[scene.restatement.pk])
    return client.post(path, {"approve": ""}, **more)


def signed_in_long_ago(client, user):
    client.force_login(user, second_factor=False)
    session = client.session
    show_second_factor(session, user, seconds_ago=FRESH_SECONDS + 1)
    session.save()


def test_money_is_approved_only_with_a_fresh_second_factor(scene, client):
    fay = scene.cast["finance"]
    secret = with_app(fay)
    signed_in_long_ago(client, fay)
    back = reverse("restatement", args=[scene.restatement.pk])
    answer = decide(client, scene, HTTP_REFERER=f"http://testserver{back}")
    assert answer.url.startswith("/account/second-factor/reauthenticate/?next=")
    scene.restatement.refresh_from_db()
    assert scene.restatement.state == Restatement.State.AWAITING
    assert client.post(answer.url, {"code": code_of(secret)}).url == back
    assert decide(client, scene).status_code == 302
    scene.restatement.refresh_from_db()
    assert scene.restatement.state == Restatement.State.APPLIED


def test_after_showing_it_again_one_stays_in_the_house(scene, client):
    fay = scene.cast["finance"]
    secret = with_app(fay)
    signed_in_long_ago(client, fay)
    answer = decide(client, scene, HTTP_REFERER="https://evil.example/")
    assert answer.url == "/account/second-factor/reauthenticate/?next=%2F"
    evil = "/account/second-factor/reauthenticate/?next=https://evil.example/"
    assert client.post(evil, {"code": code_of(secret)}).url == "/"
