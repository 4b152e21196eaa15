"""Charts as SVG by attributes only, which the content security policy allows."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from recognition.rules.circle import LINE_BP, Group
from recognition.services.circle_months import Month

WIDTH, HEIGHT, MARGIN = 720, 200, 12
BAR, THICK = 100, 10
LINE = '<line class="share-line" x1="{at}" x2="{at}" y1="0" y2="{h}"/>'


def share_bar(group: Group, *, line: bool = True) -> SafeString:
    """A share as a bar, at will with the 40% line; the number stands beside it."""
    kind = "reached" if line and group.reaches_line else "below"
    drawn = format_html(LINE, at=LINE_BP // 100, h=THICK) if line else ""
    return format_html(
        '<svg class="share-bar" viewBox="0 0 {w} {h}" preserveAspectRatio="none"'
        ' aria-hidden="true">'
        '<rect class="share-all" width="{w}" height="{h}"/>'
        '<rect class="share-{kind}" width="{width}" height="{h}"/>'
        "{drawn}</svg>",
        w=BAR, h=THICK, kind=kind, width=(group.share_bp or 0) // 100, drawn=drawn,
    )  # fmt: skip


@dataclass(frozen=True)
class MonthColumn:
    """One month: its bar in SVG user units, none without figures."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    month: Month


@dataclass(frozen=True)
class MonthChart:
    """Months side by side with the 40% line, in SVG user units; 100% is the whole height."""

    width: int
    height: int
    columns: list[MonthColumn]
    line: int


def month_chart(months: list[Month]) -> MonthChart | None:
    """None without any figure."""
    if not any(month.group for month in months):
        return None
    step = (WIDTH - 2 * MARGIN) // len(months)
    columns = [
        _column(month, MARGIN + place * step, step - 4) for place, month in enumerate(months)
    ]
    return MonthChart(WIDTH, HEIGHT, columns, HEIGHT - MARGIN - _tall(LINE_BP))


def _tall(share_bp: int) -> int:
    return (HEIGHT - 2 * MARGIN) * share_bp // 10_000


def _column(month: Month, x: int, width: int) -> MonthColumn:
    group = month.group or Group()
    # Somebody is always seen.
    tall = max(_tall(group.share_bp or 0), 2 if group.total else 0)
    kind = "reached" if group.reaches_line else "below"
    return MonthColumn(x, HEIGHT - MARGIN - tall, width, tall, kind, month)
