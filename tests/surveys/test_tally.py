"""The count of ballots, held against a slow one that goes answer by answer."""

import random
from collections import Counter
from fractions import Fraction

import pytest

from surveys.rules.figures import Sums, cronbach_alpha
from surveys.rules.questionnaire import NOT_APPLICABLE, Item, Kind, checked
from surveys.rules.tally import Tally

ITEMS = (
    Item(1, Kind.AGREEMENT, may_not_apply=True), Item(2, Kind.COMMENT), Item(3, Kind.LIKELIHOOD),
    Item(4, Kind.CHOICE, options=("day", "night")),
    Item(5, Kind.SEVERAL, options=("pay", "time", "team"), fewest=1, most=2),
    Item(6, Kind.RANKING, options=("a", "b", "c")),
)  # fmt: skip


def tally_of(*ballots, items=ITEMS, cells=(1, 2, 3)) -> Tally:
    """Of pairs of cell and answers."""
    tally = Tally(items, cells)
    for cell, answers in ballots:
        tally.add(cell, checked(items, answers))
    return tally


def answered(tally: Tally) -> dict:
    return {item.number: (people, counts) for item, people, counts in tally.answered()}


def test_not_applicable_and_blanks_are_no_answers():
    found = answered(tally_of(*((1, {1: each}) for each in (5, 2, 2, NOT_APPLICABLE, None))))
    assert found[1] == ([3, 0, 0], {"5": [1, 0, 0], "2": [2, 0, 0]})
    assert found[3] == ([0, 0, 0], {})


def test_several_and_rankings_are_counted_by_answer_and_place():
    tally = tally_of(
        (2, {5: ["team", "pay"], 6: ["c", "a", "b"]}), (2, {5: ["pay"], 6: ["c", "b", "a"]})
    )
    found = answered(tally)
    assert found[5] == ([0, 2, 0], {"pay": [0, 2, 0], "team": [0, 1, 0]})
    assert found[6] == (
        [0, 2, 0],
        {"c:1": [0, 2, 0], "a:2": [0, 1, 0], "b:3": [0, 1, 0], "b:2": [0, 1, 0],
         "a:3": [0, 1, 0]},
    )  # fmt: skip


def test_comments_are_loose():
    tally = tally_of((1, {1: 2, 2: "More light"}))
    assert tally.comments == [(2, 1, "More light")]
    assert 2 not in answered(tally)


def test_a_ballot_of_no_cell_is_an_error():
    with pytest.raises(KeyError):
        tally_of((9, {1: 2}))


SCALE = tuple(Item(number, Kind.AGREEMENT, may_not_apply=True) for number in range(1, 5))


@pytest.fixture(params=range(5))
def ballots(request) -> list[tuple[int, dict[int, object]]]:
    chance = random.Random(request.param)
    answers = [1, 2, 3, 4, 5, 5, None, NOT_APPLICABLE]
    return [
        (chance.randint(1, 2), {number: chance.choice(answers) for number in range(1, 5)})
        for _n in range(300)
    ]


def test_counts_are_those_of_a_slow_count(ballots):
    found = answered(tally_of(*ballots, items=SCALE))
    for number in range(1, 5):
        given = Counter(
            (cell, own[number]) for cell, own in ballots if isinstance(own[number], int)
        )
        people, counts = found[number]
        assert people == [
            sum(n for (at, _x), n in given.items() if at == cell) for cell in (1, 2, 3)
        ]
        assert {(cell, int(option)): by_cell[place] for option, by_cell in counts.items()
                for place, cell in enumerate((1, 2)) if by_cell[place]} == given  # fmt: skip


def test_a_scale_is_summed_over_whoever_answered_all_of_it(ballots):
    found = tally_of(*ballots, items=SCALE).scale((1, 2, 3))
    own = [(cell, [answers[n] for n in (1, 2, 3)]) for cell, answers in ballots]
    whole = [(cell, row) for cell, row in own if all(isinstance(each, int) for each in row)]
    for place, cell in enumerate((1, 2, 3)):
        totals = [sum(row) for where, row in whole if where == cell]
        assert found.people[place] == len(totals)
        assert found.totals[place] == sum(totals)
        assert found.squares[place] == sum(each * each for each in totals)
    for place, number in enumerate((1, 2, 3)):
        some = [
            (cell, row)
            for cell, row in own
            if isinstance(row[place], int) and not all(isinstance(each, int) for each in row)
        ]
        assert found.others[number] == [sum(at == cell for at, _row in some) for cell in (1, 2, 3)]
    together = Sums(sum(found.people), sum(found.totals), sum(found.squares))
    columns = list(zip(*(row for _cell, row in whole), strict=True))
    variances = [variance(column) for column in columns]
    expected = Fraction(3, 2) * (1 - sum(variances) / variance([sum(row) for _c, row in whole]))
    assert cronbach_alpha(list(found.items.values()), together) == expected


def variance(numbers) -> Fraction:
    mean = Fraction(sum(numbers), len(numbers))
    return sum((each - mean) ** 2 for each in numbers) / (len(numbers) - 1)


def test_the_order_of_ballots_leaves_no_trace_in_counts(ballots):
    assert answered(tally_of(*ballots, items=SCALE)) == {
        number: (people, dict(counts))
        for number, (people, counts) in answered(tally_of(*ballots[::-1], items=SCALE)).items()
    }
