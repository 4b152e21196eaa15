"""What is kept of a poll: nothing of a few follows from it, by a slow method that knows no tree."""

import os
import random
from itertools import combinations

import pytest

from surveys.rules import keeping
from surveys.rules.keeping import ANSWERED, Followed, Keeper, Kept
from surveys.rules.questionnaire import Item, Kind
from surveys.rules.release import Known
from surveys.rules.suppression import Fate, Measure, Tree
from surveys.rules.tally import Tally
from tests.surveys.any_groups import Bounds, bounds
from tests.surveys.test_release import rank

ORGANISATIONS = int(os.environ.get("ORGANISATIONS", "1000"))
ITEMS = [
    *(Item(number, Kind.AGREEMENT) for number in range(1, 4)),
    Item(4, Kind.LIKELIHOOD), Item(5, Kind.CHOICE, options=("day", "night")),
]  # fmt: skip
THEMES = {"team": [1, 2, 3]}


def plan(paths, people, *measures, fewest=7, only=None) -> dict[str, str]:
    tree = Tree(paths)
    fates = tree.plan([Measure(people), *measures], fewest=fewest, only=only)
    return dict(zip(tree.paths, map(str, fates), strict=True))


def test_a_group_of_4_beside_20_and_30_takes_the_20_with_it():
    assert plan(["0", "0.1", "0.2", "0.3"], [54, 4, 20, 30]) == {
        "0": "shown", "0.1": "small", "0.2": "protects", "0.3": "shown",
    }  # fmt: skip


def test_two_small_groups_that_are_enough_together_hide_no_third():
    assert plan(["0", "0.1", "0.2", "0.3"], [28, 4, 4, 20]) == {
        "0": "shown", "0.1": "small", "0.2": "small", "0.3": "shown",
    }  # fmt: skip


def test_a_small_group_below_is_protected_where_it_is_and_not_above():
    paths = ["0", "0.1", "0.1.2", "0.1.3", "0.4"]
    assert plan(paths, [60, 30, 3, 27, 30]) == {
        "0": "shown", "0.1": "shown", "0.1.2": "small", "0.1.3": "protects", "0.4": "shown",
    }  # fmt: skip


def test_a_hidden_number_is_only_known_to_be_one_of_its_rest():
    """What the report says of bounds, by a linear programme over what is shown."""
    tree = Tree(["0", "0.1", "0.2", "0.3"])
    favour = [38, 3, 14, 21]
    fates = tree.plan([Measure([54, 4, 20, 30])], fewest=7)
    within = [frozenset({1, 2, 3}), frozenset({1}), frozenset({2}), frozenset({3})]
    shown = {within[place]: favour[place] for place, fate in enumerate(fates) if fate == Fate.SHOWN}
    (_own, rest) = sorted(tree.rests(fates, favour), reverse=True)
    assert rest == 17
    assert bounds(within[1], shown) == bounds(within[2], shown) == Bounds(0, rest)


def test_a_department_that_is_as_large_as_its_only_part_tells_nothing_more():
    assert plan(["0", "0.1", "0.1.2"], [9, 9, 9]) == dict.fromkeys(["0", "0.1", "0.1.2"], "shown")


def test_a_hidden_rest_of_one_opinion_takes_another_cell_with_it():
    """Of 8 hidden people all were favourable: whoever is one of them is known."""
    paths, people = ["0", "0.1", "0.2", "0.3", "0.4"], [58, 4, 4, 20, 30]
    favourable, others = [38, 4, 4, 10, 20], [20, 0, 0, 10, 10]
    assert plan(paths, people)["0.3"] == "shown"
    found = plan(paths, people, Measure(people, (favourable, others)))
    assert [path for path, fate in found.items() if fate == "protects"] == ["0.3"]


def test_that_nobody_of_the_hidden_was_favourable_is_an_opinion_too():
    """Of 8 hidden people some were neutral and some not, and none favourable."""
    tally = Tally(ITEMS, [1, 2, 3, 4])
    for cell, answers in ((1, [1, 2, 3, 3]), (2, [3, 3, 2, 1]), (3, [1, 3, 4, 5] * 5),
                          (4, [2, 3, 4, 5] * 8)):  # fmt: skip
        for answer in answers:
            tally.add(cell, {1: answer})
    paths = ["0", "0.1", "0.2", "0.3", "0.4"]
    keeper = Keeper(Tree(paths), paths[1:], fewest=7)
    keeper.keep(tally, {})
    hidden = {place: str(fate) for item, place, fate in keeper.kept.hidden if item == 1}
    assert hidden == {1: "small", 2: "small", 3: "protects"}


def test_a_figure_of_few_that_would_follow_hides_the_cell_itself():
    """Beside the 20 who answered all of a theme, 3 answered some of it."""
    found = plan(["0"], [20], Measure([3], counts=False))
    assert found == {"0": "protects"}


FOLLOW_UP = [
    Item(1, Kind.AGREEMENT),
    Item(2, Kind.CHOICE, options=("pay", "hours"), only_if=(1, frozenset([1, 2]))),
    Item(3, Kind.CHOICE, options=("more", "less"), only_if=(2, frozenset(["pay"]))),
]


def test_a_follow_up_is_shown_only_where_what_it_hangs_on_is():
    """Of 12 and 5 people 8 are asked the second question, all of the 12: shown beside the 8 of all,
    it would tell of the 5, whose answers are hidden, that none of them was unhappy."""
    tally = Tally(FOLLOW_UP, [1, 2])
    for person in range(16):
        asked = {2: "pay", 3: ("more", "less")[person % 2]} if person < 14 else {2: "hours"}
        tally.add(1, {1: 1 + person % 2, **asked})
    for person in range(4):
        tally.add(1, {1: 3 + person % 3})
    for person in range(5):
        tally.add(2, {1: 3 + person % 3})
    keeper = Keeper(Tree(["0", "0.1", "0.2"]), ["0.1", "0.2"], fewest=7)
    keeper.keep(tally, {})
    shown = [(item, place, n) for item, place, option, n in keeper.kept.counts
             if option == ANSWERED]  # fmt: skip
    assert shown == [(1, 0, 25), (2, 0, 16), (3, 0, 14)]


def test_questions_of_two_themes_that_hang_on_each_other_are_planned():
    """The second of a theme hangs on one of another, whose second one hangs on the first's."""
    items = [
        Item(1, Kind.AGREEMENT), Item(2, Kind.AGREEMENT),
        Item(3, Kind.AGREEMENT, only_if=(1, frozenset([1]))),
        Item(4, Kind.AGREEMENT, only_if=(2, frozenset([1]))),
    ]  # fmt: skip
    tally = Tally(items, [1, 2])
    for cell, n in ((1, 20), (2, 12)):
        for person in range(n):
            said = {1: 1, 3: 1 + person % 5} if cell == 1 or person % 2 else {1: 2}
            tally.add(cell, said | {2: 1, 4: 1 + person % 5})
    keeper = Keeper(Tree(["0", "0.1", "0.2"]), ["0.1", "0.2"], fewest=7)
    keeper.keep(tally, {"one": [1, 4], "two": [2, 3]})
    shown = {(item, place) for item, place, option, _n in keeper.kept.counts if option == ANSWERED}
    assert shown == {(item, 0) for item in (1, 2, 3, 4)}


def test_that_nobody_of_a_few_took_part_does_not_follow_either():
    """Three are invited and none of them answered: the 20 others are as many as all."""
    for invited, expected in (((), {0, 1}), ([43, 40, 3], {0}), ([60, 40, 20], {0, 1})):
        tally = Tally(ITEMS, [1, 2])
        for person in range(20):
            tally.add(1, {4: person % 11})
        keeper = Keeper(
            Tree(["0", "0.1", "0.2"]), ["0.1", "0.2"], fewest=7, invited=invited
        )  # fmt: skip
        keeper.keep(tally, {})
        assert {place for item, place, _o, _n in keeper.kept.counts if item == 4} == expected


def test_the_audit_stops_a_planning_that_is_wrong(monkeypatch):
    monkeypatch.setattr(Tree, "plan", lambda self, measures, **more: [Fate.SHOWN] * len(self.paths))
    tally = Tally(ITEMS, [1, 2])
    for cell, n in ((1, 20), (2, 3)):
        for _n in range(n):
            tally.add(cell, {1: 4})
    keeper = Keeper(Tree(["0", "0.1", "0.2"]), ["0.1", "0.2"], fewest=7)
    with pytest.raises(Followed, match="follow from what would be shown"):
        keeper.keep(tally, {})


def random_poll(chance: random.Random) -> tuple[Keeper, Tally, list[str]]:
    """Two to four levels, few people in most groups, some answers left out."""
    paths, atoms, number = ["0"], [], 1
    for _division in range(chance.randint(1, 3)):
        upper = f"0.{number}"
        paths.append(upper)
        number += 1
        teams = chance.choice([0, 1, 2, 3])
        for _team in range(teams):
            paths.append(f"{upper}.{number}")
            atoms.append(paths[-1])
            number += 1
        if not teams:
            atoms.append(upper)
    tally = Tally(ITEMS, range(len(atoms)))
    for cell in range(len(atoms)):
        mood = chance.choice([(1, 2, 3, 4, 5), (4, 5), (5,)])
        for _person in range(chance.choice([0, 1, 2, 3, 5, 7, 8, 9, 15])):
            answers = {n: chance.choice(mood) for n in (1, 2, 3) if chance.random() < 0.93}
            answers[4], answers[5] = chance.randint(0, 10), chance.choice(["day", "night"])
            tally.add(cell, answers)
    return Keeper(Tree(paths), atoms, fewest=7), tally, atoms


def kept_of(chance: random.Random) -> tuple[Kept, Keeper, Tally]:
    keeper, tally, _atoms = random_poll(chance)
    keeper.keep(tally, THEMES)
    return keeper.kept, keeper, tally


def shown_groups(kept: Kept, keeper: Keeper, item: int) -> set[frozenset[int]]:
    """As sets of smallest cells, by place."""
    return {
        keeper._within[place]
        for number, place, option, _n in kept.counts
        if (number, option) == (item, ANSWERED)
    }


def told_of_few(shown, people: dict[int, int]) -> list[tuple[int, ...]]:
    """Every group of fewer than 7 people that follows, found by trying all, with ranks."""
    atoms = sorted(atom for atom, n in people.items() if n)
    rows = [[int(atom in each) for atom in atoms] for each in shown]
    whole = rank(rows)
    return [
        each
        for size in range(1, 7)
        for each in combinations(atoms, size)
        if sum(people[atom] for atom in each) < 7
        and rank([*rows, [int(atom in each) for atom in atoms]]) == whole
    ]


@pytest.mark.parametrize("portion", range(10))
def test_nothing_of_few_follows_in_a_thousand_random_organisations(portion):
    """All figures of this year's poll and last year's together: an answer is one unknown."""
    for seed in range(portion, ORGANISATIONS, 10):
        chance = random.Random(seed)
        for item in (1, 4):
            unknowns, shown = {}, []
            for year in range(2):
                kept, keeper, tally = kept_of(random.Random(chance.random()))
                people = {each.number: n for each, n, _counts in tally.answered()}[item]
                own = dict(zip(keeper._atoms, people, strict=True))
                unknowns |= {100 * year + atom: n for atom, n in own.items()}
                shown += [
                    frozenset(100 * year + atom for atom in group)
                    for group in shown_groups(kept, keeper, item)
                ]
                # By the slow method year by year, which is what it can do in time.
                assert told_of_few(shown_groups(kept, keeper, item), own) == [], seed
            assert list(Known(shown).small_groups(unknowns, fewest=7)) == [], seed


@pytest.mark.parametrize("seed", range(200))
def test_no_sum_of_a_scale_tells_of_the_few_who_left_an_item_out(seed):
    """Items are of all who answered them, the scale of who answered all: both sets of people are
    unknowns of their own."""
    kept, keeper, tally = kept_of(random.Random(seed))
    scale = tally.scale(THEMES["team"])
    with_scale = {place for _theme, place, _sums in kept.scales}
    for item, others in scale.others.items():
        people = dict(zip(keeper._atoms, scale.people, strict=True))
        people |= {50 + atom: n for atom, n in zip(keeper._atoms, others, strict=True)}
        shown = {
            group | {50 + atom for atom in group} for group in shown_groups(kept, keeper, item)
        }
        shown |= {keeper._within[place] for place in with_scale}
        assert told_of_few(shown, people) == []
        if any(number == item for _theme, number, _sums in kept.reliability):
            assert sum(others) == 0 or sum(others) >= 7


def test_a_wave_keeps_what_may_be_shown_and_names_what_is_hidden():
    tally = Tally(ITEMS, [1, 2, 3])
    for cell, n in ((1, 20), (2, 8), (3, 3)):
        for person in range(n):
            tally.add(
                cell, {1: 3 + person % 3, 2: 2 + person % 3, 3: 1 + person % 5, 4: 9, 5: "day"}
            )
    keeper = Keeper(Tree(["0", "0.1", "0.2", "0.3"]), ["0.1", "0.2", "0.3"], fewest=7)
    keeper.keep(tally, THEMES)
    keeper.keep_rates(tally.ballots(), [40, 20, 10, 10], fewest=7)
    kept = keeper.kept
    assert {(place, option, n) for item, place, option, n in kept.counts if item == 1} == {
        (0, ANSWERED, 31), (0, "3", 11), (0, "4", 11), (0, "5", 9),
        (1, ANSWERED, 20), (1, "3", 7), (1, "4", 7), (1, "5", 6),
    }  # fmt: skip
    assert [(place, str(fate)) for item, place, fate in kept.hidden if item == 1] == [
        (2, "protects"), (3, "small"),
    ]  # fmt: skip
    assert kept.rates == [31, 20, 8, 3]
    assert [(theme, place, sums.n) for theme, place, sums in kept.scales] == [
        ("team", 0, 31), ("team", 1, 20),
    ]  # fmt: skip
    assert len(kept.reliability) == 3
    # Where all gave the same answer no part of the company is shown: it would tell of each.
    assert [(line.theme, line.shown, line.least) for line in kept.report] == [
        ("team", 2, 11), ("", 1, 31), ("", 1, 31), ("", 4, 10),
    ]  # fmt: skip


def test_without_protection_the_slow_method_finds_groups(monkeypatch):
    """So the tests above can fail."""
    monkeypatch.setattr(Tree, "_protect", lambda *args: None)
    monkeypatch.setattr(keeping.Keeper, "_refuse_if_told", lambda *args: None)
    found = 0
    for seed in range(100):
        kept, keeper, tally = kept_of(random.Random(seed))
        people = {item.number: n for item, n, _counts in tally.answered()}[1]
        own = dict(zip(keeper._atoms, people, strict=True))
        found += bool(told_of_few(shown_groups(kept, keeper, 1), own))
    assert found > 20
