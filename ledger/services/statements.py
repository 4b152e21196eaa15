"""An account's movements, each with its sign."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from ledger.models import Account, Transfer


def statement(account: Account) -> QuerySet[Any]:
    """Newest first, with `signed_minor`: minor units that came, or below zero that went."""
    own = Q(to_account=account) | Q(from_account=account)
    signed = Case(When(to_account=account, then=F("amount_minor")), default=-F("amount_minor"))
    return Transfer.objects.filter(own).annotate(signed_minor=signed).order_by("-id")
