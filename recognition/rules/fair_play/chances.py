"""How likely something is by chance alone."""

from math import exp, lgamma, log


def chance_of_repeating(count: int, *, expected: float) -> float:
    """That something expected so often happens at least `count` times (Poisson)."""
    below, term = 0.0, exp(-expected)
    for n in range(count):
        below += term
        term *= expected / (n + 1)
    return max(0.0, 1 - below)


def chance_of_share(count: int, *, of: int, share: float) -> float:
    """That at least `count` `of` so many fall on what usually gets `share` (binomial)."""
    if not 0 < share < 1:
        return float(share >= 1 or count == 0)
    ways = lgamma(of + 1)
    return sum(
        exp(ways - lgamma(k + 1) - lgamma(of - k + 1) + k * log(share) + (of - k) * log(1 - share))
        for k in range(count, of + 1)
    )
