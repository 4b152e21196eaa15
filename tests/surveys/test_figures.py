"""Figures of polls: the table of polls.md, and real answers against figures computed elsewhere."""

import csv
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.rules import figures
from surveys.rules.figures import Sums

ARMY = Path("../shared/data/survey-army-companies-bhr2000")
"""Real: 5,400 people in 99 companies answer eleven items."""


def spread(promoters: int, passives: int, detractors: int) -> dict[int, int]:
    return {10: promoters, 8: passives, 3: detractors}


def test_enps_is_promoters_less_detractors():
    assert figures.enps(spread(60, 25, 15)) == 45
    assert figures.enps(spread(25, 55, 20)) == 5
    assert figures.enps({}) is None
    # Nine and ten are promoters, six is a detractor, seven and eight are neither.
    assert figures.enps({6: 1, 7: 1, 8: 1, 9: 1, 10: 1}) == 20


def test_the_error_of_enps_is_that_of_numbers_of_one_none_and_minus_one():
    answers = [1] * 60 + [0] * 25 + [-1] * 15
    mean = Fraction(sum(answers), 100)
    variance = sum((each - mean) ** 2 for each in answers) / 100
    assert figures.enps_error(spread(60, 25, 15)) == pytest.approx(
        100 * float(variance / 100) ** 0.5
    )


def test_a_mean_of_3_47_is_an_index_of_61_75_shown_62():
    counts = {3: 53, 4: 47}
    assert sum(answer * n for answer, n in counts.items()) == 347
    assert figures.index(counts) == Fraction("61.75")
    assert figures.shown(figures.index(counts)) == 62


def test_favourable_and_index_are_two_figures():
    counts = {5: 10, 4: 40, 3: 30, 2: 15, 1: 5}
    assert figures.favourable(counts) == 50
    assert figures.index(counts) == Fraction("58.75")
    assert figures.favourable({}) is None
    assert figures.index({}) is None


def test_differences_are_rounded_last():
    before, after = Fraction("74.63572484"), Fraction("75.43647583")
    assert figures.shown(after) == figures.shown(before) == 75
    assert figures.shown(after - before) == 1


@pytest.mark.parametrize(("value", "said"), [("0.5", 1), ("-0.5", 0), ("1.4999", 1), ("2.5", 3)])
def test_half_is_shown_as_the_next_higher(value, said):
    assert figures.shown(Fraction(value)) == said


def test_60_and_72_of_100_are_not_told_apart():
    z, p = figures.two_shares((60, 100), (72, 100))
    assert (round(z, 4), round(p, 4)) == (-1.7912, 0.0733)
    [change] = figures.changes([((60, 100), (72, 100))])
    assert (change.points, change.significant, change.small) == (12, False, False)


def test_shares_that_are_all_or_nothing_differ_by_chance():
    assert figures.two_shares((0, 9), (0, 7)) == (0.0, 1.0)


def test_a_significant_change_below_five_points_is_small():
    [change] = figures.changes([((50_000, 100_000), (52_000, 100_000))])
    assert (change.points, change.significant, change.small) == (2, True, True)


def test_wilsons_interval_of_81_in_263():
    assert [round(each, 4) for each in figures.wilson(81, 263)] == [0.2553, 0.3662]
    assert figures.wilson(0, 7)[0] == 0
    assert figures.wilson(7, 7)[1] == pytest.approx(1)


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_scipys(pair):
    from scipy.stats import binomtest

    other = binomtest(*pair).proportion_ci(method="wilson")
    assert figures.wilson(*pair) == pytest.approx((other.low, other.high), abs=1e-9)


def test_newcombes_interval_is_the_published_one():
    """Newcombe (1998), table II, method 10: 56/70 and 48/80; 10/10 and 0/20."""
    found = figures.newcombe((48, 80), (56, 70))
    assert [round(each, 4) for each in found] == [0.0524, 0.3339]
    found = figures.newcombe((0, 20), (10, 10))
    assert [round(each, 4) for each in found] == [0.6791, 1.0]


def test_holm_raises_by_rank_and_never_falls():
    assert figures.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert figures.holm([]) == []
    assert figures.holm([0.9, 0.8]) == [1.0, 1.0]


def sums(numbers) -> Sums:
    numbers = list(numbers)
    return Sums(len(numbers), sum(numbers), sum(each * each for each in numbers))


def alpha(rows: list[list[int]]) -> Fraction | None:
    return figures.cronbach_alpha(
        [sums(column) for column in zip(*rows, strict=True)], sums(sum(row) for row in rows)
    )


def test_alpha_of_few_people_or_one_item_is_not_said():
    rows = [[1, 2], [2, 1]] * 15
    assert alpha(rows[:29]) is None
    assert alpha([row[:1] for row in rows]) is None
    # Whoever answers the opposite of the other: the sums are all the same.
    assert alpha(rows) is None


@pytest.fixture(scope="module")
def army() -> list[dict[str, str]]:
    with (ARMY / "responses.csv").open() as file:
        return list(csv.DictReader(file))


def expected(name: str) -> list[dict[str, str]]:
    with (ARMY / f"expected-{name}.csv").open() as file:
        return list(csv.DictReader(file))


def test_reliability_is_what_was_computed_elsewhere(army):
    items = {
        "leadership_11": [name for name in army[0] if name[:2] in ("AF", "AP", "AS")],
    }
    items["manual_example_first10"] = items["leadership_11"][:10]
    by_company = defaultdict(list)
    for row in army:
        by_company[row["company"]].append(row)
    checked = 0
    for line in expected("alpha"):
        rows = army if line["group"] == "ALL" else by_company[line["group"].split("=")[-1]]
        own = [[int(row[item]) for item in items[line["scale"]]] for row in rows]
        found = alpha(own)
        assert len(rows) == int(line["n_complete"])
        if len(rows) >= figures.FEWEST_FOR_ALPHA:
            assert f"{float(found):.4f}" == line["cronbach_alpha"], line
            checked += 1
        else:
            assert found is None
    assert checked > 50


@pytest.mark.parametrize("name", ["overall", "by-company", "by-company-x-relig"])
def test_shares_and_means_are_what_was_computed_elsewhere(army, name):
    groups = {
        "overall": lambda row: "ALL", "by-company": lambda row: row["company"],
        "by-company-x-relig": lambda row: f"{row['company']}|{row['RELIG']}",
    }[name]  # fmt: skip
    counts = defaultdict(Counter)
    for row in army:
        for item, answer in row.items():
            if item[:2] in ("AF", "AP", "AS"):
                counts[groups(row), item][int(answer)] += 1
    lines = expected(name)
    assert len(lines) == len(counts)
    for line in lines:
        own = counts[line["group"], line["item"]]
        assert own.total() == int(line["n_valid"])
        if line["suppressed"] == "1":
            continue
        mean = figures.index(own) / 25 + 1
        assert f"{float(mean):.4f}" == line["mean"] or abs(float(mean) - float(line["mean"])) < 6e-5
        assert abs(float(figures.favourable(own)) - float(line["favourable_pct"])) < 0.0051


def test_a_change_has_the_interval_of_the_difference():
    (change,) = figures.changes([((48, 80), (56, 70))])
    low, high = figures.newcombe((48, 80), (56, 70))
    assert (change.points, change.interval) == (20, (100 * low, 100 * high))


def test_the_interval_of_a_difference_of_means_is_as_wide_as_its_error():
    low, high = figures.between(Fraction(4), 2.0)
    assert (round(low, 2), round(high, 2)) == (0.08, 7.92)
