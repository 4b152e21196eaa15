"""Somebody's way in: account, roles, second factor, sessions, and their end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from people.models import (
    Department,
    Employee,
    Employees,
    Invitation,
    Membership,
    Placement,
    RoleAssignment,
    Site,
    User,
)
from people.services import audit
from people.services.calendars import subtree
from people.services.invitations import DAYS, NotInvited, invite, login_of
from people.services.languages import language_of
from people.services.outbox import send_later
from people.services.roles import (
    RoleKey,
    RolesRefused,
    beyond_account,
    change_roles,
    follow_all_roles,
    follow_roles,
)
from people.services.slips import Slip

MOST_INVITED = 500
"""At a time: each costs a few writes, and a printer holds no more paper."""


class Account(StrEnum):
    NONE = "none"
    INVITED = "invited"
    LAPSED = "lapsed"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True)
class AccountState:
    """How an employee gets in; `until` is the invitation's end."""

    state: Account
    until: datetime | None = None
    second_factor: bool = False
    pin: bool = False


def account_state(employee: Employee, *, now: datetime) -> AccountState:
    user = employee.user
    if user is None:
        return AccountState(Account.NONE)
    if not user.may_sign_in(on=timezone.localdate(now)):
        return AccountState(Account.CLOSED)
    kinds = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
    second_factor = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    pin = hasattr(user, "pin")
    # Whoever comes by single sign-on has neither password nor PIN here.
    if user.has_usable_password() or pin or user.last_login:
        return AccountState(Account.ACTIVE, second_factor=second_factor, pin=pin)
    invitation = user.invitations.order_by("-id").first()
    if invitation is None:
        return AccountState(Account.NONE)
    open_still = invitation.expires_at > now
    return AccountState(
        Account.INVITED if open_still else Account.LAPSED, until=invitation.expires_at
    )


def close_account(user: User, *, last_day: date, by: User) -> None:
    """Nobody who has left gets in: the login is switched off, sessions and roles have ended."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions = end_all_sessions(user)
    user.role_assignments.filter(from_date__gt=last_day).delete()
    longer = user.role_assignments.filter(Q(until_date=None) | Q(until_date__gt=last_day))
    ended = longer.update(until_date=last_day)
    audit.record(
        "close_account", by=by, subject=f"user:{user.pk}", person=user.employee,
        after={"last_day": str(last_day), "sessions": sessions, "roles": ended},
    )  # fmt: skip
    follow_roles(user)


def end_all_sessions(user: User) -> int:
    """Sign somebody out everywhere; returns from how many devices."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


class AccessRefused(Exception):
    """Why somebody's way in was not changed, in words for the one who tried."""


@transaction.atomic
def give_roles(
    employee: Employee, wanted: set[RoleKey], *, from_date: date, reason: str, by: User
) -> bool:
    """Roles of an employee, who gets an account by it. Raises RolesRefused."""
    # Whoever lets them leave at the same moment is waited for.
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    if employee.left_on is not None and employee.left_on < from_date:
        raise RolesRefused(_("Whoever has left has no roles."))
    try:
        user = login_of(employee)
    except NotInvited as refused:
        raise RolesRefused(str(refused)) from refused
    return change_roles(user, wanted, from_date=from_date, reason=reason, by=by)


@transaction.atomic
def invite_anew(employee: Employee, *, way: str, by: User) -> Slip:
    """A link for somebody else, as `invite` makes it. Raises NotInvited: also for an account that
    gives more rights than one's own, and for the own."""
    if employee.user_id == by.pk:
        raise NotInvited(_("Nobody invites themself."))
    if employee.user:
        # A role given at the same moment is waited for: it may forbid this invitation.
        User.objects.select_for_update().get(pk=employee.user.pk)
        if refusal := beyond_account(employee.user, by=by):
            raise NotInvited(refusal)
    link = invite(employee, way=way, by=by)
    expires_at = timezone.now() + timedelta(days=DAYS[Invitation.Way(way)])
    return Slip(employee.name, employee.number, link, expires_at, employee.language)


def waiting_for_invitation(
    *, department: Department | None, site: Site | None, today: date
) -> Employees:
    """Who is here and can't sign in, and holds no invitation that still works."""
    found = Employee.objects.here(today).without_account().select_related("user")
    if department:
        found = found.filter(_works_in(subtree({department.pk}, on=today), on=today))
    if site:
        places = Placement.objects.on(today).filter(site=site).values("department")
        found = found.filter(_works_in(places, on=today))
    invited = Invitation.objects.filter(
        user=OuterRef("user"), used_at=None, expires_at__gt=timezone.now()
    )
    return found.filter(~Exists(invited)).order_by("sort_key", "number")[:MOST_INVITED]


def _works_in(departments: Any, *, on: date) -> Exists:
    places = Membership.objects.on(on)
    return Exists(places.filter(employee=OuterRef("pk"), department__in=departments))


@transaction.atomic
def invite_many(employees: Iterable[Employee], *, by: User) -> list[Slip]:
    """Mail whoever has an address; returns the slips of the others. Whose account gives more
    rights than one's own is left out."""
    slips = []
    for employee in employees:
        if employee.user_id == by.pk or (employee.user and beyond_account(employee.user, by=by)):
            continue
        way = Invitation.Way.MAIL if employee.email else Invitation.Way.SLIP
        slip = invite_anew(employee, way=way, by=by)
        if way == Invitation.Way.SLIP:
            slips.append(slip)
    return slips


@transaction.atomic
def sign_out_everywhere(employee: Employee, *, reason: str, by: User) -> int:
    """End all sessions, as after a lost telephone; returns how many there were."""
    if employee.user is None:
        return 0
    ended = end_all_sessions(employee.user)
    audit.record(
        "sign_out_everywhere", by=by, subject=f"employee:{employee.pk}", after={"sessions": ended},
        why=reason, person=employee,
    )  # fmt: skip
    return ended


@transaction.atomic
def reset_second_factor(employee: Employee, *, reason: str, by: User) -> None:
    """Remove app, passkeys and recovery codes, and sign out; the person is told by mail.

    Raises AccessRefused for the own second factor: it gives way to nobody who merely sits here.
    """
    user = employee.user
    if user is None or user == by:
        raise AccessRefused(_("That is not a second factor you can reset."))
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user)
    audit.record(
        "reset_second_factor", by=by, subject=f"employee:{employee.pk}", before={"had": kinds},
        after={"had": []}, why=reason, person=employee,
    )  # fmt: skip
    if employee.email:
        with translation.override(language_of(employee)):
            facts = {"name": employee.name, "by": by.display_name}
            send_later(
                to=employee.email,
                subject=_("Your second factor was reset"),
                body=render_to_string("mail/second_factor_reset.txt", facts),
            )


def follow_the_day(*, today: date, by: User) -> int:
    """Close what ended and open what begins: leavers' accounts, and the groups of roles.

    Doing it twice changes nothing; returns how many accounts were touched.
    """
    closed = 0
    for employee in _leavers_still_in(today):
        if employee.user and employee.left_on:
            with transaction.atomic():
                close_account(employee.user, last_day=employee.left_on, by=by)
            closed += 1
    return closed + follow_all_roles(on=today)


def _leavers_still_in(today: date) -> Employees:
    """Who has left and whose login, sessions or roles have not ended with it."""
    roles = RoleAssignment.objects.filter(user=OuterRef("user")).exclude(
        until_date__lte=OuterRef("left_on")
    )
    sessions = UserSession.objects.filter(user=OuterRef("user"))
    left = Employee.objects.filter(left_on__lt=today, user__isnull=False).select_related("user")
    return left.filter(Q(user__is_active=True) | Exists(roles) | Exists(sessions))
