"""What is forgotten by itself, because nobody needs it any longer."""

from datetime import datetime, timedelta

from django.db.models import Q

from people.models import ImportDraft, Invitation, OutgoingMail
from people.services.drafts import empty
from people.services.guessing import forget_old_attempts
from people.services.outbox import forget_old_mails

KEPT_DAYS = timedelta(days=30)
MAIL_IS_KEPT = timedelta(days=1)
"""A mail's text holds links that open accounts; one given up may be looked at for a day."""


def forget_what_is_over(*, now: datetime) -> None:
    """Sign-in attempts and sent mails after 90 days, uploads and invitations that are over after
    30, mails' texts after a day."""
    forget_old_attempts()
    forget_old_mails(now=now)
    long_ago = now - KEPT_DAYS
    Invitation.objects.filter(Q(used_at__lt=long_ago) | Q(expires_at__lt=long_ago)).delete()
    empty(ImportDraft.objects.filter(made_at__lt=long_ago))
    handed_over = OutgoingMail.objects.exclude(state=OutgoingMail.State.WAITING).exclude(body="")
    # Since the last try: one that was tried for three days is looked at for a day too.
    handed_over.filter(not_before__lt=now - MAIL_IS_KEPT).update(body="")
