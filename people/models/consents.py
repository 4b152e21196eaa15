"""Who may be shown somebody's name and photo."""

from django.db import models
from django.db.models import F, Q
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
