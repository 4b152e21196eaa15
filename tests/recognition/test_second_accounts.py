"""Two accounts that may be one person's: a question, and only where something speaks for it."""

from datetime import UTC, datetime, timedelta

import pytest

from recognition.rules.fair_play.second_accounts import (
    Between,
    Person,
    SecondAccount,
    mailbox,
    second_accounts,
    skeleton,
)

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def asked(*people: Person, pair: tuple[int, int] = (1, 2)) -> list[SecondAccount]:
    return second_accounts([Between(7, *pair)], {each.pk: each for each in people})


def signs(*people: Person) -> tuple[str, ...]:
    return next((each.signs for each in asked(*people)), ())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ann Lee", "ann  lee", ("name",)),
        ("Óscar Núñez", "Oscar Nunez", ("name",)),
        ("Ann Lee", "Аnn Lеe", ("look-alike",)),
        ("Bill Stone", "BiII St0ne", ("look-alike",)),
        ("Ann Lee", "Anna Lee", ()),
        ("Олег Попов", "Олег Попова", ()),
        ("王小明", "王小红", ()),
    ],
)
def test_names_that_are_or_look_the_same_are_asked_about(one, other, expected):
    assert signs(Person(1, one), Person(2, other)) == expected


def test_a_name_that_several_bear_says_nothing():
    people = [Person(n, "Wang Wei") for n in (1, 2, 3)]
    assert asked(*people) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ann@example.org", "Ann+2@example.org", True),
        ("ann@example.org", "ann@example.com", False),
        ("", "", False),
        ("ann", "ann", False),
    ],
)
def test_mail_that_arrives_in_one_box_is_asked_about(one, other, same):
    found = signs(Person(1, "Ann", one), Person(2, "Cas", other))
    assert found == (("mail",) if same else ())


def on(device: str, minutes: int) -> tuple[tuple[str, datetime], ...]:
    return ((device, NOON + timedelta(minutes=minutes)),)


def test_a_device_that_only_these_two_used_within_minutes_is_asked_about():
    one, other = Person(1, "Ann", "", on("d", 0)), Person(2, "Cas", "", on("d", 8))
    assert signs(one, other) == ("device",)
    assert signs(one, Person(2, "Cas", "", on("d", 30))) == ()
    assert signs(one, Person(2, "Cas", "", on("e", 1))) == ()


def test_a_device_of_a_whole_shift_says_nothing():
    people = [Person(n, f"P{n}", "", on("kiosk", n)) for n in (1, 2, 3)]
    assert asked(*people) == []


def test_only_pairs_between_whom_praise_went_are_asked_about():
    people = [Person(1, "Ann"), Person(2, "Ann"), Person(3, "Cas")]
    assert asked(*people, pair=(1, 3)) == []
    assert asked(*people, pair=(2, 1)) == [SecondAccount((1, 2), ("name",), (7,))]


def test_what_a_name_looks_like():
    assert skeleton("Аnn") == skeleton("Ann") != skeleton("Anm")
    assert mailbox("Ann+x@Example.org") == "ann@example.org"
