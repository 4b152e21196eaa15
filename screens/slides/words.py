"""How screens say what a posted board holds: days, figures, states, the rule. In the language of
the moment; the words are those of the results page."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from people.money import money

MARKS = {
    "met": "✓", "missed": "✗", "awaited": "…", "excused": "–", "hit": "✓", "not_hit": "✗",
    "no_verdict": "–",
}  # fmt: skip
SIGNS = {"at_least": "≥", "at_most": "≤"}


def day_of(board: Mapping[str, Any]) -> date:
    return date.fromisoformat(board["date"])


def headline_day(day: date) -> str:
    """The day as a headline, which leaves the year to the line below it."""
    # Translators: Django's date format of a headline: Sunday 22 November
    return formats.date_format(day, _("l j F"))


def written_day(day: date) -> str:
    # Translators: Django's date format of a day in a list: Sun 22 Nov 2026
    return formats.date_format(day, _("D j M Y"))


def month_name(day: date) -> str:
    return formats.date_format(day, "F")


def number(value: Decimal | int | str) -> str:
    _whole, _point, decimals = f"{Decimal(value):f}".partition(".")
    return formats.number_format(Decimal(value), len(decimals), use_l10n=True, force_grouping=True)


def per_cent(value: Decimal | int | str) -> str:
    return f"{number(value)}%"


def measured(value: str, unit: str) -> str:
    """Without noughts at the end: from five metres 80% is read sooner than 80.00%."""
    value = f"{Decimal(value).normalize():f}"
    if unit == "percent":
        return per_cent(value)
    if unit == "minutes":
        return _("{number} min").format(number=number(value))
    if unit == "hours":
        return _("{number} h").format(number=number(value))
    return number(value)


def state_words() -> dict[str, str]:
    """Each with its mark, so that no state is told by its colour alone."""
    said = {
        "met": _("Met"), "missed": _("Missed"), "awaited": _("Awaited"),
        "excused": _("Excused"), "hit": _("Hit"), "not_hit": _("Not hit"),
        "no_verdict": _("No verdict"),
    }  # fmt: skip
    return {state: f"{MARKS[state]} {word}" for state, word in said.items()}


def verdict_of(hit: bool | None) -> str:
    if hit is None:
        return "no_verdict"
    return "hit" if hit else "not_hit"


def verdict_words(company: Mapping[str, Any]) -> str:
    word = state_words()[verdict_of(company["hit"])]
    return f"{word} · {per_cent(company['share'])}" if company["share"] else word


def sentence(company: Mapping[str, Any]) -> str:
    if not company["counted"]:
        return _("No goal counted")
    weighted = company["mode"] == "weighted"
    text = (
        _("Weight {met} of {counted} met, {needed} needed") if weighted
        else _("{met} of {counted} goals met, {needed} needed")
    )  # fmt: skip
    return text.format(
        met=number(company["met_weight" if weighted else "met"]),
        counted=number(company["counted_weight" if weighted else "counted"]),
        needed=number(company["needed"]),
    )


def status_of(status: str, version: int) -> str:
    return "corrected" if status == "final" and version > 1 else status


def status_words(board: Mapping[str, Any]) -> str:
    status = status_of(board["status"], board["version"])
    if status == "provisional":
        return _("Provisional")
    if status == "final":
        return _("Final")
    was = (board["was"] or {}).get("share")
    return _("Corrected, was {share}").format(share=per_cent(was)) if was else _("Corrected")


def rule(board: Mapping[str, Any]) -> str:
    """What decided the day, and before it why the day was corrected."""
    company = board["company"]
    text = (
        _("Rule: {threshold}; not reported is left out")
        if company["unreported"] == "leave_out"
        else _("Rule: {threshold}; not reported counts as missed")
    )
    threshold = Decimal(company["threshold_bp"]).scaleb(-2).normalize()
    said = text.format(threshold=per_cent(f"{threshold:f}"))
    return " · ".join(part for part in (board["reason"], said) if part)


def paid(pool: Mapping[str, Any]) -> str:
    if pool["status"] == "provisional":
        expected = money(pool["expected_minor"], pool["currency"])
        return _("This day: {money} expected").format(money=expected)
    moved = money(pool["contribution_minor"], pool["currency"])
    return _("This day paid {money}").format(money=moved)


def pool_named(pool: Mapping[str, Any]) -> str:
    return _("Bonus pool {year}").format(year=pool["year"])


def headline_pool(board: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((pool for pool in board["pools"] if pool["headline"]), None)
