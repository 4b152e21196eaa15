"""Closing a day: its verdict in every pool's scope, its goals stored, its money moved. Once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Sum

from incentives import rules
from incentives.models import Day, DayVerdict, Headline, Pool, PoolPolicy
from incentives.services.bonus_policies import terms_for
from incentives.services.goals import GoalsOfDay, stored_tally
from incentives.services.years import fiscal_year, is_closed
from incentives.signals import day_closed
from ledger.services.posting import open_account, post
from people.models import Leave, Membership, Salary, User
from people.services import policies
from people.services.calendars import SiteDays, all_sites, subtree
from people.services.retrying import retried
from people.services.rule_changes import hold_rules

EXPENSE = "company:bonus-expense"


class CloseRefused(Exception):
    """The day was not closed; the message says why and what to do."""


class PoolRefused(CloseRefused):
    """Some pools could not be judged; `verdicts` are those of the others, which stand."""

    def __init__(self, message: str, verdicts: list[DayVerdict]):
        self.verdicts = verdicts
        super().__init__(message)


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


def policies_on(day: date) -> list[tuple[Pool, PoolPolicy]]:
    """Every pool that has a policy on that day, with it."""
    pools = ((pool, pool.policy_on(day)) for pool in Pool.objects.all())
    return [(pool, policy) for pool, policy in pools if policy]


def headline_on(day: date) -> Pool | None:
    """The pool whose verdict is the company's on a day."""
    row = Headline.objects.filter(from_date__lte=day).order_by("-from_date").first()
    return row.pool if row else None


def last_final_day(first: date, last: date | None = None) -> date | None:
    """The latest final day among first to last, or of all from the first on."""
    final = DayVerdict.objects.filter(
        status=rules.Status.FINAL, date__gte=first, date__lte=last or date.max
    )
    return final.aggregate(last=Max("date"))["last"]


def company_scope(day: date) -> tuple[Pool | None, PoolPolicy]:
    """By whom and by what policy the company is judged on a day: the headline pool, else nobody
    and the default policy. A final verdict of the company stays the company's."""
    final = DayVerdict.objects.filter(date=day, is_company=True, status=rules.Status.FINAL).first()
    pool = final.pool if final else headline_on(day)
    policy = pool.policy_on(day) if pool else None
    return (pool, policy) if policy else (None, PoolPolicy(from_date=day))


@retried
def close_day(
    day: date,
    *,
    by: User,
    now: datetime,
    final: bool = False,
    posting_withheld: bool | None = None,
) -> list[DayVerdict]:
    """Take the verdicts of a day: provisional in the morning, final at the cut-off or with `final`.

    Running it again changes nothing once the day is final. `posting_withheld` empty leaves what an
    earlier run has said. Returns one verdict a pool, the
    company's first (unsaved, and worth nothing, for a day that is not over or on which nothing
    is due). Raises CloseRefused; PoolRefused when only some pools could not be judged.
    """
    moment = day_in_time(day, now=now)
    closed: list[DayVerdict] = []
    refusals: list[str] = []
    with transaction.atomic():
        hold_rules()
        lock_days([day])
        for pool, policy, is_company in _scopes(day):
            try:
                with transaction.atomic():
                    verdict = _open_verdict(
                        day, pool, policy, is_company=is_company, by=by, withheld=posting_withheld
                    )
                    closed.append(_close(verdict, moment, by=by, now=now, final=final))
            except CloseRefused as refused:
                refusals.append(str(refused))
        if any(verdict.pk for verdict in closed):
            transaction.on_commit(lambda: day_closed.send(sender=DayVerdict, date=day))
    if refusals:
        raise PoolRefused("; ".join(refusals), closed)
    return closed


def _scopes(day: date) -> list[tuple[Pool | None, PoolPolicy, bool]]:
    """(pool, policy, whether its verdict is the company's), the company's first."""
    company, policy = company_scope(day)
    others = [(p, its, False) for p, its in policies_on(day) if p != company]
    return [(company, policy, True), *others]


def lock_days(days: Iterable[date]) -> None:
    """Hold these days against closing, restating and recording until the transaction ends."""
    ordered = sorted(set(days))
    Day.objects.bulk_create([Day(date=day) for day in ordered], ignore_conflicts=True)
    rows = Day.objects.select_for_update().filter(date__gte=ordered[0], date__lte=ordered[-1])
    list(rows.order_by("date").values_list("date"))


def _open_verdict(
    day: date,
    pool: Pool | None,
    policy: PoolPolicy,
    *,
    is_company: bool,
    by: User,
    withheld: bool | None,
) -> DayVerdict:
    """The newest version of the day in this scope: final as it is, else under today's policy."""
    verdict = DayVerdict.objects.filter(pool=pool, date=day).order_by("-version").first()
    if verdict and verdict.status == rules.Status.FINAL:
        return verdict
    if is_company:
        _make_room_for_the_company(day, pool)
    verdict = verdict or DayVerdict(pool=pool, date=day)
    verdict.scope = policy.scope
    verdict.threshold_bp = policy.threshold_bp
    verdict.mode, verdict.unreported = policy.mode, policy.unreported
    verdict.contribution_kind = policy.contribution_kind
    verdict.contribution_amount = policy.contribution_amount
    verdict.currency = pool.currency if pool else ""
    verdict.is_company, verdict.made_by = is_company, by
    if withheld is not None:
        verdict.posting_withheld = withheld
    return verdict


def _make_room_for_the_company(day: date, pool: Pool | None) -> None:
    """Another pool became the headline while the day was provisional."""
    others = DayVerdict.objects.filter(
        date=day, is_company=True, status=rules.Status.PROVISIONAL
    ).exclude(pool=pool) if pool else DayVerdict.objects.filter(
        date=day, is_company=True, status=rules.Status.PROVISIONAL, pool__isnull=False
    )  # fmt: skip
    others.filter(pool=None).delete()
    others.update(is_company=False)


def _close(
    verdict: DayVerdict, moment: DayInTime, *, by: User, now: datetime, final: bool
) -> DayVerdict:
    if verdict.status == rules.Status.FINAL:
        return verdict
    goals = GoalsOfDay(
        moment.day, moment.site_ids, verdict.scope_id, verdict.unreported, final=False
    )
    if moment.over and (final or _every_cut_off_has_passed(moment, moment.site_ids, now=now)):
        return _make_final(verdict, goals, by=by)
    _judge(verdict, goals.tally(), final=False)
    if not moment.over:
        verdict.status = rules.Status.OPEN
        return verdict
    if not verdict.due:
        return _nothing_due(verdict)
    if not verdict.awaited or _every_cut_off_has_passed(moment, goals.due_site_ids(), now=now):
        return _make_final(verdict, goals, by=by)
    verdict.status = rules.Status.PROVISIONAL
    verdict.expected_minor = contribution(verdict) if verdict.hit else 0
    verdict.save()
    return verdict


def _nothing_due(verdict: DayVerdict) -> DayVerdict:
    """No verdict to keep; one from before the goals fell away goes too."""
    if verdict.pk:
        verdict.delete()
    verdict.status, verdict.expected_minor = rules.Status.FINAL, 0
    return verdict


def _make_final(verdict: DayVerdict, goals: GoalsOfDay, *, by: User) -> DayVerdict:
    verdict.status, verdict.hit, verdict.counted_weight = rules.Status.PROVISIONAL, None, 0
    verdict.save()
    _judge(verdict, replace(goals, final=True).store(verdict), final=True)
    if not verdict.due:
        return _nothing_due(verdict)
    verdict.status, verdict.expected_minor = rules.Status.FINAL, 0
    verdict.contribution_minor = contribution(verdict) if verdict.hit else 0
    verdict.save()
    if verdict.contribution_minor:
        move_contribution(verdict, by=by)
    return verdict


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


def judge_live(verdict: DayVerdict, tally: rules.Tally) -> None:
    """Bring a provisional verdict up to the goals as they stand now, without saving it."""
    _judge(verdict, tally, final=False)
    verdict.expected_minor = contribution(verdict) if verdict.hit else 0


def _every_cut_off_has_passed(
    moment: DayInTime, site_ids: Collection[int], *, now: datetime
) -> bool:
    at = time.fromisoformat(policies.in_force("cut_off", on=moment.day))
    cut_offs = [
        site.cut_off(moment.day, at=at) for site in moment.working if site.site.pk in site_ids
    ]
    return all(cut_off is not None and cut_off <= now for cut_off in cut_offs)


def contribution(verdict: DayVerdict) -> int:
    """What this day pays when it hits, in minor units. Raises CloseRefused on a foreign salary."""
    heads, payroll = 0, 0
    if verdict.contribution_kind == PoolPolicy.Kind.PER_HEAD:
        heads = _eligible(verdict).count()
    elif verdict.contribution_kind == PoolPolicy.Kind.PAYROLL:
        payroll = _payroll_minor_bp(verdict)
    return rules.contribution_minor(
        verdict.contribution_kind,
        verdict.contribution_amount,
        heads=heads,
        payroll_minor_bp=payroll,
        days_in_year=fiscal_year(verdict.date).days,
    )


def _eligible(verdict: DayVerdict) -> QuerySet[Membership]:
    """Memberships that a day's contribution belongs to."""
    members = Membership.objects.on(verdict.date)
    if verdict.pool:
        kinds = terms_for(verdict.pool, fiscal_year(verdict.date)).excluded_leave
        away = Leave.objects.on(verdict.date).filter(kind__in=kinds)
        members = members.exclude(employee__in=away.values("employee"))
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


def move_contribution(verdict: DayVerdict, *, by: User) -> None:
    """One transfer from the company's bonus expense to the pool of the day's fiscal year."""
    pool = verdict.pool
    if pool is None:
        # The bare company's verdict moves no money.
        return
    year = fiscal_year(verdict.date).name
    if is_closed(pool, year):
        raise CloseRefused(f"the year {year} of pool {pool} is closed; {verdict.date} pays no more")
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
