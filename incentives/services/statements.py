"""A person's statement: how the share came about, from the days to the cap to the penny.

Everything comes from what the run has stored, so that it says the same for ever.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from django.conf import settings

from incentives.models import BonusRun, BonusShare, DayVerdict
from incentives.models.bonus import day_of
from incentives.rules import BASIS, Status, half_up
from incentives.rules.bonus import RATE_SCALE
from people.models import Employee, Role, RoleAssignment


class EarnedDay(NamedTuple):
    """A hit day as one person earned on it; amounts in minor units, rounded for show."""

    date: date
    contribution_minor: int
    earned_minor: int
    version: int

    @property
    def is_corrected(self) -> bool:
        return self.version > 1


@dataclass(frozen=True)
class EarnedMonth:
    """`first` is the month's first day; `hit_days` those the person earned on, of `all_hit_days`;
    `earned_minor` is the sum of all months through this one minus those before, so that the
    months add up to the year."""

    first: date
    hit_days: int
    all_hit_days: int
    earned_minor: int


@dataclass(frozen=True)
class Statement:
    """All amounts in minor units of `currency`; factors in basis points, None where not used."""

    name: str
    number: str
    department: str
    job_title: str
    language: str
    pool: str
    currency: str
    year: int
    first: date
    last: date
    through: date
    is_estimate: bool
    days: list[EarnedDay]
    months: list[EarnedMonth]
    verdict_days: int
    earned_minor: int
    department_bp: int | None
    manager_bp: int | None
    pool_minor: int
    people: int
    cap_bp: int
    salary_minor: int
    other_pools_minor: int
    cap_minor: int
    share_minor: int
    is_capped: bool
    code: str
    ask: list[str]
    questions_until: date | None
    link: str

    @property
    def curve(self) -> list[tuple[date, int]]:
        """What had been earned after each hit day, the year's first and last day included."""
        points, total = [(self.first, 0)], 0
        for day in self.days:
            total += day.earned_minor
            points.append((day.date, total))
        return [*points, (self.through, total)]

    @property
    def hit_days(self) -> int:
        """All that the pool had, whether the person earned on them or not."""
        return sum(month.all_hit_days for month in self.months)

    @property
    def corrected(self) -> list[EarnedDay]:
        return [day for day in self.days if day.is_corrected]


def statement_of(share: BonusShare) -> Statement:
    """For one person; `Statements` is for many."""
    return Statements(share.run).of(share)


class Statements:
    """The statements of one run: what all have in common is read once."""

    def __init__(self, run: BonusRun) -> None:
        self.run = run
        self.rows = sorted(run.days, key=day_of)
        self.days = [day_of(row) for row in self.rows]
        self.month_of = {day: day.replace(day=1) for day in self.days}
        self.days_of_month = Counter(self.month_of.values())
        self.verdict_days = verdict_days(run)
        self.ask = whom_to_ask(on=run.through)

    def of(self, share: BonusShare) -> Statement:
        """`share` with its employee and department."""
        run, working, employee = self.run, share.working, share.employee
        days = self._days(working["spans"])
        return Statement(
            name=employee.name, number=employee.number, department=share.department.name,
            job_title=employee.job_title, language=employee.language, pool=run.pool.code,
            currency=run.currency, year=run.year, first=run.first, last=run.last,
            through=run.through, is_estimate=run.state == BonusRun.State.ESTIMATE,
            days=days, months=self._months(days), verdict_days=self.verdict_days,
            earned_minor=share.earned_minor, department_bp=working.get("mean_department_bp"),
            manager_bp=share.factor_bp, pool_minor=run.balance_minor, people=run.employees,
            cap_bp=run.policy["cap_bp"],
            salary_minor=salary_minor(working), other_pools_minor=working["other_pools_minor"],
            cap_minor=share.cap_minor, share_minor=share.share_minor,
            is_capped=share.is_capped, code=share.code, ask=self.ask,
            questions_until=questions_until(run), link=link_to(share),
        )  # fmt: skip

    def _days(self, spans: list[list]) -> list[EarnedDay]:
        """Each in whole minor units of the rounded running sum, so that the days add up to what was
        earned."""
        found, exact, shown = [], 0, 0
        for first, last, weight in _weights(spans):
            for place in range(bisect_left(self.days, first), bisect_right(self.days, last)):
                row = self.rows[place]
                exact += row["rate"] * weight
                amount = half_up(exact, RATE_SCALE) - shown
                shown += amount
                day = self.days[place]
                found.append(EarnedDay(day, row["contribution_minor"], amount, row["version"]))
        return found

    def _months(self, days: list[EarnedDay]) -> list[EarnedMonth]:
        by_month = groupby(days, key=lambda day: self.month_of[day.date])
        own = {first: list(its) for first, its in by_month}
        return [
            EarnedMonth(
                first, len(own.get(first, [])), self.days_of_month[first],
                sum(day.earned_minor for day in own.get(first, [])),
            )
            for first in months_between(self.run.first, self.run.through)
        ]  # fmt: skip


def _weights(spans: list[list]) -> list[tuple[date, date, int]]:
    """Salary times full-time share from a day through another, in the order of time."""
    found = [
        (date.fromisoformat(first), date.fromisoformat(last), annual_minor * fte_bp)
        for first, last, _department, annual_minor, fte_bp in spans
    ]
    return sorted(each for each in found if each[2])


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from one day to another."""
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def salary_minor(working: dict) -> int:
    """What the cap is a share of: the mean annual salary times full-time share, rounded down."""
    days = working["days"]
    return working["salary_days"] // (days * BASIS) if days else 0


def verdict_days(run: BonusRun) -> int:
    """Final days of the run's year that had a verdict, hit or not."""
    final = DayVerdict.objects.for_pool(run.pool).filter(
        date__gte=run.first, date__lte=run.through, status=Status.FINAL
    )
    return final.exclude(hit=None).values("date").distinct().count()


def questions_until(run: BonusRun) -> date | None:
    """The last day for questions about a statement; None before it is approved."""
    if run.approved_at is None:
        return None
    return run.approved_at.date() + timedelta(days=run.policy["question_days"])


def link_to(share: BonusShare) -> str:
    """The whole address of the page that only its person can open."""
    return f"{settings.BASE_URL}/bonus/statements/{share.pk}/"


def whom_to_ask(*, on: date) -> list[str]:
    """Who answers questions: finance, by name, three at most."""
    holding = RoleAssignment.objects.on(on).filter(role=Role.FINANCE, user__is_active=True)
    found = Employee.objects.filter(user__in=holding.values("user")).order_by("sort_key")
    return [employee.name for employee in found[:3]]
