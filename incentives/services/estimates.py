"""What everybody would get as of today: a run that pays nothing, renewed when something changed.

It is computed while nothing is held, so that no day waits for it, and may be a moment behind.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from incentives.models import BonusRun, BonusShare, Pool
from incentives.services.bonus_policies import terms_for
from incentives.services.bonus_runs import PORTION, new_codes, row_of
from incentives.services.eligibility import BonusRefused
from incentives.services.splitting import (
    Sharing,
    hit_days_of,
    share_out,
    to_share_minor,
)
from incentives.services.years import fiscal_year, is_closed, year_named
from people.models import User
from people.services.calendars import company_yesterday
from people.services.retrying import retried

ESTIMATE = BonusRun.State.ESTIMATE


def renew_estimates(*, by: User, now: datetime) -> list[str]:
    """Compute anew what is behind; as often as one likes. Returns why some could not be."""
    refusals = []
    for pool, year in _undecided_years(now):
        if not is_behind(pool, year, now=now):
            continue
        try:
            estimate(pool, year, by=by, now=now)
        except BonusRefused as refused:
            refusals.append(f"{pool} {year}: {refused}")
    return refusals


def _undecided_years(now: datetime) -> list[tuple[Pool, int]]:
    """Each pool's running year, and earlier ones with an estimate that nobody has decided yet."""
    today = timezone.localdate(now)
    running = fiscal_year(company_yesterday(now) or today).name
    pools = {pool.pk: pool for pool in Pool.objects.all()}
    wanted = {(pk, running) for pk, pool in pools.items() if pool.policy_on(today)}
    wanted |= set(BonusRun.objects.filter(state=ESTIMATE).values_list("pool", "year"))
    wanted -= set(BonusRun.objects.decided().values_list("pool", "year"))
    found = [(pools[pk], year) for pk, year in sorted(wanted)]
    return [(pool, year) for pool, year in found if not is_closed(pool, year)]


def is_behind(pool: Pool, year: int, *, now: datetime) -> bool:
    """Whether days, money or policy are others than those of the estimate, or it is of an earlier
    day: who came, went or is paid otherwise since is in it by tomorrow."""
    run = BonusRun.objects.filter(pool=pool, year=year, state=ESTIMATE).first()
    if run is None or timezone.localdate(run.made_at) < timezone.localdate(now):
        return True
    span = year_named(year)
    days = hit_days_of(pool, span, through=min(timezone.localdate(now), span.last))
    return (
        run.balance_minor != to_share_minor(pool, year)
        or [(row["date"], row["version"]) for row in run.days]
        != [(str(day.date), day.version) for day in days]
        or run.policy != terms_for(pool, span).as_json()
    )


def estimate(pool: Pool, year: int, *, by: User, now: datetime) -> BonusRun:
    """What everybody would get as of today; takes the place of the estimate there was.

    Raises BonusRefused; then that one stays.
    """
    sharing = share_out(pool, year, as_of=timezone.localdate(now))
    return _keep(sharing, by=by, now=now)


@retried
@transaction.atomic
def _keep(sharing: Sharing, *, by: User, now: datetime) -> BonusRun:
    facts = _facts(sharing, by=by, now=now)
    found, made = BonusRun.objects.get_or_create(
        pool=sharing.pool, year=sharing.year.name, state=ESTIMATE, defaults=facts
    )
    run = BonusRun.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if run.made_at > now:
        return run
    if made or run.content_sha256 != sharing.sha256:
        _keep_shares(run, sharing)
    for name, value in facts.items():
        setattr(run, name, value)
    run.save()
    return run


def _facts(sharing: Sharing, *, by: User, now: datetime) -> dict[str, Any]:
    return {
        "first": sharing.year.first, "last": sharing.year.last, "through": sharing.through,
        "policy": sharing.terms.as_json(), "days": sharing.days,
        "balance_minor": sharing.balance_minor, "shared_minor": sharing.shared_minor,
        "carried_minor": sharing.carried_minor, "employees": len(sharing.shares),
        "capped": sharing.capped, "content_sha256": sharing.sha256, "made_by": by, "made_at": now,
    }  # fmt: skip


def _keep_shares(run: BonusRun, sharing: Sharing) -> None:
    """Everybody's row anew; a person's code stays the same."""
    held = dict(run.shares.values_list("employee", "code"))
    codes = iter(new_codes(len(sharing.shares), taken=set(held.values())))
    run.shares.all().delete()
    BonusShare.objects.bulk_create(
        [
            row_of(run, share, position, held.get(share.employee_id) or next(codes))
            for position, share in enumerate(sharing.shares)
        ],
        batch_size=PORTION,
    )
