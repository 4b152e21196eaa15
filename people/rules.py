"""Pure rules of time and place: what a working day is. Today is always an argument."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays

BEGINNING = date(1900, 1, 1)
"""From when the first known state of a site or a department holds."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_CLOSURE = 400


def parse_working_days(text: str) -> frozenset[int]:
    """Weekday numbers (Monday is 0) of `Mon-Fri` or `Mon-Thu,Sat`.

    Raises ValueError with the form that is expected.
    """
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        ends = part.split("-")
        if not 1 <= len(ends) <= 2 or any(end not in WEEKDAYS for end in ends):
            raise ValueError(f"“{text}” is not a working week; write Mon-Fri or Mon-Thu,Sat")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        if last < first:
            raise ValueError(f"“{part}” runs backwards; write the earlier weekday first")
        found.update(range(first, last + 1))
    return frozenset(found)


def weekday_runs(days: Iterable[int]) -> list[tuple[int, int]]:
    """Weekday numbers as first and last of each run: 0, 1, 2, 5 are (0, 2) and (5, 5)."""
    runs: list[tuple[int, int]] = []
    for day in sorted(days):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def working_days_text(days: Iterable[int]) -> str:
    """What parse_working_days reads: `Mon-Thu,Sat`."""
    return ",".join("-".join(WEEKDAYS[end] for end in sorted(set(r))) for r in weekday_runs(days))


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Public holidays of one year by date; empty without a country.

    Raises ValueError for a country or subdivision that is not known. Source: package `holidays`.
    """
    if not country:
        return {}
    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError as error:
        raise ValueError(
            f"no public holidays known for {country} {subdivision}".rstrip()
        ) from error


def no_holidays(_day: date) -> bool:
    return False


@dataclass(frozen=True)
class Calendar:
    """A site's working days: the week in force, minus holidays and closures, plus extra days."""

    week_on: Callable[[date], frozenset[int]]
    is_holiday: Callable[[date], bool] = no_holidays
    closures: Collection[date] = field(default_factory=frozenset)
    extra_days: Collection[date] = field(default_factory=frozenset)

    def works_on(self, day: date) -> bool:
        if day in self.closures:
            return False
        if day in self.extra_days:
            return True
        return day.weekday() in self.week_on(day) and not self.is_holiday(day)

    def working_day_before(self, day: date) -> date | None:
        return self._nearest(day, -1)

    def working_day_after(self, day: date) -> date | None:
        return self._nearest(day, 1)

    def _nearest(self, day: date, step: int) -> date | None:
        for distance in range(1, LONGEST_CLOSURE):
            candidate = day + timedelta(days=step * distance)
            if self.works_on(candidate):
                return candidate
        return None


def days_between(first: date, last: date) -> list[date]:
    """Every calendar day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
