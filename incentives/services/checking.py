"""What `ledger_check` asks of days and pools: no gap, no double, money where the verdict says."""

from collections import defaultdict
from datetime import date

from django.db import connection

from incentives import rules
from incentives.models import DayVerdict, GoalVerdict, Pool
from incentives.services.closing import company_scope
from incentives.services.goals import GoalsOfDay, tally
from ledger.models import Transfer
from people.rules import days_between
from people.services.calendars import all_sites


def check_pools() -> list[str]:
    """Problems as sentences; empty when in order."""
    problems = _goals_recounted() + _no_gaps(None)
    for pool in Pool.objects.all():
        problems += _money_follows_verdicts(pool) + _no_gaps(pool)
    return problems


def _money_follows_verdicts(pool: Pool) -> list[str]:
    """Each final day's contribution is what stands in the ledger for it, and nothing else is."""
    promised = {
        verdict.date: verdict.contribution_minor
        for verdict in pool.verdicts.filter(status=rules.Status.FINAL).latest_versions()
    }
    moved: dict[date, int] = defaultdict(int)
    transfers = Transfer.objects.filter(key__startswith=f"pool:{pool.code}:")
    accounts = set(pool.accounts().values_list("pk", flat=True))
    for transfer in transfers:
        sign = (transfer.to_account_id in accounts) - (transfer.from_account_id in accounts)
        if transfer.earned_day is None:
            continue
        moved[transfer.earned_day] += sign * transfer.amount_minor
    return [
        f"pool {pool.code}: {day} promises {promised.get(day, 0)} and holds {moved.get(day, 0)}"
        for day in sorted(promised.keys() | moved.keys())
        if promised.get(day, 0) != moved.get(day, 0)
    ]


def _no_gaps(pool: Pool | None) -> list[str]:
    """Between the first and the last day every day with a goal due has a verdict: of a pool by
    its policy, of the company (pool empty) by whichever policy was the company's."""
    verdicts = pool.verdicts.all() if pool else DayVerdict.objects.of_company()
    days = set(verdicts.values_list("date", flat=True))
    if not days:
        return []
    sites = all_sites()
    problems = []
    for day in days_between(min(days), max(days)):
        working = tuple(site.site.pk for site in sites if site.calendar.works_on(day))
        if day in days or not working:
            continue
        its_pool, policy = (pool, pool.policy_on(day)) if pool else company_scope(day)
        if policy is None or (pool is None and its_pool):
            # Before the pool's first policy; or a day that the pool's own check names.
            continue
        goals = GoalsOfDay(day, working, policy.scope_id, policy.unreported, final=True)
        if goals.tally().due:
            name = f"pool {pool.code}" if pool else "company"
            problems.append(f"{name}: {day} has goals due and no verdict (close_day)")
    return problems


def _goals_recounted() -> list[str]:
    """Every final verdict is what its stored goals give when it is taken again."""
    tallies = _stored_tallies()
    problems = []
    for verdict in DayVerdict.objects.filter(status=rules.Status.FINAL):
        again = rules.judge(
            tallies.get(verdict.pk, rules.Tally({}, {})),
            threshold_bp=verdict.threshold_bp,
            mode=verdict.mode,
            unreported=verdict.unreported,
            final=True,
        )
        if any(getattr(verdict, name) != value for name, value in vars(again).items()):
            problems.append(
                f"{verdict.date} version {verdict.version}: says {verdict.met} of {verdict.due}"
                f" goals met, hit {verdict.hit}; its goals give {again.met} of {again.due}, hit"
                f" {again.hit}"
            )
    return problems


def _stored_tallies() -> dict[int, rules.Tally]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verdict_id, state, COUNT(*), SUM(weight)"
            f" FROM {GoalVerdict._meta.db_table} GROUP BY verdict_id, state"
        )
        rows = cursor.fetchall()
    by_verdict: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for verdict_id, *row in rows:
        by_verdict[verdict_id].append((row[0], row[1], row[2]))
    return {verdict_id: tally(its) for verdict_id, its in by_verdict.items()}
