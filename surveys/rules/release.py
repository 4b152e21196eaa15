"""What follows from what is shown: the audit of a release (polls.md, "Showing results").

Atoms are the smallest groups of a wave, numbered; each person is in exactly one. A figure that is
shown for a group tells the sum over the group's atoms, whatever the figure is. So a group that is
hidden is known all the same when its indicator is a combination of the indicators of what is
shown: last year's department less this year's part of it, a total less the rest. Earlier releases
of the same answers count with the new one: who kept them has both.
"""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from itertools import chain

Group = frozenset[int]
"""Numbers of atoms."""
Row = dict[int, Fraction]
"""A combination of atoms, those with factor 0 left out."""


class Known:
    """All that follows from sums that are shown: the row space of their indicators, exactly."""

    def __init__(self, shown: Collection[Group]):
        self._rows: dict[int, Row] = {}
        for group in sorted(set(shown), key=lambda each: (len(each), sorted(each))):
            self._add(dict.fromkeys(group, Fraction(1)))

    def _add(self, row: Row) -> None:
        """Gauss and Jordan: each row has a pivot of 1 that no other row has."""
        row = self._reduced(row)
        if not row:
            return
        pivot = min(row)
        row = {atom: factor / row[pivot] for atom, factor in row.items()}
        for other in self._rows.values():
            if pivot in other:
                _take(other, row, other[pivot])
        self._rows[pivot] = row

    def _reduced(self, row: Row) -> Row:
        left = dict(row)
        for pivot in row.keys() & self._rows.keys():
            _take(left, self._rows[pivot], left[pivot])
        return left

    def tells(self, group: Group) -> bool:
        """Whether the group's sum follows from what is shown."""
        return not self._reduced(dict.fromkeys(group, Fraction(1)))

    def small_groups(self, people: Mapping[int, int], *, fewest: int) -> Iterator[Group]:
        """Every least group of one to `fewest` - 1 people whose sum follows from what is shown.

        A group that is told is a sum of rows, one for each pivot in it. So pivots are added, as
        long as their people are few enough, where they mend a factor that is neither 0 nor 1, or
        take an atom away whose people are too many.
        """
        holders: dict[int, list[int]] = {}
        for pivot, row in self._rows.items():
            for atom in row:
                holders.setdefault(atom, []).append(pivot)
        tried: set[Group] = set()
        found: list[Group] = []
        waiting = [frozenset({pivot}) for pivot in sorted(self._rows)]
        while waiting:
            pivots = waiting.pop()
            if pivots in tried or sum(people[each] for each in pivots) >= fewest:
                continue
            tried.add(pivots)
            row = _sum(self._rows[each] for each in pivots)
            wrong = [atom for atom, factor in row.items() if factor not in (0, 1)]
            if not wrong and sum(people[atom] for atom in row) < fewest:
                group = frozenset(row)
                # A group of nobody tells nothing, and others are told without it too.
                if _people(group, people) and not any(each <= group for each in found):
                    found.append(group)
                    yield group
                continue
            mended = wrong[:1] or [atom for atom in row if atom not in pivots]
            others = set(chain.from_iterable(holders[atom] for atom in mended)) - pivots
            waiting.extend(pivots | {pivot} for pivot in others)


def _take(row: Row, other: Row, times: Fraction) -> None:
    for atom, factor in other.items():
        left = row.get(atom, Fraction(0)) - times * factor
        if left:
            row[atom] = left
        else:
            row.pop(atom, None)


def _sum(rows: Iterator[Row]) -> Row:
    total: Row = {}
    for row in rows:
        _take(total, row, Fraction(-1))
    return total


def _people(group: Group, people: Mapping[int, int]) -> int:
    return sum(people[atom] for atom in group)
