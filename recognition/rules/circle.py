"""The circle: who of those employed was recognised within twelve months, in shares and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from recognition.rules.awards import months_before

MONTHS = 12
LINE_BP = 4_000
"""The benchmark: two in five."""
LONG_HERE = (1, 3, 5, 10)
"""Years after which the next tenure band begins; band 0 is the first year."""
AT_ONCE = 3
"""Colleagues whom a lead is told of in one week."""


@dataclass(frozen=True)
class Group:
    """How many there are, and how many of them are inside: in the circle, or among the givers."""

    total: int = 0
    inside: int = 0

    def __add__(self, other: "Group") -> "Group":
        return Group(self.total + other.total, self.inside + other.inside)

    @property
    def share_bp(self) -> int | None:
        """Rounded down, so that no share reads 40% before it is; None of nobody."""
        return 10_000 * self.inside // self.total if self.total else None

    @property
    def reaches_line(self) -> bool:
        return self.total > 0 and 10_000 * self.inside >= LINE_BP * self.total


def since(day: date) -> date:
    """The first day of the twelve months that end on a day: of 3 March 2026, 4 March 2025."""
    return date.fromordinal(months_before(day, MONTHS).toordinal() + 1)


def band_of(hired_on: date, day: date) -> int:
    """The tenure band: how many of LONG_HERE somebody has been employed on a day."""
    return sum(hired_on <= months_before(day, 12 * years) for years in LONG_HERE)


def roll_up(own: Mapping[int, Group], parents: Mapping[int, int | None]) -> dict[int, Group]:
    """Each department with all below it. One whose parent is not among `parents` (closed that
    day) stands at the top; one that is not itself is counted alone."""
    totals = {**dict.fromkeys(parents, Group()), **own}
    waiting = dict.fromkeys(parents, 0)
    for parent in parents.values():
        if parent in waiting:
            waiting[parent] += 1
    # From the lowest up, without recursion: a tree may be deeper than Python's stack.
    ready = [department for department, below in waiting.items() if not below]
    while ready:
        department = ready.pop()
        parent = parents[department]
        if parent in waiting and parent is not None:
            totals[parent] += totals[department]
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
    return totals


def turn_of_week(
    people: Sequence[int], day: date, *, but: frozenset[int] = frozenset()
) -> list[int]:
    """Those whose turn it is in the week of a day, three at most, without `but`.

    In a fixed order that goes round: nobody comes first for a reason, and everybody comes.
    """
    week = (day.toordinal() - 1) // 7
    start = week * AT_ONCE % len(people) if people else 0
    round_from = [*people[start:], *people[:start]]
    return [person for person in round_from if person not in but][:AT_ONCE]


def trend(now: Group, before: Group) -> int:
    """1 growing, -1 shrinking, 0 about the same: less than one point in a hundred apart."""
    apart = (now.share_bp or 0) - (before.share_bp or 0)
    return (apart >= 100) - (apart <= -100)
