"""What is kept after the seal: counts, sums, loose comments. Nothing says which came together, and
nothing is kept of a group of which it may not be shown."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.questions import Theme
from surveys.models.waves import Cell, Wave, WaveItem

USER = settings.AUTH_USER_MODEL


class AnswerCount(models.Model):
    """How many in a cell gave an answer to an item; the empty option: how many answered it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(WaveItem, models.PROTECT, related_name="counts")
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="+")
    option = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "cell", "option"], name="an_answer_is_counted_in_one_place"
            )
        ]


class Summed(models.Model):
    """Of one number from each of `n` people: the sum and the sum of squares."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="+")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")
    n = models.PositiveIntegerField()
    total = models.BigIntegerField()
    squares = models.BigIntegerField()

    class Meta:
        abstract = True


class ScaleStat(Summed):
    """What the answers to a theme's items add up to, of who answered them all, in a cell."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "cell"], name="a_scale_is_summed_once_in_a_cell"
            )
        ]


class ScaleReliability(Summed):
    """Of the answers to one item of a theme, of who answered all of them, over the whole wave."""

    item = models.ForeignKey(WaveItem, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "item"], name="an_item_is_summed_once_in_its_scale"
            )
        ]


class Hidden(models.Model):
    """Of which cell an item's answers were not kept; no item: how many took part."""

    class Why(models.TextChoices):
        SMALL = "small", _("too few answered")
        PROTECTS = "protects", _("protects another group")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="hidden")
    item = models.ForeignKey(WaveItem, models.PROTECT, null=True, related_name="hidden")
    why = models.CharField(max_length=8, choices=Why)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cell", "item"], name="a_cell_is_hidden_once"),
            models.UniqueConstraint(
                fields=["cell"], condition=Q(item=None), name="a_rate_is_hidden_once"
            ),
        ]


class Comment(models.Model):
    """Words, and which item they answer in which comment cell; not whose, when or beside what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(WaveItem, models.PROTECT, related_name="comments")
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="+")
    text = models.TextField()


class Release(models.Model):
    """The audit of all that was kept of a wave, made in the seal, and who let whom see it: HR from
    `released_at` on, leads and staff from `shown_at` on. `digest` is of the report."""

    wave = models.OneToOneField(Wave, models.PROTECT, related_name="release")
    report = models.JSONField()
    digest = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    shown_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="somebody_releases_a_poll",
            ),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True) | Q(released_at__isnull=False),
                name="a_poll_is_released_before_it_is_shown",
            ),
        ]
