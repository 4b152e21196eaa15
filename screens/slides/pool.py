"""The bonus pool, and on how many days of this month and this year it grew."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.services.for_screens.pool_days import KeptDay, PoolDays, pool_days
from cms.services.posting import newest_snapshot
from people.money import money
from screens.rules.figures import thousandths
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


class PoolSlide(Slide):
    kind = "pool"

    class Meta:
        label = gettext_lazy("Bonus pool")
        icon = "success"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        newest = newest_snapshot()
        if newest is None:
            raise LeftOut(_("No day has been posted yet."))
        board = newest.board
        pool = words.headline_pool(board)
        if pool is None:
            raise LeftOut(_("There is no pool for the whole company."))
        days = pool_days(pool["code"], through=words.day_of(board))
        return Facts({**pool_said(board, pool), **days_said(board, pool, days)}, board["date"])


def pool_said(board: Mapping[str, Any], pool: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": words.pool_named(pool),
        "day": words.written_day(words.day_of(board)),
        "balance": money(pool["balance_minor"], pool["currency"]),
        "paid": words.paid(pool),
        "verdict": words.verdict_of(pool["hit"]),
        "verdict_said": words.state_words()[words.verdict_of(pool["hit"])],
        "status": words.status_of(pool["status"], pool["version"]),
        "status_said": words.status_words({**board, **pool}),
    }


def days_said(board: Mapping[str, Any], pool: Mapping[str, Any], days: PoolDays) -> dict[str, Any]:
    """Hit days are counted of those with a verdict so far, provisional ones among them."""
    judged = [day for day in days.month if day.hit is not None]
    month = words.month_name(words.day_of(board))
    hits = sum(bool(day.hit) for day in judged)
    return {
        "month": _("{month}: {days}").format(month=month, days=of_days(hits, len(judged))),
        "year": _("{year} so far: {days}").format(
            year=days.year, days=of_days(days.hits, days.judged)
        ),
        "squares": [square(day) for day in days.month],
        "thermometer": thermometer(pool, days),
    }


def of_days(hits: int, judged: int) -> str:
    text = ngettext("{hits} of {judged} day hit", "{hits} of {judged} days hit", judged)
    return text.format(hits=words.number(hits), judged=words.number(judged))


def square(day: KeptDay) -> dict[str, Any]:
    verdict = words.verdict_of(day.hit)
    return {
        "day": str(day.date.day), "mark": words.MARKS[verdict], "verdict": verdict,
        "final": day.final,
    }  # fmt: skip


def thermometer(pool: Mapping[str, Any], days: PoolDays) -> dict[str, Any] | None:
    """What hit days paid in, beside the whole of last year: from nothing to the larger of both.
    Places in thousandths; None without a year before that could be the measure."""
    if not days.before_minor:
        return None
    scale = max(days.before_minor, days.so_far_minor)

    def mark(minor: int, text: str, year: int) -> dict[str, Any]:
        place = thousandths(minor, whole=scale)
        amount = money(minor, pool["currency"])
        return {"place": f"{place / 10:.1f}", "text": text.format(year=year), "amount": amount}

    found = {
        "now": mark(days.so_far_minor, _("{year} so far"), days.year),
        "whole": mark(days.before_minor, _("all of {year}"), days.year - 1),
    }
    if days.before_by_then_minor is not None:
        found["then"] = mark(days.before_by_then_minor, _("{year} by this day"), days.year - 1)
    return found
