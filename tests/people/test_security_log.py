"""What the security log says: one line of JSON an event, nothing secret, nothing forged."""

import json
import logging
import sys

import pytest
from django.conf import settings

from config.logs import OneLineOfJson
from people.services import guessing
from people.services.pins import set_pin
from tests.people.test_accounts import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(caplog):
    """The events logged so far, as whoever reads the log finds them."""
    caplog.set_level(logging.INFO, logger="security")

    def events() -> list[dict]:
        lines = [OneLineOfJson().format(record) for record in caplog.records]
        assert not any("\n" in line for line in lines)
        found = [json.loads(line) for line in lines]
        return [each for each in found if each["logger"] == "security"]

    return events


def test_signing_in_says_who_when_from_where_and_how(client, ann, said):
    sign_in(client, REMOTE_ADDR="192.0.2.7")
    [event] = said()
    at = event.pop("at")
    assert at.endswith("+00:00")
    assert event == {
        "level": "INFO", "logger": "security", "message": "signed_in", "event": "signed_in",
        "user": ann.pk, "address": "192.0.2.7", "method": "POST", "path": "/sign-in/",
        "ways": ["password"],
    }  # fmt: skip


def test_a_refused_password_names_no_login_and_no_password(client, ann, said):
    sign_in(client, "hunter2 typed in the wrong field", "correct horse")
    [event] = said()
    assert event["event"] == "sign_in_refused"
    assert event["login"] == guessing.digest("hunter2 typed in the wrong field")
    assert "hunter2" not in json.dumps(event)
    assert "correct horse" not in json.dumps(event)


def test_a_refused_pin_is_noted(client, ann, said):
    set_pin(ann, "271828")
    client.post("/account/shared-device/", {"number": "ann", "pin": "314159"})
    assert [(event["event"], event["way"]) for event in said()] == [("sign_in_refused", "pin")]


def test_a_new_password_and_signing_out_are_noted(client, ann, said):
    sign_in(client)
    new = "a sentence that nobody guesses"
    told = {"oldpassword": "secret", "password1": new, "password2": new}
    client.post("/account/password/", told)
    client.post("/sign-out/")
    events = [event["event"] for event in said()]
    assert events == ["signed_in", "password_changed", "signed_out"]
    assert new not in json.dumps(said())


def test_a_new_second_factor_and_a_wrong_code_are_noted(client, ann, said, rf):
    from allauth.mfa.models import Authenticator

    from people import receivers

    receivers.note_second_factor(
        signal=receivers.authentication_failed, request=rf.get("/x/"), user=ann,
        authenticator=Authenticator(user=ann, type="totp"),
    )  # fmt: skip
    [event] = said()
    assert (event["event"], event["user"], event["type"]) == (
        "second_factor_refused", ann.pk, "totp",
    )  # fmt: skip
    assert all(signal.receivers for signal in receivers.SECOND_FACTOR_EVENTS)


@pytest.mark.parametrize(
    ("path", "status"), [("/audit/", 403), ("/imports/999999/", 404), ("/nowhere/", 404)]
)
def test_what_somebody_may_not_do_is_noted(client, ann, goals, said, path, status):
    client.force_login(ann)
    client.get(path)
    event = said()[-1]
    assert (event["event"], event["user"], event["path"], event["status"]) == (
        "refused", ann.pk, path, status,
    )  # fmt: skip


def test_a_forged_form_is_noted(ann, said):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    client.post("/language/", {"language": "en"})
    assert [event["event"] for event in said()] == ["signed_in", "refused"]


def test_a_strangers_missing_page_is_no_event(client, said):
    client.get("/wp-login.php")
    assert said() == []


def test_nothing_typed_begins_a_line_of_its_own(client, ann, goals, said):
    client.force_login(ann)
    client.get("/nowhere/%0a{%22event%22:%22signed_in%22}%1b[2J/")
    refused = said()[-1]
    assert refused["event"] == "refused"
    assert "\n" in refused["path"]


def test_an_unexpected_error_is_logged_with_where_and_without_the_request():
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.makeLogRecord({
            "name": "django.request", "levelname": "ERROR", "msg": "Internal Server Error: %s",
            "args": ("/days/",), "exc_info": sys.exc_info(), "request": object(),
            "status_code": 500,
        })  # fmt: skip
    line = OneLineOfJson().format(record)
    found = json.loads(line)
    assert "\n" not in line
    assert found["message"] == "Internal Server Error: /days/"
    assert "ValueError: broken" in found["traceback"]
    assert "request" not in found


def test_the_log_goes_to_one_stream_only():
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert [handler["class"] for handler in settings.LOGGING["handlers"].values()] == [
        "logging.StreamHandler"
    ]
    assert settings.LOGGING["loggers"]["security"] == {"level": "INFO"}
