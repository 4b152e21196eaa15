"""Who may be shown somebody's name and photo."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from people.models.staff import Employee


class ShownTo(models.IntegerChoices):
    """How far something may be seen; each wider than the one before, so that they compare."""

    NOBODY = 0, _("nobody else")
    TEAM = 1, _("the department")
    STAFF = 2, _("all colleagues")
    PUBLIC = 3, _("everybody, outside the company too")


class Consent(models.Model):
    """How far somebody agrees to be named where praise and anniversaries are shown, and to have
    the photo shown there. Without a row the company's default holds, and no photo."""

    employee = models.OneToOneField(Employee, models.PROTECT, related_name="consent")
    names = models.PositiveSmallIntegerField(choices=ShownTo)
    photo = models.PositiveSmallIntegerField(choices=ShownTo, default=ShownTo.NOBODY)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(photo__lte=F("names")), name="a_photo_is_shown_no_further_than_the_name"
            ),
            models.CheckConstraint(
                condition=Q(names__lte=ShownTo.PUBLIC, photo__lte=ShownTo.PUBLIC),
                name="a_consent_names_a_known_audience",
            ),
        ]


LARGEST_PHOTO = 100_000
"""Bytes; so that a wall of fifty loads on a phone."""


class Photos(models.QuerySet):
    def to_show(self, day: date) -> Self:
        """Of those who work here; who has left is shown no more, whatever they agreed to."""
        return self.filter(employee__in=Employee.objects.here(day))


class Photo(models.Model):
    """Somebody's picture as it is shown: a square WebP, and nothing in it but the picture. In the
    database, where backups and the product's rights reach it and no web server hands it out."""

    employee = models.OneToOneField(Employee, models.PROTECT, related_name="photo")
    image = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    changed_at = models.DateTimeField()

    objects = Photos.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("image"), LARGEST_PHOTO),
                name="a_photo_is_at_most_100_000_bytes",
            )
        ]
