"""The rules of goals, days, pools: pure functions over integers, decimals, dates and enums.

Figures are integers scaled by 10^7, so that every comparison is exact in SQL and in Python.
Money is whole minor units. Source of every rule: the business rules in docs/rules.md.
"""

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

SCALE_DIGITS = 7
SCALE = 10**SCALE_DIGITS
BASIS = 10_000
LARGEST_SCALED = 2**63 - 1


class Unit(enum.StrEnum):
    PERCENT = "percent"
    COUNT = "count"
    MINUTES = "minutes"
    HOURS = "hours"
    MONEY = "money"
    SCORE = "score"


class Direction(enum.StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class GoalState(enum.IntEnum):
    NOT_DUE = 0
    AWAITED = 1
    MET = 2
    MISSED = 3
    EXCUSED = 4


class Status(enum.StrEnum):
    OPEN = "open"
    PROVISIONAL = "provisional"
    FINAL = "final"


class Mode(enum.StrEnum):
    SHARE = "share"
    WEIGHTED = "weighted"


class Unreported(enum.StrEnum):
    MISSED = "missed"
    LEAVE_OUT = "leave_out"


class ContributionKind(enum.StrEnum):
    FIXED = "fixed"
    PER_HEAD = "per_head"
    PAYROLL = "payroll_bp"


def scaled(value: Decimal) -> int:
    """A figure as an integer times 10^7. Raises ValueError when it does not fit exactly."""
    shifted = value.scaleb(SCALE_DIGITS)
    whole = int(shifted)
    if shifted != whole:
        raise ValueError(f"{value:f} has more than {SCALE_DIGITS} decimals")
    if abs(whole) > LARGEST_SCALED:
        raise ValueError(f"{value:f} is too large")
    return whole


def unscaled(value: int, decimals: int) -> Decimal:
    """The figure with its metric's decimals; exact."""
    figure = Decimal(value).scaleb(-SCALE_DIGITS)
    shown = figure.quantize(Decimal(1).scaleb(-decimals))
    return shown if shown == figure else figure.normalize()


def fit_decimals(value: Decimal, decimals: int, *, from_float: bool) -> Decimal:
    """The value in the metric's decimals.

    A workbook's number is a float by nature and may be off by less than 1e-9; text must fit.
    Raises ValueError otherwise.
    """
    fitted = value.quantize(Decimal(1).scaleb(-decimals))
    if fitted == value or (from_float and abs(fitted - value) < Decimal("1e-9")):
        return fitted
    raise ValueError(f"{value:f} has more than the {decimals} decimals of this metric")


def meets(value: int, target: int, direction: str) -> bool:
    """The only comparison of a figure with a target; exactly on target is met."""
    return value >= target if direction == Direction.AT_LEAST else value <= target


def meets_sql(value: str, target: str, direction: str) -> str:
    """`meets` as an SQL condition over column names; held equal to it by a property test."""
    return (
        f"(({direction} = '{Direction.AT_LEAST}' AND {value} >= {target})"
        f" OR ({direction} = '{Direction.AT_MOST}' AND {value} <= {target}))"
    )


def state_without_figure(unreported: str, *, final: bool) -> GoalState:
    """What a due goal without a figure is: missed at the cut-off, if the rule says so."""
    if final and unreported == Unreported.MISSED:
        return GoalState.MISSED
    return GoalState.AWAITED


def goal_state(
    value: int | None, target: int, direction: str, *, excused: bool, without_figure: GoalState
) -> GoalState:
    """The verdict of a due goal. An excuse outranks a value."""
    if excused:
        return GoalState.EXCUSED
    if value is None:
        return without_figure
    return GoalState.MET if meets(value, target, direction) else GoalState.MISSED


def goal_state_sql(
    value: str, target: str, direction: str, excused: str, without_figure: GoalState
) -> str:
    """`goal_state` as an SQL expression over column names."""
    return (
        f"CASE WHEN {excused} IS NOT NULL THEN {GoalState.EXCUSED.value}"
        f" WHEN {value} IS NULL THEN {without_figure.value}"
        f" WHEN {meets_sql(value, target, direction)} THEN {GoalState.MET.value}"
        f" ELSE {GoalState.MISSED.value} END"
    )


def needed(counted: int, threshold_bp: int) -> int:
    """The smallest met (goals, or weight) that hits; integers only."""
    return -(-threshold_bp * counted // BASIS)


def hits(met: int, counted: int, threshold_bp: int) -> bool | None:
    """Whether a day hits; None when nothing counts. A rounded percentage is never compared."""
    if counted == 0:
        return None
    return BASIS * met >= threshold_bp * counted


@dataclass(frozen=True)
class Tally:
    """Goals of a day by state: how many, and their weight."""

    goals: dict[GoalState, int]
    weights: dict[GoalState, int]

    def count(self, state: GoalState) -> int:
        return self.goals.get(state, 0)

    @property
    def due(self) -> int:
        return sum(self.goals.values())


@dataclass(frozen=True)
class Judgement:
    """The verdict of a day with the numbers it was taken from."""

    due: int
    met: int
    missed: int
    awaited: int
    excused: int
    counted: int
    met_weight: int
    counted_weight: int
    needed: int
    hit: bool | None


def judge(tally: Tally, *, threshold_bp: int, mode: str, unreported: str, final: bool) -> Judgement:
    """The verdict of a day over its goals.

    Awaited goals count as not yet met until the day is final; then `leave_out` leaves them out.
    `met_weight`, `counted_weight` and `needed` are weights in mode `weighted`, else goals.
    """
    left_out = {GoalState.EXCUSED}
    if final and unreported == Unreported.LEAVE_OUT:
        left_out.add(GoalState.AWAITED)
    measured = tally.weights if mode == Mode.WEIGHTED else tally.goals
    counted_weight = sum(n for state, n in measured.items() if state not in left_out)
    met_weight = measured.get(GoalState.MET, 0)
    return Judgement(
        due=tally.due,
        met=tally.count(GoalState.MET),
        missed=tally.count(GoalState.MISSED),
        awaited=tally.count(GoalState.AWAITED),
        excused=tally.count(GoalState.EXCUSED),
        counted=sum(n for state, n in tally.goals.items() if state not in left_out),
        met_weight=met_weight,
        counted_weight=counted_weight,
        needed=needed(counted_weight, threshold_bp),
        hit=hits(met_weight, counted_weight, threshold_bp),
    )


@dataclass(frozen=True)
class FiscalYear:
    """Named by the year in which it ends; both days are included."""

    name: int
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def fiscal_year(day: date, start: str) -> FiscalYear:
    """The fiscal year of a day; `start` is its first day as MM-DD."""
    month, day_of_month = (int(part) for part in start.split("-"))
    first = date(day.year, month, day_of_month)
    if day < first:
        first = date(day.year - 1, month, day_of_month)
    last = date(first.year + 1, month, day_of_month) - timedelta(days=1)
    return FiscalYear(last.year, first, last)


def half_up(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator (not negative), rounded half-up to a whole number."""
    return (2 * numerator + denominator) // (2 * denominator)


def contribution_minor(
    kind: str, amount: int, *, heads: int, payroll_minor_bp: int, days_in_year: int
) -> int:
    """What a hit day pays, in minor units.

    `amount` is minor units (fixed, per head) or basis points (payroll); `payroll_minor_bp` is
    the sum of full-time annual salary in minor units times full-time share in basis points.
    """
    if kind == ContributionKind.FIXED:
        return amount
    if kind == ContributionKind.PER_HEAD:
        return amount * heads
    return half_up(payroll_minor_bp * amount, BASIS * BASIS * days_in_year)
