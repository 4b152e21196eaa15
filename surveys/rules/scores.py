"""What is read from the counts of a cell: scores, and what is told where all were of one opinion.

Every score says by which definition it was made (`Definition`); scores of two definitions are never
compared. Source: polls.md, "Showing results" and "Figures".
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import floor, sqrt

from surveys.rules.figures import Sums, enps, theme, wilson
from surveys.rules.questionnaire import Item, Kind, Scale, read_answer

ALL, NONE = 95, 5
"""What is shown in the place of 100% and 0%."""


class Definition(StrEnum):
    FAVOURABLE = "favourable"
    """Percent of valid answers that are favourable."""
    INDEX = "index"
    """0 to 100 over the whole scale."""
    ENPS = "enps"
    """-100 to 100."""


@dataclass(frozen=True)
class Score:
    """Of one item on a scale in one cell; `counts` by answer."""

    scale: Scale
    counts: Mapping[int | Fraction, int]

    @cached_property
    def n(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def favour(self) -> int:
        """How many answers are favourable."""
        return sum(n for answer, n in self.counts.items() if self.scale.band(answer) == 1)

    @property
    def favourable(self) -> Fraction:
        return Fraction(100 * self.favour, self.n)

    @property
    def alike(self) -> bool:
        """All favourable, or none: "95% or more", "5% or less", and nothing finer."""
        return self.favour in (0, self.n)

    @property
    def index(self) -> Fraction | None:
        """None where it would tell more than "95% or more" does."""
        if self.alike:
            return None
        low, high = self.scale.lowest, self.scale.highest
        total = Fraction(sum((answer - low) * n for answer, n in self.counts.items()))
        return 100 * total / ((high - low) * self.n)

    @property
    def enps(self) -> Fraction | None:
        """Of a scale from 0 to 10."""
        return None if self.alike else enps({int(each): n for each, n in self.counts.items()})

    @property
    def mean(self) -> Fraction | None:
        if self.alike:
            return None
        return Fraction(sum(answer * n for answer, n in self.counts.items())) / self.n

    @property
    def interval(self) -> tuple[float, float] | None:
        """In percent, of `favourable`; none where all are alike."""
        if self.alike:
            return None
        low, high = wilson(self.favour, self.n)
        return 100 * low, 100 * high

    def bars(self) -> list[tuple[int, int, Fraction]]:
        """Of every whole number on the scale: how many and percent; nothing where all are alike.
        What lies between is told with the nearer one."""
        if self.alike:
            return []
        near: dict[int, int] = defaultdict(int)
        for answer, n in self.counts.items():
            near[floor(answer + Fraction(1, 2))] += n
        return [(answer, near[answer], Fraction(100 * near[answer], self.n))
                for answer in self.scale]  # fmt: skip


@dataclass(frozen=True)
class ThemeScore:
    """Of the scores of its items, each of equal weight. `sums`: of who answered all of them, each
    person's sum of answers, where it was kept."""

    scores: Sequence[Score]
    sums: Sums | None = None

    @property
    def n(self) -> int:
        """Of the item that the fewest answered."""
        return min(score.n for score in self.scores)

    @cached_property
    def favourable(self) -> Fraction:
        found = theme([score.favourable for score in self.scores])
        assert found is not None
        return found

    @property
    def alike(self) -> bool:
        """One of its items at least: with the exact figure of the theme and those of its other
        items that one's would be known, too."""
        return any(score.alike for score in self.scores)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """Between which `favourable` is, for who knows of an item of one opinion only that it is
        95% or more, or 5% or less."""
        lows = [Fraction(ALL) if s.alike and s.favour else s.favourable for s in self.scores]
        highs = [Fraction(NONE) if s.alike and not s.favour else s.favourable for s in self.scores]
        return sum(lows, Fraction(0)) / len(lows), sum(highs, Fraction(0)) / len(highs)

    @property
    def index(self) -> Fraction | None:
        """The mean of who answered all, as its error is; of the items' where that was not kept.
        None where one of them is of one opinion."""
        if self.alike:
            return None
        low, high = self._range
        if self.sums is not None:
            return 100 * (Fraction(self.sums.total, self.sums.n) - low) / (high - low)
        return theme([score.index for score in self.scores if score.index is not None])

    @property
    def index_error(self) -> float | None:
        """The standard error of the index, in points, from persons' own indexes."""
        if self.alike or self.sums is None or self.sums.n < 2:
            return None
        low, high = self._range
        return 100 * sqrt(self.sums.variance / self.sums.n) / (high - low)

    @property
    def _range(self) -> tuple[int, int]:
        """Of a person's sum."""
        return (
            sum(score.scale.lowest for score in self.scores),
            sum(score.scale.highest for score in self.scores),
        )


@dataclass(frozen=True)
class Shares:
    """Of an item of choice, several or ranking: of `n` who answered, how many gave each."""

    n: int
    counts: Mapping[str, int]

    def bars(self) -> list[tuple[str, int, Fraction]]:
        return [(option, n, Fraction(100 * n, self.n)) for option, n in self.counts.items()]


def score_of(item: Item, counts: Mapping[str, int], *, answered: int) -> Score | Shares:
    """From what was kept of an item in a cell. `answered` is above 0."""
    if item.scale is not None:
        return Score(item.scale, {read_answer(option): n for option, n in counts.items()})
    options = item.options
    if item.kind == Kind.RANKING:
        places = range(1, len(options) + 1)
        options = tuple(f"{code}:{place}" for code in item.options for place in places)
    return Shares(answered, {option: counts.get(option, 0) for option in options})
