"""Pools and their dated policies."""

import re
from datetime import date

from django.db import transaction
from django.urls import resolve, reverse

from incentives.models import DayVerdict, Headline, Pool, PoolPolicy
from incentives.services.closing import headline_on, last_final_day
from people.models import Department, User
from people.services import audit
from people.services.retrying import retried
from people.services.rule_changes import change_rules


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
    change_rules()
    pool = Pool.objects.filter(code=code).first() or _new_pool(code, currency)
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


def _new_pool(code: str, currency: str) -> Pool:
    """Raises PolicyRefused for a code that an address or an account's name could not carry."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,30}", code):
        raise PolicyRefused(f"“{code}” is no pool code: write 1 to 30 of A-Z a-z 0-9 _ and -")
    if Pool.objects.filter(code__iexact=code).exists():
        raise PolicyRefused(f"a pool {code} exists with other capital letters")
    if resolve(reverse("my-statement", args=[code, 2026])).url_name != "my-statement":
        raise PolicyRefused(f"“{code}” is a word of the product's own addresses; choose another")
    return Pool.objects.create(code=code, currency=currency)


def _with_headline(policy: PoolPolicy, pool: Pool, headline: bool, *, by: User) -> PoolPolicy:
    """From the policy's day on this pool's verdict is the company's; final days keep theirs."""
    if headline and headline_on(policy.from_date) != pool:
        Headline.objects.update_or_create(
            from_date=policy.from_date, defaults={"pool": pool, "made_by": by}
        )
        subject = f"pool:{pool.code}"
        audit.record("set_headline", by=by, subject=subject, after=str(policy.from_date))
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


def final_day_behind(from_date: date) -> str:
    """Why a fiscal year can't begin otherwise from a day on: money already lies in its years."""
    last = last_final_day(from_date)
    return f"{last} is final; the fiscal year changes after it at the earliest" if last else ""
