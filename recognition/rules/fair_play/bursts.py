"""Many nominations by a few people of one department within hours, unlike their own habit.

On a day on which the whole company praises more, they may, too: what the others do is no burst.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from recognition.rules.fair_play.chances import chance_of_repeating

HOURS = 6
FEWEST = 10
"""Nominations in a burst."""
FEWEST_EACH = 3
"""By each who takes part; who gave one that afternoon does not."""
FEWEST_GIVERS, MOST_GIVERS = 2, 8
"""One alone is limited by policy, and often a lead who thanks everybody at the year's end."""
A_FEW = 3
"""So many more on a day make it no busy one."""
RARE = 1e-4
WITHIN = timedelta(hours=HOURS)


class Gift(NamedTuple):
    """One nomination, whomever it names."""

    nomination: int
    giver: int
    giver_department: int | None
    at: datetime


@dataclass(frozen=True)
class Burst:
    """Nominations by `givers` from `first` on, who give `usual` together on other days on which
    they give; `days_left` are those to the end of the quarter."""

    nominations: tuple[int, ...]
    givers: tuple[int, ...]
    first: datetime
    usual: float
    days_left: int


def bursts(gifts: Iterable[Gift]) -> list[Burst]:
    """The bursts, the earliest first."""
    gifts = sorted(gifts, key=lambda each: (each.at, each.nomination))
    if not gifts:
        return []
    of_day = Counter(each.at.date() for each in gifts)
    usual_day = len(gifts) / ((gifts[-1].at - gifts[0].at).days + 1)
    days: dict[int, Counter[date]] = defaultdict(Counter)
    departments: dict[int | None, list[Gift]] = defaultdict(list)
    for each in gifts:
        days[each.giver][each.at.date()] += 1
        departments[each.giver_department].append(each)
    found = []
    for some in (some for own in departments.values() for some in _dense(own)):
        givers = sorted({each.giver for each in some})
        usual = _usual([days[giver] for giver in givers], but=some[0].at.date())
        busy = max(1.0, (of_day[some[0].at.date()] - len(some)) / (usual_day + A_FEW))
        if chance_of_repeating(len(some), expected=busy * max(usual, 1.0)) < RARE:
            found.append(_burst(some, givers, usual))
    return sorted(found, key=lambda each: (each.first, each.nominations))


def _usual(days: Iterable[Counter[date]], *, but: date) -> float:
    """What these give together on a day on which one of them gives, without the day `but`."""
    together = sum(days, Counter[date]())
    together.pop(but, None)
    return together.total() / max(1, len(together))


def _dense(gifts: Sequence[Gift]) -> list[list[Gift]]:
    """Stretches of a department's gifts that lie within hours, each gift in one at most."""
    found, start = [], 0
    while start < len(gifts):
        end = start
        while end < len(gifts) and gifts[end].at - gifts[start].at <= WITHIN:
            end += 1
        some = _busy(gifts[start:end])
        if some and some[0] is gifts[start]:
            found.append(some)
            start = end
        else:
            start += 1
    return found


def _busy(some: Sequence[Gift]) -> list[Gift]:
    """Of those who gave several, if they are few and gave many together."""
    if len(some) < FEWEST:
        return []
    each_gave = Counter(gift.giver for gift in some)
    busy = [gift for gift in some if each_gave[gift.giver] >= FEWEST_EACH]
    few = FEWEST_GIVERS <= len({gift.giver for gift in busy}) <= MOST_GIVERS
    return busy if few and len(busy) >= FEWEST else []


def _burst(some: Sequence[Gift], givers: Sequence[int], usual: float) -> Burst:
    first = some[0].at
    quarter = (first.month - 1) // 3 + 1
    following = first.replace(
        year=first.year + quarter // 4, month=quarter % 4 * 3 + 1, day=1, hour=0, minute=0,
        second=0, microsecond=0,
    )  # fmt: skip
    return Burst(
        tuple(each.nomination for each in some), tuple(givers), first, usual,
        (following.date() - first.date()).days - 1,
    )  # fmt: skip
