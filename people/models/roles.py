"""Who may do what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models.places import Department
from people.models.spans import Spanned


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
