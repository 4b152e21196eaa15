"""Who may keep the second key of a poll: somebody of the staff, never of HR."""

from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee, Role, RoleAssignment
from surveys.models import Wave


def refusal_of_holder(wave: Wave, employee: Employee) -> str:
    """Why this employee may not keep the second key; empty where they may."""
    today, name = timezone.localdate(), {"name": employee}
    if employee.user_id is None:
        return _("%(name)s has no login and could not take the key.") % name
    if employee.erased_at or employee.has_left(on=today):
        return _("%(name)s does not work here any more.") % name
    held = RoleAssignment.objects.on(today).filter(user=employee.user_id, role=Role.HR)
    if employee.user_id == wave.hr_holder_id or held.exists():
        return (
            _("%(name)s has the role HR, which keeps the first key. Choose somebody else.") % name
        )
    return ""
