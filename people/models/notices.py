"""What people are told, in the product and by mail."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something one person should know. The text is made in the reader's language from `kind`
    and `facts`; `key` makes telling the same thing twice impossible."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="a_person_is_told_a_thing_once")
        ]


class NoticeChoice(models.Model):
    """How somebody wants one kind of notice, where it differs from that kind's default."""

    class Way(models.TextChoices):
        AT_ONCE = "at_once", _("here and by e-mail at once")
        DIGEST = "digest", _("here and in a daily e-mail")
        HERE = "here", _("only here")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=7, choices=Way)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="a_person_chooses_once_a_kind")
        ]


HANDED_OVER_WITHIN = timedelta(minutes=10)
"""What is still being handed over after this long has lost the process that did it."""


class OutgoingMails(models.QuerySet):
    def due(self, now: datetime) -> Self:
        """Waiting, and not for later; the longest known first."""
        waiting = self.filter(state=OutgoingMail.State.WAITING, not_before__lte=now)
        return waiting.order_by("id")

    def stuck(self, now: datetime) -> Self:
        """Given up, or handed over by a process that never told how it went: people decide."""
        lost = Q(not_before__lt=now - HANDED_OVER_WITHIN) | ~Q(last_error="")
        undecided = Q(state=OutgoingMail.State.SENDING) & lost
        return self.filter(Q(state=OutgoingMail.State.FAILED) | undecided)


class OutgoingMail(models.Model):
    """A mail on its way out. It is `sending` only while the mail server is being handed it: what
    is found in that state later may or may not have gone, and is never sent again by itself."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being handed over")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    last_error = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMails.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "not_before"], name="mail_by_state")]
