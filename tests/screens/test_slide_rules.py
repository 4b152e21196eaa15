"""What can be read in passing, in which order departments stand, what a customer is worth."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.rules import round_anniversary, week_of
from screens.models import Playlist
from screens.rules.boards import fair_order, worst
from screens.rules.figures import thousandths, worth_minor
from screens.rules.glance import TooMuch, Wordy, too_wordy
from screens.services.glance import glance_warnings

FIFTEEN = "one two three four five " * 3


@pytest.mark.parametrize(
    ("texts", "seconds", "found"),
    [
        ([], 5, []),
        (["Hello everybody"], 5, []),
        ([FIFTEEN], 8, []),
        ([FIFTEEN], 7, [Wordy(TooMuch.FAST, 15, 0, 8)]),
        ([FIFTEEN + "six"], 15, [Wordy(TooMuch.LONG, 16, 0, 9)]),
        (["会" * 45], 11, []),
        (["会" * 45], 10, [Wordy(TooMuch.FAST, 0, 45, 11)]),
        (["会" * 46], 15, [Wordy(TooMuch.LONG, 0, 46, 12)]),
        (["one two three four five 会会会会会会会会会会 – 95%"], 15, []),
        ([FIFTEEN, "one two three"], 9, [Wordy(TooMuch.FAST, 18, 0, 10)]),
        ([FIFTEEN + "会"], 15, [Wordy(TooMuch.LONG, 15, 1, 9)]),
    ],
)
def test_a_slide_is_too_wordy_by_its_length_or_by_its_time(texts, seconds, found):
    assert too_wordy(texts, seconds=seconds) == found


def test_an_editor_is_told_which_slide_is_too_wordy_and_why():
    def slide(**given):
        return {"type": "announcement", "value": {"seconds": 5, **given}}

    chinese = [{"language": "zh-hans", "title": "会" * 50, "text": ""}]
    playlist = Playlist(
        slides=[
            {"type": "board", "value": {"seconds": 5}},
            slide(title="The canteen is open", text="Warm food."),
            slide(title=FIFTEEN, text="And more of the same."),
            slide(title="Short", text="", translations=chinese, seconds=15),
        ]
    )
    assert glance_warnings(playlist.slides) == [
        "Slide 3, Announcement: its texts take about 10 seconds to read from five metres: cut them"
        " or show it longer.",
        "Slide 4, Announcement: a text is longer than three lines of five words: cut it, so that"
        " it is read in passing.",
    ]


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
STATES = ("missed", "awaited", "excused", "met")


@given(st.dictionaries(st.integers(0, 999), st.sampled_from(STATES), max_size=30), DAYS)
def test_misses_stand_first_in_an_order_that_only_the_day_decides(departments, day):
    tiles = [{"code": f"D{code}", "state": state} for code, state in departments.items()]
    ordered = fair_order(tiles, day=day)
    assert [STATES.index(tile["state"]) for tile in ordered] == sorted(
        STATES.index(state) for state in departments.values()
    )
    assert fair_order(tiles[::-1], day=day) == ordered


def test_nobody_is_always_last():
    tiles = [{"code": f"D{n}", "state": "met"} for n in range(5)]
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    last = {fair_order(tiles, day=day)[-1]["code"] for day in days}
    assert last == {"D0", "D1", "D2", "D3", "D4"}


def test_a_department_is_as_its_worst_goal():
    assert worst(["met", "excused"]) == "excused"
    assert worst(["awaited", "missed", "met"]) == "missed"


def test_a_customer_is_worth_margin_times_years():
    assert worth_minor(52_000, years=Decimal("10.0")) == 520_000
    assert worth_minor(52_000, years=Decimal("3.5")) == 182_000
    assert worth_minor(5, years=Decimal("0.1")) == 1  # half a penny up
    assert worth_minor(4, years=Decimal("0.1")) == 0


def test_a_bar_ends_at_both_ends_of_its_tube():
    assert [thousandths(n, whole=4) for n in (-1, 0, 1, 4, 5)] == [0, 0, 250, 1000, 1000]
    assert thousandths(1, whole=0) == 0


MONDAY, SUNDAY = date(2026, 2, 23), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("since", "found"),
    [
        (date(2025, 2, 23), (1, MONDAY)),
        (date(2021, 3, 1), (5, SUNDAY)),
        (date(2016, 2, 29), (10, date(2026, 2, 28))),
        (date(2024, 2, 24), None),
        (date(2020, 2, 25), None),
        (date(2021, 3, 2), None),
        (date(2026, 2, 24), None),
    ],
)
def test_one_year_and_every_fifth_are_kept_29_february_on_the_28th(since, found):
    assert week_of(date(2026, 2, 26)) == (MONDAY, SUNDAY)
    assert round_anniversary(since, first=MONDAY, last=SUNDAY) == found


def test_a_week_over_new_year_has_both_years():
    first, last = week_of(date(2027, 1, 1))
    assert round_anniversary(date(2021, 12, 31), first=first, last=last) == (5, date(2026, 12, 31))
    assert round_anniversary(date(2022, 1, 2), first=first, last=last) == (5, date(2027, 1, 2))


def test_in_a_leap_year_29_february_is_kept_on_its_day():
    first, last = week_of(date(2028, 2, 29))
    assert round_anniversary(date(2008, 2, 29), first=first, last=last) == (20, date(2028, 2, 29))
