"""A large staff survey's published results, four years: themes and medians by the product's rules.

Contains public sector information licensed under the Open Government Licence v3.0.
"""

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest

from surveys.rules.figures import shown, theme

PUBLISHED = Path("../shared/data/people-survey-uk-published")
BENCHMARK = "Civil Service benchmark (median)"


def rows_of(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def items_of(theme_name: str) -> list[str]:
    """The codes of "My work theme score (B01-B05)"."""
    codes = theme_name[theme_name.rindex("(") + 1 : -1].replace("–", "-")
    first, _dash, last = codes.partition("-")
    low, high = int(first[1:]), int((last or first)[1:])
    return [f"{first[0]}{number:02d}" for number in range(low, high + 1)]


@pytest.mark.parametrize("year", ["2014", "2015"])
def test_a_theme_is_the_mean_of_its_items(year):
    score = {
        (row["organisation"].strip(), row["code"]): Fraction(row["value_pct"])
        for row in rows_of(f"scores-{year}.csv")
        if row["value_pct"]
    }
    compared, apart = 0, 0
    for row in rows_of(f"expected-theme-check-{year}.csv"):
        items = items_of(row["theme"])
        found = theme([score[row["organisation"].strip(), code] for code in items])
        assert float(found) == pytest.approx(float(row["mean_of_items"]), abs=0.0051)
        # Published ones are made of unrounded items.
        apart += abs(found - int(row["published"])) > 1
        compared += 1
    assert compared > 850
    assert apart <= 1


@pytest.mark.parametrize("year", ["2014", "2015", "2016", "2017"])
def test_the_benchmark_is_the_median_of_organisations(year):
    by_measure = defaultdict(list)
    for row in rows_of(f"scores-{year}.csv"):
        if row["value_pct"] and row["organisation"] != BENCHMARK:
            by_measure[row["measure"]].append(Fraction(row["value_pct"]))
    expected = rows_of(f"expected-median-{year}.csv")
    alike = 0
    for row in expected:
        found = median(by_measure[row["measure"]])
        assert found == Fraction(row["computed_median"]), row
        alike += abs(shown(found) - Fraction(row["published_benchmark"])) <= 1
    # The response rate is published as one rate over all, not as a median.
    assert len(expected) - alike <= 2
