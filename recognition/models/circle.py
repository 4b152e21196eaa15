"""The circle as it was at the end of each month, and reminders that a lead has put off."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from people.models import Department, Employee, Site


class CircleMonth(models.Model):
    """How many were employed on the last day of a month, and recognised in the year before it: of
    the company, of a site, or of a department with those below. `key` names the group; one that
    is `kept_back` is too small to be shown to others than HR and its lead, or gives one away."""

    through = models.DateField()
    key = models.CharField(max_length=40)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    total = models.PositiveIntegerField()
    inside = models.PositiveIntegerField()
    kept_back = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["through", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "through"], name="the_circle_of_a_group_is_kept_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(inside__lte=F("total")), name="no_more_are_recognised_than_employed"
            ),
            models.CheckConstraint(
                condition=Q(site=None) | Q(department=None),
                name="a_circle_is_of_a_site_or_a_department",
            ),
        ]


class ReminderPutOff(models.Model):
    """A lead who does not want to be reminded of a colleague through a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    until_date = models.DateField()

    class Meta:
        verbose_name_plural = "reminders put off"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "employee"], name="a_reminder_of_a_colleague_is_put_off_once"
            )
        ]
