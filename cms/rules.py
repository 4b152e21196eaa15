"""Which anniversaries fall into a week: pure functions."""

from calendar import isleap
from datetime import date, timedelta

ROUND = 5
"""Years: the first is kept, then every fifth."""


def week_of(day: date) -> tuple[date, date]:
    """Its Monday and its Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def kept_on(since: date, year: int) -> date:
    """The day of a year on which it is kept: 29 February on the 28th where there is none."""
    if (since.month, since.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return since.replace(year=year)


def round_anniversary(since: date, *, first: date, last: date) -> tuple[int, date] | None:
    """How many years, one or a multiple of five, are full on which day of a span of less than a
    year; None when there is none."""
    for year in {first.year, last.year}:
        years, day = year - since.year, kept_on(since, year)
        if years > 0 and first <= day <= last and (years == 1 or years % ROUND == 0):
            return years, day
    return None
