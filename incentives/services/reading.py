"""Reads of days and goals that commands, pages, the results page and screens share."""

from datetime import date, datetime

from django.db.models import QuerySet, Sum

from incentives import rules
from incentives.models import DayVerdict, Excuse, GoalVerdict, Metric, Pool, PoolPolicy
from incentives.services.closing import (
    DayInTime,
    company_scope,
    day_in_time,
    judge_live,
    pool_balance,
)
from incentives.services.goals import GoalsOfDay, ShownGoal, tally
from ledger.models import Account, Transfer
from people.models import Department

LINE = (
    "date", "pool", "status", "version", "mode", "unreported", "threshold_bp", "due", "met",
    "missed", "awaited", "excused", "counted", "needed", "hit", "contribution_minor", "currency",
    "pool_balance_minor",
)  # fmt: skip
"""The columns of a day's line, in order (docs/commands.md)."""


def as_line(verdict: DayVerdict) -> dict:
    """One day and pool as the commands print it; JSON has further keys after these."""
    balance = pool_balance(verdict.pool, through=verdict.date) if verdict.pool else 0
    values = {name: getattr(verdict, name, None) for name in LINE}
    values |= {
        "date": str(verdict.date),
        "pool": verdict.pool.code if verdict.pool else None,
        "pool_balance_minor": balance,
    }
    values |= {
        "expected_minor": verdict.expected_minor,
        "met_weight": verdict.met_weight,
        "counted_weight": verdict.counted_weight,
        "posting_withheld": verdict.posting_withheld,
    }
    return {name: getattr(value, "value", value) for name, value in values.items()}


def as_csv(line: dict) -> str:
    """The line in the order of LINE; `hit` is true, false or null."""
    words = {None: "", True: "true", False: "false"}

    def cell(name: str) -> str:
        if name == "hit":
            return words[line[name]] or "null"
        return "" if line[name] is None else str(line[name])

    return ",".join(cell(name) for name in LINE)


def verdict_of(day: date, pool: Pool | None) -> DayVerdict | None:
    """The newest version of a day in a pool's scope."""
    return DayVerdict.objects.for_pool(pool).filter(date=day).order_by("-version").first()


def company_verdict(day: date) -> DayVerdict | None:
    """The newest version of the company's verdict of a day."""
    latest = DayVerdict.objects.filter(date=day).of_company().order_by("-version")
    return latest.select_related("pool").first()


def goals_of(verdict: DayVerdict, *, now: datetime) -> list[ShownGoal]:
    """Goals as stored for a final day, else as they stand now; by department and metric.

    A provisional verdict is brought up to those goals, so that both say the same.
    """
    if verdict.status == rules.Status.FINAL:
        return _stored_goals(verdict)
    goals = live_goals(day_in_time(verdict.date, now=now), verdict.scope_id, verdict.unreported)
    judge_live(verdict, tally((goal.state, 1, goal.weight) for goal in goals))
    return goals


def _stored_goals(verdict: DayVerdict) -> list[ShownGoal]:
    goals = (
        GoalVerdict.objects.filter(verdict=verdict)
        .select_related("target__department", "target__metric")
        .order_by("target__department__code", "target__metric__code")
    )
    excuses = _excuses(verdict.date)
    return [
        ShownGoal(
            goal.target.department, goal.target.metric, goal.target_scaled, goal.value_scaled,
            rules.GoalState(goal.state), goal.weight,
            excuses.get((goal.target.department_id, goal.target.metric_id), ""),
        )
        for goal in goals
    ]  # fmt: skip


def live_goals(moment: DayInTime, scope_id: int | None, unreported: str) -> list[ShownGoal]:
    goals = GoalsOfDay(moment.day, moment.site_ids, scope_id, unreported, final=False)
    rows = goals.rows(
        "t.department_id, t.metric_id, {target}, r.value_scaled, {state}, t.weight",
        "ORDER BY d.code, m.code",
    )
    departments = Department.objects.in_bulk({row[0] for row in rows})
    metrics = Metric.objects.in_bulk({row[1] for row in rows})
    excuses = _excuses(moment.day)
    return [
        ShownGoal(
            departments[department], metrics[metric], target, value, rules.GoalState(state),
            weight, excuses.get((department, metric), ""),
        )
        for department, metric, target, value, state, weight in rows
    ]  # fmt: skip


def _excuses(day: date) -> dict[tuple[int, int], str]:
    rows = Excuse.objects.filter(date=day).select_related("made_by__employee")
    return {(e.department_id, e.metric_id): f"{e.reason} ({e.made_by.display_name})" for e in rows}


def versions_of(day: date, pool: Pool | None) -> QuerySet[DayVerdict]:
    """Every version of a day, oldest first."""
    return DayVerdict.objects.for_pool(pool).filter(date=day).order_by("version")


def due_goals(day: date, *, now: datetime) -> list[ShownGoal]:
    """All goals due on a day by the company's policy, whoever they belong to."""
    moment = day_in_time(day, now=now)
    _pool, policy = company_scope(day)
    return live_goals(moment, None, policy.unreported)


def goal_as_it_stands(
    day: date, department: Department, metric: Metric, *, now: datetime
) -> ShownGoal | None:
    """One goal of the company's day; None when it was not due or the day has no verdict."""
    verdict = company_verdict(day)
    goals = goals_of(verdict, now=now) if verdict else []
    wanted = (department.pk, metric.pk)
    return next((g for g in goals if (g.department.pk, g.metric.pk) == wanted), None)


def missed_departments(goals: list[ShownGoal]) -> list[str]:
    """Names of departments with a missed goal, each once, in the goals' order."""
    return list(
        dict.fromkeys(g.department.name for g in goals if g.state == rules.GoalState.MISSED)
    )


def history(
    department: Department, *, first: date, last: date
) -> list[tuple[Metric, list[tuple[date, GoalVerdict]]]]:
    """Per metric what final days stored for this department's goals, by date."""
    verdicts = {
        v.pk: v.date
        for v in DayVerdict.objects.filter(
            date__gte=first, date__lte=last, status=rules.Status.FINAL
        ).of_company().latest_versions()
    }  # fmt: skip
    goals = GoalVerdict.objects.filter(
        verdict__in=list(verdicts), target__in=list(department.targets.values_list("pk", flat=True))
    ).select_related("target__metric")
    by_metric: dict[Metric, list[tuple[date, GoalVerdict]]] = {}
    for goal in goals:
        by_metric.setdefault(goal.target.metric, []).append((verdicts[goal.verdict_id], goal))
    return [
        (metric, sorted(found, key=lambda pair: pair[0])) for metric, found in by_metric.items()
    ]


def pool_verdicts(day: date) -> list[DayVerdict]:
    """The newest version of a day in every pool, the headline first."""
    latest = DayVerdict.objects.filter(date=day).exclude(pool=None).latest_versions()
    return list(latest.select_related("pool").order_by("-is_company", "pool__code"))


def policies_in_force(day: date) -> dict[int, PoolPolicy]:
    """Each pool's policy of a day, by the pool's id."""
    earlier = PoolPolicy.objects.filter(from_date__lte=day).order_by("from_date")
    return {policy.pool_id: policy for policy in earlier.select_related("pool", "scope")}


def balances_by_year() -> dict[str, list[tuple[str, int]]]:
    """(year, balance in minor units) of every pool by its code, the newest year first."""
    accounts = Account.objects.filter(code__startswith="pool:").order_by("-code")
    of_pools = list(accounts.values_list("pk", flat=True))
    moved = Transfer.objects.order_by()
    incoming, outgoing = (
        dict(
            moved.filter(**{f"{side}__in": of_pools})
            .values_list(side)
            .annotate(Sum("amount_minor"))
        )
        for side in ("to_account", "from_account")
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for account in accounts:
        _pool, code, year = account.code.split(":")
        balance = incoming.get(account.pk, 0) - outgoing.get(account.pk, 0)
        found.setdefault(code, []).append((year, balance))
    return found
