"""Sites with their calendars, departments and where these stand."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models.spans import Spanned


class Site(models.Model):
    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class WorkingWeek(models.Model):
    """A site's week and holidays from a day on, until the next row."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="weeks")
    from_date = models.DateField()
    working_days = models.CharField(max_length=40)
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["site", "from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "from_date"], name="a_site_has_one_week_from_a_day"
            )
        ]


class CalendarEntry(models.Model):
    """An own closure or extra day of a site, with who added it."""

    class Kind(models.TextChoices):
        CLOSURE = "closure", _("closed")
        EXTRA = "extra", _("extra working day")

    site = models.ForeignKey(Site, models.PROTECT, related_name="calendar_entries")
    date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "date"], name="a_site_has_one_calendar_entry_a_day"
            )
        ]


class Department(models.Model):
    """A part of the company. Where it stands, and whether it is open, is its placement."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Placement(Spanned):
    """A department's parent and site; a day without one is a day on which it is closed."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="child_placements"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="placements")

    class Meta(Spanned.Meta):
        constraints = [
            *Spanned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("department")),
                name="a_department_is_not_its_own_parent",
            ),
        ]
