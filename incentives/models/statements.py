"""Making the statements of a run in the background, in portions that several workers share."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from incentives.models.bonus import BonusRun


class StatementBatch(models.Model):
    """All statements of a run, once. `folder` is its place under settings.STATEMENTS_ROOT; empty
    when the files have been taken away again."""

    run = models.ForeignKey(BonusRun, models.PROTECT, related_name="statement_batches")
    folder = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(finished_at=None),
                name="statements_of_a_run_are_made_once_at_a_time",
            )
        ]


class StatementPortions(models.QuerySet):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def free(self, now: datetime) -> Self:
        """Nobody works on them, or who did has not been heard of for long."""
        return self.open().filter(Q(taken_until=None) | Q(taken_until__lt=now))


class StatementPortion(models.Model):
    """Shares by their position, `first` to `last`; the one after all others is the bundle.

    `missing` names the statements that could not be made, as
    {"employee_id", "number", "characters"}.
    """

    batch = models.ForeignKey(StatementBatch, models.PROTECT, related_name="portions")
    number = models.PositiveIntegerField()
    is_bundle = models.BooleanField(default=False)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    taken_by = models.CharField(max_length=32, blank=True)
    taken_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    statements = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=list)

    objects = StatementPortions.as_manager()

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="a_batch_has_one_portion_of_a_number"
            )
        ]
