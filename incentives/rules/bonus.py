"""Shares of the pool: what a day earns for whom, the cap, the split to the last penny.

Whole numbers only, so that anybody can repeat it by hand: money in minor units, full-time shares
and factors in basis points, rates scaled by 10^30. Source: docs/rules.md, "Shares of the pool".
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from incentives.rules import BASIS

RATE_SCALE = 10**30

Span = tuple[int, int, int, int]
"""(who, first day, last day, weight): days are indexes of the year, weight is full-time annual
salary in minor units times full-time share in basis points."""


class CapBasis(enum.StrEnum):
    MEAN = "mean"
    YEAR_END = "year_end"


class Leavers(enum.StrEnum):
    GOOD = "good"
    ALL = "all"
    NONE = "none"


def keeps_days(leavers: str, *, good: bool | None) -> bool:
    """Whether somebody who left before the year's end keeps what was earned on the days worked."""
    return leavers == Leavers.ALL or (leavers == Leavers.GOOD and bool(good))


def _hit_days_before(contributions: Mapping[int, int], length: int) -> list[int]:
    """How many hit days lie before each day of a year of `length` days, and before its end."""
    return [0, *accumulate(1 if day in contributions else 0 for day in range(length))]


@dataclass(frozen=True)
class Earned:
    """What spans earned: `rates` and `bases` in order of the hit days; `by_span` scaled by
    10^30; `hit_days` of each span."""

    rates: list[int]
    bases: list[int]
    by_span: list[int]
    hit_days: list[int]


def earn(contributions: Mapping[int, int], spans: Sequence[Span], *, length: int) -> Earned:
    """Each hit day's contribution among those whose span holds that day, in proportion to weight.

    `contributions`: minor units by index of the day in a year of `length` days. A day's rate is
    ⌊contribution × 10^30 ÷ Σ weight⌋, and 0 when nobody is there to earn. Prefix sums of the
    rates make this cost spans plus days, and not people times days.
    """
    before = _hit_days_before(contributions, length)
    steps = [0] * (len(contributions) + 1)
    for _who, first, last, weight in spans:
        steps[before[first]] += weight
        steps[before[last + 1]] -= weight
    bases = list(accumulate(steps))[:-1]
    amounts = [contributions[day] for day in sorted(contributions)]
    rates = [
        amount * RATE_SCALE // base if base else 0
        for amount, base in zip(amounts, bases, strict=True)
    ]
    prefix = [0, *accumulate(rates)]
    return Earned(
        rates,
        bases,
        [(prefix[before[last + 1]] - prefix[before[first]]) * w for _who, first, last, w in spans],
        [before[last + 1] - before[first] for _who, first, last, _w in spans],
    )


def cap_minor(salary_days: int, days: int, cap_bp: int) -> int:
    """The most that somebody gets, in whole minor units rounded down.

    `salary_days`: over the days that count, the sum of annual salary in minor units times
    full-time share in basis points; `days`: how many these are.
    """
    return salary_days * cap_bp // (days * BASIS * BASIS) if days else 0


def at_this_rate(share_minor: int, cap_minor: int, *, days: int, of_days: int) -> int:
    """What a year would bring somebody whose `days` brought this share, when the rest of the
    `of_days` goes like them: in proportion, rounded down, and not above the cap."""
    return min(cap_minor, share_minor * of_days // days) if days else 0


class EnvelopeBroken(ValueError):
    """The factors of one department can't be zero-sum: nobody else carries the difference, or
    those who do would leave the band. `others_bp` is what these would get, None for nobody."""

    def __init__(self, others_bp: int | None) -> None:
        self.others_bp = others_bp
        super().__init__("the factors of this department are not zero-sum")


def others_factor_bp(weights: Sequence[int], factors: Mapping[int, int]) -> tuple[int, int]:
    """What a department's others get, as (numerator, denominator) of basis points, when those at
    the positions of `factors` get these basis points: the department as a whole keeps its weight.

    (0, 0) when there are no others with a weight.
    """
    adjusted = sum(weights[position] * bp for position, bp in factors.items())
    total = sum(weights)
    carrying = total - sum(weights[position] for position in factors)
    return (total * BASIS - adjusted, carrying) if carrying else (0, 0)


def adjust(weights: Sequence[int], factors: Mapping[int, int], *, band_bp: int) -> list[int]:
    """One department's weights times the manager's factors, times 10^4; zero-sum.

    Whoever has no factor carries the difference alike. Raises EnvelopeBroken when nobody does, or
    they would be moved by more than the band.
    """
    if not factors:
        return [weight * BASIS for weight in weights]
    numerator, carrying = others_factor_bp(weights, factors)
    if not carrying:
        if sum(weights[position] * (bp - BASIS) for position, bp in factors.items()) == 0:
            return [w * factors.get(position, BASIS) for position, w in enumerate(weights)]
        raise EnvelopeBroken(None)
    if not (BASIS - band_bp) * carrying <= numerator <= (BASIS + band_bp) * carrying:
        raise EnvelopeBroken(numerator // carrying)
    return [
        weight * factors[position] if position in factors else weight * numerator // carrying
        for position, weight in enumerate(weights)
    ]


@dataclass(frozen=True)
class Split:
    """`shares` in the order of the claims, minor units; Σ shares + carried = the balance."""

    shares: list[int]
    carried_minor: int


def split(
    balance_minor: int, weights: Sequence[int], caps: Sequence[int], numbers: Sequence[str]
) -> Split:
    """The whole balance by weight, nobody above the own cap, to the last minor unit.

    share = min(cap, λ × weight), λ as large as the balance allows: whoever would pass the cap
    stays at it, and what is left goes to the others, until nobody else passes. Then whole minor
    units by largest remainder, ties by employee number. Something carries over only when
    everybody with a weight is at the cap or nobody has one, or when there is nothing to share.
    The order of the claims does not matter.
    """
    level = _level(balance_minor, weights, caps)
    shares = level.shares
    if not level.sharing:
        return Split(shares, level.left)
    remainders: dict[int, int] = {}
    for who in level.sharing:
        shares[who], remainders[who] = divmod(level.left * weights[who], level.total)
    above, tied, units = _cut(remainders, level.left - sum(shares[who] for who in level.sharing))
    # Nobody reaches more than the cap: who gets one more had a remainder, and the exact share was
    # below the cap, a whole number.
    for who in [*above, *sorted(tied, key=numbers.__getitem__)[:units]]:
        shares[who] += 1
    return Split(shares, 0)


def decided_by_number(balance_minor: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """The positions of those among whom the employee number alone decided who got one unit more;
    empty when it decided nothing."""
    level = _level(balance_minor, weights, caps)
    if not level.sharing:
        return []
    remainders = {who: level.left * weights[who] % level.total for who in level.sharing}
    _above, tied, units = _cut(remainders, sum(remainders.values()) // level.total)
    return tied if units < len(tied) else []


class _Level(NamedTuple):
    """Those who stay below their cap, what is left for them and their weight together; `shares`
    has the caps of all others with a weight."""

    sharing: list[int]
    left: int
    total: int
    shares: list[int]


def _level(balance_minor: int, weights: Sequence[int], caps: Sequence[int]) -> _Level:
    shares = [0] * len(weights)
    if balance_minor <= 0:
        return _Level([], balance_minor, 0, shares)
    left, total = balance_minor, sum(weights)
    sharing = [who for who, weight in enumerate(weights) if weight]
    while sharing:
        capped = [who for who in sharing if caps[who] * total <= left * weights[who]]
        if not capped:
            break
        for who in capped:
            shares[who] = caps[who]
            left -= caps[who]
        at_cap = set(capped)
        sharing = [who for who in sharing if who not in at_cap]
        total = sum(weights[who] for who in sharing)
    return _Level(sharing, left, total, shares)


def _cut(remainders: Mapping[int, int], units: int) -> tuple[list[int], list[int], int]:
    """By largest remainder: who gets one unit more, who has just the remainder at which the units
    run out, and how many of these get one."""
    if not units:
        return [], [], 0
    last = sorted(remainders.values(), reverse=True)[units - 1]
    above = [who for who, remainder in remainders.items() if remainder > last]
    tied = [who for who, remainder in remainders.items() if remainder == last]
    return above, tied, units - len(above)
