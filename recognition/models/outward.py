"""Praise on its way to other programs: where it goes, and each message."""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import ShownTo
from recognition.models.awards import Award
from recognition.models.praise import Nomination

USER = settings.AUTH_USER_MODEL
SENT_WITHIN = timedelta(minutes=10)
"""What is still being sent after this long has lost the process that did it."""


class Webhook(models.Model):
    """Another program that is told of praise. Its address and secrets open the door to it, so they
    are kept encrypted; `host` is what people are shown."""

    class Kind(models.TextChoices):
        SIGNED = "signed", _("signed JSON")
        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"

    AUDIENCES = [(ShownTo.STAFF.value, _("all colleagues")), (ShownTo.PUBLIC.value, _("everybody"))]

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    host = models.CharField(max_length=260, editable=False)
    sealed_url = models.TextField(editable=False)
    sealed_secret = models.TextField(editable=False)
    sealed_old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    audience = models.PositiveSmallIntegerField(choices=AUDIENCES, default=ShownTo.STAFF)
    language = models.CharField(max_length=10)
    active = models.BooleanField(default=True, editable=False)
    paused_because = models.CharField(max_length=300, blank=True, editable=False)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=(ShownTo.STAFF, ShownTo.PUBLIC)),
                name="a_webhook_carries_what_all_colleagues_or_everybody_reads",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Deliveries(models.QuerySet):
    def due(self, now: datetime) -> Self:
        """To be sent now, the oldest first. Signed ones whose sender was lost go again under the
        same id; a chat would show a second one, so people decide on those."""
        states, lost = Delivery.State, now - SENT_WITHIN
        waiting = Q(state=states.WAITING, not_before__lte=now)
        left = Q(state=states.SENDING, not_before__lt=lost, webhook__kind=Webhook.Kind.SIGNED)
        return self.filter(waiting | left, webhook__active=True).order_by("id")

    def stuck(self, now: datetime) -> Self:
        """Given up, or nobody knows whether it arrived: people decide."""
        lost = Q(not_before__lt=now - SENT_WITHIN) | ~Q(last_error="")
        return self.filter(
            Q(state=Delivery.State.FAILED) | (Q(state=Delivery.State.SENDING) & lost)
        )


class Delivery(models.Model):
    """One message to one program. What it says is made when it is sent, from what may be shown
    then, and never kept; `event_id` stays the same however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        DROPPED = "dropped", _("not shown any more")

    class Event(models.TextChoices):
        PUBLISHED = "nomination.published", _("a nomination")
        GRANTED = "award.granted", _("an award")
        TEST = "test", _("a test")

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=30, choices=Event)
    event_id = models.UUIDField(unique=True, default=uuid4)
    key = models.CharField(max_length=100)
    nomination = models.ForeignKey(
        Nomination, models.PROTECT, null=True, related_name="+", related_query_name="delivery"
    )
    award = models.ForeignKey(Award, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = Deliveries.as_manager()

    @property
    def waits_for_people(self) -> bool:
        """As `stuck`, of one that is read already."""
        lost = bool(self.last_error) or self.not_before < timezone.now() - SENT_WITHIN
        return self.state == self.State.FAILED or (self.state == self.State.SENDING and lost)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "key"], name="a_webhook_is_told_of_an_event_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=("waiting", "sending")),
                name="delivery_under_way",
            )
        ]  # fmt: skip
