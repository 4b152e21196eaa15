"""Figures of a poll: shares, indexes, reliability, intervals, and what has changed.

Source: polls.md, "Figures". Everything is counted in whole numbers and exact fractions and rounded
once, where it is shown; only roots and the normal distribution are floats. Percent stand as
numbers of 100: Fraction(50) is half.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, sqrt
from statistics import NormalDist

FAVOURABLE = (4, 5)
"""The top two of a scale from 1 to 5."""
PROMOTERS, DETRACTORS = range(9, 11), range(7)
SMALL_CHANGE = 5
"""Points below which a change is called small even when it is significant."""
FEWEST_FOR_ALPHA = 30
LEVEL = 0.05


def shown(value: Fraction | None) -> int | None:
    """As people read it: rounded half up, once."""
    return None if value is None else floor(value + Fraction(1, 2))


def favourable(counts: Mapping[int, int]) -> Fraction | None:
    """Percent of valid answers on a scale from 1 to 5 that are 4 or 5; None without an answer.
    `counts`: how many gave each answer; blanks and "not applicable" are not in it."""
    answered = sum(counts.values())
    if not answered:
        return None
    return Fraction(100 * sum(counts.get(each, 0) for each in FAVOURABLE), answered)


def theme(shares: Sequence[Fraction]) -> Fraction | None:
    """A theme's percent: the mean of its items' percents, each of equal weight."""
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def index(counts: Mapping[int, int]) -> Fraction | None:
    """The full-range index of 0 to 100: the mean of (x - 1) / 4 of a scale from 1 to 5."""
    answered = sum(counts.values())
    if not answered:
        return None
    return Fraction(25 * sum((each - 1) * n for each, n in counts.items()), answered)


def enps(counts: Mapping[int, int]) -> Fraction | None:
    """Promoters (9, 10) less detractors (0 to 6) of a scale from 0 to 10, in points of 100."""
    answered = sum(counts.values())
    if not answered:
        return None
    return Fraction(100 * (_n(counts, PROMOTERS) - _n(counts, DETRACTORS)), answered)


def enps_error(counts: Mapping[int, int]) -> float | None:
    """The standard error of `enps`, in points: the root of (p + d - (p - d)²) / n."""
    answered = sum(counts.values())
    if not answered:
        return None
    p, d = (Fraction(_n(counts, each), answered) for each in (PROMOTERS, DETRACTORS))
    return 100 * sqrt((p + d - (p - d) ** 2) / answered)


def _n(counts: Mapping[int, int], answers: range) -> int:
    return sum(counts.get(each, 0) for each in answers)


@dataclass(frozen=True)
class Sums:
    """Of one number from each of `n` people: the sum and the sum of squares."""

    n: int
    total: int
    squares: int

    @property
    def variance(self) -> Fraction:
        """The sample's, over n - 1."""
        return (self.squares - Fraction(self.total**2, self.n)) / (self.n - 1)

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return sqrt(self.variance / self.n)


def cronbach_alpha(items: Sequence[Sums], whole: Sums) -> Fraction | None:
    """k / (k - 1) · (1 - Σ s²ᵢ / s²), of people who answered every item; `whole` is of each
    person's sum. None for fewer than 30 people, fewer than two items, or sums without variance.

    Source: Cronbach (1951), sample variances.
    """
    k = len(items)
    if k < 2 or whole.n < FEWEST_FOR_ALPHA or not whole.variance:
        return None
    return Fraction(k, k - 1) * (1 - sum(each.variance for each in items) / whole.variance)


def wilson(favour: int, answered: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share, from 0 to 1. Source: Wilson (1927), without correction."""
    z = NormalDist().inv_cdf(1 - level / 2)
    share = favour / answered
    middle = (share + z * z / (2 * answered)) / (1 + z * z / answered)
    half = sqrt(share * (1 - share) / answered + (z / (2 * answered)) ** 2)
    half *= z / (1 + z * z / answered)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(
    before: tuple[int, int], after: tuple[int, int], *, level: float = LEVEL
) -> tuple[float, float]:
    """The interval of the difference of two shares (favourable, answered), after less before.
    Source: Newcombe (1998), method 10."""
    a, b = (favour / answered for favour, answered in (before, after))
    low_a, high_a = wilson(*before, level=level)
    low_b, high_b = wilson(*after, level=level)
    middle = b - a
    return (
        middle - sqrt((b - low_b) ** 2 + (high_a - a) ** 2),
        middle + sqrt((high_b - b) ** 2 + (a - low_a) ** 2),
    )


def two_shares(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """z and the two-sided p of two shares (favourable, answered) being one, variance pooled; z is
    negative where the share has grown. Both the same: 0 and 1."""
    (a, n), (b, m) = before, after
    pooled = Fraction(a + b, n + m)
    variance = pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, m))
    if not variance:
        return 0.0, 1.0
    z = float(Fraction(a, n) - Fraction(b, m)) / sqrt(variance)
    return z, two_sided(z)


def two_sided(z: float) -> float:
    return 2 * NormalDist().cdf(-abs(z))


def holm(chances: Sequence[float]) -> list[float]:
    """Each p raised for being one of a family, in the order given. Source: Holm (1979)."""
    in_order = sorted(range(len(chances)), key=chances.__getitem__)
    raised, highest = [0.0] * len(chances), 0.0
    for place, each in enumerate(in_order):
        highest = max(highest, min(1.0, (len(chances) - place) * chances[each]))
        raised[each] = highest
    return raised


@dataclass(frozen=True)
class Change:
    """From one wave to the next: `points` unrounded, with their interval, which is of this change
    alone; `p` raised for its family."""

    points: Fraction
    p: float
    interval: tuple[float, float]

    @property
    def significant(self) -> bool:
        return self.p < LEVEL

    @property
    def small(self) -> bool:
        """Said beside a significant change too."""
        return abs(self.points) < SMALL_CHANGE


def changes(pairs: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[Change]:
    """Of a family of shares (favourable, answered), before and after, tested together."""
    raised = holm([two_shares(before, after)[1] for before, after in pairs])
    found = []
    for (before, after), p in zip(pairs, raised, strict=True):
        points = Fraction(100 * after[0], after[1]) - Fraction(100 * before[0], before[1])
        low, high = newcombe(before, after)
        found.append(Change(points, p, (100 * low, 100 * high)))
    return found


def between(points: Fraction, error: float, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a difference of two means with the standard error `error`."""
    half = NormalDist().inv_cdf(1 - level / 2) * error
    return float(points) - half, float(points) + half
