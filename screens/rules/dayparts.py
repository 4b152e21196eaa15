"""When something is shown and when a screen is lit, in the clock of the screen's site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from people.rules import Calendar, parse_working_days


class NotNow(StrEnum):
    """Why a part of the day does not hold."""

    OTHER_WEEKDAY = "other weekday"
    TOO_EARLY = "too early"
    TOO_LATE = "too late"
    NOT_YET = "not yet"
    OVER = "over"


@dataclass(frozen=True)
class Part:
    """Of the day and of the year; what is None or empty does not bind. `until` is not in it."""

    weekdays: str = ""
    from_time: time | None = None
    until_time: time | None = None
    first_day: date | None = None
    last_day: date | None = None


def holds(part: Part, *, local: datetime) -> NotNow | None:
    """Why a part does not hold at a moment of the site's own clock; None where it does."""
    day, clock = local.date(), local.time()
    if part.first_day and day < part.first_day:
        return NotNow.NOT_YET
    if part.last_day and day > part.last_day:
        return NotNow.OVER
    if part.weekdays and day.weekday() not in parse_working_days(part.weekdays):
        return NotNow.OTHER_WEEKDAY
    if part.from_time and clock < part.from_time:
        return NotNow.TOO_EARLY
    if part.until_time and clock >= part.until_time:
        return NotNow.TOO_LATE
    return None


def lit_spans(
    first: date, *, days: int, lit_from: time, lit_until: time, zone: ZoneInfo,
    calendar: Calendar | None,
) -> Iterator[tuple[datetime, datetime]]:  # fmt: skip
    """From when until when a screen is lit on each of `days` days from `first` on; only on days on
    which `calendar` works, if one is given. Where a clock is changed the span is an hour shorter or
    longer, as the day is."""
    for offset in range(days):
        day = first + timedelta(days=offset)
        if calendar is None or calendar.works_on(day):
            yield (
                datetime.combine(day, lit_from, zone),
                datetime.combine(day, lit_until, zone),
            )
