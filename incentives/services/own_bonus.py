"""What somebody sees of the own bonus: estimates until a year is decided, then what was decided.

Drafts and proposals are nobody's business but of those who work on them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import BonusRun, BonusShare, DayVerdict, Pool
from incentives.models.bonus import day_of
from incentives.rules import FiscalYear, Status
from incentives.rules.bonus import at_this_rate
from incentives.services.bonus_policies import terms_for
from incentives.services.eligibility import Year, scopes
from incentives.services.statements import earned_days, weights
from incentives.services.years import fiscal_year
from people.dates import long_day
from people.models import Employee, Membership

SHOWN = (BonusRun.State.ESTIMATE, BonusRun.State.APPROVED, BonusRun.State.PAID)


@dataclass(frozen=True)
class SoFar:
    """A share as it would be today; amounts in minor units of the pool's currency.

    `hit_days` of `verdict_days` are those the person was there for; `day` is the last working day,
    and `of_day_minor` what it has earned, None while it is not final or not yet counted.
    """

    share: BonusShare
    hit_days: int
    verdict_days: int
    day: date | None
    of_day_minor: int | None
    at_this_rate_minor: int

    @property
    def run(self) -> BonusRun:
        return self.share.run


def own_shares(employee: Employee, *, since: int = 0) -> list[BonusShare]:
    """One for each pool and year from `since` on, the newest year first: what was decided, or else
    the estimate."""
    found: dict[tuple[int, int], BonusShare] = {}
    wanted = employee.bonus_shares.filter(run__state__in=SHOWN, run__year__gte=since)
    shares = wanted.select_related("run__pool")
    for share in shares.order_by("-run__year", "run__pool__code"):
        run = share.run
        if (run.pool_id, run.year) not in found or run.is_decided():
            found[run.pool_id, run.year] = share
    decided = _decided_without(found)
    return [share for key, share in found.items() if key not in decided]


def _decided_without(found: dict[tuple[int, int], BonusShare]) -> set[tuple[int, int]]:
    """Years that are decided and have no share for somebody whom the estimate still had."""
    estimated = {key for key, share in found.items() if not share.run.is_decided()}
    if not estimated:
        return set()
    of_pools = BonusRun.objects.decided().filter(pool__in={pool for pool, _year in estimated})
    return estimated & set(of_pools.values_list("pool", "year"))


def own_share(employee: Employee, pool_code: str, year: int) -> BonusShare | None:
    """The share of one pool and year, as `own_shares` has it."""
    return next(
        (
            share
            for share in own_shares(employee)
            if (share.run.pool.code, share.run.year) == (pool_code, year)
        ),
        None,
    )


def so_far(shares: Iterable[BonusShare], *, day: date | None) -> list[SoFar]:
    """What estimates come to; `day` is the company's last working day before today."""
    estimated = [share for share in shares if not share.run.is_decided() and is_paid(share)]
    judged = _judged_days([share.run for share in estimated])
    return [_so_far(share, judged[share.run_id], day) for share in estimated]


def is_paid(share: BonusShare) -> bool:
    """Whether a salary is known for any of the person's days."""
    return any(annual_minor for *_days, annual_minor, _fte in share.working["spans"])


def _judged_days(runs: list[BonusRun]) -> dict[int, dict[date, bool]]:
    """By run: whether each final day of its year was hit, days without a verdict left out."""
    wanted = Q(pk__in=[])
    for run in runs:
        wanted |= Q(pool=run.pool_id, date__range=(run.first, run.through))
    verdicts = DayVerdict.objects.filter(wanted, status=Status.FINAL).exclude(hit=None)
    found: dict[int, dict[date, bool]] = defaultdict(dict)
    by_pool = {(run.pool_id, run.year): run.pk for run in runs}
    years = {run.year: (run.first, run.last) for run in runs}
    for pool, on, hit in verdicts.order_by("version").values_list("pool", "date", "hit"):
        year = next(name for name, (first, last) in years.items() if first <= on <= last)
        found[by_pool[pool, year]][on] = bool(hit)
    return found


def _so_far(share: BonusShare, judged: dict[date, bool], day: date | None) -> SoFar:
    run, spans = share.run, share.working["spans"]
    hit_days = [day_of(row) for row in run.days]
    earned = {each.date: each.earned_minor for each in earned_days(hit_days, run.days, spans)}
    present = [
        on for on in judged if any(first <= on <= last for first, last, _weight in weights(spans))
    ]
    days, of_days = _own_days(share)
    counted = day is not None and day in judged and (not judged[day] or day in hit_days)
    return SoFar(
        share, len(earned), len(present), day,
        earned.get(day, 0) if counted and day else None,
        at_this_rate(share.share_minor, share.cap_minor, days=days, of_days=of_days),
    )  # fmt: skip


def _own_days(share: BonusShare) -> tuple[int, int]:
    """The days on which the person counts: those behind us, and all of the year."""
    spans = [(date.fromisoformat(span[0]), date.fromisoformat(span[1])) for span in
             share.working["spans"]]  # fmt: skip
    through = share.run.through
    behind = sum(((min(last, through) - first).days + 1 for first, last in spans
                  if first <= through))  # fmt: skip
    return behind, sum((last - first).days + 1 for first, last in spans)


def why_no_share(employee: Employee, *, now: datetime) -> str:
    """Why somebody has no share of any pool as of today, in a sentence for them."""
    today = timezone.localdate(now)
    pools = {pool: policy for pool in Pool.objects.all() if (policy := pool.policy_on(today))}
    membership = Membership.objects.on(today).filter(employee=employee).first()
    if employee.hired_on > today:
        return _("You begin on %(day)s; from then on you earn a part of each hit day.") % {
            "day": long_day(employee.hired_on)
        }
    if not pools:
        return _("There is no bonus pool yet.")
    if membership is None:
        return _("You are in no department now, and so in no pool. HR can tell you more.")
    if not employee.salaries.filter(from_date__lte=today, annual_minor__gt=0).exists():
        return _("No salary of yours is known here, so no share can be worked out. Tell HR.")
    return _why_not_in(list(pools), employee, membership, today)


def _why_not_in(pools: list[Pool], employee: Employee, membership: Membership, today: date) -> str:
    year = fiscal_year(today)
    inside = [pool for pool in pools if _is_in_scope(pool, membership, year, today)]
    if not inside:
        return _("Your department is in no pool.")
    excluded = {kind for pool in inside for kind in terms_for(pool, year).excluded_leave}
    if employee.leaves.filter(kind__in=excluded, from_date__lte=today).exists():
        return _("You have been on a leave on which no bonus is earned; it begins again after it.")
    if BonusRun.objects.filter(state=BonusRun.State.ESTIMATE, pool__in=inside).exists():
        return _("You are new here: your share is worked out by tomorrow.")
    return _("Nothing has been worked out yet: that begins with the first day that is closed.")


def _is_in_scope(pool: Pool, membership: Membership, year: FiscalYear, today: date) -> bool:
    days = Year(year)
    return any(
        first <= days.index(today) <= last
        and (departments is None or membership.department_id in departments)
        for (first, last), departments in scopes(pool, days)
    )
