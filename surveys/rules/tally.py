"""The count of ballots: how often each answer was given in each cell, sums over scales, and loose
comments. Nothing says which answers came together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from surveys.rules.figures import Sums
from surveys.rules.questionnaire import NOT_APPLICABLE, Answers, Item, Kind

ByCell = list[int]
"""A figure of every smallest cell, by place."""


@dataclass(frozen=True)
class ScaleTally:
    """Of who answered every item of a scale: how many, and what their sums add up to and their
    squares. `others`: by item, of how many it is known who did not answer all. `items`: the same
    people's answers to each item, over all cells."""

    people: ByCell
    totals: ByCell
    squares: ByCell
    others: dict[int, ByCell]
    items: dict[int, Sums]


class Tally:
    """Ballots as columns of answers by cell. `cells`: the numbers of the smallest cells."""

    def __init__(self, items: Sequence[Item], cells: Sequence[int]):
        self._counted = [item for item in items if item.kind != Kind.COMMENT]
        self._numbers = [item.number for item in self._counted]
        self._words = [item.number for item in items if item.kind == Kind.COMMENT]
        self._rows: dict[int, list[list[Any]]] = {cell: [] for cell in cells}
        self.comments: list[tuple[int, int, str]] = []
        """Item, cell, text."""

    def add(self, cell: int, answers: Answers) -> None:
        """Count one ballot; its answers are `checked` ones. Raises KeyError for another cell."""
        self._rows[cell].append([answers.get(number) for number in self._numbers])
        for number in self._words:
            if number in answers:
                self.comments.append((number, cell, answers[number]))

    def ballots(self) -> ByCell:
        return [len(rows) for rows in self._rows.values()]

    def answered(self) -> Iterator[tuple[Item, ByCell, dict[str, ByCell]]]:
        """By item: how many gave a valid answer, and how many each. A ranking counts "code:place";
        who says that it does not apply is not counted."""
        columns = self._columns
        for place, item in enumerate(self._counted):
            people: ByCell = []
            counts: dict[str, ByCell] = {}
            for cell, by_item in enumerate(columns):
                given = _counted(item, by_item[place]) if by_item else {}
                people.append(given.pop(None, 0))
                for option, n in given.items():
                    if option not in counts:
                        counts[option] = [0] * len(columns)
                    counts[option][cell] = n
            yield item, people, counts

    def scale(self, numbers: Sequence[int]) -> ScaleTally:
        """Of the items of these numbers, all on a scale."""
        places = [self._numbers.index(number) for number in numbers]
        people, totals, squares = [], [], []
        others: dict[int, ByCell] = {number: [] for number in numbers}
        items: dict[int, Counter[int]] = {number: Counter() for number in numbers}
        for columns in self._columns:
            own = [columns[place] if columns else () for place in places]
            whole = own
            if any(None in column or NOT_APPLICABLE in column for column in own):
                kept = [row for row in zip(*own, strict=True)
                        if None not in row and NOT_APPLICABLE not in row]  # fmt: skip
                whole = list(zip(*kept, strict=True)) or [()] * len(numbers)
            for number, column, complete in zip(numbers, own, whole, strict=True):
                items[number].update(complete)
                blank = column.count(None) + column.count(NOT_APPLICABLE)
                others[number].append(len(column) - blank - len(complete))
            sums = list(map(sum, zip(*whole, strict=True)))
            people.append(len(sums))
            totals.append(sum(sums))
            squares.append(sum(each * each for each in sums))
        own_sums = {number: sums_of(counts) for number, counts in items.items()}
        return ScaleTally(people, totals, squares, others, own_sums)

    @cached_property
    def _columns(self) -> list[list[tuple[Any, ...]]]:
        """By cell, the answers to each item; made when the last ballot is in."""
        return [list(zip(*rows, strict=True)) for rows in self._rows.values()]


def _counted(item: Item, column: Sequence[Any]) -> dict[Any, int]:
    """By answer as text how often it was given; None: how many answered."""
    if item.kind in (Kind.SEVERAL, Kind.RANKING):
        lists = [answer for answer in column if isinstance(answer, list)]
        if item.kind == Kind.RANKING:
            lists = [[f"{code}:{place}" for place, code in enumerate(each, 1)] for each in lists]
        return {None: len(lists), **Counter(chain.from_iterable(lists))}
    counts = Counter(column)
    blank = counts.pop(None, 0) + counts.pop(NOT_APPLICABLE, 0)
    return {None: len(column) - blank, **{str(answer): n for answer, n in counts.items()}}


def sums_of(counts: Mapping[int, int]) -> Sums:
    """Of answers on a scale, by how often each was given."""
    return Sums(
        sum(counts.values()),
        sum(answer * n for answer, n in counts.items()),
        sum(answer * answer * n for answer, n in counts.items()),
    )
