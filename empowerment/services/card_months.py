"""Card lines by month: what was bought, what came back, what paid the bill."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from empowerment.models import CardLine, CardStatement
from people.money import minor_units

SMALL, LARGE = Decimal(25), Decimal(250)
"""Major units: purchases of at most the one and of more than the other are counted."""


@dataclass(frozen=True)
class CardMonth:
    """`total_minor` is of all lines, `net_minor` of purchases less what came back of them;
    `settlement_lines` counts what pays the bill or adjusts it; `left` is without a case."""

    month: date
    currency: str
    lines: int
    settlement_lines: int
    total_minor: int
    purchases: int
    net_minor: int
    refunds: int
    small: int
    large: int
    left: int


def card_months() -> list[CardMonth]:
    """Newest first."""
    currencies = CardLine.objects.order_by().values_list("currency", flat=True).distinct()
    found = [month for currency in currencies for month in _months_in(currency)]
    return sorted(found, key=lambda each: (each.month, each.currency), reverse=True)


def _months_in(currency: str) -> Iterator[CardMonth]:
    bought = Q(kind__in=(CardLine.Kind.PURCHASE, CardLine.Kind.REFUND))
    small, large = minor_units(SMALL, currency), minor_units(LARGE, currency)
    rows = (
        CardLine.objects.filter(currency=currency)
        .annotate(month=TruncMonth("date"))
        .order_by()
        .values_list("month")
        .annotate(
            lines=Count("pk"),
            settlement_lines=Count("pk", filter=~bought),
            total_minor=Sum("amount_minor"),
            purchases=Count("pk", filter=bought),
            net_minor=Sum("amount_minor", filter=bought, default=0),
            refunds=Count("pk", filter=Q(kind=CardLine.Kind.REFUND)),
            small=Count("pk", filter=bought & Q(amount_minor__gt=0, amount_minor__lte=small)),
            large=Count("pk", filter=bought & Q(amount_minor__gt=large)),
            left=Count("pk", filter=bought & Q(match=None)),
        )
    )
    for month, *counted in rows:
        yield CardMonth(month, currency, *counted)


def statements() -> QuerySet[CardStatement]:
    """Each with `line_count` and `left`, its lines without a case."""
    bought = Q(lines__kind__in=(CardLine.Kind.PURCHASE, CardLine.Kind.REFUND))
    return CardStatement.objects.select_related("imported_by__employee").annotate(
        line_count=Count("lines"),
        left=Count("lines", filter=bought & Q(lines__match=None)),
    )
