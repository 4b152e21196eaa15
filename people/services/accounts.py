"""Whose account a typed login means."""

from django.db.models import Q

from people.models import User


def account_named(login: str) -> User | None:
    """By e-mail, login or employee number, in any case; None for nobody, or for two.

    Somebody's login may be somebody else's number: then neither is meant for sure.
    """
    login = login.strip()
    meant = Q(username__iexact=login) | Q(employee__number__iexact=login)
    if "@" in login:
        meant |= Q(email__iexact=login) | Q(employee__email__iexact=login)
    found = list(User.objects.select_related("employee").filter(meant)[:2])
    return found[0] if len(found) == 1 else None
