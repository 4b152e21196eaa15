"""What if: how often would these targets have been met, and how often would the pool have paid?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from incentives import rules
from incentives.models import Result
from incentives.services.targets import NewTarget
from people.models import Placement
from people.rules import days_between
from people.services.calendars import SiteDays, all_sites

Figures = dict[tuple[date, int, str], int]
"""Scaled figures by business day, department id and metric code."""

THRESHOLDS_PCT = (50, 60, 70, 75, 80, 85, 90, 95, 100)


@dataclass
class BackTest:
    """`targets`: rows of target, days with a figure, days met; `hits`: days by threshold."""

    days: int
    targets: list[tuple[NewTarget, int, int]]
    hits: dict[int, int]
    best_bp: int
    """The best day's share in basis points, rounded down, for show."""

    def as_json(self) -> dict:
        return {
            "days": self.days,
            "targets": [
                {"department": t.department.code, "metric": t.metric.code, "days": n, "met": met}
                for t, n, met in self.targets
            ],
            "hits": {str(threshold): n for threshold, n in self.hits.items()},
        }


class NothingToTest(Exception):
    """There are no past figures for these targets."""


def back_test(
    targets: list[NewTarget],
    *,
    first: date | None = None,
    last: date | None = None,
    unreported: str = rules.Unreported.MISSED,
    ignore_dates: bool = False,
) -> BackTest:
    """Judge past figures (default: all there are) by these targets. Raises NothingToTest.

    A day counts when at least one of the targets is due on it: its site works and, unless
    `ignore_dates`, the target is in force.
    """
    figures = _figures(targets)
    if not figures:
        raise NothingToTest("there are no past figures for these targets; import results first")
    if first and last and last < first:
        raise NothingToTest(f"{last} is before {first}; write the earlier day first")
    span = days_between(first or min(d for d, *_ in figures), last or max(d for d, *_ in figures))
    due_on = _DueTargets(targets, ignore_dates=ignore_dates)
    per_target = {id(target): [0, 0] for target in targets}
    tallies = []
    for day in span:
        states = [(t, _state(t, figures, day, unreported)) for t in due_on(day)]
        for target, state in states:
            if (day, target.department.pk, target.metric.code) in figures:
                per_target[id(target)][0] += 1
                per_target[id(target)][1] += state == rules.GoalState.MET
        if states:
            tallies.append(_tally(states))
    return BackTest(
        days=len(tallies),
        targets=[(t, per_target[id(t)][0], per_target[id(t)][1]) for t in targets],
        hits={pct: _hit_days(tallies, pct, unreported) for pct in THRESHOLDS_PCT},
        best_bp=max((_share_bp(tally, unreported) for tally in tallies), default=0),
    )


def _figures(targets: list[NewTarget]) -> Figures:
    wanted = Result.objects.filter(
        department__in={t.department.pk for t in targets},
        metric__code__in={t.metric.code for t in targets},
    )
    rows = wanted.order_by("revision").values_list(
        "date", "department_id", "metric__code", "value_scaled"
    )
    return {(day, department, metric): value for day, department, metric, value in rows}


class _DueTargets:
    """Which targets are due on a day: in force, at a site that works, in an open department."""

    def __init__(self, targets: list[NewTarget], *, ignore_dates: bool):
        self.targets, self.ignore_dates = targets, ignore_dates
        self.sites: dict[int, SiteDays] = {site.site.pk: site for site in all_sites()}
        self.placements: dict[int, list[Placement]] = defaultdict(list)
        for placement in Placement.objects.filter(
            department__in={t.department.pk for t in targets}
        ):
            self.placements[placement.department_id].append(placement)

    def __call__(self, day: date) -> list[NewTarget]:
        working = {pk for pk, site in self.sites.items() if site.calendar.works_on(day)}
        return [t for t in self.targets if self._in_force(t, day) and self._open(t, day, working)]

    def _in_force(self, target: NewTarget, day: date) -> bool:
        if self.ignore_dates:
            return True
        return target.from_date <= day and (target.until_date is None or day <= target.until_date)

    def _open(self, target: NewTarget, day: date, working: set[int]) -> bool:
        return any(
            p.site_id in working
            and p.from_date <= day
            and (p.until_date is None or day <= p.until_date)
            for p in self.placements[target.department.pk]
        )


def _state(target: NewTarget, figures: Figures, day: date, unreported: str) -> rules.GoalState:
    return rules.goal_state(
        figures.get((day, target.department.pk, target.metric.code)),
        target.value_scaled,
        target.metric.direction,
        excused=False,
        without_figure=rules.state_without_figure(unreported, final=True),
    )


def _tally(states: list[tuple[NewTarget, rules.GoalState]]) -> rules.Tally:
    goals: dict[rules.GoalState, int] = defaultdict(int)
    for _target, state in states:
        goals[state] += 1
    return rules.Tally(goals, goals)


def _judged(tally: rules.Tally, pct: int, unreported: str) -> rules.Judgement:
    return rules.judge(
        tally, threshold_bp=pct * 100, mode=rules.Mode.SHARE, unreported=unreported, final=True
    )


def _hit_days(tallies: list[rules.Tally], pct: int, unreported: str) -> int:
    return sum(1 for tally in tallies if _judged(tally, pct, unreported).hit)


def _share_bp(tally: rules.Tally, unreported: str) -> int:
    judgement = _judged(tally, 100, unreported)
    return rules.BASIS * judgement.met // judgement.counted if judgement.counted else 0
