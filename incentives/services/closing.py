"""Closing a day: its verdict in every pool's scope, its goals stored, its money moved. Once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from incentives import rules
from incentives.models import Day, DayVerdict, Pool, PoolPolicy
from incentives.services.goals import GoalsOfDay, stored_tally
from incentives.signals import day_closed
from ledger.services.posting import open_account, post
from people.models import Membership, Salary, User
from people.services import policies
from people.services.calendars import SiteDays, all_sites, subtree
from people.services.retrying import retried

EXPENSE = "company:bonus-expense"


class CloseRefused(Exception):
    """The day was not closed; the message says why and what to do."""


@dataclass(frozen=True)
class DayInTime:
    """A day as the calendars see it now."""

    day: date
    working: list[SiteDays]
    over: bool
    """Every site that works on the day has finished it."""

    @property
    def site_ids(self) -> tuple[int, ...]:
        return tuple(site.site.pk for site in self.working)


def day_in_time(day: date, *, now: datetime) -> DayInTime:
    """Raises CloseRefused for a day to come and for a company without sites."""
    sites = all_sites()
    if not sites:
        raise CloseRefused("there are no sites yet; import them first (import_sites)")
    if day > max(site.today(now) for site in sites):
        raise CloseRefused(f"{day} is still to come; close it when it is over")
    working = [site for site in sites if site.calendar.works_on(day)]
    over = all(site.has_finished(day, now=now) for site in working)
    return DayInTime(day, working, over)


def policies_on(day: date) -> list[tuple[Pool | None, PoolPolicy]]:
    """Every pool with its policy of that day; without a headline pool the bare company first."""
    found: list[tuple[Pool | None, PoolPolicy]] = []
    for pool in Pool.objects.all():
        policy = pool.policy_on(day)
        if policy:
            found.append((pool, policy))
    if not any(pool and pool.headline for pool, _policy in found):
        found.insert(0, (None, PoolPolicy(from_date=day)))
    return found


@retried
def close_day(
    day: date, *, by: User, now: datetime, final: bool = False, posting_withheld: bool = False
) -> list[DayVerdict]:
    """Take the verdicts of a day: provisional in the morning, final at the cut-off or with `final`.

    Running it again changes nothing once the day is final. Returns one verdict a pool (unsaved,
    and worth nothing, for a day that is not over or on which nothing is due).
    Raises CloseRefused.
    """
    moment = day_in_time(day, now=now)
    with transaction.atomic():
        _lock(day)
        closed = [
            _close_in_scope(
                moment, pool, policy, by=by, now=now, final=final, withheld=posting_withheld
            )
            for pool, policy in policies_on(day)
        ]
        if any(verdict.pk for verdict in closed):
            transaction.on_commit(lambda: day_closed.send(sender=DayVerdict, date=day))
    return closed


def _lock(day: date) -> None:
    lock_days([day])


def lock_days(days: Iterable[date]) -> None:
    """Hold these days against closing, restating and recording until the transaction ends."""
    ordered = sorted(set(days))
    Day.objects.bulk_create([Day(date=day) for day in ordered], ignore_conflicts=True)
    rows = Day.objects.select_for_update().filter(date__gte=ordered[0], date__lte=ordered[-1])
    list(rows.order_by("date").values_list("date"))


def _close_in_scope(
    moment: DayInTime,
    pool: Pool | None,
    policy: PoolPolicy,
    *,
    by: User,
    now: datetime,
    final: bool,
    withheld: bool,
) -> DayVerdict:
    verdict = DayVerdict.objects.filter(pool=pool, date=moment.day).order_by("-version").first()
    if verdict and verdict.status == rules.Status.FINAL:
        return verdict
    verdict = verdict or DayVerdict(pool=pool, date=moment.day)
    _take_over_policy(verdict, policy, pool=pool, by=by, withheld=withheld)
    goals = GoalsOfDay(moment.day, moment.site_ids, policy.scope_id, policy.unreported, final=False)
    if moment.over and (final or _every_cut_off_has_passed(moment, moment.site_ids, now=now)):
        return _make_final(verdict, policy, goals, by=by)
    _judge(verdict, goals.tally(), final=False)
    if not moment.over or not verdict.due:
        verdict.status = rules.Status.OPEN if not moment.over else rules.Status.FINAL
        return verdict
    if not verdict.awaited or _every_cut_off_has_passed(moment, goals.due_site_ids(), now=now):
        return _make_final(verdict, policy, goals, by=by)
    verdict.status = rules.Status.PROVISIONAL
    verdict.expected_minor = contribution(verdict, policy) if verdict.hit else 0
    verdict.save()
    return verdict


def _make_final(
    verdict: DayVerdict, policy: PoolPolicy, goals: GoalsOfDay, *, by: User
) -> DayVerdict:
    verdict.status, verdict.hit, verdict.counted_weight = rules.Status.PROVISIONAL, None, 0
    verdict.save()
    _judge(verdict, replace(goals, final=True).store(verdict), final=True)
    verdict.status, verdict.expected_minor = rules.Status.FINAL, 0
    if not verdict.due:
        verdict.delete()
        return verdict
    verdict.contribution_minor = contribution(verdict, policy) if verdict.hit else 0
    verdict.save()
    if verdict.contribution_minor:
        move_contribution(verdict, by=by)
    return verdict


def _take_over_policy(
    verdict: DayVerdict, policy: PoolPolicy, *, pool: Pool | None, by: User, withheld: bool
) -> None:
    verdict.scope = policy.scope
    verdict.threshold_bp = policy.threshold_bp
    verdict.mode, verdict.unreported = policy.mode, policy.unreported
    verdict.currency = pool.currency if pool else ""
    verdict.made_by, verdict.posting_withheld = by, withheld


def _judge(verdict: DayVerdict, tally: rules.Tally, *, final: bool) -> None:
    judgement = rules.judge(
        tally,
        threshold_bp=verdict.threshold_bp,
        mode=verdict.mode,
        unreported=verdict.unreported,
        final=final,
    )
    for name, value in vars(judgement).items():
        setattr(verdict, name, value)


def judge_again(verdict: DayVerdict) -> None:
    """Set a version's numbers from the goals stored under it."""
    _judge(verdict, stored_tally(verdict), final=True)


def _every_cut_off_has_passed(
    moment: DayInTime, site_ids: Collection[int], *, now: datetime
) -> bool:
    at = time.fromisoformat(policies.in_force("cut_off", on=moment.day))
    cut_offs = [
        site.cut_off(moment.day, at=at) for site in moment.working if site.site.pk in site_ids
    ]
    return all(cut_off is not None and cut_off <= now for cut_off in cut_offs)


def contribution(verdict: DayVerdict, policy: PoolPolicy) -> int:
    """What this day pays when it hits, in minor units. Raises CloseRefused on a foreign salary."""
    heads, payroll = 0, 0
    if policy.contribution_kind == PoolPolicy.Kind.PER_HEAD:
        heads = _eligible(verdict).count()
    elif policy.contribution_kind == PoolPolicy.Kind.PAYROLL:
        payroll = _payroll_minor_bp(verdict)
    year = fiscal_year(verdict.date)
    return rules.contribution_minor(
        policy.contribution_kind,
        policy.contribution_amount,
        heads=heads,
        payroll_minor_bp=payroll,
        days_in_year=year.days,
    )


def _eligible(verdict: DayVerdict) -> QuerySet[Membership]:
    """Memberships that a day's contribution belongs to."""
    members = Membership.objects.on(verdict.date)
    if verdict.scope_id:
        members = members.filter(department__in=subtree({verdict.scope_id}, on=verdict.date))
    return members


def _payroll_minor_bp(verdict: DayVerdict) -> int:
    in_force = Salary.objects.filter(
        employee=OuterRef("employee"), from_date__lte=verdict.date
    ).order_by("-from_date")
    paid = _eligible(verdict).annotate(
        annual_minor=Subquery(in_force.values("annual_minor")[:1]),
        currency=Subquery(in_force.values("currency")[:1]),
    )
    foreign = paid.exclude(currency=verdict.currency).filter(annual_minor__isnull=False).first()
    if foreign:
        raise CloseRefused(
            f"pool {verdict.pool} is in {verdict.currency}, but employee"
            f" {foreign.employee.number} is paid in another currency; narrow the pool's scope"
        )
    return paid.aggregate(s=Sum(F("annual_minor") * F("fte_bp"), default=0))["s"]


def fiscal_year(day: date) -> rules.FiscalYear:
    return rules.fiscal_year(day, policies.in_force("fiscal_year_start", on=day))


def move_contribution(verdict: DayVerdict, *, by: User) -> None:
    """One transfer from the company's bonus expense to the pool of the day's fiscal year."""
    pool = verdict.pool
    if pool is None:
        # The bare company's verdict moves no money.
        return
    year = fiscal_year(verdict.date).name
    post(
        key=f"pool:{pool.code}:{verdict.date}:v{verdict.version}",
        from_account=open_account(EXPENSE, currency=pool.currency),
        to_account=open_account(pool.account_code(year), currency=pool.currency),
        amount_minor=verdict.contribution_minor,
        earned_day=verdict.date,
        why=f"{verdict.met_weight} of {verdict.counted_weight} met, {verdict.needed} needed",
        by=by,
    )


def pool_balance(pool: Pool, *, through: date) -> int:
    """Movements earned through a day in the accounts of that day's fiscal year, minor units."""
    account = pool.accounts().filter(code=pool.account_code(fiscal_year(through).name)).first()
    return account.balance(earned_through=through) if account else 0
