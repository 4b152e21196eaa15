"""Suppression and bounds of groups that need not be a tree: slower and more general than what the
product does, and held against it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from scipy.optimize import linprog
from scipy.sparse import lil_array

from surveys.rules.release import Group, Known


@dataclass(frozen=True)
class Plan:
    """What is shown of a wave, what is hidden because it is small, and what to protect another."""

    shown: tuple[Group, ...]
    small: tuple[Group, ...]
    protecting: tuple[Group, ...]


def planned(
    wanted: Sequence[Group],
    people: Mapping[int, int],
    *,
    fewest: int,
    before: Collection[Group] = (),
) -> Plan:
    """Hide groups below `fewest`, and then more, those with the fewest people first, until nothing
    below `fewest` follows from what is shown; `before`: what was shown of the same answers.

    Raises AlreadyTold when earlier releases alone tell it: nothing hidden now would help.
    """
    small = [each for each in wanted if _headcount(each, people) < fewest]
    shown = [each for each in wanted if _headcount(each, people) >= fewest]
    told = next(Known(before).small_groups(people, fewest=fewest), None)
    if told:
        raise AlreadyTold(told)
    protecting: list[Group] = []
    while told := next(Known([*before, *shown]).small_groups(people, fewest=fewest), None):
        hidden = _cheapest(told, shown, people, before=before)
        shown.remove(hidden)
        protecting.append(hidden)
    return Plan(tuple(shown), tuple(small), tuple(protecting))


class AlreadyTold(Exception):
    """Earlier releases give a group away; `group` is which."""

    def __init__(self, group: Group):
        self.group = group
        super().__init__(f"earlier releases tell atoms {sorted(group)}")


def _cheapest(
    told: Group, shown: Sequence[Group], people: Mapping[int, int], *, before: Collection[Group]
) -> Group:
    """The smallest shown group without which `told` is not told; where one alone does not do, the
    smallest that touches it."""
    by_cost = sorted(set(shown), key=lambda each: (_headcount(each, people), sorted(each)))
    for each in by_cost:
        if not Known([*before, *(other for other in shown if other != each)]).tells(told):
            return each
    return next(each for each in by_cost if each & told)


@dataclass(frozen=True)
class Bounds:
    """Between what a hidden sum must lie, given the sums that are shown and that none is below 0;
    whole numbers."""

    low: int
    high: int


def bounds(group: Group, shown: Mapping[Group, int]) -> Bounds:
    """Of a hidden count, by a linear programme. Raises ValueError when the sums contradict each
    other."""
    atoms = {atom: place for place, atom in enumerate(sorted(group.union(*shown)))}
    sums = lil_array((len(shown), len(atoms)))
    for line, each in enumerate(shown):
        for atom in each:
            sums[line, atoms[atom]] = 1
    aim = [1 if atom in group else 0 for atom in atoms]
    found = []
    for sign in (1, -1):
        solved = linprog(
            [sign * each for each in aim], A_eq=sums.tocsr(), b_eq=list(shown.values()),
            method="highs",
        )  # fmt: skip
        if solved.status != 0:
            raise ValueError(f"no counts fit what is shown: {solved.message}")
        found.append(sign * solved.fun)
    # A hair beside a whole number is that number; else it is rounded inwards, as counts are whole.
    low, high = found
    return Bounds(-int(-(low - 1e-6) // 1), int((high + 1e-6) // 1))


def _headcount(group: Group, people: Mapping[int, int]) -> int:
    return sum(people[atom] for atom in group)
