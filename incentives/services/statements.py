"""A person's statement: how the share came about, from the days to the cap to the penny.

Everything comes from what the run has stored, so that it says the same for ever.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from incentives.models import BonusRun, BonusShare, DayVerdict
from incentives.models.bonus import day_of
from incentives.rules import BASIS, Status, half_up
from incentives.rules.bonus import RATE_SCALE, CapBasis
from people.models import Employee, Role, RoleAssignment


class EarnedDay(NamedTuple):
    """A hit day as one person earned on it; amounts in minor units, rounded for show."""

    date: date
    contribution_minor: int
    earned_minor: int
    version: int
    weight: int = 0
    base: int = 0
    """Salary × full-time share on the day: of the person, and of everybody."""

    @property
    def part(self) -> Decimal:
        """The person's part of the day in percent."""
        return Decimal(100 * self.weight) / self.base if self.base else Decimal(0)

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
        self.link = link_to(run)

    def of(self, share: BonusShare) -> Statement:
        """`share` with its employee and department."""
        run, working, employee = self.run, share.working, share.employee
        days = earned_days(self.days, self.rows, working["spans"])
        return Statement(
            name=employee.name, number=employee.number, department=share.department.name,
            job_title=employee.job_title, language=employee.language, pool=run.pool.code,
            currency=run.currency, year=run.year, first=run.first, last=run.last,
            through=run.through, is_estimate=run.state == BonusRun.State.ESTIMATE,
            days=days, months=self._months(days), verdict_days=self.verdict_days,
            earned_minor=share.earned_minor, department_bp=working.get("mean_department_bp"),
            manager_bp=share.factor_bp, pool_minor=run.balance_minor, people=run.employees,
            cap_bp=run.policy["cap_bp"],
            salary_minor=capped_salary_minor(working, run.policy["cap_basis"]),
            other_pools_minor=working["other_pools_minor"],
            cap_minor=share.cap_minor, share_minor=share.share_minor,
            is_capped=share.is_capped, code=share.code, ask=self.ask,
            questions_until=questions_until(run), link=self.link,
        )  # fmt: skip

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


def earned_days(days: list[date], rows: list[dict], spans: list[list]) -> list[EarnedDay]:
    """A run's stored days, in order, as one person earned on them, each in whole minor units of
    the rounded running sum, so that the days add up to what was earned."""
    found, exact, shown = [], 0, 0
    for first, last, weight in weights(spans):
        for place in range(bisect_left(days, first), bisect_right(days, last)):
            row = rows[place]
            exact += row["rate"] * weight
            amount = half_up(exact, RATE_SCALE) - shown
            shown += amount
            found.append(
                EarnedDay(
                    days[place], row["contribution_minor"], amount, row["version"], weight,
                    row["base"],
                )
            )  # fmt: skip
    return found


def weights(spans: list[list]) -> list[tuple[date, date, int]]:
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
    """The mean annual salary times full-time share over the days employed, rounded down."""
    days = working["days"]
    return working["salary_days"] // (days * BASIS) if days else 0


def capped_salary_minor(working: dict, cap_basis: str) -> int:
    """What the cap is a share of: that mean, or salary times full-time share at the year's end."""
    at_end: int = working["year_end"] // BASIS
    return at_end if cap_basis == CapBasis.YEAR_END else salary_minor(working)


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


def link_to(run: BonusRun) -> str:
    """The whole address of the page that shows everybody their own."""
    address = reverse("my-statement", args=[run.pool.code, run.year])
    return f"{settings.BASE_URL}{address}"


def weight_minor(run: BonusRun, weight: int) -> Decimal:
    """What somebody's share was by, in minor units: earned times the factors, not rounded."""
    factors = (run.policy["department_factor"], run.policy["manager_factor"])
    return Decimal(weight) / (RATE_SCALE * BASIS ** sum(factors))


def paid_for_one(run: BonusRun) -> Decimal | None:
    """What each minor unit of earned times factors was paid, as whoever got most below the cap
    shows best; None where everybody is at the cap or nobody got anything."""
    below = run.shares.filter(share_minor__gt=0, share_minor__lt=F("cap_minor"))
    most = below.order_by("-share_minor", "position").values_list("share_minor", "working").first()
    return most[0] / weight_minor(run, most[1]["weight"]) if most else None


def whom_to_ask(*, on: date) -> list[str]:
    """Who answers questions: finance, by name, three at most."""
    holding = RoleAssignment.objects.on(on).filter(role=Role.FINANCE, user__is_active=True)
    found = Employee.objects.filter(user__in=holding.values("user")).order_by("sort_key")
    return [employee.name for employee in found[:3]]
