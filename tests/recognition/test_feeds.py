"""Feeds of the wall: what they say, to whom, and that their secret stays one."""

import io
import json
import logging
from datetime import date, timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from config.logs import OneLineOfJson
from people.models import Employee, ShownTo, SignInAttempt
from people.services.consents import Agreed, agree
from people.services.erasing import erase
from people.services.pins import SHARED_SESSION
from recognition.models import FeedToken, Nomination
from recognition.services.feeds import end_feeds, make_feed, revoke_feed
from tests.conftest import TUESDAY_NOON
from tests.recognition.conftest import praised
from tests.recognition.test_wall import many

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
XSS = "<script>alert(1)</script> she found the parcel & the customer."


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TUESDAY_NOON)


@pytest.fixture
def secret(bob):
    return make_feed(bob, now=TUESDAY_NOON)


def asked(client, secret, form="json", **headers):
    return client.get(f"/wall/feed/{secret}.{form}", headers=headers)


def items(client, secret) -> list[dict]:
    return json.loads(asked(client, secret).content)["items"]


def test_both_forms_say_what_all_colleagues_may_read(client, ann, cas, dee, secret, kept_promise):
    agree(dee.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=dee, now=TUESDAY_NOON)
    made = praised(ann, dee, by=cas, behaviour=kept_promise, story=f"Ann and Dee: {XSS}")
    address = f"http://127.0.0.1:8000/nominations/{made.pk}/"
    assert items(client, secret) == [{
        "id": address, "url": address, "title": "Dee, 1 colleague: Kept a promise",
        "content_text": f"… and Dee: {XSS}", "date_published": "2026-03-03T12:00:00+00:00",
        "tags": ["Kept a promise"],
    }]  # fmt: skip
    answer = asked(client, secret, "xml")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    [entry] = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    said = {each.tag.removeprefix(ATOM): each.text for each in entry}
    assert said["title"] == "Dee, 1 colleague: Kept a promise"
    # HTML by its type: the reader's browser shows the text and runs nothing.
    assert said["summary"] == (
        "<p>… and Dee: &lt;script&gt;alert(1)&lt;/script&gt;"
        " she found the parcel &amp; the customer.</p>"
    )


def test_a_feed_shows_nothing_that_is_for_its_owner_alone(client, ann, bob, cas, secret, eve,
                                                          kept_promise):  # fmt: skip
    """Bob reads the praise of his department on the wall, and his own."""
    many(cas, ann, kept_promise, 1, shown_to=ShownTo.TEAM)
    many(cas, bob, kept_promise, 1, shown_to=ShownTo.NOBODY)
    many(bob, eve, kept_promise, 1, shown_to=ShownTo.TEAM)
    Nomination.objects.filter(pk__in=many(cas, ann, kept_promise, 1)).update(state="held")
    assert items(client, secret) == []
    assert asked(client, secret, "xml").status_code == 200


def test_signs_that_xml_cannot_hold_do_not_break_it(client, ann, cas, secret, kept_promise):
    many(cas, ann, kept_promise, 1)
    kept_promise.name = "Kept\x0b a \x01promise\x1f"
    kept_promise.save()
    assert ElementTree.fromstring(asked(client, secret, "xml").content) is not None


def test_it_needs_no_session_and_gives_no_cookie(client, secret):
    for form in ("json", "xml"):
        answer = asked(client, secret, form)
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        assert answer["Cache-Control"] == "private, no-cache"


def test_what_has_not_changed_is_not_sent_again(client, ann, cas, secret, kept_promise):
    for form in ("json", "xml"):
        tag = asked(client, secret, form)["ETag"]
        again = asked(client, secret, form, if_none_match=tag)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    many(cas, ann, kept_promise, 1)
    changed = asked(client, secret, "xml", if_none_match=tag)
    assert (changed.status_code, changed["ETag"] == tag) == (200, False)


def test_it_speaks_the_language_of_its_owner(client, bob, secret):
    Employee.objects.filter(pk=bob.employee.pk).update(language="zh-hans")
    assert json.loads(asked(client, secret).content)["language"] == "zh-hans"


# Whose it is, and its end


def test_an_address_is_shown_once_and_kept_as_a_digest(client, ann):
    client.force_login(ann)
    page = client.post("/account/feeds/make/").content.decode()
    secret = page.partition("/wall/feed/")[2].partition(".xml")[0]
    assert asked(client, secret).status_code == 200
    assert secret not in client.get("/account/feeds/").content.decode()
    assert secret not in str(list(FeedToken.objects.values_list()))


def test_new_addresses_end_the_old_ones(client, bob, secret):
    newer = make_feed(bob, now=TUESDAY_NOON)
    assert asked(client, secret).status_code == 404
    assert asked(client, newer).status_code == 200


def test_its_owner_ends_it(client, bob, secret):
    client.force_login(bob)
    client.post("/account/feeds/revoke/")
    client.logout()
    assert asked(client, secret).status_code == 404
    assert revoke_feed(bob, now=TUESDAY_NOON) is False


@pytest.mark.parametrize("how", ["left", "closed", "erased"])
def test_it_ends_with_the_account_and_does_not_come_back(client, bob, dee, secret, how):
    left = {"left_on": date(2026, 2, 1)}
    if how == "closed":
        bob.is_active = False
        bob.save()
    else:
        Employee.objects.filter(user=bob).update(**left)
    if how == "erased":
        erase(bob.employee, why="asked for it", by=dee, now=TUESDAY_NOON)
        assert not FeedToken.objects.exists()
        return
    assert end_feeds(now=TUESDAY_NOON) == 1
    assert end_feeds(now=TUESDAY_NOON) == 0
    Employee.objects.filter(user=bob).update(left_on=None)
    bob.is_active = True
    bob.save()
    assert asked(client, secret).status_code == 404


def test_it_ends_at_once_even_before_anybody_looks(client, bob, secret):
    bob.is_active = False
    bob.save()
    assert asked(client, secret).status_code == 404
    bob.is_active = True
    bob.save()
    assert asked(client, secret).status_code == 404


def test_that_it_is_read_is_noted_once_a_day(client, secret, monkeypatch):
    asked(client, secret)
    assert FeedToken.objects.get().last_used_at == TUESDAY_NOON
    for hours, noted in ((23, 0), (25, 25)):
        later = TUESDAY_NOON + timedelta(hours=hours)
        monkeypatch.setattr("django.utils.timezone.now", lambda later=later: later)
        asked(client, secret)
        expected = TUESDAY_NOON + timedelta(hours=noted)
        assert FeedToken.objects.get().last_used_at == expected


def test_a_shared_device_makes_no_address(client, ann):
    client.force_login(ann)
    session = client.session
    session[SHARED_SESSION] = True
    session.save()
    assert client.get("/account/feeds/").status_code == 403
    assert client.post("/account/feeds/make/").status_code == 403
    assert not FeedToken.objects.exists()


# Wrong secrets


def wrong() -> str:
    return uuid4().hex + uuid4().hex


def test_guessing_ends_and_keeps_nobody_out(client, ann, secret):
    statuses = {asked(client, wrong()).status_code for _n in range(60)}
    assert statuses == {404}
    refused = asked(client, wrong())
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert SignInAttempt.objects.count() == 60
    assert asked(client, secret).status_code == 200
    signed_in = client.post("/sign-in/", {"login": "ann", "password": "secret"})
    assert signed_in.status_code == 302


def test_no_log_learns_a_secret(client, ann, secret, monkeypatch):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLineOfJson())
    loggers = [logging.getLogger(name) for name in ("security", "django.request", "people")]
    for log in loggers:
        log.addHandler(handler)
    client.force_login(ann)
    mistaken = wrong()
    asked(client, mistaken)

    def broken(*_args, **_kwargs):
        raise RuntimeError("broken")

    client.raise_request_exception = False
    monkeypatch.setattr("recognition.services.feeds.page_of_wall", broken)
    assert asked(client, secret).status_code == 500
    for log in loggers:
        log.removeHandler(handler)
    said = written.getvalue()
    assert "refused" in said
    assert "Internal Server Error: /wall/feed/" in said
    assert (mistaken in said, secret in said) == (False, False)
