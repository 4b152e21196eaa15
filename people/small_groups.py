"""Which groups are kept back so that nobody is told from a number about few people.

A group of fewer than five is not shown. Neither is a further one where the hidden could be worked
out as a difference: of a total whose other parts are all shown. What several totals together tell
is not computed (docs/circle.md).
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

FEWEST = 5

G = TypeVar("G", bound=Hashable)
Total = tuple[G, Collection[G]]
"""A group and the groups that it is the sum of."""


def kept_back(
    sizes: Mapping[G, int], totals: Iterable[Total[G]], *, always: Collection[G] = ()
) -> set[G]:
    """The groups not to show, by the number of people in each whom the reader does not know anyway;
    empty groups are shown. Those in `always` are hidden only for being small themselves.
    """
    hidden = {group for group, size in sizes.items() if 0 < size < FEWEST}
    ordered = [
        (total, sorted((part for part in parts if sizes[part]), key=lambda part: sizes[part]))
        for total, parts in totals
    ]
    changed = True
    while changed:
        changed = False
        for total, parts in ordered:
            while _tells(total, parts, sizes, hidden):
                one_more = _next(total, parts, hidden, always)
                if one_more is None:
                    break
                hidden.add(one_more)
                changed = True
    return hidden


def _tells(total: G, parts: list[G], sizes: Mapping[G, int], hidden: set[G]) -> bool:
    """Whether this sum gives away a hidden group, or a few people together."""
    unseen = [part for part in parts if part in hidden]
    if total in hidden:
        return not unseen
    return bool(unseen) and (len(unseen) == 1 or sum(sizes[part] for part in unseen) < FEWEST)


def _next(total: G, parts: list[G], hidden: set[G], always: Collection[G]) -> G | None:
    """The smallest part that is still shown, else the total, unless it always is."""
    for part in parts:
        if part not in hidden and part not in always:
            return part
    return None if total in hidden or total in always else total
