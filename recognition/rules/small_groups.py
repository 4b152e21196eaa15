"""Which groups are kept back so that nobody is told from a number about few people.

A group of fewer than five is not shown. Neither is a further one where the hidden could be worked
out as a difference: of a total whose other parts are all shown. What several totals together tell
is not computed (docs/circle.md).
"""

from collections.abc import Collection, Hashable, Iterable, Mapping

FEWEST = 5

Total = tuple[Hashable, Collection[Hashable]]
"""A group and the groups that it is the sum of."""


def kept_back(
    sizes: Mapping[Hashable, int], totals: Iterable[Total], *, always: Collection[Hashable] = ()
) -> set[Hashable]:
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


def _tells(
    total: Hashable, parts: list, sizes: Mapping[Hashable, int], hidden: set[Hashable]
) -> bool:
    """Whether this sum gives away a hidden group, or a few people together."""
    unseen = [part for part in parts if part in hidden]
    if total in hidden:
        return not unseen
    return bool(unseen) and (len(unseen) == 1 or sum(sizes[part] for part in unseen) < FEWEST)


def _next(
    total: Hashable, parts: list, hidden: set[Hashable], always: Collection[Hashable]
) -> Hashable | None:
    """The smallest part that is still shown, else the total, unless it always is."""
    for part in parts:
        if part not in hidden and part not in always:
            return part
    return None if total in hidden or total in always else total
