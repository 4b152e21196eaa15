"""Pools and their movements."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import Pool
from incentives.rules import Status
from incentives.services.bonus_policies import terms_for
from incentives.services.bonus_years import acts_in, pool_year
from incentives.services.closing import headline_on
from incentives.services.explaining import policy_in_words
from incentives.services.policy_words import terms_in_words
from incentives.services.pool_statements import pool_statement
from incentives.services.reading import balances_by_year, policies_in_force
from incentives.services.years import fiscal_year, year_named
from incentives.tables import TransferTable
from people.lists import show_list
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
    acts = acts_in(pool, year)
    running = fiscal_year(newest).name == year
    known = account or running or acts or pool.bonus_runs.filter(year=year).exists()
    if not known:
        raise Http404
    facts = {
        "year": pool_year(pool, year),
        "acts": acts,
        "rules": terms_in_words(terms_for(pool, year_named(year)), currency=pool.currency),
        "pool": pool,
        "balance": account.balance() if account else 0,
        "expected": _expected(pool, year),
        "hit_days": _hit_days(pool, year),
        "policy": policy_in_words(pool.policy_on(newest)),
    }
    return show_list(
        request, TransferTable, pool_statement(pool, year), template="incentives/pool.html",
        shown=facts, title=_("Pool %(pool)s %(year)s") % {"pool": pool, "year": year},
    )  # fmt: skip


def _days_of(pool: Pool, year: int):
    span = year_named(year)
    return pool.verdicts.filter(date__gte=span.first, date__lte=span.last).latest_versions()


def _expected(pool: Pool, year: int) -> int:
    return sum(_days_of(pool, year).values_list("expected_minor", flat=True))


def _hit_days(pool: Pool, year: int) -> dict:
    final = _days_of(pool, year).filter(status=Status.FINAL)
    return {"hit": final.filter(hit=True).count(), "of": final.exclude(hit=None).count()}
