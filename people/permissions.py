"""Who may do what, as one-line predicates (rules.md, 15). Rights act on the next request."""

from datetime import date

import rules
from django.utils import timezone

from people.models import Role, RoleAssignment, User
from people.services.calendars import subtree


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
