"""`ledger_check`: what an auditor would count again."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from ledger.models import Account, Transfer
from people import guards

Check = Callable[[], list[str]]
_further_checks: list[Check] = []


@dataclass
class LedgerReport:
    accounts: int = 0
    transfers: int = 0
    balances_minor: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_json(self) -> dict:
        return {"ok": self.ok, **asdict(self)}


def also_check(check: Check) -> None:
    """Apps above the ledger add what they know: each check returns problems as sentences."""
    if check not in _further_checks:
        _further_checks.append(check)


def check_ledger() -> LedgerReport:
    """Count everything again; `problems` is empty when all is well."""
    report = LedgerReport(Account.objects.count(), Transfer.objects.count())
    report.balances_minor = _balances_by_currency()
    for check in (
        _guards_present,
        lambda: _sums_to_zero(report.balances_minor),
        _floored_balances_agree,
        _currencies_agree,
        _reversals_mirror,
        *_further_checks,
    ):
        report.problems += check()
    return report


def _movement(side: str) -> Coalesce:
    sums = (
        Transfer.objects.filter(**{side: OuterRef("pk")})
        .order_by()
        .values(side)
        .annotate(s=Sum("amount_minor"))
        .values("s")
    )
    return Coalesce(Subquery(sums), 0)


def _accounts_with_sum() -> QuerySet[Any]:
    return Account.objects.annotate(summed=_movement("to_account") - _movement("from_account"))


def _balances_by_currency() -> dict[str, int]:
    totals: dict[str, int] = {}
    for currency, summed in _accounts_with_sum().values_list("currency", "summed"):
        totals[currency] = totals.get(currency, 0) + summed
    return totals


def _guards_present() -> list[str]:
    return [f"guard {name} is missing or altered" for name in guards.missing(connection)]


def _sums_to_zero(balances: dict[str, int]) -> list[str]:
    return [
        f"balances in {currency} sum to {total} and not to zero"
        for currency, total in balances.items()
        if total
    ]


def _floored_balances_agree() -> list[str]:
    wrong = (
        _accounts_with_sum().filter(floored=True).exclude(balance_minor=F("summed"), summed__gte=0)
    )
    return [
        f"account {a.code} carries {a.balance_minor}, its movements sum to {a.summed}"
        for a in wrong
    ]


def _currencies_agree() -> list[str]:
    wrong = Transfer.objects.exclude(
        currency=F("from_account__currency"), from_account__currency=F("to_account__currency")
    )
    return [f"transfer {t.key} joins accounts of different currencies" for t in wrong]


def _reversals_mirror() -> list[str]:
    mirrored = Q(
        from_account=F("reverses__to_account"),
        to_account=F("reverses__from_account"),
        amount_minor=F("reverses__amount_minor"),
        reverses__reverses=None,
    )
    wrong = Transfer.objects.exclude(reverses=None).exclude(mirrored)
    doubled = (
        Transfer.objects.values("reverses")
        .annotate(n=Count("id"))
        .filter(n__gt=1, reverses__isnull=False)
    )
    return [f"reversal {t.key} does not mirror its original" for t in wrong] + [
        f"transfer {row['reverses']} is reversed twice" for row in doubled
    ]
