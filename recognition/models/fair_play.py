"""Cases of fair play: what was noticed or reported, what was done about it, step by step."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from recognition.models.praise import Nomination, Reply

USER = settings.AUTH_USER_MODEL


class FairPlayCases(models.QuerySet):
    def waiting(self) -> Self:
        """Those in which HR has the next word."""
        states = FairPlayCase.State
        return self.filter(state__in=(states.OPEN, states.WARNED, states.HELD, states.APPEALED))


class FairPlayCase(models.Model):
    """Something that HR should look at: a report, or a pattern that the product noticed. `facts`
    say in numbers what was seen, for the sentence in the reader's language; `key` keeps one
    pattern one case. Nobody is punished by the product: every step but the first is a person's."""

    class Kind(models.TextChoices):
        REPORTED = "reported", _("reported")
        PAIR = "pair", _("two who praise each other")
        RING = "ring", _("a ring of praise")
        COPIED = "copied", _("copied text")
        BURST = "burst", _("a burst of praise")
        SECOND_ACCOUNT = "second_account", _("praise from a second account")

    class State(models.TextChoices):
        OPEN = "open", _("to look at")
        WARNED = "warned", _("warned")
        HELD = "held", _("held")
        CLEARED = "cleared", _("nothing wrong")
        REMOVED = "removed", _("removed")
        APPEALED = "appealed", _("appealed")
        UPHELD = "upheld", _("removed, confirmed on appeal")

    kind = models.CharField(max_length=14, choices=Kind)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    facts = models.JSONField(default=dict)
    nominations = models.ManyToManyField(Nomination, related_name="cases")
    people = models.ManyToManyField(Employee, related_name="fair_play_cases")
    reply = models.ForeignKey(Reply, models.PROTECT, null=True, related_name="cases")
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = FairPlayCases.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("cleared", "removed", "upheld"))
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_case_says_by_whom",
            )
        ]


class CaseStep(models.Model):
    """What was done in a case, by whom and why. Added, never edited. Who reported stays unnamed
    to those concerned."""

    class What(models.TextChoices):
        REPORTED = "reported", _("reported")
        NOTICED = "noticed", _("noticed")
        WARNED = "warned", _("warned")
        HELD = "held", _("held")
        CLEARED = "cleared", _("nothing wrong found")
        REMOVED = "removed", _("removed")
        APPEALED = "appealed", _("appealed")
        UPHELD = "upheld", _("removal confirmed")
        RESTORED = "restored", _("restored on appeal")

    case = models.ForeignKey(FairPlayCase, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=8, choices=What)
    reason = models.CharField(max_length=1000, blank=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
