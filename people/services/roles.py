"""Giving and taking roles, dated and with a reason."""

from collections import defaultdict
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from people.models import Department, Role, RoleAssignment, User
from people.services import audit

RoleKey = tuple[str, int | None]
"""Role and, for a lead, the department's id."""

HeldRoles = dict[RoleKey, RoleAssignment]
"""Somebody's roles without an end."""


def held_roles() -> dict[int, HeldRoles]:
    """Everybody's roles without an end, by user id."""
    held: dict[int, HeldRoles] = defaultdict(dict)
    for assignment in RoleAssignment.objects.filter(until_date=None):
        held[assignment.user_id][assignment.role, assignment.department_id] = assignment
    return held


def set_roles(
    user: User,
    wanted: set[RoleKey],
    *,
    from_date: date,
    reason: str,
    by: User,
    held: HeldRoles | None = None,
) -> bool:
    """Make these the user's roles from a day on; returns whether anything changed.

    `held` saves asking the database for what is known already.
    """
    if held is None:
        open_ones = user.role_assignments.filter(until_date=None)
        held = {(a.role, a.department_id): a for a in open_ones}
    for key in held.keys() - wanted:
        _end(held[key], before=from_date)
    for role, department_id in wanted - held.keys():
        RoleAssignment.objects.create(
            user=user, role=role, department_id=department_id, from_date=from_date,
            reason=reason, made_by=by,
        )  # fmt: skip
    changed = held.keys() != wanted
    if changed:
        audit.record(
            "set_roles", by=by, subject=f"user:{user.username}", before=_listed(set(held)),
            after=_listed(wanted), why=reason,
        )  # fmt: skip
        follow_roles(user)
    return changed


def _end(assignment: RoleAssignment, *, before: date) -> None:
    if assignment.from_date >= before:
        assignment.delete()
    else:
        assignment.until_date = before - timedelta(days=1)
        assignment.save()


def _listed(roles: set[RoleKey]) -> list[str]:
    return sorted(f"{role}:{department or ''}".rstrip(":") for role, department in roles)


def follow_roles(user: User) -> None:
    """Wagtail's page permissions hang on groups: one a role, kept equal to the roles in force."""
    in_force = user.role_assignments.on(timezone.localdate()).values_list("role", flat=True)
    wanted, held = set(in_force), set(user.groups.values_list("name", flat=True))
    if wanted != held:
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in wanted])


def parse_roles(text: str, *, own: Department, departments: dict[str, Department]) -> set[RoleKey]:
    """`lead;hr` or `lead:CLAIMS;hr`: a lead without a code leads the own department.

    Raises ValueError for an unknown role or department.
    """
    found: set[RoleKey] = set()
    for part in text.replace(",", ";").split(";"):
        name, _colon, code = part.strip().partition(":")
        if not name:
            continue
        role = name.strip().lower()
        if role not in Role.values:
            raise ValueError(f"“{name}” is not a role; known are {', '.join(Role.values)}")
        if role == Role.LEAD:
            department = departments.get(code.strip().casefold()) if code else own
            if department is None:
                raise ValueError(f"lead of “{code}”: no such department")
            found.add((role, department.pk))
        else:
            found.add((role, None))
    return found
