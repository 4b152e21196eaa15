"""Pools and their dated policies."""

from datetime import date

from django.db import transaction

from incentives.models import DayVerdict, Pool, PoolPolicy
from people.models import Department, User
from people.services import audit
from people.services.retrying import retried


class PolicyRefused(Exception):
    """No policy was set; the message says why."""


@retried
@transaction.atomic
def set_pool_policy(
    code: str,
    *,
    from_date: date,
    currency: str,
    contribution_kind: str,
    contribution_amount: int,
    threshold_bp: int = 9500,
    mode: str = PoolPolicy.Mode.SHARE,
    unreported: str = PoolPolicy.Unreported.MISSED,
    scope: Department | None = None,
    headline: bool = False,
    by: User,
) -> PoolPolicy:
    """A new policy of a pool (made when new) from a day on. Raises PolicyRefused.

    `contribution_amount`: minor units, or basis points for the payroll kind.
    """
    pool = Pool.objects.select_for_update().filter(code=code).first()
    pool = pool or Pool.objects.create(code=code, currency=currency)
    if pool.currency != currency:
        raise PolicyRefused(f"pool {code} is in {pool.currency}; a pool keeps its currency")
    content = {
        "scope": scope,
        "threshold_bp": threshold_bp,
        "mode": mode,
        "unreported": unreported,
        "contribution_kind": contribution_kind,
        "contribution_amount": contribution_amount,
    }
    known = pool.policies.filter(from_date=from_date).first()
    if known and all(getattr(known, name) == value for name, value in content.items()):
        return _with_headline(known, pool, headline, by=by)
    _refuse_final_days(pool, from_date)
    before = pool.policy_on(from_date)
    policy, _made = PoolPolicy.objects.update_or_create(
        pool=pool, from_date=from_date, defaults={**content, "made_by": by}
    )
    audit.record(
        "set_pool_policy", by=by, subject=f"pool:{code}:{from_date}", before=_described(before),
        after=_described(policy),
    )  # fmt: skip
    return _with_headline(policy, pool, headline, by=by)


def _refuse_final_days(pool: Pool, from_date: date) -> None:
    decided = DayVerdict.objects.filter(
        pool=pool, date__gte=from_date, status=DayVerdict.Status.FINAL
    ).order_by("-date")
    last = decided.first()
    if last:
        raise PolicyRefused(
            f"pool {pool.code} has final days up to {last.date}; start the policy later"
        )


def _with_headline(policy: PoolPolicy, pool: Pool, headline: bool, *, by: User) -> PoolPolicy:
    if headline and not pool.headline:
        Pool.objects.filter(headline=True).update(headline=False)
        pool.headline = True
        pool.save()
        audit.record("set_headline", by=by, subject=f"pool:{pool.code}", after=True)
    return policy


def _described(policy: PoolPolicy | None) -> dict | None:
    if policy is None:
        return None
    return {
        "from": str(policy.from_date),
        "scope": policy.scope.code if policy.scope else "",
        "threshold_bp": policy.threshold_bp,
        "mode": policy.mode,
        "unreported": policy.unreported,
        policy.contribution_kind: policy.contribution_amount,
    }
