"""How many planted rings are found, and how many honest groups are taken for one.

`python -m benchmarks.rings [COMPANIES]`: without a database, prints recall by size, shape and
intensity, false alarms per 100 honest teams with the share of companies above one, and the time
for 100,000 nominations. The table in docs/decisions holds a run's figures.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable

from benchmarks.praising import Company, Ring, company
from recognition.rules.fair_play.rings import Ring as Found
from recognition.rules.fair_play.rings import rings

SIZES = range(2, 9)
INTENSITIES = (0.6, 0.7, 0.8, 0.9, 0.95)
GIVEN = (12, 24)
FOUND_AT = 0.7
"""A ring is found by what has so much in common with it, of all who are in either."""


def is_found(members: frozenset[int], found: Iterable[Found]) -> bool:
    return any(_alike(members, each) >= FOUND_AT for each in found)


def _alike(members: frozenset[int], found: Found) -> float:
    people = set(found.people)
    return len(members & people) / len(members | people)


def false_alarms(made: Company, found: Iterable[Found]) -> list[Found]:
    """What was found and has nobody of a planted ring in it, or fewer than half."""
    planted = set().union(*(members for _ring, members in made.rings))
    return [each for each in found if len(planted.intersection(each.people)) * 2 < len(each.people)]


def planted(inside: float, given: int) -> list[Ring]:
    """One of each size; each is a ring in which all praise all and one in which each the next."""
    return [
        Ring(size, inside, given, cycle)
        for size in SIZES
        for cycle in (False, True)
        if size > 2 or not cycle
    ]


def main() -> None:
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    alarms, seconds, praised = [], [], []
    for seed in range(companies):
        made = company(seed)
        start = time.perf_counter()
        found = rings(made.praise)
        seconds.append(time.perf_counter() - start)
        praised.append(len(made.praise))
        alarms.append(100 * len(false_alarms(made, found)) / len(made.teams))
    print(
        f"{companies} companies of 5,000 without rings, {min(praised):,} to {max(praised):,}"
        f" nominations, 150 honest teams each: {statistics.mean(alarms):.2f} false alarms in 100"
        f" honest teams (at most {max(alarms):.2f}), {statistics.median(seconds):.1f} s each"
    )
    for given in GIVEN:
        for inside in INTENSITIES:
            _print_recall(given, inside, companies)


def _print_recall(given: int, inside: float, companies: int) -> None:
    hits = defaultdict(list)
    alarms = 0
    for seed in range(1000, 1000 + companies):
        made = company(seed, rings=planted(inside, given))
        found = rings(made.praise)
        alarms += len(false_alarms(made, found))
        for ring, members in made.rings:
            hits[ring.size, ring.cycle].append(is_found(members, found))
    line = " ".join(
        f"{size}{'→' if cycle else ''}: {100 * sum(each) // len(each)}%"
        for (size, cycle), each in sorted(hits.items())
    )
    print(f"{given} given, {inside:.0%} inside: {line}; {alarms} false", flush=True)


if __name__ == "__main__":
    main()
