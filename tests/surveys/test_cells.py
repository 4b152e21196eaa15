"""Under which cell a comment is kept: never one that fewer than ten ballots stand behind."""

import random
from collections import Counter

import pytest

from surveys.rules.cells import above, comment_cells


def test_what_is_above_a_cell():
    assert [above(path) for path in ("0.2.4", "0.2", "0")] == ["0.2", "0", None]


def test_comments_stay_where_enough_ballots_are():
    assert comment_cells({"0.1": 10, "0.2": 12}, fewest=10) == {"0.1": "0.1", "0.2": "0.2"}


def test_small_cells_are_kept_under_the_one_above_together():
    found = comment_cells({"0.1.1": 4, "0.1.2": 6, "0.2": 12}, fewest=10)
    assert found == {"0.1.1": "0.1", "0.1.2": "0.1", "0.2": "0.2"}


def test_a_small_cell_beside_a_large_one_is_not_told_by_the_one_above():
    """Three people directly in a department whose only part has twelve."""
    found = comment_cells({"0.1.1": 3, "0.1.2": 12, "0.2": 9}, fewest=10)
    assert found == {"0.1.1": "0", "0.1.2": "0.1.2", "0.2": "0"}


def test_what_is_left_at_the_top_takes_another_cell_with_it():
    found = comment_cells({"0.1": 3, "0.2": 12, "0.3": 30}, fewest=10)
    assert found == {"0.1": "0", "0.2": "0", "0.3": "0.3"}


def test_too_few_in_all_have_no_comments():
    assert comment_cells({"0.1": 3, "0.2": 6}, fewest=10) is None


@pytest.mark.parametrize("seed", range(20))
def test_behind_every_comment_cell_stand_enough_ballots(seed):
    chance = random.Random(seed)
    for _n in range(50):
        atoms = {}
        for a in range(chance.randint(1, 5)):
            for b in range(chance.randint(1, 4)):
                atoms[f"0.{a}.{b}" if chance.random() < 0.8 else f"0.{a}.{b}.0"] = chance.randint(
                    0, 15
                )
        found = comment_cells(atoms, fewest=10)
        if sum(atoms.values()) < 10:
            assert found is None
            continue
        assert set(found) == set(atoms)
        behind = Counter()
        for atom, cell in found.items():
            assert atom == cell or atom.startswith(f"{cell}.")
            behind[cell] += atoms[atom]
        assert min(behind.values()) >= 10
