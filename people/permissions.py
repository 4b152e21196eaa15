"""Who may do what, as one-line predicates (rules.md, 15). Rights act on the next request."""

from datetime import date

import rules
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from people.models import (
    AuditEntry,
    Employee,
    Employees,
    Role,
    RoleAssignment,
    ShownTo,
    User,
)
from people.services.calendars import subtree
from people.services.consents import consent_of


def roles_of(user: User) -> frozenset[str]:
    """The roles in force today; remembered on the user object, which lives for one request."""
    return frozenset(assignment.role for assignment in _assignments(user))


def _assignments(user: User) -> list[RoleAssignment]:
    if not user.is_authenticated:
        return []
    if "assignments_today" not in vars(user):
        vars(user)["assignments_today"] = list(user.role_assignments.on(timezone.localdate()))
    return vars(user)["assignments_today"]


def led_departments(user: User, *, on: date) -> set[int]:
    """Ids of the departments somebody leads on a day, those below included."""
    own = {a.department_id for a in _assignments(user) if a.role == Role.LEAD and a.department_id}
    return subtree(own, on=on) if own else set()


def own_departments(user: User, *, on: date) -> set[int]:
    """Ids of the departments somebody works in or leads on a day."""
    own = set(led_departments(user, on=on))
    employee = getattr(user, "employee", None)
    if employee:
        own |= set(employee.memberships.on(on).values_list("department", flat=True))
    return own


def may_see_photo(user: User | AnonymousUser, employee: Employee, *, on: date) -> bool:
    """As its bearer agrees, whoever asks; nobody but the bearer sees more."""
    if user.is_authenticated and employee.user_id == user.pk:
        return True
    how_far = consent_of(employee).photo
    if not user.is_authenticated or how_far != ShownTo.TEAM:
        return how_far >= (ShownTo.STAFF if user.is_authenticated else ShownTo.PUBLIC)
    here = employee.memberships.on(on).filter(department__in=own_departments(user, on=on))
    return here.exists()


def visible_people(user: User) -> Employees:
    """Whom somebody finds: colleagues who are here; some also those who have left or are erased."""
    if rules.has_perm("people.see_everybody", user):
        return Employee.objects.all()
    return Employee.objects.here(timezone.localdate())


def knows_in_full(user: User, employee: Employee) -> bool:
    """Whether somebody sees an employee's history, roles and account, and not the name alone."""
    if employee.user_id == user.pk or rules.has_perm("people.see_everybody", user):
        return True
    today = timezone.localdate()
    led = led_departments(user, on=today)
    return bool(led) and employee.memberships.on(today).filter(department__in=led).exists()


def has_role(*names: str) -> rules.predicates.Predicate:
    @rules.predicate(f"has role {' or '.join(names)}")
    def predicate(user: User) -> bool:
        return bool(roles_of(user).intersection(names))

    return predicate


@rules.predicate
def is_active_account(user: User) -> bool:
    return user.is_authenticated and user.is_active


rules.add_perm("people.import_people", has_role(Role.HR, Role.ADMINISTRATOR))
rules.add_perm("people.edit_content", has_role(Role.EDITOR, Role.ADMINISTRATOR))

# Everybody finds colleagues; who has left, and the file of all, is for these.
rules.add_perm("people.see_everybody", has_role(Role.HR, Role.ADMINISTRATOR, Role.AUDITOR))
rules.add_perm("people.export_people", has_role(Role.HR))
rules.add_perm("people.keep_people", has_role(Role.HR, Role.ADMINISTRATOR))
# Why somebody is away, and how somebody left: administrators do not see it.
rules.add_perm("people.keep_leaves", has_role(Role.HR))
# What somebody agreed to, so that HR can answer for it; only the person changes it.
rules.add_perm("people.see_consents", has_role(Role.HR, Role.AUDITOR))
rules.add_perm("people.see_salaries", has_role(Role.HR, Role.FINANCE))
rules.add_perm("people.see_salary_looks", has_role(Role.HR, Role.AUDITOR))
rules.add_perm("people.see_log", has_role(Role.AUDITOR, Role.HR, Role.ADMINISTRATOR))
rules.add_perm("people.see_personal_log", has_role(Role.AUDITOR, Role.HR))
rules.add_perm("people.export_personal_data", has_role(Role.HR))
rules.add_perm("people.erase_people", has_role(Role.HR))
rules.add_perm("people.see_roles", has_role(Role.HR, Role.ADMINISTRATOR, Role.AUDITOR))
rules.add_perm("people.keep_places", has_role(Role.HR, Role.ADMINISTRATOR))
rules.add_perm(
    "people.see_sites", has_role(Role.HR, Role.ADMINISTRATOR, Role.EXECUTIVE, Role.AUDITOR)
)
rules.add_perm("people.decide_on_mails", has_role(Role.ADMINISTRATOR))
rules.add_perm("people.reset_second_factor", has_role(Role.ADMINISTRATOR))


def log_for(user: User) -> QuerySet[AuditEntry]:
    """The entries somebody may see, with who made them and the keys to open them."""
    entries = AuditEntry.objects.select_related("by__employee", "person__key")
    return entries if user.has_perm("people.see_personal_log") else entries.filter(person=None)
