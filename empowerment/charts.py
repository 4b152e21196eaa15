"""Months as SVG by attributes only, which the content security policy allows."""

from dataclasses import dataclass
from datetime import date

from empowerment.services.reporting import Figures

WIDTH, HEIGHT, MARGIN = 720, 240, 12
TOP, FOOT = 30, 24
"""Above and below the columns, for words."""
MOST_NAMED = 12


@dataclass(frozen=True)
class MonthColumn:
    """One month: a bar for what was spent, in SVG user units."""

    x: int
    y: int
    width: int
    height: int
    month: date
    figures: Figures
    named: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class SpentChart:
    width: int
    height: int
    columns: list[MonthColumn]
    most_minor: int
    left: int = MARGIN
    top_y: int = TOP - 12
    label_y: int = HEIGHT - 8


def spent_chart(months: dict[date, Figures]) -> SpentChart | None:
    """Months side by side, the dearest as high as the picture; None where nothing was spent."""
    most = max((each.net_minor for each in months.values()), default=0)
    if not most:
        return None
    step = (WIDTH - 2 * MARGIN) // len(months)
    columns = []
    every = -(-len(months) // MOST_NAMED)
    for place, (month, figures) in enumerate(sorted(months.items())):
        tall = (HEIGHT - TOP - FOOT) * figures.net_minor // most
        # A month with a case is always seen.
        tall = max(tall, 2 if figures.cases else 0)
        x = MARGIN + place * step
        columns.append(
            MonthColumn(
                x, HEIGHT - FOOT - tall, max(step - 4, 1), tall, month, figures, not place % every
            )
        )
    return SpentChart(WIDTH, HEIGHT, columns, most)
