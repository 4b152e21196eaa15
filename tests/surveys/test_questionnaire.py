"""Which answers a ballot may hold."""

import pytest

from surveys.rules.questionnaire import (
    LONGEST_COMMENT,
    NOT_APPLICABLE,
    BallotRefused,
    Item,
    Kind,
    asked,
    checked,
)

ITEMS = (
    Item(1, Kind.AGREEMENT, may_not_apply=True),
    Item(2, Kind.COMMENT, only_if=(1, frozenset(range(1, 5)))),
    Item(3, Kind.LIKELIHOOD),
    Item(4, Kind.CHOICE, options=("day", "night")),
    Item(5, Kind.SEVERAL, options=("pay", "time", "team"), fewest=1, most=2),
    Item(6, Kind.RANKING, options=("a", "b", "c")),
    Item(7, Kind.AGREEMENT, only_if=(4, frozenset({"night"}))),
    Item(8, Kind.COMMENT, only_if=(7, frozenset({1}))),
)


def test_answers_that_the_poll_offers_are_kept():
    answers = {1: 3, 2: " More light ", 3: 0, 4: "night", 5: ["team", "pay"], 6: ["c", "a", "b"],
               7: 1, 8: "Cold"}  # fmt: skip
    assert checked(ITEMS, answers) == answers | {2: "More light", 5: ["pay", "team"]}


def test_nobody_has_to_answer():
    assert checked(ITEMS, {}) == {}
    assert checked(ITEMS, {1: None, 2: "", 4: "", 5: []}) == {}


def test_a_low_score_is_asked_what_would_make_it_a_5_and_a_5_is_not():
    assert [item.number for item in asked(ITEMS, {1: 4})] == [1, 2, 3, 4, 5, 6]
    assert [item.number for item in asked(ITEMS, {1: 5})] == [1, 3, 4, 5, 6]
    assert checked(ITEMS, {1: 5, 2: "written before the mind was changed"}) == {1: 5}


def test_what_hangs_on_a_question_that_is_not_asked_is_not_asked():
    assert checked(ITEMS, {4: "day", 7: 1, 8: "Cold"}) == {4: "day"}


@pytest.mark.parametrize(
    ("number", "answer"),
    [(1, 0), (1, 6), (1, "3"), (1, 3.0), (1, True), (1, [3]), (3, 11), (3, -1), (3, NOT_APPLICABLE),
     (4, "dusk"), (4, 1), (4, ["day"]), (5, ["pay", "time", "team"]), (5, ["pay", "pay"]),
     (5, "pay"), (5, ["sun"]), (5, [1]), (6, ["a", "b"]), (6, ["a", "b", "b"]), (6, {"a": 1}),
     (2, "x" * (LONGEST_COMMENT + 1)), (2, 5)],
)  # fmt: skip
def test_an_answer_that_is_not_offered_is_refused_at_its_question(number, answer):
    with pytest.raises(BallotRefused) as error:
        checked(ITEMS, {1: 1, number: answer})
    assert error.value.number == number


def test_a_question_that_is_not_in_the_poll_is_refused():
    with pytest.raises(BallotRefused, match="no question 99"):
        checked(ITEMS, {99: 1})


def test_signs_that_nobody_sees_are_left_out_and_lines_are_kept():
    said = checked(ITEMS, {1: 1, 2: " one\r\ntwo\x07 \x1b "})
    assert said[2] == "one\ntwo"


@pytest.mark.parametrize("wrong", ["a\x00b", "half a sign \ud83d"])
def test_a_text_that_no_database_keeps_is_refused(wrong):
    with pytest.raises(BallotRefused, match="cannot be kept") as error:
        checked(ITEMS, {1: 1, 2: wrong})
    assert error.value.number == 2
