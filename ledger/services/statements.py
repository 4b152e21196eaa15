"""An account's movements as a statement: each with its sign and the balance after it."""

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When, Window
from django.db.models.functions import Cast

from ledger.models import Account, Transfer


def statement(account: Account | None) -> QuerySet[Transfer]:
    """Newest first, with `signed_minor` and `balance_minor` in minor units; none of no account."""
    if account is None:
        return Transfer.objects.none()
    own = Q(to_account=account) | Q(from_account=account)
    signed = Case(When(to_account=account, then=F("amount_minor")), default=-F("amount_minor"))
    running = Window(Sum("signed_minor"), order_by="id")
    return (
        Transfer.objects.filter(own)
        .annotate(signed_minor=signed)
        # PostgreSQL sums whole numbers into decimals.
        .annotate(balance_minor=Cast(running, BigIntegerField()))
        .order_by("-id")
    )
