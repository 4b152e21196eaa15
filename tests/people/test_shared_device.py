"""Shared devices: number and PIN, a short session, nothing left for the next one."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.urls import get_resolver, reverse
from django.utils import timezone

from people.models import Role
from people.services.pins import SHARED_SECONDS, set_pin, weak
from tests.conftest import SignedInClient
from tests.test_rights import names_under

pytestmark = pytest.mark.django_db
ADDRESS = "/account/shared-device/"


@pytest.fixture
def ann_with_pin(ann):
    set_pin(ann, "271828")
    return ann


def enter(client, number="ann", pin="271828"):
    return client.post(ADDRESS, {"number": number, "pin": pin})


def is_in(client) -> bool:
    return client.get("/days/").status_code == 200


@pytest.fixture
def at_device(client, ann_with_pin, goals):
    enter(client)
    return client


def test_number_and_pin_open_todays_page(client, ann_with_pin, goals):
    assert enter(client).url == "/"
    assert is_in(client)


@pytest.mark.parametrize(
    ("number", "pin"),
    [("ann", "271829"), ("nobody", "271828"), ("bob", "271828"), ("ann", ""), ("ann", "2718281"),
     ("ann", "secret"), ("ann@example.org", "271829")],
)  # fmt: skip
def test_a_wrong_number_or_pin_opens_nothing(client, ann_with_pin, bob, number, pin):
    response = enter(client, number, pin)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_in(client)


def test_every_refusal_costs_one_hash(client, ann_with_pin, bob, dee, monkeypatch):
    made = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        made.append(1)
        return encode(self, password, salt)

    set_pin(dee, "271828")
    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for number, pin in (("ann", "314159"), ("bob", "314159"), ("x", "314159"), ("dee", "271828")):
        made.clear()
        response = enter(client, number, pin)
        assert response.context["form"].non_field_errors() == ["That number or PIN is not right."]
        assert len(made) == 1


@pytest.mark.parametrize("role", [Role.FINANCE, Role.HR, Role.ADMINISTRATOR])
def test_a_pin_is_not_enough_for_who_moves_money_or_rights(client, ann_with_pin, system, role):
    ann_with_pin.role_assignments.create(role=role, from_date="2020-01-01", made_by=system)
    assert enter(client).status_code == 200
    assert not is_in(client)


def test_a_leaver_does_not_come_in(client, ann_with_pin):
    ann_with_pin.employee.left_on = "2026-01-01"
    ann_with_pin.employee.save()
    assert enter(client).status_code == 200


def test_the_session_ends_three_minutes_after_the_last_click(at_device):
    assert at_device.session.get_expiry_age() <= SHARED_SECONDS
    for minute in (1, 2, 3, 4):
        # Each click begins the three minutes anew.
        assert is_in(at_device), minute
        assert SHARED_SECONDS - 5 <= at_device.session.get_expiry_age() <= SHARED_SECONDS


def test_each_click_is_kept_in_the_database_as_the_beginning_of_three_minutes(at_device):
    # The first page also takes its greeting out of the session, which keeps it anew.
    assert is_in(at_device)
    soon = timezone.now() + timedelta(seconds=5)
    assert Session.objects.update(expire_date=soon) == 1
    assert is_in(at_device)
    assert Session.objects.get().expire_date - soon > timedelta(seconds=SHARED_SECONDS - 10)


def test_an_idle_session_is_over(at_device, monkeypatch):
    then = timezone.now() + timedelta(seconds=SHARED_SECONDS + 1)
    monkeypatch.setattr(timezone, "now", lambda: then)
    monkeypatch.setattr(time, "time", then.timestamp)
    assert not is_in(at_device)


def test_the_page_leaves_by_itself_when_the_session_ends(at_device):
    page = at_device.get("/days/").content.decode()
    assert f'<meta http-equiv="refresh" content="{SHARED_SECONDS}; url={ADDRESS}">' in page


def test_a_page_at_ones_own_device_stays(client, ann, goals):
    client.force_login(ann)
    assert b'http-equiv="refresh"' not in client.get("/days/").content


def test_the_next_visitor_ends_the_session_and_the_browser_forgets(at_device):
    response = at_device.get(ADDRESS)
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(at_device)


def test_signing_out_leads_to_where_the_browser_forgets(at_device):
    assert at_device.post("/sign-out/").url == ADDRESS
    assert not is_in(at_device)


def test_the_account_itself_is_closed_to_a_session_by_pin(at_device, ann):
    open_ones = {"account_inactive", "shared-device", "account_reset_password_from_key"}
    # Who has a PIN alone says there how far the name is shown.
    open_ones |= {"shown", "shown-nickname", "shown-photo", "shown-photo-remove"}
    names = names_under(get_resolver("people.account_urls")) - open_ones
    arguments = {
        "mfa_remove_webauthn": [1], "mfa_edit_webauthn": [1], "end-session": [1],
        "openid_connect_login": ["company"], "openid_connect_callback": ["company"],
    }  # fmt: skip
    for name in sorted(names):
        path = reverse(name, args=arguments.get(name))
        assert at_device.get(path).status_code == 403, name
        assert at_device.post(path).status_code == 403, name


def test_the_frame_offers_no_account_pages_there(at_device):
    assert b"/account/devices/" not in at_device.get("/days/").content


def test_a_pin_session_of_somebody_else_begins_without_the_last_ones(at_device, bob):
    set_pin(bob, "314159")
    before = at_device.session.session_key
    at_device.session["left"] = "behind"
    enter(at_device, "bob", "314159")
    assert at_device.session.session_key != before
    assert "left" not in at_device.session
    assert b"Bob" in at_device.get("/days/").content


def test_an_ordinary_session_is_not_short(ann, goals):
    client = SignedInClient()
    client.post("/sign-in/", {"login": "ann", "password": "secret", "remember": "on"})
    assert client.session.get_expiry_age() > SHARED_SECONDS


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "135791", "123123", "890123"])
def test_pins_that_are_tried_first_are_weak(pin):
    assert weak(pin)


@pytest.mark.parametrize("pin", ["271828", "112233", "100200"])
def test_other_pins_are_not(pin):
    assert not weak(pin)
