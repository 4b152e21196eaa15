"""How long somebody stays signed in, and ending it everywhere at once."""

import time
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.core.management.base import CommandError

from people.models import AuditEntry
from people.services import sessions
from people.services.pins import SHARED_SESSION
from tests.conftest import SignedInClient
from tests.people.test_accounts import is_in, sign_in

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def later(monkeypatch):
    """Sets the clock of the sessions forward, in seconds."""
    now = time.time()
    return lambda seconds: monkeypatch.setattr("people.middleware.time.time", lambda: now + seconds)


def every(hours: float, until: float, client, later) -> bool:
    """Whether somebody who comes every so many hours is still in after `until` seconds."""
    moments = [step * hours * HOUR for step in range(1, int(until / hours / HOUR) + 1)]
    return all(later(moment) or is_in(client) for moment in moments)


@pytest.mark.parametrize(("idle", "stays"), [(HOUR - 60, True), (HOUR + 60, False)])
def test_an_ordinary_session_ends_after_an_idle_hour(client, ann, later, idle, stays):
    sign_in(client)
    later(idle)
    assert is_in(client) is stays


def test_an_ordinary_session_ends_after_twelve_hours_however_busy(client, ann, later):
    sign_in(client)
    assert every(0.9, 11.9 * HOUR, client, later)
    later(12 * HOUR + 60)
    assert not is_in(client)


@pytest.mark.parametrize(("idle", "stays"), [(6 * DAY, True), (8 * DAY, False)])
def test_who_asked_to_stay_signed_in_may_be_away_for_a_week(client, ann, later, idle, stays):
    client.post("/sign-in/", {"login": "ann", "password": "secret", "remember": "on"})
    later(idle)
    assert is_in(client) is stays


def test_nobody_stays_signed_in_for_more_than_two_weeks(client, ann, later):
    client.post("/sign-in/", {"login": "ann", "password": "secret", "remember": "on"})
    assert every(5 * 24, 14 * DAY - 60, client, later)
    later(14 * DAY + 60)
    assert not is_in(client)


def test_whose_role_needs_a_second_factor_does_not_stay_signed_in(client, dee, later):
    client.force_login(dee)
    session = client.session
    session.set_expiry(14 * DAY)
    session.save()
    later(HOUR - 60)
    assert is_in(client)
    later(2 * HOUR)
    assert not is_in(client)


def test_a_session_that_does_not_say_since_when_is_over(client, ann):
    sign_in(client)
    session = client.session
    del session[sessions.SIGNED_IN_AT]
    session.save()
    assert not is_in(client)


def test_a_session_is_not_written_at_each_request(client, ann, django_assert_num_queries):
    sign_in(client)
    is_in(client)
    before = client.session[sessions.SEEN_AT]
    is_in(client)
    assert client.session[sessions.SEEN_AT] == before


def test_the_cookie_ends_with_the_browser_unless_one_asked_to_stay(client, ann):
    assert sign_in(client).cookies["sessionid"]["max-age"] == ""
    asked = {"login": "ann", "password": "secret", "remember": "on"}
    kept = SignedInClient().post("/sign-in/", asked).cookies["sessionid"]
    assert kept["max-age"] == 14 * DAY


def test_signing_in_and_showing_it_again_each_give_a_new_token(client, ann):
    client.get("/sign-in/")
    sign_in(client)
    first = client.session.session_key
    client.post("/account/reauthenticate/", {"password": "secret"})
    second = client.session.session_key
    assert first != second
    assert is_in(client)
    assert [held.session_key for held in UserSession.objects.all()] == [second]
    client.cookies["sessionid"] = first
    assert not is_in(client)


def test_one_press_ends_every_other_session_after_the_password_was_shown_again(client, ann, cas):
    phone, other = SignedInClient(), SignedInClient()
    sign_in(phone)
    sign_in(other, "cas")
    sign_in(client)
    assert client.post("/account/devices/others/end/").url.startswith("/account/reauthenticate/")
    assert is_in(phone)
    client.post("/account/reauthenticate/", {"password": "secret"})
    assert client.post("/account/devices/others/end/").url == "/account/devices/"
    assert [is_in(each) for each in (client, phone, other)] == [True, False, True]
    assert AuditEntry.objects.get(action="end_sessions").subject == f"user:{ann.pk}"


def test_a_session_signed_out_of_is_of_no_use_any_more(client, ann):
    sign_in(client)
    token = client.cookies["sessionid"].value
    client.post("/sign-out/")
    client.cookies["sessionid"] = token
    assert not is_in(client)


def test_after_signing_out_the_browser_keeps_no_page(client, ann):
    """Drafts are removed by forget.js: tests/browser/test_nominating.py. A ballot stays."""
    sign_in(client)
    assert client.post("/sign-out/")["Clear-Site-Data"] == '"cache"'


def test_after_signing_out_at_a_shared_device_the_browser_keeps_nothing(client, ann):
    sign_in(client)
    session = client.session
    session[SHARED_SESSION] = True
    session.save()
    assert client.post("/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'


def test_an_administrator_signs_somebody_out_from_the_command_line(client, ann, cas, system):
    other = SignedInClient()
    sign_in(client)
    sign_in(other, "cas")
    out = StringIO()
    call_command("end_sessions", "--login", "ann", stdout=out)
    assert out.getvalue() == "1 sessions ended\n"
    assert [is_in(client), is_in(other)] == [False, True]


def test_an_administrator_signs_everybody_out(client, ann, cas, system):
    other = SignedInClient()
    sign_in(client)
    sign_in(other, "cas")
    call_command("end_sessions", "--everybody", stdout=StringIO())
    assert [is_in(client), is_in(other)] == [False, False]
    assert AuditEntry.objects.filter(action="end_everybodys_sessions").exists()


def test_the_command_refuses_a_login_that_is_none(system):
    with pytest.raises(CommandError):
        call_command("end_sessions", "--login", "nobody")
