"""Whether two polls are of the same answers but for a few people: then one less the other tells
what those few said, whatever is hidden in each."""

from collections.abc import Iterable, Mapping

BY_CHANCE = 1e-4
"""So seldom two polls of different people agree so well."""

Counts = Mapping[str, int]
"""By answer, how many gave it."""


def nearly_the_same(items: Iterable[tuple[Counts, Counts]], *, fewest: int) -> bool:
    """Of the items that both asked: whether fewer than `fewest` people, and at most every tenth,
    make the difference, and all of it is smaller than chance would have it (Pearson's test of
    homogeneity, at its other end)."""
    # Late: nothing else of a poll needs it, and it takes a second.
    from scipy.stats import chi2

    statistic, freedom = 0.0, 0
    for one, other in items:
        answers = one.keys() | other.keys()
        more = [one.get(each, 0) - other.get(each, 0) for each in answers]
        added = sum(n for n in more if n > 0)
        changed = max(added, added - sum(more))
        sizes = sum(one.values()), sum(other.values())
        if changed >= fewest or changed * 10 > max(sizes):
            return False
        for each in answers:
            both = one.get(each, 0) + other.get(each, 0)
            for found, size in zip((one.get(each, 0), other.get(each, 0)), sizes, strict=True):
                expected = both * size / sum(sizes)
                statistic += (found - expected) ** 2 / expected
        freedom += len(answers) - 1
    return freedom > 0 and bool(chi2.cdf(statistic, freedom) < BY_CHANCE)
