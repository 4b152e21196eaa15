"""Employees, where they work and what they earn."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people import names
from people.models.places import Department
from people.models.spans import Spanned


class DerivedText(models.TextField):
    """Text made from other fields whenever the row is written, in bulk too."""

    def __init__(
        self, *, made_by: Callable[["Employee"], str] | None = None, **kwargs: Any
    ) -> None:
        self.made_by = made_by
        super().__init__(**{**kwargs, "editable": False, "default": ""})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"], kwargs["default"]
        return name, path, args, kwargs

    def pre_save(self, model_instance: Any, add: bool) -> str:
        if self.made_by:
            setattr(model_instance, self.attname, self.made_by(model_instance))
        return getattr(model_instance, self.attname)


class Employees(models.QuerySet):
    def here(self, day: date) -> Self:
        """Who has not left before that day; also who is yet to begin."""
        return self.filter(Q(left_on=None) | Q(left_on__gte=day), erased_at=None)

    def unmarked_leavers(self, day: date) -> Self:
        """Who has left in the 365 days before that day, and HR has not said how."""
        since = day - timedelta(days=365)
        return self.filter(left_on__gte=since, left_on__lt=day, good_leaver=None, erased_at=None)

    def without_account(self) -> Self:
        """Who has no login, or one without password, PIN or sign-in ever."""
        unused = Q(
            user__password__startswith=UNUSABLE_PASSWORD_PREFIX,
            user__pin=None,
            user__last_login=None,
        )
        return self.filter(Q(user=None) | unused)

    def with_place(self, day: date) -> Self:
        """Each with the membership in force, if any, as the list `now_in`."""
        in_force = Membership.objects.on(day).select_related("department")
        return self.prefetch_related(models.Prefetch("memberships", in_force, to_attr="now_in"))


class Employee(models.Model):
    number = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    known_as = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    hired_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    good_leaver = models.BooleanField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    sort_key = DerivedText(made_by=lambda e: names.folded(e.name)[:200], db_index=True)
    search_text = DerivedText(
        made_by=lambda e: names.search_text(e.number, e.name, e.known_as, e.email)
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="employee"
    )

    objects = Employees.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("hired_on")),
                name="an_employee_leaves_on_or_after_the_hiring_day",
            ),
            models.CheckConstraint(
                condition=Q(good_leaver=None) | Q(left_on__isnull=False),
                name="only_who_leaves_is_marked_as_a_leaver",
            ),
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email=""), name="an_email_belongs_to_one_employee"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_left(self, *, on: date) -> bool:
        return self.left_on is not None and self.left_on < on


class Membership(Spanned):
    """An employee's department and full-time share; one at a time. `good_leaver` is how somebody
    left with it who has come back since; of the last leaving it stands with the employee."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships")
    fte_bp = models.PositiveIntegerField(default=10_000)
    good_leaver = models.BooleanField(null=True, blank=True, editable=False)

    class Meta(Spanned.Meta):
        constraints = [
            *Spanned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fte_bp__gte=1, fte_bp__lte=10_000),
                name="a_full_time_share_is_above_none_and_at_most_whole",
            ),
        ]


class LeaveKind(models.TextChoices):
    PARENTAL = "parental", _("parental leave")
    SICKNESS = "sickness", _("sickness")
    CARE = "care", _("care of relatives")
    SABBATICAL = "sabbatical", _("sabbatical")
    UNPAID = "unpaid", _("unpaid leave")
    OTHER = "other", _("other leave")


class Leave(Spanned):
    """Away from work while employed; one at a time. The kind is for HR's eyes only."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=20, choices=LeaveKind)


class Salary(models.Model):
    """Full-time annual salary in minor units, from a day on until the next row."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="salaries")
    from_date = models.DateField()
    annual_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name_plural = "salaries"
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "from_date"], name="an_employee_has_one_salary_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(annual_minor__gte=0), name="a_salary_is_not_negative"
            ),
        ]
