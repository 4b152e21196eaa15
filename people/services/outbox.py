"""Mail leaves through rows: written in the change's transaction, sent after it, never twice.

A mail is marked as being handed over, and that is committed, before the server is given it. A
process that dies before that mark leaves it waiting, and it is sent later; one that dies after it
leaves a mail of which nobody knows whether it went: it stays as it is, and people decide.
"""

import hashlib
import logging
import smtplib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import OutgoingMail, User
from people.services import audit
from people.signals import mail_queued

log = logging.getLogger(__name__)
State = OutgoingMail.State
TRIED_FOR = timedelta(days=3)
"""A mail that the server has not taken by then is given up."""
LONGEST_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=90)


class MailRefused(Exception):
    """Why a mail was left as it is, in words for the one who tried."""


@dataclass(frozen=True)
class Mail:
    """A mail to be. One with a `key` that was queued before is not queued again."""

    to: str
    subject: str
    body: str
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


def send_later(*, to: str, subject: str, body: str, key: str = "") -> bool:
    """Queue a mail with the change it tells of; False when its key was queued before."""
    mail = Mail(to, subject, body, key) if key else Mail(to, subject, body)
    return queue([mail]) == 1


@transaction.atomic
def queue(mails: Iterable[Mail]) -> int:
    """Queue mails with the change they tell of; returns how many were not queued before."""
    rows = {mail.key: _row(mail) for mail in mails}
    known = OutgoingMail.objects.filter(key__in=list(rows)).values_list("key", flat=True)
    new = [row for key, row in rows.items() if key not in set(known)]
    # Who queues the same in the same moment waits here for the other, and adds nothing.
    OutgoingMail.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    if new:
        transaction.on_commit(lambda: mail_queued.send(sender=OutgoingMail), robust=True)
    return len(new)


def _row(mail: Mail) -> OutgoingMail:
    """A line break in a subject would be a header of its own; PostgreSQL has no NUL."""
    subject = " ".join(mail.subject.replace("\0", " ").split())[:300]
    return OutgoingMail(
        key=mail.key, to=mail.to, subject=subject, body=mail.body.replace("\0", ""),
        not_before=timezone.now(),
    )  # fmt: skip


def send_waiting(*, most: int = 500) -> int:
    """Hand the mails that are due to the server; returns how many it took.

    Any number of processes may do this at the same time.
    """
    ids = list(OutgoingMail.objects.due(timezone.now()).values_list("id", flat=True)[:most])
    if not ids:
        return 0
    connection = get_connection(settings.OUTBOX_EMAIL_BACKEND)
    sent = 0
    try:
        for mail_id in ids:
            if not _is_listening(connection):
                _wait_for_the_server()
                break
            mail = _claim(mail_id)
            sent += mail is not None and _hand_over(mail, connection)
    finally:
        _hang_up(connection)
    return sent


def _is_listening(connection: BaseEmailBackend) -> bool:
    """Whether the server answers, asked before a mail is claimed: a line found broken only after
    that would leave a mail undecided."""
    line = getattr(connection, "connection", None)
    try:
        if isinstance(line, smtplib.SMTP) and not _answers(line):
            connection.close()
        connection.open()
    except OSError as error:  # smtplib's own errors are OSErrors too
        log.warning("the mail server is not to be reached: %s", error)
        return False
    return True


def _answers(line: smtplib.SMTP) -> bool:
    try:
        return line.noop()[0] == 250
    except OSError:
        return False


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:
        log.warning("the mail server did not say goodbye: %s", error)


def _wait_for_the_server() -> None:
    """Every mail that is due waits, each time longer; what is too old is given up."""
    now = timezone.now()
    due = OutgoingMail.objects.due(now)
    for tries in list(due.order_by().values_list("tries", flat=True).distinct()):
        due.filter(tries=tries).update(
            tries=tries + 1,
            not_before=now + _pause(tries),
            last_error="the mail server is not to be reached",
        )
    late = OutgoingMail.objects.filter(state=State.WAITING, made_at__lt=now - TRIED_FOR)
    late.update(state=State.FAILED)


def _pause(tries: int) -> timedelta:
    """1, 2, 4, 8 … minutes, and then every hour."""
    return min(timedelta(minutes=2 ** min(tries, 10)), LONGEST_PAUSE)


def _claim(mail_id: int) -> OutgoingMail | None:
    """This process is the one that sends it, and that is committed; None when another is."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        waiting = OutgoingMail.objects.due(now).filter(pk=mail_id)
        # While it is being handed over, `not_before` says since when.
        taken = waiting.update(state=State.SENDING, not_before=now, last_error="")
    return OutgoingMail.objects.get(pk=mail_id) if taken else None


def _hand_over(mail: OutgoingMail, connection: BaseEmailBackend) -> bool:
    message = EmailMessage(
        mail.subject, mail.body, to=[mail.to], connection=connection,
        headers={"Message-ID": _message_id(mail), "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    try:
        message.send()
    except smtplib.SMTPServerDisconnected as error:
        _leave_undecided(mail, str(error))
    except smtplib.SMTPException as error:
        _put_back(mail, str(error), again=not _is_for_ever(error))
    except ValueError as error:
        # An address or a subject that makes no mail; nothing was handed over yet.
        _put_back(mail, str(error), again=False)
    except OSError as error:
        _leave_undecided(mail, str(error))
    else:
        # A sent mail keeps no body: links in it open accounts.
        OutgoingMail.objects.filter(pk=mail.pk).update(
            state=State.SENT, sent_at=timezone.now(), body="", last_error=""
        )
        return True
    return False


def _is_for_ever(error: smtplib.SMTPException) -> bool:
    """Codes of 500 and more are final (RFC 5321, 4.2.1); but when it is us whom the server does
    not want, that is put right and the mails go."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, *_text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused):
        return False
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError)


def _leave_undecided(mail: OutgoingMail, error: str) -> None:
    """The line broke while the server had it: it may have gone, so nobody sends it again."""
    log.error("mail %s may or may not have been sent: %s", mail.pk, error)
    OutgoingMail.objects.filter(pk=mail.pk).update(last_error=error[:500] or "the line broke")


def _message_id(mail: OutgoingMail) -> str:
    """The same for the same mail, so that a receiver could drop a second one."""
    digest = hashlib.sha256(f"{mail.pk}:{mail.key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


def _put_back(mail: OutgoingMail, error: str, *, again: bool) -> None:
    """The server did not take it: try later, with growing pauses, or give up."""
    log.warning("mail %s was not taken: %s", mail.pk, error)
    now = timezone.now()
    again = again and mail.made_at > now - TRIED_FOR
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=State.WAITING if again else State.FAILED,
        tries=mail.tries + 1,
        last_error=error[:500],
        not_before=now + _pause(mail.tries),
    )


@transaction.atomic
def send_again(mail: OutgoingMail, *, by: User, now: datetime) -> None:
    """Queue a mail once more that was given up, or of which nobody knows whether it went.

    Raises MailRefused when somebody was faster, or its text is deleted.
    """
    stuck = OutgoingMail.objects.stuck(now).filter(pk=mail.pk)
    if stuck.filter(body="").exists():
        raise MailRefused(_("Its text is deleted after a day; drop this mail."))
    if not stuck.update(state=State.WAITING, not_before=now, made_at=now, tries=0, last_error=""):
        raise MailRefused(_("This mail has been decided on already."))
    audit.record("send_mail_again", by=by, subject=f"mail:{mail.pk}", before=mail.state)
    transaction.on_commit(lambda: mail_queued.send(sender=OutgoingMail), robust=True)


@transaction.atomic
def drop(mail: OutgoingMail, *, by: User, now: datetime) -> None:
    """Give a mail up for good. Raises MailRefused when somebody was faster."""
    dropped, _rows = OutgoingMail.objects.stuck(now).filter(pk=mail.pk).delete()
    if not dropped:
        raise MailRefused(_("This mail has been decided on already."))
    audit.record("drop_mail", by=by, subject=f"mail:{mail.pk}", before=mail.state)


def forget_old_mails(*, now: datetime) -> int:
    """Addresses are personal; after 90 days nobody asks what became of a mail."""
    return OutgoingMail.objects.filter(state=State.SENT, sent_at__lt=now - KEPT).delete()[0]
