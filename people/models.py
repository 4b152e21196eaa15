"""Who and where: sites, departments, employees, what holds for them from which day, and the log."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

SYSTEM = "system"


class Users(UserManager["User"]):
    def system(self) -> "User":
        """The built-in account under which commands run when nobody is named."""
        user, _made = self.get_or_create(username=SYSTEM, defaults={"is_active": False})
        return user


class User(AbstractUser):
    """A login. Roles hang on it; an employee may have none."""

    objects: ClassVar[Users] = Users()

    @property
    def is_system(self) -> bool:
        return self.username == SYSTEM

    @property
    def display_name(self) -> str:
        employee = getattr(self, "employee", None)
        return employee.name if employee else self.get_full_name() or self.username


class InForce(models.QuerySet):
    """Rows that hold from from_date through until_date (the last day, empty while open)."""

    def on(self, day: date) -> Self:
        return self.filter(Q(until_date=None) | Q(until_date__gte=day), from_date__lte=day)


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


class Employee(models.Model):
    number = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    hired_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="employee"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("hired_on")),
                name="an_employee_leaves_on_or_after_the_hiring_day",
            ),
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email=""), name="an_email_belongs_to_one_employee"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Spanned):
    """An employee's department and full-time share; one at a time."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships")
    fte_bp = models.PositiveIntegerField(default=10_000)

    class Meta(Spanned.Meta):
        constraints = [
            *Spanned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fte_bp__gte=1, fte_bp__lte=10_000),
                name="a_full_time_share_is_above_none_and_at_most_whole",
            ),
        ]


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


class Role(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    LEAD = "lead", _("lead")
    HR = "hr", _("HR")
    FINANCE = "finance", _("finance")
    EXECUTIVE = "executive", _("executive")
    EDITOR = "editor", _("editor")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class RoleAssignment(Spanned):
    """A role somebody has; a lead's is for a department and all below it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_assignments"
    )
    role = models.CharField(max_length=20, choices=Role)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(Spanned.Meta):
        constraints = [
            *Spanned.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(role=Role.LEAD) & ~Q(department=None))
                | (~Q(role=Role.LEAD) & Q(department=None)),
                name="a_lead_and_nobody_else_has_a_department",
            ),
        ]


class Policy(models.Model):
    """A dated setting: what holds from which day, who said so and why."""

    name = models.CharField(max_length=40)
    from_date = models.DateField()
    value = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "from_date"], name="a_policy_has_one_value_from_a_day"
            )
        ]


class AuditEntry(models.Model):
    """One change: who, when, what before and after, why. Added, never edited."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["subject"], name="audit_by_subject")]


class ImportDraft(models.Model):
    """An uploaded file on its way: checked, looked at, then applied as a whole."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")

    kind = models.CharField(max_length=30)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)


class RememberedMapping(models.Model):
    """How the headers of one source were mapped the last time it was imported."""

    kind = models.CharField(max_length=30)
    headers_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "headers_sha256"], name="a_source_is_remembered_once"
            )
        ]
