"""Mails that people decide on: only administrators, each act logged, never their text."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry, OutgoingMail
from people.services.outbox import Mail, queue, send_waiting
from tests.incentives.test_day_view import queries_of

pytestmark = pytest.mark.django_db


def make_mail(to="ann@example.org", state="failed", **more) -> OutgoingMail:
    return OutgoingMail.objects.create(
        key=more.pop("key", to), to=to, state=state,
        **{"subject": "Hello", "body": "secret-link", "not_before": timezone.now(), "tries": 3,
           "last_error": "550 no such user", **more},
    )  # fmt: skip


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


def test_the_list_shows_what_was_given_up_or_is_undecided_and_nothing_else(as_root):
    old = timezone.now() - timedelta(minutes=11)
    make_mail("failed@example.org")
    make_mail("broken@example.org", "sending", last_error="the line broke")
    make_mail("lost@example.org", "sending", last_error="", not_before=old)
    make_mail("under-way@example.org", "sending", last_error="")
    make_mail("waiting@example.org", "waiting")
    make_mail("sent@example.org", "sent")
    page = as_root.get("/mails/")
    shown = {row.record.to for row in page.context["table"].rows}
    assert shown == {"failed@example.org", "broken@example.org", "lost@example.org"}
    assert "550 no such user" in page.content.decode()


def test_a_mails_page_never_shows_its_text(as_root):
    mail = make_mail()
    assert b"secret-link" not in as_root.get(f"/mails/{mail.pk}/").content
    assert b"secret-link" not in as_root.get("/mails/?export=csv").content


def test_of_a_mail_that_may_have_gone_it_says_so(as_root):
    undecided, failed = make_mail("a@example.org", "sending"), make_mail("b@example.org")
    assert b"may arrive twice" in as_root.get(f"/mails/{undecided.pk}/").content
    assert b"may arrive twice" not in as_root.get(f"/mails/{failed.pk}/").content


def test_a_mail_is_sent_again_and_logged(as_root, root, mailoutbox):
    mail = make_mail()
    assert as_root.post(f"/mails/{mail.pk}/send/").url == "/mails/"
    assert send_waiting() == 1
    assert [(m.to, m.body) for m in mailoutbox] == [(["ann@example.org"], "secret-link")]
    entry = AuditEntry.objects.get(action="send_mail_again")
    assert (entry.by, entry.subject, entry.before) == (root, f"mail:{mail.pk}", "failed")


def test_a_mail_is_sent_again_once_however_often_one_presses(as_root, mailoutbox):
    mail = make_mail(state="sending")
    for _press in range(2):
        as_root.post(f"/mails/{mail.pk}/send/")
        send_waiting()
    assert len(mailoutbox) == 1
    shown = as_root.post(f"/mails/{mail.pk}/send/", follow=True).content.decode()
    assert "decided on already" in shown
    assert AuditEntry.objects.filter(action="send_mail_again").count() == 1


def test_a_mail_whose_text_is_deleted_is_not_sent_empty(as_root, mailoutbox):
    mail = make_mail(body="")
    assert b"/send/" not in as_root.get(f"/mails/{mail.pk}/").content
    shown = as_root.post(f"/mails/{mail.pk}/send/", follow=True).content.decode()
    assert "text is deleted" in shown
    assert (send_waiting(), mailoutbox) == (0, [])
    as_root.post(f"/mails/{mail.pk}/drop/")
    assert not OutgoingMail.objects.exists()


def test_a_dropped_mail_is_gone_and_logged(as_root, mailoutbox):
    mail = make_mail()
    assert as_root.post(f"/mails/{mail.pk}/drop/").url == "/mails/"
    assert not OutgoingMail.objects.exists()
    assert AuditEntry.objects.get(action="drop_mail").subject == f"mail:{mail.pk}"
    assert send_waiting() == 0


@pytest.mark.parametrize("act", ["send", "drop"])
@pytest.mark.parametrize("state", ["waiting", "sent"])
def test_what_is_on_its_way_or_gone_is_left_alone(as_root, act, state):
    mail = make_mail(state=state)
    as_root.post(f"/mails/{mail.pk}/{act}/")
    mail.refresh_from_db()
    assert mail.state == state
    assert as_root.get(f"/mails/{mail.pk}/").status_code == 404


@pytest.mark.parametrize("act", ["send", "drop"])
def test_looking_decides_nothing(as_root, act):
    mail = make_mail()
    assert as_root.get(f"/mails/{mail.pk}/{act}/").status_code == 405
    assert OutgoingMail.objects.get().state == "failed"


def test_nobody_but_administrators_decides(client, ann, bob, dee, fay, max_auditor):
    mail = make_mail()
    for user in (ann, bob, dee, fay, max_auditor):
        client.force_login(user)
        answers = [
            client.get("/mails/"), client.get(f"/mails/{mail.pk}/"),
            client.post(f"/mails/{mail.pk}/send/"), client.post(f"/mails/{mail.pk}/drop/"),
        ]  # fmt: skip
        assert [answer.status_code for answer in answers] == [403] * 4
    assert OutgoingMail.objects.get().state == "failed"


def test_a_mail_nobody_knows_is_not_found(as_root):
    answers = [as_root.get("/mails/9/"), as_root.post("/mails/9/send/")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_what_comes_from_outside_is_text_and_no_markup(as_root):
    mail = make_mail(last_error="<script>alert(1)</script>", subject="x")
    for path in ("/mails/", f"/mails/{mail.pk}/"):
        assert b"<script>alert" not in as_root.get(path).content


def test_the_list_costs_the_same_queries_with_1_10_and_1000_mails(as_root):
    costs = []
    as_root.get("/mails/")
    for many in (1, 9, 990):
        queue(Mail(f"p{n}@example.org", "Hello", "x") for n in range(many))
        OutgoingMail.objects.update(state="failed")
        costs.append(queries_of(as_root, "/mails/"))
    assert len(set(costs)) == 1
