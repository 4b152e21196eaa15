"""Mail leaves through rows: written in the change's transaction, sent after it, never twice.

A mail is marked as being handed over, and that is committed, before the server is given it. A
process that dies before that mark leaves it waiting, and it is sent later; one that dies after it
leaves a mail of which nobody knows whether it went: it stays as it is, and people decide.
"""

import hashlib
import logging
import uuid
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from people.models import OutgoingMail

log = logging.getLogger(__name__)
State = OutgoingMail.State
TRIES = 8
SECRETS_ARE_KEPT = timedelta(days=1)


def send_later(*, to: str, subject: str, body: str, key: str = "") -> OutgoingMail | None:
    """Queue a mail with the change it tells of; None when its key was queued before."""
    mail, made = OutgoingMail.objects.get_or_create(
        key=key or uuid.uuid4().hex,
        defaults={
            "to": to,
            "subject": " ".join(subject.split())[:300],
            "body": body,
            "not_before": timezone.now(),
        },
    )
    return mail if made else None


def send_waiting(*, most: int = 500) -> int:
    """Hand the mails that are due to the server; returns how many it took."""
    sent = 0
    due = OutgoingMail.objects.filter(state=State.WAITING, not_before__lte=timezone.now())
    ids = list(due.order_by("id").values_list("id", flat=True)[:most])
    if not ids:
        return 0
    with get_connection(settings.OUTBOX_EMAIL_BACKEND) as connection:
        for mail_id in ids:
            mail = _claim(mail_id)
            try:
                sent += mail is not None and _hand_over(mail, connection)
            except (SMTPServerDisconnected, OSError) as error:
                _leave_undecided(mail_id, str(error))
                break
    return sent


def _claim(mail_id: int) -> OutgoingMail | None:
    """This process is the one that sends it; None when another is."""
    with transaction.atomic():
        taken = OutgoingMail.objects.filter(pk=mail_id, state=State.WAITING).update(
            state=State.SENDING
        )
    return OutgoingMail.objects.get(pk=mail_id) if taken else None


def _hand_over(mail: OutgoingMail, connection: BaseEmailBackend) -> bool:
    message = EmailMessage(
        mail.subject, mail.body, to=[mail.to], headers={"Message-ID": _message_id(mail)},
        connection=connection,
    )  # fmt: skip
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        _put_back(mail, str(error), again=False)
    except SMTPServerDisconnected:
        raise
    except SMTPException as error:
        _put_back(mail, str(error), again=mail.tries + 1 < TRIES)
    else:
        # A sent mail keeps no body: links in it open accounts.
        OutgoingMail.objects.filter(pk=mail.pk).update(
            state=State.SENT, sent_at=timezone.now(), body="", last_error=""
        )
        return True
    return False


def _leave_undecided(mail_id: int, error: str) -> None:
    """The line broke while the server had it: it may have gone, so nobody sends it again."""
    log.error("mail %s may or may not have been sent: %s", mail_id, error)
    OutgoingMail.objects.filter(pk=mail_id).update(last_error=error[:500] or "the line broke")


def _message_id(mail: OutgoingMail) -> str:
    """The same for the same mail, so that a receiver could drop a second one."""
    digest = hashlib.sha256(f"{mail.pk}:{mail.key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


def _put_back(mail: OutgoingMail, error: str, *, again: bool) -> None:
    """The server did not take it: try later, with growing pauses, or give up."""
    log.warning("mail %s was not taken: %s", mail.pk, error)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=State.WAITING if again else State.FAILED,
        tries=mail.tries + 1,
        last_error=error[:500],
        not_before=timezone.now() + timedelta(minutes=2**mail.tries),
    )
