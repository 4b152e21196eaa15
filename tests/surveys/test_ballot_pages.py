"""From the invitation to the receipt over HTTP, and what ballot pages never do."""

import logging
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config

from config.access_log import AccessLog
from config.logs import NoRequestsForBallots
from people.services.pins import SHARED_SESSION
from surveys.middleware import BallotsPassAlone
from surveys.models import BallotInbox, Invitation, SpentCredential, Wave
from surveys.services.station import claim
from tests.conftest import TUESDAY_NOON, SignedInClient
from tests.surveys.conftest import CLOSED

pytestmark = pytest.mark.django_db
CREDENTIAL = re.compile(r'name="credential" value="([^"]+)"')
ANSWERS = {"q1": "5", "q2": "2", "q3": "9", "q4": "More light"}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def take(client, user) -> str:
    """The credential that the page hands out."""
    client.force_login(user)
    return credential_in(client.post("/polls/2026/claim/"))


def credential_in(response) -> str:
    return CREDENTIAL.search(response.content.decode())[1]


def receipt_in(response) -> str:
    return re.search(r'data-cast="([0-9a-f]{64})"', response.content.decode())[1]


def test_the_invitation_says_what_is_promised_before_a_ballot_is_taken(client, poll, ann):
    client.force_login(ann)
    page = client.get("/polls/2026/invitation/").content.decode()
    assert "anonymous" in page
    assert "1 invited" in page
    assert "smaller than 7" in page
    assert "0" * 64 in page
    assert "Take my ballot" in page
    assert not Invitation.objects.filter(claimed=True).exists()


def test_from_the_invitation_to_the_receipt(client, poll, ann):
    taken = take(client, ann)
    nobody = Client()
    page = nobody.post("/ballot/", {"credential": taken})
    assert page.status_code == 200
    assert 'name="q1"' in page.content.decode()
    cast = nobody.post("/ballot/cast/", {"credential": taken, **ANSWERS})
    receipt = receipt_in(cast)
    assert "Yes: a ballot" in nobody.post("/ballot/receipt/", {"receipt": receipt}).content.decode()
    missing = nobody.post("/ballot/receipt/", {"receipt": "0" * 64}).content.decode()
    assert "No: no ballot" in missing
    again = nobody.post("/ballot/cast/", {"credential": taken, **ANSWERS})
    assert receipt_in(again) == receipt
    assert (BallotInbox.objects.count(), SpentCredential.objects.count()) == (1, 1)


def test_the_page_that_hands_out_a_ballot_is_shown_once_and_kept_nowhere(client, poll, ann):
    client.force_login(ann)
    first = client.post("/polls/2026/claim/")
    assert first["Cache-Control"] == "no-store"
    taken = credential_in(first)
    assert taken not in str(first.headers)
    second = client.post("/polls/2026/claim/")
    assert second.status_code == 409
    page = second.content.decode()
    assert "handed out before" in page
    assert 'href="/ballot/"' in page
    assert "Take my ballot" not in page
    assert taken not in page
    assert not CREDENTIAL.search(page)


def test_a_ballot_is_not_taken_by_looking_and_not_without_the_forms_token(poll, ann):
    strict = SignedInClient(enforce_csrf_checks=True)
    strict.force_login(ann)
    assert strict.get("/polls/2026/claim/").status_code == 405
    assert strict.post("/polls/2026/claim/").status_code == 403
    assert not Invitation.objects.filter(claimed=True).exists()


def test_at_a_shared_device_the_ballot_is_not_kept(client, poll, ann):
    client.force_login(ann)
    session = client.session
    session[SHARED_SESSION] = True
    session.save()
    page = client.post("/polls/2026/claim/").content.decode()
    assert "ballot-keep.js" not in page
    assert "data-keep" not in page
    assert 'name="kiosk" value="yes"' in page


def test_whoever_is_not_invited_finds_no_poll(client, poll, bob):
    client.force_login(bob)
    for path in ("invitation", "proof"):
        assert client.get(f"/polls/2026/{path}/").status_code == 404
    assert client.post("/polls/2026/claim/").status_code == 404


def test_a_draft_invites_nobody(client, poll, ann):
    Wave.objects.filter(pk=poll.wave.pk).update(
        state=Wave.State.SEALED, hr_key=None, staff_key=None
    )
    client.force_login(ann)
    assert "not open now" in client.get("/polls/2026/invitation/").content.decode()
    assert client.post("/polls/2026/claim/").status_code == 409


BALLOT_PAGES = ("/ballot/", "/ballot/receipt/", "/kiosk/")


def test_ballot_pages_read_no_session_and_set_no_cookie(
    client, poll, ann, django_assert_num_queries
):
    """Sent along or not, a cookie of somebody signed in makes no difference."""
    taken = take(client, ann)
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    client.cookies["django_language"] = "zh-hans"
    for path in BALLOT_PAGES:
        with django_assert_num_queries(0):
            response = client.get(path)
        assert_leaves_no_trace(response)
        assert b"Ann" not in response.content
    for path, posted in (
        ("/ballot/", {"credential": taken}), ("/ballot/cast/", {"credential": taken, **ANSWERS}),
        ("/ballot/receipt/", {"receipt": "0" * 64}), ("/ballot/", {"credential": "wrong"}),
        ("/ballot/cast/", {}), ("/kiosk/", {"number": "ann", "code": "wrong"}),
        ("/ballot/?language=zh-hans", {}),
    ):  # fmt: skip
        assert_leaves_no_trace(client.post(path, posted))
    after = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    assert after == before


def assert_leaves_no_trace(response) -> None:
    assert response.status_code in (200, 409)
    assert response.cookies == {}
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_nothing_of_the_asker_reaches_a_ballot_view(rf):
    """Neither cookie nor address nor browser: the views could not log them if they wanted."""
    seen = {}

    def answer(request):
        seen.update(request.META)
        seen["cookies"] = dict(request.COOKIES)
        response = HttpResponse()
        response.set_cookie("sneaky", "1")
        return response

    request = rf.get(
        "/ballot/", HTTP_COOKIE="sessionid=abc", REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="Phone",
        HTTP_X_FORWARDED_FOR="10.1.2.3", HTTP_REFERER="https://x.example/people/ann/",
    )  # fmt: skip
    assert BallotsPassAlone(answer)(request).cookies == {}
    told = str(seen)
    for each in ("abc", "10.1.2.3", "Phone", "people/ann"):
        assert each not in told
    assert seen["cookies"] == {}
    # Elsewhere it all stays.
    assert "sneaky" in BallotsPassAlone(answer)(rf.get("/", HTTP_COOKIE="sessionid=abc")).cookies
    assert seen["HTTP_COOKIE"] == "sessionid=abc"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 409),
        ({"Sec-Fetch-Site": "same-site"}, 409),
        ({"Origin": "https://evil.example"}, 409),
    ],
)
def test_another_site_casts_nothing(client, poll, ann, headers, status):
    taken = take(client, ann)
    posted = {"credential": taken, **ANSWERS}
    assert Client().post("/ballot/cast/", posted, headers=headers).status_code == status
    assert BallotInbox.objects.exists() is (status == 200)


def test_a_wrong_answer_is_shown_with_all_others_and_uses_nothing_up(client, poll, ann):
    taken = take(client, ann)
    page = Client().post("/ballot/cast/", {"credential": taken, **ANSWERS, "q1": "7"})
    text = page.content.decode()
    assert "Nothing was cast yet" in text
    assert "More light" in text
    assert 'href="#q1"' in text
    assert not SpentCredential.objects.exists()


def test_a_character_that_no_database_keeps_is_refused_before_it_breaks_the_seal(client, poll, ann):
    taken = take(client, ann)
    page = Client().post("/ballot/cast/", {"credential": taken, "q4": "a\x00b"})
    assert "cannot be kept" in page.content.decode()
    assert not BallotInbox.objects.exists()


def test_another_language_keeps_what_was_answered(client, poll, ann):
    taken = take(client, ann)
    posted = {"credential": taken, **ANSWERS, "language": ["en", "zh-hans"]}
    page = Client().post("/ballot/", posted)
    text = page.content.decode()
    assert '<html lang="zh-hans">' in text
    assert "More light" in text
    assert re.search(r'name="q1" value="5" checked', text)
    assert not SpentCredential.objects.exists()


def test_after_the_close_a_ballot_says_so(client, poll, ann, monkeypatch):
    taken = take(client, ann)
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)
    for path in ("/ballot/", "/ballot/cast/"):
        response = Client().post(path, {"credential": taken, **ANSWERS})
        assert response.status_code == 409
        assert "closed" in response.content.decode()


def test_the_first_page_tells_of_a_ballot_until_it_is_taken(client, poll, ann):
    client.force_login(ann)
    assert "Your ballot is waiting" in client.get("/").content.decode()
    claim(poll.wave, by=ann, now=TUESDAY_NOON)
    assert "Your ballot is waiting" not in client.get("/").content.decode()


def test_the_own_server_writes_no_line_of_a_ballot():
    def line(text: str) -> bool:
        record = logging.LogRecord(
            "django.server", 20, "", 0, '"%s" %s %s', (text, "200", "1"), None
        )
        return NoRequestsForBallots().filter(record)

    assert line("GET / HTTP/1.1")
    assert line("GET /my-polls/ HTTP/1.1")
    for path in (
        "/ballot/",
        "/ballot/cast/",
        "/kiosk/",
        "/static/js/ballot.js",
        "/polls/2026/claim/",
    ):
        assert not line(f"POST {path} HTTP/1.1")


def test_gunicorn_writes_no_line_of_a_ballot(tmp_path):
    """Its configuration names this logger wherever it is started in the product's folder."""
    assert AccessLog.__module__ in Path(settings.ROOT, "gunicorn.conf.py").read_text()
    log = tmp_path / "access.log"
    config = Config()
    config.set("accesslog", str(log))
    told = {"RAW_URI": "/x", "REQUEST_METHOD": "POST", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "10.1.2.3"}  # fmt: skip
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    asked = SimpleNamespace(headers=[])
    logger = AccessLog(config)
    for path in ("/ballot/cast/", "/ballot/", "/kiosk/", "/polls/2026/claim/"):
        logger.access(answer, asked, {**told, "PATH_INFO": path}, timedelta(seconds=1))
    assert log.read_text() == ""
    logger.access(answer, asked, {**told, "PATH_INFO": "/people/"}, timedelta(seconds=1))
    assert log.read_text().count("10.1.2.3") == 1
    for handler in logger.access_log.handlers:
        handler.close()
    logger.access_log.handlers.clear()
