"""What `ledger_check` asks of days and pools: no gap, no double, money where the verdict says."""

from collections import defaultdict
from datetime import date

from django.db import connection

from incentives import rules
from incentives.models import DayVerdict, GoalVerdict, Pool
from incentives.services.goals import GoalsOfDay
from ledger.models import Transfer
from people.rules import days_between
from people.services.calendars import all_sites


def check_pools() -> list[str]:
    """Problems as sentences; empty when in order."""
    problems = _goals_recounted()
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


def _no_gaps(pool: Pool) -> list[str]:
    """Between the first and the last final day every day with a goal due has a verdict."""
    days = set(pool.verdicts.values_list("date", flat=True))
    if not days:
        return []
    sites = all_sites()
    problems = []
    for day in days_between(min(days), max(days)):
        working = tuple(site.site.pk for site in sites if site.calendar.works_on(day))
        policy = pool.policy_on(day) if day not in days and working else None
        if policy is None:
            continue
        goals = GoalsOfDay(day, working, policy.scope_id, policy.unreported, final=True)
        if goals.tally().due:
            problems.append(f"pool {pool.code}: {day} has goals due and no verdict (close_day)")
    return problems


def _goals_recounted() -> list[str]:
    """The goals stored under a final day are those its verdict was taken from."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT verdict_id, COUNT(*), SUM(CASE WHEN state = {rules.GoalState.MET.value}"
            f" THEN 1 ELSE 0 END) FROM {GoalVerdict._meta.db_table} GROUP BY verdict_id"
        )
        stored = {pk: (due, int(met)) for pk, due, met in cursor.fetchall()}
    final = DayVerdict.objects.filter(status=rules.Status.FINAL)
    return [
        f"{day} version {version}: says {met} of {due} goals met, stores {stored.get(pk)}"
        for pk, day, version, due, met in final.values_list("pk", "date", "version", "due", "met")
        if stored.get(pk) != (due, met)
    ]
