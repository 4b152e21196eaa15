"""Whose account a single sign-on provider means, and which roles its claims give."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from people.models import Employee, Role, User
from people.services.invitations import NotInvited, login_of
from people.services.roles import RoleKey, held_roles, set_roles

log = logging.getLogger(__name__)


def account_of(claims: dict[str, Any]) -> User | None:
    """The employee by number, else by an e-mail that the provider has verified; else nobody."""
    said = _flat(claims)
    number = str(said.get(settings.OIDC.number_claim) or "")
    if number:
        employee = Employee.objects.filter(number=number).first()
    elif said.get("email") and said.get("email_verified") is True:
        employee = Employee.objects.filter(email__iexact=said["email"]).first()
    else:
        employee = None
    return _login_of(employee) if employee and employee.erased_at is None else None


def _login_of(employee: Employee) -> User | None:
    try:
        return login_of(employee)
    except NotInvited as refused:
        log.warning("single sign-on: employee:%s is refused: %s", employee.pk, refused)
        return None


def _flat(claims: dict[str, Any]) -> dict[str, Any]:
    """allauth keeps the ID token and the user information apart; both come from the provider."""
    return {**claims, **claims.get("id_token", {}), **claims.get("userinfo", {})}


@transaction.atomic
def follow_claims(user: User, claims: dict[str, Any]) -> None:
    """Roles become what the claim names; a lead's departments stay, as no claim names them."""
    named = _flat(claims).get(settings.OIDC.roles_claim) or []
    values = [named] if isinstance(named, str) else [v for v in named if isinstance(v, str)]
    # With OIDC_ROLES only what is listed there counts: a group there may be called "finance" too.
    meant = {settings.OIDC.roles.get(value) if settings.OIDC.roles else value for value in values}
    # Two tabs that sign in at once would each give what is missing, and one would be ended later.
    User.objects.select_for_update().get(pk=user.pk)
    held = held_roles(user)
    wanted: set[RoleKey] = {
        (role, None) for role in meant if role in Role.values and role != Role.LEAD
    }
    wanted |= {key for key in held if key[0] == Role.LEAD}
    set_roles(
        user, wanted, from_date=timezone.localdate(), reason=f"claims of {settings.OIDC.name}",
        by=User.objects.system(), held=held,
    )  # fmt: skip
