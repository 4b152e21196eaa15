"""What holds from a day through a day."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class InForce(models.QuerySet):
    """Rows that hold from from_date through until_date (the last day, empty while open)."""

    def on(self, day: date) -> Self:
        return self.filter(Q(until_date=None) | Q(until_date__gte=day), from_date__lte=day)

    def reaching_past(self, day: date) -> Self:
        return self.filter(Q(until_date=None) | Q(until_date__gt=day))


class Spanned(models.Model):
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("last day"), null=True, blank=True)

    objects = InForce.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")),
                name="%(class)s_ends_on_or_after_its_first_day",
            )
        ]
