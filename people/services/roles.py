"""Giving and taking roles, dated and with a reason."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Department, Role, RoleAssignment, User
from people.services import audit
from people.services.account_notices import tell_of_roles

RoleKey = tuple[str, int | None]
"""Role and, for a lead, the department's id."""

HeldRoles = dict[RoleKey, RoleAssignment]
"""Somebody's roles without an end."""


GIVEN_BY_ADMINISTRATORS = frozenset(
    {Role.HR, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR, Role.ADMINISTRATOR}
)


class RolesRefused(Exception):
    """Why roles were not changed, in words for the one who tried."""


def everybodys_roles() -> dict[int, HeldRoles]:
    """Everybody's roles without an end, by user id."""
    held: dict[int, HeldRoles] = defaultdict(dict)
    for assignment in RoleAssignment.objects.filter(until_date=None):
        held[assignment.user_id][assignment.role, assignment.department_id] = assignment
    return held


def held_roles(user: User) -> HeldRoles:
    """The user's roles without an end."""
    open_ones = user.role_assignments.filter(until_date=None)
    return {(a.role, a.department_id): a for a in open_ones}


def roles_in_force(user: User, *, on: date | None = None) -> frozenset[str]:
    """The names of the roles somebody has on a day, by default today."""
    in_force = user.role_assignments.on(on or timezone.localdate())
    return frozenset(in_force.values_list("role", flat=True))


def beyond_rights(
    changed: Iterable[str], *, of_user: int | None, by: User, own: Collection[str]
) -> str:
    """Why `by`, who has the roles `own`, may not change these roles of a user; "" when they may.

    Nobody changes the own roles, and nobody gives or takes rights above the own (rules, 15).
    """
    changed = set(changed)
    if changed and of_user == by.pk:
        return _("nobody changes the own roles")
    if changed & GIVEN_BY_ADMINISTRATORS and Role.ADMINISTRATOR not in own:
        named = ", ".join(sorted(changed & GIVEN_BY_ADMINISTRATORS))
        return _("only an administrator gives or takes %(roles)s") % {"roles": named}
    return ""


def beyond_accounts(*, by: User, of: Collection[int] | None = None) -> dict[int, str]:
    """Whose way of signing in `by` may not touch, and why, by user id; `of` these, or of all.

    Who could invite an administrator anew would become one.
    """
    if by.is_system or Role.ADMINISTRATOR in roles_in_force(by):
        return {}
    now_or_later = RoleAssignment.objects.exclude(until_date__lt=timezone.localdate())
    found = now_or_later.filter(role__in=GIVEN_BY_ADMINISTRATORS)
    if of is not None:
        found = found.filter(user__in=of)
    has: dict[int, set[str]] = defaultdict(set)
    for user_id, role in found.values_list("user", "role"):
        has[user_id].add(role)
    refusal = _("only an administrator changes the account of somebody with the role %(roles)s")
    return {pk: refusal % {"roles": ", ".join(sorted(named))} for pk, named in has.items()}


def beyond_account(user: User, *, by: User) -> str:
    """Why `by` may not touch how this user signs in; "" when they may."""
    return beyond_accounts(by=by, of=[user.pk]).get(user.pk, "")


@transaction.atomic
def change_roles(
    user: User, wanted: set[RoleKey], *, from_date: date, reason: str, by: User
) -> bool:
    """What a person changes on the page of roles. Raises RolesRefused; see beyond_rights."""
    # Two at once would each end and begin from the same state.
    User.objects.select_for_update().get(pk=user.pk)
    held = held_roles(user)
    changed = {role for role, _department in held.keys() ^ wanted}
    refusal = beyond_rights(changed, of_user=user.pk, by=by, own=roles_in_force(by))
    if refusal:
        raise RolesRefused(refusal)
    return set_roles(user, wanted, from_date=from_date, reason=reason, by=by, held=held)


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
        held = held_roles(user)
    for key in held.keys() - wanted:
        _end(held[key], before=from_date)
    for role, department_id in wanted - held.keys():
        if _taken_back(user, role, department_id, on=from_date):
            continue
        RoleAssignment.objects.create(
            user=user, role=role, department_id=department_id, from_date=from_date,
            reason=reason, made_by=by,
        )  # fmt: skip
    changed = held.keys() != wanted
    if changed:
        entry = audit.record(
            "set_roles", by=by, subject=f"user:{user.pk}", before=_listed(set(held)),
            after=_listed(wanted), why=reason,
        )  # fmt: skip
        follow_roles(user)
        _end_invitations_beyond(user)
        tell_of_roles(user, roles=_listed(wanted), entry=entry)
    return changed


def _end_invitations_beyond(user: User) -> None:
    """Who printed a slip for a colleague must not hold the key to what that one becomes later."""
    now = timezone.now()
    waiting = user.invitations.filter(used_at=None, expires_at__gt=now)
    for invitation in waiting.select_related("made_by"):
        if beyond_account(user, by=invitation.made_by):
            waiting.filter(pk=invitation.pk).update(expires_at=now)


def _end(assignment: RoleAssignment, *, before: date) -> None:
    if assignment.from_date >= before:
        assignment.delete()
    else:
        assignment.until_date = before - timedelta(days=1)
        assignment.save()


def _taken_back(user: User, role: str, department_id: int | None, *, on: date) -> bool:
    """A role that would end no earlier than the day before goes on instead."""
    ending = user.role_assignments.filter(
        role=role, department=department_id, from_date__lte=on,
        until_date__gte=on - timedelta(days=1),
    )  # fmt: skip
    return bool(ending.update(until_date=None))


def _listed(roles: set[RoleKey]) -> list[str]:
    """`lead:CLAIMS`, `hr`: in the log a department stands by its code."""
    led = {department for _role, department in roles if department}
    codes = dict(Department.objects.filter(pk__in=led).values_list("pk", "code")) if led else {}
    return sorted(
        f"{role}:{codes[department]}" if department else role for role, department in roles
    )


def follow_roles(user: User, *, on: date | None = None) -> None:
    """Wagtail's page permissions hang on groups: one a role, kept equal to the roles in force."""
    wanted, held = set(roles_in_force(user, on=on)), set(user.groups.values_list("name", flat=True))
    if wanted != held:
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in wanted])


def follow_all_roles(*, on: date) -> int:
    """Groups of everybody whose roles began or ended since; returns how many were changed."""
    wanted, held = defaultdict(set), defaultdict(set)
    for user_id, role in RoleAssignment.objects.on(on).values_list("user", "role"):
        wanted[user_id].add(role)
    for user_id, group in User.groups.through.objects.values_list("user", "group__name"):
        held[user_id].add(group)
    changed = [pk for pk in wanted.keys() | held.keys() if wanted[pk] != held[pk]]
    for user in User.objects.filter(pk__in=changed):
        follow_roles(user, on=on)
    return len(changed)


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


def end_role(assignment: RoleAssignment, *, before: date, reason: str, by: User) -> None:
    """End one role the day before a day, or take it back when it has not begun by then."""
    user = assignment.user
    held = set(held_roles(user))
    _end(assignment, before=before)
    audit.record(
        "set_roles", by=by, subject=f"user:{user.pk}", before=_listed(held),
        after=_listed(held - {(assignment.role, assignment.department_id)}), why=reason,
    )  # fmt: skip
    follow_roles(user)
