"""Charts as SVG by attributes only, which the content security policy allows."""

from dataclasses import dataclass
from datetime import date

from incentives.models import GoalVerdict, Metric
from incentives.rules import GoalState
from incentives.services.bonus_comparing import Bar
from incentives.services.statements import Statement

WIDTH, HEIGHT, MARGIN = 720, 200, 12


@dataclass(frozen=True)
class Mark:
    """One day's figure: where, whether met, and what to say of it."""

    x: str
    y: str
    state: str
    day: date
    value: str


@dataclass(frozen=True)
class StepChart:
    """Figures as a line with marks, targets as steps. Coordinates are SVG user units."""

    width: int
    height: int
    figures: list[str]
    """Polylines as `x,y x,y`; a day without a figure breaks the line."""
    targets: list[str]
    marks: list[Mark]
    lowest: str
    highest: str
    first: date
    last: date


def step_chart(metric: Metric, goals: list[tuple[date, GoalVerdict]]) -> StepChart | None:
    """The chart of a department's metric; None without any figure."""
    values = [g.value_scaled for _day, g in goals if g.value_scaled is not None]
    if not values:
        return None
    levels = values + [g.target_scaled for _day, g in goals]
    low, high = min(levels), max(levels)
    first, last = goals[0][0], goals[-1][0]
    days = max((last - first).days, 1)

    def x(day: date) -> int:
        return MARGIN + (WIDTH - 2 * MARGIN) * (day - first).days // days

    def y(level: int) -> int:
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (level - low) // max(high - low, 1)

    points = [(x(d), None if g.value_scaled is None else y(g.value_scaled)) for d, g in goals]
    return StepChart(
        width=WIDTH,
        height=HEIGHT,
        figures=_lines(points),
        targets=_steps([(x(d), y(g.target_scaled)) for d, g in goals]),
        marks=[
            Mark(str(x(d)), str(y(g.value_scaled)), GoalState(g.state).name.lower(), d,
                 f"{metric.figure(g.value_scaled):f}")
            for d, g in goals if g.value_scaled is not None
        ],
        lowest=f"{metric.figure(low):f}",
        highest=f"{metric.figure(high):f}",
        first=first,
        last=last,
    )  # fmt: skip


def _lines(points: list[tuple[int, int | None]]) -> list[str]:
    lines: list[list[str]] = [[]]
    for x, y in points:
        if y is None:
            lines.append([])
        else:
            lines[-1].append(f"{x},{y}")
    return [" ".join(line) for line in lines if len(line) > 1]


def _steps(points: list[tuple[int, int]]) -> list[str]:
    """A target holds until the next one: each new level starts with a vertical step."""
    path: list[str] = []
    before = None
    for x, y in points:
        if before is not None and before != y:
            path.append(f"{x},{before}")
        if before != y:
            path.append(f"{x},{y}")
        before = y
    if points:
        path.append(f"{points[-1][0]},{points[-1][1]}")
    return [" ".join(path)] if path else []


@dataclass(frozen=True)
class Column:
    """One bar: where it stands, and what it counts."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    bar: Bar


@dataclass(frozen=True)
class BarChart:
    """How many of each, in SVG user units; kinds are losing, same and gaining."""

    width: int
    height: int
    columns: list[Column]
    most: int


def bar_chart(bars: list[Bar]) -> BarChart | None:
    """None without a bar."""
    if not bars:
        return None
    most = max(bar.people for bar in bars)
    step = (WIDTH - 2 * MARGIN) // len(bars)
    tall = HEIGHT - 2 * MARGIN
    return BarChart(
        WIDTH, HEIGHT,
        [
            Column(
                MARGIN + place * step, HEIGHT - MARGIN - _height(bar, tall, most),
                max(step - 4, 1), _height(bar, tall, most), _kind(bar), bar,
            )
            for place, bar in enumerate(bars)
        ],
        most,
    )  # fmt: skip


def _height(bar: Bar, tall: int, most: int) -> int:
    """Somebody is always seen."""
    return max(tall * bar.people // max(most, 1), 2 if bar.people else 0)


def _kind(bar: Bar) -> str:
    if bar.low_minor < 0:
        return "losing"
    return "gaining" if bar.high_minor > 0 else "same"


@dataclass(frozen=True)
class EarnedCurve:
    """What somebody had earned, day by day; coordinates are SVG user units."""

    width: int
    height: int
    line: str
    ground: str
    """The line closed along the bottom."""


def earned_curve(statement: Statement) -> EarnedCurve:
    """Along the whole year, also while it is running."""
    days = max((statement.last - statement.first).days, 1)
    top = max(statement.earned_minor, 1)
    bottom = HEIGHT - MARGIN
    points = [
        (MARGIN + (WIDTH - 2 * MARGIN) * (day - statement.first).days // days,
         bottom - (HEIGHT - 2 * MARGIN) * min(total, top) // top)
        for day, total in statement.curve
    ]  # fmt: skip
    line = " ".join(f"{x},{y}" for x, y in points)
    ground = f"{MARGIN},{bottom} {line} {points[-1][0]},{bottom}"
    return EarnedCurve(WIDTH, HEIGHT, line, ground)
