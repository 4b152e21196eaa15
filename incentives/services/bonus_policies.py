"""How a pool's years are shared: dated, with who and why."""

from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import BonusPolicy, BonusRun, Pool
from incentives.rules import FiscalYear
from incentives.services.years import fiscal_year
from people.models import LeaveKind, User
from people.services import audit
from people.services.retrying import retried
from people.services.rule_changes import change_rules

LONGEST_REASON = 500


class BonusPolicyRefused(Exception):
    """No policy was set; the message says why."""


@dataclass(frozen=True)
class Terms:
    """What a bonus policy says; the defaults hold where a pool has none. Shares of salary and
    factors in basis points, the limit in minor units."""

    cap_bp: int = 2000
    cap_basis: str = BonusPolicy.CapBasis.MEAN.value
    department_factor: bool = False
    manager_factor: bool = False
    manager_band_bp: int = 2000
    leavers: str = BonusPolicy.Leavers.GOOD.value
    excluded_leave: list[str] = field(default_factory=lambda: [LeaveKind.UNPAID.value])
    negative_limit_minor: int = 0
    question_days: int = 30

    def as_json(self) -> dict:
        return asdict(self)


def terms_for(pool: Pool, year: FiscalYear) -> Terms:
    """By the policy in force on the year's first day: what is promised when it begins holds."""
    found = pool.bonus_policies.filter(from_date__lte=year.first).order_by("-from_date").first()
    return terms_of(found) if found else Terms()


def terms_of(policy: BonusPolicy) -> Terms:
    return Terms(**{name: getattr(policy, name) for name in Terms.__dataclass_fields__})


@retried
@transaction.atomic
def set_bonus_policy(
    pool: Pool, terms: Terms, *, from_date: date, reason: str, by: User
) -> BonusPolicy:
    """New terms for the years that begin on or after a day. Raises BonusPolicyRefused."""
    change_rules()
    _refuse_nonsense(terms, reason)
    _refuse_shared_years(pool, from_date)
    before = terms_for(pool, FiscalYear(from_date.year, from_date, from_date))
    policy, _made = BonusPolicy.objects.update_or_create(
        pool=pool,
        from_date=from_date,
        defaults={
            **terms.as_json(),
            "reason": reason,
            "made_by": by,
            "made_at": timezone.now(),
        },
    )
    audit.record(
        "set_bonus_policy", by=by, subject=f"pool:{pool.code}:{from_date}",
        before=before.as_json(), after=terms.as_json(), why=reason,
    )  # fmt: skip
    return policy


def _refuse_nonsense(terms: Terms, reason: str) -> None:
    if not reason.strip():
        raise BonusPolicyRefused(_("say why the policy changes"))
    if len(reason) > LONGEST_REASON:
        raise BonusPolicyRefused(
            _("the reason is longer than %(n)s characters") % {"n": LONGEST_REASON}
        )
    if not 1 <= terms.cap_bp <= 10_000:
        raise BonusPolicyRefused(_("the cap is above 0% and at most 100% of the salary"))
    if not 0 <= terms.manager_band_bp < 10_000:
        raise BonusPolicyRefused(_("the band of the manager's factor is below 100%"))
    if terms.negative_limit_minor < 0:
        raise BonusPolicyRefused(_("the limit on what a pool may owe is not negative"))
    unknown = sorted(set(terms.excluded_leave) - set(LeaveKind.values))
    if unknown:
        raise BonusPolicyRefused(
            _("%(kinds)s is no kind of leave; known are %(known)s")
            % {"kinds": ", ".join(unknown), "known": ", ".join(LeaveKind.values)}
        )


def _refuse_shared_years(pool: Pool, from_date: date) -> None:
    """A year that was approved under other terms stays as it was approved."""
    last = BonusRun.objects.decided().filter(pool=pool, first__gte=from_date).order_by("-year")
    shared = last.first()
    if shared:
        raise BonusPolicyRefused(
            _("the bonus of %(year)s is approved; let the policy hold from %(day)s or later")
            % {"year": shared.year, "day": fiscal_year(shared.last).last}
        )
