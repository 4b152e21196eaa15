"""The outbox against a real mail server: once, or later, or left to people; never twice."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import transaction

from people.models import AuditEntry, OutgoingMail
from people.services import outbox
from people.services.outbox import Mail, MailRefused, queue, send_again, send_later, send_waiting
from tests.people.mail_server import MailServer, free_port, use

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def server(settings):
    with MailServer() as running:
        use(settings, running.port)
        yield running


@pytest.fixture
def mailbox(server):
    return server.mailbox


@pytest.fixture
def no_server(settings):
    use(settings, free_port())


@pytest.fixture
def clock():
    """Only moves when told to."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def mail(to: str = "ann@example.org", **more) -> OutgoingMail:
    key = more.pop("key", f"to:{to}")
    send_later(**{"to": to, "subject": "Hello", "body": "How are you?", "key": key, **more})
    return OutgoingMail.objects.get(key=key)


def states() -> dict[str, str]:
    return dict(OutgoingMail.objects.order_by("id").values_list("to", "state"))


def test_a_mail_arrives_once_and_whole(mailbox, settings):
    settings.DEFAULT_FROM_EMAIL = "Ninetyfive <bonus@example.org>"
    sent = mail(subject="昨天达标了", body="你好，安！\n昨天 97% 的目标达标。\n")
    assert send_waiting() == 1
    [message] = mailbox.taken
    assert {name: message[name] for name in ("To", "From", "Subject", "Auto-Submitted")} == {
        "To": "ann@example.org",
        "From": "Ninetyfive <bonus@example.org>",
        "Subject": "昨天达标了",
        "Auto-Submitted": "auto-generated",
    }
    assert message["Message-ID"].endswith("@example.org>")
    assert message.get_content().replace("\r\n", "\n") == "你好，安！\n昨天 97% 的目标达标。\n"
    assert send_waiting() == 0
    assert len(mailbox.taken) == 1
    sent.refresh_from_db()
    assert (sent.state, sent.body, sent.sent_at is not None) == ("sent", "", True)


def test_a_key_is_queued_once(db):
    assert send_later(to="ann@example.org", subject="a", body="a", key="k")
    assert not send_later(to="bob@example.org", subject="b", body="b", key="k")
    assert OutgoingMail.objects.get().to == "ann@example.org"


def test_mails_without_a_key_are_each_their_own(db):
    assert queue([Mail("ann@example.org", "a", "a")] * 1 + [Mail("ann@example.org", "a", "a")]) == 2


def test_a_mail_of_a_change_that_was_taken_back_is_never_sent(mailbox):
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        mail()
        raise ValueError("no")
    assert send_waiting() == 0
    assert mailbox.taken == []


def test_a_mail_leaves_right_after_the_commit(mailbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mail()
        assert mailbox.taken == []
    assert mailbox.to() == ["ann@example.org"]


def test_whatever_django_sends_goes_this_way(mailbox, settings):
    settings.EMAIL_BACKEND = "people.outbox.OutboxBackend"
    send_mail("Reset", "Here is your link", None, ["ann@example.org", "bob@example.org"])
    assert mailbox.taken == []
    assert send_waiting() == 2
    assert mailbox.to() == ["ann@example.org", "bob@example.org"]


def test_run_due_sends_what_waits(mailbox, system, site):
    mail()
    call_command("run_due")
    assert mailbox.to() == ["ann@example.org"]


def test_without_a_server_a_mail_waits_longer_each_time(no_server, clock):
    waiting = mail()
    pauses = []
    for _turn in range(9):
        assert send_waiting() == 0
        waiting.refresh_from_db()
        assert (waiting.state, waiting.last_error) == (
            "waiting", "the mail server is not to be reached",
        )  # fmt: skip
        pause = waiting.not_before - datetime.now(UTC)
        pauses.append(int(pause.total_seconds() // 60))
        clock.shift(pause - timedelta(seconds=1))
        assert not OutgoingMail.objects.due(datetime.now(UTC)).exists()
        clock.shift(timedelta(seconds=1))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert waiting.tries == 9


def test_when_the_server_is_back_what_waited_arrives_once(settings, clock):
    port = free_port()
    use(settings, port)
    mail("ann@example.org")
    mail("bob@example.org")
    assert send_waiting() == 0
    clock.shift(timedelta(minutes=1))
    with MailServer(port) as server:
        assert send_waiting() == 2
        assert send_waiting() == 0
        assert server.mailbox.to() == ["ann@example.org", "bob@example.org"]


def test_after_three_days_without_a_server_a_mail_is_given_up(no_server, clock):
    mail()
    clock.shift(outbox.TRIED_FOR - timedelta(minutes=1))
    send_waiting()
    assert states() == {"ann@example.org": "waiting"}
    clock.shift(timedelta(hours=2))
    send_waiting()
    assert states() == {"ann@example.org": "failed"}


@pytest.mark.parametrize("answer", ["550 no such user", "553 not here"])
def test_one_who_does_not_exist_holds_up_nobody(mailbox, answer):
    mailbox.refuse["nobody@example.org"] = answer
    for to in ("ann@example.org", "nobody@example.org", "bob@example.org"):
        mail(to)
    assert send_waiting() == 2
    assert mailbox.to() == ["ann@example.org", "bob@example.org"]
    assert states() == {
        "ann@example.org": "sent", "nobody@example.org": "failed", "bob@example.org": "sent",
    }  # fmt: skip
    assert answer[4:] in OutgoingMail.objects.get(state="failed").last_error


@pytest.mark.parametrize("answer", ["450 greylisted", "451 try later", "452 full", "421 busy"])
def test_a_recipient_not_taken_for_now_is_tried_again(mailbox, clock, answer):
    mailbox.refuse["ann@example.org"] = answer
    waiting = mail()
    assert send_waiting() == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.tries) == ("waiting", 1)
    assert waiting.not_before == datetime.now(UTC) + timedelta(minutes=1)
    mailbox.refuse.clear()
    assert send_waiting() == 0
    clock.shift(timedelta(minutes=1))
    assert send_waiting() == 1
    assert mailbox.to() == ["ann@example.org"]


def test_a_text_not_taken_for_now_is_tried_again(mailbox, clock):
    mailbox.refuse_data = ["451 try later"]
    mail()
    assert send_waiting() == 0
    assert states() == {"ann@example.org": "waiting"}
    clock.shift(timedelta(minutes=1))
    assert send_waiting() == 1


def test_a_text_refused_for_good_is_given_up(mailbox):
    mailbox.refuse_data = ["554 looks like spam"]
    mail("ann@example.org")
    mail("bob@example.org")
    assert send_waiting() == 1
    assert states() == {"ann@example.org": "failed", "bob@example.org": "sent"}


def test_a_mail_refused_for_now_is_given_up_after_three_days(mailbox, clock):
    mailbox.refuse["ann@example.org"] = "451 try later"
    mail()
    clock.shift(outbox.TRIED_FOR)
    send_waiting()
    assert states() == {"ann@example.org": "failed"}


def test_a_line_that_breaks_before_the_answer_leaves_the_mail_to_people(mailbox, clock):
    """The server has it: sending it again would deliver it twice."""
    mailbox.hang_up_after_data = True
    mail()
    assert send_waiting() == 0
    assert mailbox.to() == ["ann@example.org"]
    mailbox.hang_up_after_data = False
    clock.shift(timedelta(days=30))
    assert send_waiting() == 0
    assert mailbox.to() == ["ann@example.org"]
    undecided = OutgoingMail.objects.get()
    assert undecided.state == "sending"
    assert undecided.last_error
    assert list(OutgoingMail.objects.stuck(datetime.now(UTC))) == [undecided]


def test_after_a_broken_line_the_others_still_go(mailbox):
    mailbox.hang_up_after_data = True
    mail("ann@example.org")
    mail("bob@example.org")
    send_waiting()
    # Each was handed over on a line of its own, and each line broke.
    assert mailbox.to() == ["ann@example.org", "bob@example.org"]
    mailbox.hang_up_after_data = False
    mail("cas@example.org")
    assert send_waiting() == 1
    assert mailbox.to() == ["ann@example.org", "bob@example.org", "cas@example.org"]


def test_a_line_that_breaks_between_two_mails_costs_nothing(mailbox, monkeypatch):
    """A server that hangs up after each mail is asked before the next one is claimed."""
    mailbox.hang_up_between = True
    claim = outbox._is_listening
    monkeypatch.setattr(outbox, "_is_listening", lambda line: time.sleep(0.2) or claim(line))
    for name in ("ann", "bob", "cas"):
        mail(f"{name}@example.org")
    assert send_waiting() == 3
    assert set(states().values()) == {"sent"}


def test_a_server_that_says_nothing_holds_nobody_for_ever(settings):
    with socket.create_server(("127.0.0.1", free_port())) as mute:
        use(settings, mute.getsockname()[1])
        settings.EMAIL_TIMEOUT = 0.3
        mail()
        assert send_waiting() == 0
    assert states() == {"ann@example.org": "waiting"}


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85", "\0"])
def test_a_subject_adds_no_header(mailbox, break_):
    mail(
        subject=f"Hello{break_}Bcc: eve@example.org", body=f"a{break_}b" if "\0" in break_ else "a"
    )
    assert send_waiting() == 1
    [message] = mailbox.taken
    assert (message["Subject"], message["Bcc"]) == ("Hello Bcc: eve@example.org", None)


@pytest.mark.parametrize(
    "to", ["ann@example.org\nBcc: eve@example.org", "ann", "", "安@例子.测试\r\nX: y"]
)
def test_an_address_that_makes_no_mail_is_given_up_and_holds_up_nobody(mailbox, to):
    mail(to)
    mail("bob@example.org")
    assert send_waiting() >= 1
    assert "bob@example.org" in mailbox.to()
    assert OutgoingMail.objects.get(to=to).state != "waiting"
    assert all(message["Bcc"] is None for message in mailbox.taken)


def test_a_mail_being_handed_over_is_not_undecided_yet(clock):
    waiting = mail()
    outbox._claim(waiting.pk)
    assert not OutgoingMail.objects.stuck(datetime.now(UTC)).exists()
    clock.shift(timedelta(minutes=11))
    assert OutgoingMail.objects.stuck(datetime.now(UTC)).exists()


def test_a_mail_is_claimed_once(db):
    waiting = mail()
    assert outbox._claim(waiting.pk).pk == waiting.pk
    assert outbox._claim(waiting.pk) is None


def test_what_another_sender_has_put_back_is_not_claimed_at_once(clock):
    waiting = mail()
    outbox._put_back(waiting, "451", again=True)
    assert outbox._claim(waiting.pk) is None


def test_people_send_again_what_nobody_knows_of(mailbox, root, clock):
    mailbox.refuse["ann@example.org"] = "550 no such user"
    failed = mail()
    send_waiting()
    mailbox.refuse.clear()
    failed.refresh_from_db()
    send_again(failed, by=root, now=datetime.now(UTC))
    assert send_waiting() == 1
    assert mailbox.to() == ["ann@example.org"]
    entry = AuditEntry.objects.get(action="send_mail_again")
    assert (entry.by, entry.subject, entry.before) == (root, f"mail:{failed.pk}", "failed")


def test_what_is_on_its_way_is_not_sent_again(root, clock):
    waiting = mail()
    with pytest.raises(MailRefused):
        send_again(waiting, by=root, now=datetime.now(UTC))
    with pytest.raises(MailRefused):
        outbox.drop(waiting, by=root, now=datetime.now(UTC))
    assert not AuditEntry.objects.filter(subject=f"mail:{waiting.pk}").exists()


def test_addresses_are_forgotten_after_ninety_days(mailbox, clock):
    mail("ann@example.org")
    send_waiting()
    mailbox.refuse["bob@example.org"] = "550 no"
    mail("bob@example.org")
    send_waiting()
    clock.shift(outbox.KEPT)
    assert outbox.forget_old_mails(now=datetime.now(UTC)) == 0
    clock.shift(timedelta(seconds=1))
    assert outbox.forget_old_mails(now=datetime.now(UTC)) == 1
    assert states() == {"bob@example.org": "failed"}


def test_an_empty_outbox_asks_no_server(no_server, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert send_waiting() == 0
