"""Pools and their movements."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django_tables2 import RequestConfig

from incentives.models import Pool
from incentives.rules import Status
from incentives.services.closing import fiscal_year, headline_on
from incentives.services.explaining import policy_in_words
from incentives.services.reading import balances_by_year, policies_in_force
from incentives.tables import TransferTable
from ledger.models import Transfer
from people.services.calendars import company_yesterday


@login_required
def index(request):
    """Every pool with each of its years."""
    headline = headline_on(timezone.localdate())
    policies = policies_in_force(timezone.localdate())
    years = balances_by_year()
    pools = [
        {
            "pool": pool,
            "headline": pool == headline,
            "policy": policy_in_words(policies.get(pool.pk)),
            "years": [{"year": year, "balance": minor} for year, minor in years.get(pool.code, [])],
        }
        for pool in Pool.objects.all()
    ]
    return render(request, "incentives/pools.html", {"pools": pools})


@login_required
def show(request, code: str, year: int):
    pool = get_object_or_404(Pool, code=code)
    account = pool.accounts().filter(code=pool.account_code(year)).first()
    newest = company_yesterday(timezone.now()) or timezone.localdate()
    if account is None and fiscal_year(newest).name != year:
        raise Http404
    movements = list(_movements(account)) if account else []
    table = TransferTable(
        movements[::-1],
        pool_account_ids={account.pk} if account else set(),
        balances=_running(movements, account),
    )
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {
        "pool": pool,
        "year": year,
        "balance": account.balance() if account else 0,
        "expected": _expected(pool, year),
        "hit_days": _hit_days(pool, year),
        "policy": policy_in_words(pool.policy_on(newest)),
        "table": table,
    }
    return render(request, "incentives/pool.html", context)


def _movements(account):
    own = Q(to_account=account) | Q(from_account=account)
    return Transfer.objects.filter(own).order_by("id")


def _running(movements: list[Transfer], account) -> dict[int, int]:
    """The balance after each movement, by its id."""
    balances, balance = {}, 0
    for transfer in movements:
        into = transfer.to_account_id == account.pk
        balance += transfer.amount_minor if into else -transfer.amount_minor
        balances[transfer.pk] = balance
    return balances


def _days_of(pool: Pool, year: int):
    span = fiscal_year(date(year, 12, 31))
    if span.name != year:
        span = fiscal_year(date(year, 1, 1))
    return pool.verdicts.filter(date__gte=span.first, date__lte=span.last).latest_versions()


def _expected(pool: Pool, year: int) -> int:
    return sum(_days_of(pool, year).values_list("expected_minor", flat=True))


def _hit_days(pool: Pool, year: int) -> dict:
    final = _days_of(pool, year).filter(status=Status.FINAL)
    return {"hit": final.filter(hit=True).count(), "of": final.exclude(hit=None).count()}
