"""The rules of the bonus a second time: slow, obvious, in exact fractions, for tests to compare."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

SCALE = 10**30


def earned_day_by_day(contributions: dict[int, int], spans: Sequence[tuple]) -> list[Fraction]:
    """What each span earned, in exact minor units."""
    earned = [Fraction(0)] * len(spans)
    for day, contribution in contributions.items():
        there = [place for place, span in enumerate(spans) if span[1] <= day <= span[2]]
        base = sum(spans[place][3] for place in there)
        for place in there if base else []:
            earned[place] += Fraction(contribution * spans[place][3], base)
    return earned


def earned_in_integers(contributions: dict[int, int], spans: Sequence[tuple]) -> list[int]:
    """The same by each day's rate, rounded down and scaled by 10^30, as the rules say."""
    earned = [0] * len(spans)
    for day, contribution in contributions.items():
        there = [place for place, span in enumerate(spans) if span[1] <= day <= span[2]]
        base = sum(spans[place][3] for place in there)
        for place in there if base else []:
            earned[place] += contribution * SCALE // base * spans[place][3]
    return earned


def water_level(balance: int, weights: Sequence[int], caps: Sequence[int]) -> Fraction | None:
    """The λ at which the sum of min(cap, λ × weight) is the balance; None when even all caps
    together are no more than it, or there is nothing to share."""
    whole = sum(cap for cap, weight in zip(caps, weights, strict=True) if weight)
    if balance <= 0 or whole <= balance:
        return None
    steps = sorted(Fraction(c, w) for c, w in zip(caps, weights, strict=True) if w)
    for step in steps:
        poured = sum(min(Fraction(c), step * w) for c, w in zip(caps, weights, strict=True))
        if poured >= balance:
            full = [w and Fraction(c, w) < step for c, w in zip(caps, weights, strict=True)]
            left = balance - sum(c for c, is_full in zip(caps, full, strict=True) if is_full)
            open_ = sum(w for w, is_full in zip(weights, full, strict=True) if not is_full)
            return Fraction(left, open_)
    raise AssertionError("water that runs nowhere")


def shared(
    balance: int, weights: Sequence[int], caps: Sequence[int], numbers: Sequence[str]
) -> tuple[list[int], int]:
    """(shares, what is carried over): the level for all, then a unit each by largest remainder."""
    if balance <= 0:
        return [0] * len(weights), balance
    level = water_level(balance, weights, caps)
    if level is None:
        full = [cap if weight else 0 for cap, weight in zip(caps, weights, strict=True)]
        return full, balance - sum(full)
    exact = [min(Fraction(c), level * w) for c, w in zip(caps, weights, strict=True)]
    shares = [floor(amount) for amount in exact]
    order = sorted(range(len(exact)), key=lambda who: (shares[who] - exact[who], numbers[who]))
    for who in order[: balance - sum(shares)]:
        shares[who] += 1
    return shares, 0
