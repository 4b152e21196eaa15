"""Parts of a whole as SVG by attributes only, which the content security policy allows."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, THICK = 1_000, 10


def stacked(parts: Sequence[Fraction]) -> SafeString:
    """Answers of a scale side by side, the lowest first; what they are stands beside it."""
    left, drawn = Fraction(0), []
    for place, part in enumerate(parts):
        wide = part * WIDE / 100
        if wide:
            drawn.append(
                (round(left), max(round(left + wide) - round(left), 1), _shade(place, len(parts)))
            )
        left += wide
    bars = format_html_join(
        "", '<rect class="bar-{2}" x="{0}" width="{1}" height="10"/>', drawn
    )  # fmt: skip
    return _svg("stacked-bar", bars)


def single(part: Fraction) -> SafeString:
    """One share of a hundred."""
    bars = format_html(
        '<rect class="share-all" width="1000" height="10"/>'
        '<rect class="bar-5" width="{}" height="10"/>',
        round(part * WIDE / 100),
    )
    return _svg("share-bar", bars)


def _svg(kind: str, bars: SafeString) -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>",
        kind, WIDE, THICK, bars,
    )  # fmt: skip


def _shade(place: int, of: int) -> int:
    """1 for the lowest answer, 5 for the highest."""
    return 1 + round(4 * place / max(of - 1, 1))
