"""Figures of a poll in words, in the language of the moment: rounded here, once, and nowhere
before. Pages, PDFs and spreadsheets all say them so."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.models import Hidden, WaveItem
from surveys.rules.figures import Change, shown
from surveys.rules.questionnaire import Kind
from surveys.rules.scores import ALL, NONE, Score, ThemeScore
from surveys.services.asking import scale_labels, spoken

BANDS = (45, 55, 65, 75)
"""From which percent on a share is in the next of the five bands of the heat map."""

HIDDEN: Mapping[str, str | Promise] = {
    Hidden.Why.SMALL: gettext_lazy("too few"),
    Hidden.Why.PROTECTS: gettext_lazy("protects others"),
}
WHY_HIDDEN: Mapping[str, str | Promise] = {
    Hidden.Why.SMALL: gettext_lazy(
        "Too few people answered here. Figures of so few could tell what somebody said, so they"
        " were not kept."
    ),
    Hidden.Why.PROTECTS: gettext_lazy(
        "Enough people answered here, but with these figures those of a smaller group beside it"
        " could be worked out as a difference. So they were not kept."
    ),
}


def percent(score: Score | ThemeScore) -> str:
    """How many percent are favourable; nothing finer where all are of one opinion, and of a theme
    nothing from which that would follow."""
    if isinstance(score, Score):
        low, high = _of_one_opinion(score) if score.alike else (score.favourable,) * 2
    else:
        low, high = score.bounds
    if low == high:
        return of_hundred(low)
    if low == score.favourable:
        return _("%(percent)s%% or less") % {"percent": shown(high)}
    if high == score.favourable:
        return _("%(percent)s%% or more") % {"percent": shown(low)}
    return between_percents(low, high)


def _of_one_opinion(score: Score) -> tuple[Fraction, Fraction]:
    return (Fraction(ALL), Fraction(100)) if score.favour else (Fraction(0), Fraction(NONE))


def between_percents(low: Fraction, high: Fraction) -> str:
    """One share of which only that is told."""
    if low == high:
        return of_hundred(low)
    return _("%(low)s%% to %(high)s%%") % {"low": shown(low), "high": shown(high)}


def of_hundred(share: Fraction) -> str:
    return _("%(percent)s%%") % {"percent": shown(share)}


def band(score: Score | ThemeScore) -> int:
    """Of the heat map, 1 to 5; of the share as it is shown."""
    exact = (
        sum(score.bounds, Fraction(0)) / 2 if isinstance(score, ThemeScore) else score.favourable
    )
    share = shown(exact) or 0
    return 1 + sum(share >= least for least in BANDS)


def whole(value: Fraction | None) -> str:
    """An index; a dash where there is none."""
    return "–" if value is None else str(shown(value))


def points(value: Fraction) -> str:
    """With its sign; a change that rounds to nothing has none."""
    rounded = shown(value) or 0
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded else "0"


def span(low: float, high: float) -> str:
    """Of an interval of whole numbers."""
    return _("%(low)s to %(high)s") % {"low": shown(Fraction(low)), "high": shown(Fraction(high))}


def change(found: Change) -> str:
    """How large, and what may be made of it."""
    low, high = (points(Fraction(each)) for each in found.interval)
    said = {"points": points(found.points), "low": low, "high": high}
    if found.significant and found.small:
        return _("%(points)s (%(low)s to %(high)s; small, though hardly by chance)") % said
    if found.significant:
        return _("%(points)s (%(low)s to %(high)s; hardly by chance)") % said
    if found.small:
        return _("%(points)s (%(low)s to %(high)s; small, may be chance)") % said
    return _("%(points)s (%(low)s to %(high)s; may be chance)") % said


def option_label(row: WaveItem, option: str, language: str) -> str:
    """An answer as it was put; of a ranking, with the place that it was given."""
    texts: Mapping[str, Any] = spoken(row.wording.texts, language)
    labels: Mapping[str, str] = texts.get("options", {})
    kind = Kind(row.wording.question.kind)
    if kind == Kind.RANKING:
        code, _colon, place = option.rpartition(":")
        return _("%(answer)s: place %(place)s") % {
            "answer": labels.get(code, code), "place": place,
        }  # fmt: skip
    if kind in (Kind.AGREEMENT, Kind.LIKELIHOOD):
        labels = {**scale_labels(kind), **labels}
        label = labels.get(option, "")
        return f"{option} · {label}" if label else option
    return labels.get(option, option)


def text_of(row: WaveItem, language: str) -> str:
    return str(spoken(row.wording.texts, language)["text"])
