"""What of a poll is shown, in cells that are parts of each other; what is hidden with it.

Source: polls.md, "Showing results". A figure that is shown of a cell tells, less what is shown of
its parts, of the rest of it: `left` here. Cells of a tree tell nothing else: whatever follows from
what is shown is put together of such rests. So a release is safe when no rest is of a few people,
and no rest of hidden cells is all of one opinion. `release.Known` tests the same without knowing
that cells are a tree.

For the same reason nothing narrower can be said of a number that is hidden than that it is at least
none and at most its rest: what a linear programme finds for the bounds, in the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.rules.cells import above


class Fate(StrEnum):
    SHOWN = "shown"
    SMALL = "small"
    PROTECTS = "protects"


@dataclass(frozen=True)
class Measure:
    """How many people stand behind a figure, by place of the cell. `bands`: how many of them in
    each opinion, of which a hidden rest must not be all. `counts`: a cell of too few is hidden;
    otherwise it is only kept from following."""

    people: Sequence[int]
    bands: Sequence[Sequence[int]] = ()
    counts: bool = True


class Tree:
    """Cells by their paths, the whole first. Lists of figures are in the order of `paths`."""

    def __init__(self, paths: Sequence[str]):
        self.paths = sorted(paths, key=lambda path: [int(part) for part in path.split(".")])
        self.place = {path: place for place, path in enumerate(self.paths)}
        uppers = (above(path) for path in self.paths)
        self.upper = [-1 if path is None else self.place[path] for path in uppers]

    def added_up(self, own: Sequence[int]) -> list[int]:
        """Of figures of the smallest cells, those of every cell."""
        total = list(own)
        upper = self.upper
        for place in range(len(total) - 1, 0, -1):
            if total[place]:
                total[upper[place]] += total[place]
        return total

    def plan(
        self, measures: Sequence[Measure], *, fewest: int, only: Sequence[bool] | None = None
    ) -> list[Fate]:
        """The fate of each cell for figures of which all `measures` hold: those of too few people
        are hidden, and then more, those of the fewest people first, until nothing follows of any.
        `only`: cells outside are hidden whatever they are.

        O(cells) where nothing is hidden, and O(cells · parts of a cell) at worst.
        """
        fates = [Fate.SHOWN] * len(self.paths)
        counted = [measure for measure in measures if measure.counts]
        for place in range(len(fates)):
            if any(measure.people[place] < fewest for measure in counted):
                fates[place] = Fate.SMALL
            elif only is not None and not only[place]:
                fates[place] = Fate.PROTECTS
        parts = self._parts(fates)
        for place in range(len(fates) - 1, -1, -1):
            if fates[place] == Fate.SHOWN:
                self._protect(place, fates, parts, measures, fewest)
        return fates

    def rests(self, fates: Sequence[Fate], people: Sequence[int]) -> list[int]:
        """How many people are in each group that follows from what is shown and no smaller one."""
        parts = self._parts(fates)
        return [
            people[place] - sum(people[part] for part in parts[place])
            for place, fate in enumerate(fates)
            if fate == Fate.SHOWN
        ]

    def _parts(self, fates: Sequence[Fate]) -> list[list[int]]:
        """By shown cell, the nearest shown cells within."""
        nearest = list(self.upper)
        parts: list[list[int]] = [[] for _fate in fates]
        for place, fate in enumerate(fates):
            upper = self.upper[place]
            if upper >= 0 and fates[upper] != Fate.SHOWN:
                nearest[place] = nearest[upper]
            if fate == Fate.SHOWN and nearest[place] >= 0:
                parts[nearest[place]].append(place)
        return parts

    def _protect(
        self, place: int, fates: list[Fate], parts: list[list[int]], measures: Sequence[Measure],
        fewest: int,
    ) -> None:  # fmt: skip
        """Hide parts of a cell, or the cell, until what is left of it may be known. Whoever hides
        cells within it comes before, whoever is above it after."""
        people = measures[0].people
        while not all(_may_be_known(place, parts[place], each, fewest) for each in measures):
            if not parts[place]:
                fates[place] = Fate.PROTECTS
                self._passed_on(place, fates, parts)
                return
            least = min(parts[place], key=lambda part: (people[part], part))
            fates[least] = Fate.PROTECTS
            parts[place].remove(least)
            parts[place] += parts[least]

    def _passed_on(self, place: int, fates: Sequence[Fate], parts: list[list[int]]) -> None:
        """A hidden cell without parts is none of the parts of what is above it any more."""
        upper = self.upper[place]
        while upper >= 0 and fates[upper] != Fate.SHOWN:
            upper = self.upper[upper]
        if upper >= 0:
            parts[upper].remove(place)


def _enough(people: int, fewest: int) -> bool:
    return people == 0 or people >= fewest


def _may_be_known(place: int, parts: Sequence[int], measure: Measure, fewest: int) -> bool:
    """Whether what is left of a cell, without its shown parts, is nobody, or enough people of more
    than one opinion."""
    left = measure.people[place] - sum(measure.people[part] for part in parts)
    if not _enough(left, fewest):
        return False
    return (
        left == 0
        or not parts
        or not any(
            band[place] - sum(band[part] for part in parts) == left for band in measure.bands
        )
    )
