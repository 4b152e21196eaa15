"""How much praise one person may give, counted over days that end now."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """At most `giver` nominations in `giver_days` days, `pair` of the same colleague in
    `pair_days`, and `nominees` in one."""

    giver: int = 10
    giver_days: int = 7
    pair: int = 2
    pair_days: int = 30
    nominees: int = 10


@dataclass(frozen=True)
class Beyond:
    """Which limit is reached: `giver`, `pair` (for `whom`) or `nominees`."""

    limit: str
    most: int
    days: int = 0
    whom: int | None = None


def beyond(limits: Limits, *, given: int, to_each: Mapping[int, int]) -> Beyond | None:
    """The limit that one more nomination of these colleagues would pass, or None.

    `given` and `to_each` count the nominations of the days that each limit looks at, without the
    new one; withdrawn ones count, or a limit would be as long as the patience of whoever tries.
    """
    if len(to_each) > limits.nominees:
        return Beyond("nominees", limits.nominees)
    if given >= limits.giver:
        return Beyond("giver", limits.giver, limits.giver_days)
    for whom, count in to_each.items():
        if count >= limits.pair:
            return Beyond("pair", limits.pair, limits.pair_days, whom)
    return None
