"""The rules of the bonus, held against a slow model in 10,000 random companies.

Each company is made from a number of its own, which a failure names: `company_of(NUMBER)` is it.
"""

import random
import time
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import pytest

from incentives.rules import BASIS
from incentives.rules.bonus import (
    EnvelopeBroken,
    Leavers,
    adjust,
    cap_minor,
    decided_by_number,
    earn,
    keeps_days,
    others_factor_bp,
    split,
)
from tests.incentives.slow_bonus import (
    SCALE,
    earned_day_by_day,
    earned_in_integers,
    shared,
    water_level,
)

PORTIONS, IN_ONE = 20, 500
LENGTH = 30


@dataclass
class Company:
    number: int
    contributions: dict[int, int]
    spans: list[tuple[int, int, int, int]]
    balance: int
    weights: list[int]
    caps: list[int]
    numbers: list[str] = field(default_factory=list)

    def shuffled(self, chance: random.Random) -> tuple[list[int], tuple]:
        order = list(range(len(self.weights)))
        chance.shuffle(order)
        columns = (self.weights, self.caps, self.numbers)
        return order, tuple([column[who] for who in order] for column in columns)


def company_of(number: int) -> Company:
    """Few or many people, round or huge salaries, loose, tight, missing or absurd caps."""
    chance = random.Random(number)
    people = chance.choice((0, 1, 2, 3, 5, 8, 13))
    largest = chance.choice((1, 3, 10, 10**6, 10**9, 10**20))
    spans = []
    for who in range(people):
        for _part in range(chance.choice((1, 1, 1, 2, 3))):
            first, last = sorted(chance.choices(range(LENGTH), k=2))
            spans.append((who, first, last, chance.randint(0, largest)))
    contributions = {
        day: chance.randint(1, chance.choice((1, 100, 10**9)))
        for day in chance.sample(range(LENGTH), chance.randint(0, LENGTH))
    }
    earned = earned_in_integers(contributions, spans)
    weights = [
        sum(amount for amount, span in zip(earned, spans, strict=True) if span[0] == who)
        for who in range(people)
    ]
    if chance.random() < 0.4:  # small weights meet ties and caps just at their exact share
        weights = [chance.randint(0, chance.choice((1, 2, 5, 100))) for _who in weights]
    balance = chance.choice((sum(contributions.values()), chance.randint(-5, 50), 10**15, 97, 97))
    caps = {
        "none": lambda: 0,
        "loose": lambda: 10**18,
        "tight": lambda: chance.randint(0, max(2 * abs(balance) // max(people, 1), 3)),
        "small": lambda: chance.randint(0, 10),
        "geometric": lambda: 2 ** chance.randint(0, 60),
    }[
        chance.choice(
            ("none", "loose", "loose", "loose", "tight", "tight", "tight", "small", "geometric")
        )
    ]
    numbers = [f"E{who:03}" for who in range(people)]
    chance.shuffle(numbers)
    return Company(
        number, contributions, spans, balance, weights, [caps() for _who in weights], numbers
    )


@pytest.fixture(params=range(PORTIONS))
def companies(request):
    first = request.param * IN_ONE
    return [company_of(number) for number in range(first, first + IN_ONE)]


def test_there_are_ten_thousand_companies_of_every_kind():
    assert PORTIONS * IN_ONE == 10_000
    kinds = {"capped": 0, "shared": 0, "carried": 0, "nobody": 0, "tied": 0, "debt": 0}
    for number in range(1000):
        c = company_of(number)
        found = split(c.balance, c.weights, c.caps, c.numbers)
        kinds["nobody"] += not any(c.weights)
        kinds["debt"] += c.balance <= 0
        kinds["carried"] += found.carried_minor > 0
        kinds["shared"] += found.carried_minor == 0 and any(found.shares)
        kinds["capped"] += any(0 < s == cap for s, cap in zip(found.shares, c.caps, strict=True))
        kinds["tied"] += bool(decided_by_number(c.balance, c.weights, c.caps))
    assert min(kinds.values()) >= 20, kinds


def test_prefix_sums_earn_what_walking_day_by_day_earns(companies):
    for c in companies:
        earned = earn(c.contributions, c.spans, length=LENGTH)
        assert earned.by_span == earned_in_integers(c.contributions, c.spans), c.number
        hit_days = [
            sum(first <= d <= last for d in c.contributions) for _w, first, last, _s in c.spans
        ]
        assert earned.hit_days == hit_days, c.number
        exact = earned_day_by_day(c.contributions, c.spans)
        for amount, fraction, span in zip(earned.by_span, exact, c.spans, strict=True):
            # Each day's rate is less than one unit, a 10^30th, below the exact one.
            lost = fraction * SCALE - amount
            assert 0 <= lost <= len(c.contributions) * span[3], c.number


def test_nothing_is_lost_nobody_is_above_the_cap_and_it_carries_over_only_when_it_must(companies):
    for c in companies:
        found = split(c.balance, c.weights, c.caps, c.numbers)
        assert sum(found.shares) + found.carried_minor == c.balance, c.number
        if c.balance <= 0:
            assert not any(found.shares), c.number
            continue
        assert all(0 <= s <= cap for s, cap in zip(found.shares, c.caps, strict=True)), c.number
        assert not any(s for s, weight in zip(found.shares, c.weights, strict=True) if not weight)
        assert found.carried_minor >= 0, c.number
        if found.carried_minor:
            rows = zip(found.shares, c.caps, c.weights, strict=True)
            assert all(s == cap for s, cap, weight in rows if weight), c.number


def test_the_split_is_that_of_the_slow_model_in_whatever_order(companies):
    for c in companies:
        wanted = shared(c.balance, c.weights, c.caps, c.numbers)
        found = split(c.balance, c.weights, c.caps, c.numbers)
        assert (found.shares, found.carried_minor) == wanted, c.number
        order, columns = c.shuffled(random.Random(c.number))
        again = split(c.balance, *columns)
        assert again.shares == [found.shares[who] for who in order], c.number


def test_the_level_is_as_high_as_the_balance_allows(companies):
    for c in companies:
        level = water_level(c.balance, c.weights, c.caps)
        if level is None:
            continue
        found = split(c.balance, c.weights, c.caps, c.numbers)
        exact = [min(cap, level * w) for cap, w in zip(c.caps, c.weights, strict=True)]
        assert sum(exact) == c.balance, c.number
        assert all(abs(s - amount) < 1 for s, amount in zip(found.shares, exact, strict=True))


def test_the_number_decides_only_among_equal_remainders(companies):
    for c in companies:
        tied = decided_by_number(c.balance, c.weights, c.caps)
        first = split(c.balance, c.weights, c.caps, c.numbers).shares
        backwards = split(c.balance, c.weights, c.caps, [_turned(n) for n in c.numbers]).shares
        moved = {
            who for who, pair in enumerate(zip(first, backwards, strict=True)) if len({*pair}) > 1
        }
        assert moved <= set(tied), c.number
        assert bool(tied) == bool(moved) or len(tied) > 2, c.number


def _turned(number: str) -> str:
    """So that what came first comes last."""
    return f"E{999 - int(number[1:]):03}"


def test_managers_factors_keep_the_departments_weight(companies):
    for c in companies:
        chance = random.Random(c.number)
        band = chance.choice((0, 500, 2000, 9999))
        factors = {
            who: chance.randint(BASIS - band, BASIS + band)
            for who in range(len(c.weights))
            if chance.random() < 0.3
        }
        others = [who for who in range(len(c.weights)) if who not in factors]
        carrying = sum(c.weights[who] for who in others)
        owed = sum(c.weights[who] * (BASIS - bp) for who, bp in factors.items())
        holds = abs(owed) <= band * carrying
        if factors and not holds:
            with pytest.raises(EnvelopeBroken):
                adjust(c.weights, factors, band_bp=band)
            continue
        adjusted = adjust(c.weights, factors, band_bp=band)
        for who, bp in factors.items():
            assert adjusted[who] == c.weights[who] * bp, c.number
        alike = Fraction(BASIS) + (Fraction(owed, carrying) if carrying else 0)
        for who in others:
            assert adjusted[who] == floor(c.weights[who] * alike), c.number
        lost = BASIS * sum(c.weights) - sum(adjusted)
        assert 0 <= lost <= len(others), c.number


def test_the_cap_is_the_mean_salary_times_its_part_rounded_down(companies):
    for c in companies:
        chance = random.Random(c.number)
        days, cap_bp = chance.randint(0, 366), chance.randint(1, BASIS)
        salary_days = chance.randint(0, 10 ** chance.randint(1, 20))
        exact = Fraction(salary_days * cap_bp, days * BASIS * BASIS) if days else 0
        assert cap_minor(salary_days, days, cap_bp) == floor(exact), c.number


# Cases of their own


def test_thirds_of_a_penny_go_by_number():
    assert split(100, [1, 1, 1], [99] * 3, ["c", "a", "b"]).shares == [33, 34, 33]
    assert decided_by_number(100, [1, 1, 1], [99] * 3) == [0, 1, 2]
    assert decided_by_number(99, [1, 1, 1], [99] * 3) == []
    assert decided_by_number(0, [1], [1]) == []


def test_what_the_capped_leave_goes_to_the_others_until_nobody_passes():
    found = split(100, [50, 30, 20], [10, 40, 1000], ["a", "b", "c"])
    assert (found.shares, found.carried_minor) == ([10, 40, 50], 0)


def test_a_share_just_at_the_cap_is_no_reason_to_carry_over():
    found = split(100, [1, 1], [50, 50], ["a", "b"])
    assert (found.shares, found.carried_minor) == ([50, 50], 0)
    assert split(101, [1, 1], [50, 50], ["a", "b"]).carried_minor == 1


def test_a_day_on_which_nobody_is_there_earns_for_nobody():
    earned = earn({0: 100, 1: 100}, [(0, 1, 1, 5)], length=2)
    assert (earned.rates, earned.bases) == ([0, 100 * SCALE // 5], [0, 5])
    assert earned.by_span == [100 * SCALE]


def test_a_billion_people_with_salaries_are_exact():
    """Two of them, standing for half a billion each: weights of 10^20, contributions of 10^15."""
    weight = 500_000_000 * 4_000_000_00 * BASIS
    spans = [(0, 0, 364, weight), (1, 0, 364, weight + 1)]
    contributions = dict.fromkeys(range(0, 365, 2), 10**15 + 1)
    earned = earn(contributions, spans, length=365)
    assert earned.by_span == earned_in_integers(contributions, spans)
    balance = sum(contributions.values())
    found = split(balance, earned.by_span, [10**18] * 2, ["a", "b"])
    assert sum(found.shares) == balance
    assert found.shares == shared(balance, earned.by_span, [10**18] * 2, ["a", "b"])[0]


def test_caps_that_fill_one_after_the_other_do_not_take_for_ever():
    """Each weight is half of what is left, and each cap a little above the level before: every
    round fills just one. Rounds grow with the digits of the weights, not with the people."""
    steps, others = 120, 20_000
    weights = [others * 2**step for step in range(steps, 0, -1)] + [1] * others
    balance = sum(weights)
    caps, left, total = [], balance, sum(weights)
    for weight in weights[:steps]:
        caps.append(left * weight // total - 1)
        left, total = left - caps[-1], total - weight
    caps += [balance] * others
    numbers = [str(who) for who in range(len(weights))]
    start = time.process_time()
    found = split(balance, weights, caps, numbers)
    assert time.process_time() - start < 10
    assert found.shares[:steps] == caps[:steps]
    assert sum(found.shares) == balance


@pytest.mark.parametrize(
    ("leavers", "good", "kept"),
    [
        (Leavers.GOOD, True, True), (Leavers.GOOD, False, False), (Leavers.GOOD, None, False),
        (Leavers.ALL, False, True), (Leavers.ALL, None, True), (Leavers.NONE, True, False),
    ],
)  # fmt: skip
def test_leavers_keep_their_days_by_policy(leavers, good, kept):
    assert keeps_days(leavers, good=good) is kept


def test_an_envelope_that_nobody_carries_is_broken_unless_it_is_even():
    assert adjust([10, 10], {0: 11_000, 1: 9_000}, band_bp=2000) == [110_000, 90_000]
    with pytest.raises(EnvelopeBroken) as broken:
        adjust([10, 10], {0: 11_000, 1: 9_500}, band_bp=2000)
    assert broken.value.others_bp is None
    with pytest.raises(EnvelopeBroken) as broken:
        adjust([30, 10], {0: 12_000}, band_bp=2000)
    assert broken.value.others_bp == 4_000
    assert others_factor_bp([30, 10], {0: 12_000}) == (40_000, 10)
