"""Somebody's way in: whether they have an account, a second factor, sessions."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from people.models import Employee, User
from people.services.roles import follow_roles


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


def close_account(user: User, *, last_day: date) -> None:
    """Nobody who has left gets in: the login is switched off, sessions and roles have ended."""
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
    end_all_sessions(user)
    user.role_assignments.filter(from_date__gt=last_day).delete()
    user.role_assignments.filter(until_date=None).update(until_date=last_day)
    user.role_assignments.filter(until_date__gt=last_day).update(until_date=last_day)
    follow_roles(user)


def end_all_sessions(user: User) -> int:
    """Sign somebody out everywhere; returns from how many devices."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)
