"""The audit of a release: worked examples, published tables, and a slow method beside it."""

import csv
import random
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from surveys.rules.release import Known
from tests.surveys.any_groups import AlreadyTold, Bounds, bounds, planned

ARMY = Path("../shared/data/survey-army-companies-bhr2000")


def group(*atoms: int) -> frozenset[int]:
    return frozenset(atoms)


def told(shown, people, *, fewest: int = 7) -> list[frozenset[int]]:
    return list(Known(shown).small_groups(people, fewest=fewest))


def test_three_of_eight_hidden_beside_a_total_are_recoverable():
    people = {0: 5, 1: 3}
    assert told([group(0), group(0, 1)], people, fewest=5) == [group(1)]
    assert Known([group(0), group(0, 1)]).tells(group(1))
    assert told([group(0, 1)], people, fewest=5) == []


def test_a_group_of_4_beside_20_and_30_with_the_parent_shown_is_recoverable():
    people = {0: 4, 1: 20, 2: 30}
    shown = [group(1), group(2), group(0, 1, 2)]
    assert told(shown, people) == [group(0)]
    plan = planned([group(0), *shown], people, fewest=7)
    assert plan.small == (group(0),)
    assert plan.protecting == (group(1),)
    assert told(plan.shown, people) == []


# The table of sdcTable's test of its simple heuristic (GPL): rows w to z, columns a to d.
ROWS = {"w": (30, 47, 64, 89), "x": (90, 124, 5, 31), "y": (92, 100, 59, 85),
        "z": (800, 991, 651, 685)}  # fmt: skip
CELLS = {
    f"{row}{column}": count
    for row, counts in ROWS.items()
    for column, count in zip("abcd", counts, strict=True)
}
NUMBER = {name: place for place, name in enumerate(CELLS)}
HIDDEN = ("wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd")


def table_without(*hidden: str) -> dict[frozenset[int], int]:
    """What is shown: the margins, and every cell that is not hidden."""
    shown = {group(NUMBER[name]): count for name, count in CELLS.items() if name not in hidden}
    lines = [[name for name in CELLS if part in name] for part in "wxyzabcd"]
    for line in [*lines, list(CELLS)]:
        shown[frozenset(NUMBER[name] for name in line)] = sum(CELLS[name] for name in line)
    return shown


def test_two_hidden_in_each_line_may_still_tell_one():
    shown = table_without(*HIDDEN)
    wb = group(NUMBER["wb"])
    assert Known(shown).tells(wb)
    assert bounds(wb, shown) == Bounds(47, 47)
    for other in HIDDEN:
        if other != "wb":
            assert not Known(shown).tells(group(NUMBER[other]))


def test_with_one_more_hidden_the_bounds_are_wide():
    shown = table_without(*HIDDEN, "xd")
    wb = group(NUMBER["wb"])
    assert not Known(shown).tells(wb)
    assert bounds(wb, shown) == Bounds(0, 78)


def test_sums_that_contradict_each_other_have_no_bounds():
    with pytest.raises(ValueError, match="no counts fit"):
        bounds(group(0), {group(0): 3, group(0, 1): 2})


def test_companies_tell_a_single_hidden_cell_and_no_two():
    """Bliese, Halverson and Rothberg (2000): 99 companies by religion, cells below five hidden."""
    people = Counter()
    with (ARMY / "responses.csv").open() as file:
        for row in csv.DictReader(file):
            people[int(row["company"]), row["RELIG"]] += 1
    number = {cell: place for place, cell in enumerate(sorted(people))}
    counts = {number[cell]: n for cell, n in people.items()}
    cells = defaultdict(list)
    for company, religion in people:
        cells[company].append(number[company, religion])
    wanted = [frozenset(each) for each in cells.values()]
    wanted += [group(place) for place in number.values()]
    shown = [each for each in wanted if sum(counts[atom] for atom in each) >= 5]
    found = {next(iter(each)) for each in told(shown, counts, fewest=5) if len(each) == 1}
    by_company = {place: company for (company, _religion), place in number.items()}
    with (ARMY / "expected-suppression-by-company.csv").open() as file:
        expected = {
            int(line["company"])
            for line in csv.DictReader(file)
            if line["recoverable_by_subtraction"] == "1"
        }
    assert len(expected) == 21
    assert expected <= {by_company[atom] for atom in found}
    # Two hidden together are told as one group, and few enough to be somebody.
    plan = planned(wanted, counts, fewest=5)
    assert told(plan.shown, counts, fewest=5) == []
    assert len(plan.small) == 90


def test_what_was_shown_before_counts():
    people = {0: 20, 1: 3, 2: 20}
    before = [group(0)]
    plan = planned([group(0, 1), group(2)], people, fewest=7, before=before)
    assert plan.shown == (group(2),)
    assert plan.protecting == (group(0, 1),)


def test_what_earlier_releases_tell_no_suppression_mends():
    with pytest.raises(AlreadyTold) as error:
        planned([group(2)], {0: 20, 1: 3, 2: 20}, fewest=7, before=[group(0), group(0, 1)])
    assert error.value.group == group(1)


def slowly(shown, people, *, fewest: int) -> set[frozenset[int]]:
    """Every group below the minimum, held one by one against the rank of what is shown."""
    atoms = sorted(people)
    rows = [[int(atom in each) for atom in atoms] for each in shown]
    whole = rank(rows)
    return {
        frozenset(each)
        for size in range(1, fewest)
        for each in combinations(atoms, size)
        if sum(people[atom] for atom in each) < fewest
        and rank([*rows, [int(atom in each) for atom in atoms]]) == whole
    }


def rank(rows: list[list[int]]) -> int:
    rows = [[Fraction(each) for each in row] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(found + 1, len(rows)):
            times = rows[n][column] / rows[found][column]
            rows[n] = [a - times * b for a, b in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


def random_release(chance: random.Random):
    atoms = range(chance.randint(2, 8))
    people = {atom: chance.choice([1, 1, 2, 3, 4, 6, 8, 20]) for atom in atoms}
    shown = {
        frozenset(chance.sample(atoms, chance.randint(1, len(atoms))))
        for _n in range(chance.randint(1, 7))
    }
    return list(shown), people


@pytest.mark.parametrize("seed", range(20))
def test_the_groups_found_are_the_least_of_those_a_slow_method_finds(seed):
    chance = random.Random(seed)
    for _n in range(60):
        shown, people = random_release(chance)
        every = slowly(shown, people, fewest=7)
        least = {each for each in every if not any(other < each for other in every)}
        found = set(told(shown, people))
        assert least <= found <= every, (shown, people)


@pytest.mark.parametrize("seed", range(10))
def test_after_hiding_more_a_slow_method_finds_nothing(seed):
    chance = random.Random(1_000 + seed)
    for _n in range(40):
        wanted, people = random_release(chance)
        plan = planned(wanted, people, fewest=7)
        assert slowly(plan.shown, people, fewest=7) == set(), (wanted, people)
        assert {*plan.shown, *plan.small, *plan.protecting} == set(wanted)
