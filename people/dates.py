"""Dates as they come in, in addresses and forms, and as people read them."""

from datetime import date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import formats, timezone
from django.utils.translation import gettext

FIRST_DAY, LAST_DAY = date(1900, 1, 2), date(2199, 12, 31)

WITHIN_REASON = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))
"""So that a day before, a year after and a year's public holidays can always be named."""


class DateConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


def long_day(day: date) -> str:
    """A day with its weekday, in the order of the reader's language."""
    # Translators: Django's date format of a day written out: Sunday 22 November 2026
    return formats.date_format(day, gettext("l j F Y"))


def short_day(day: date | None) -> str:
    """A day as lists and tables write it, with its weekday; a dash when there is none."""
    # Translators: Django's date format of a day in a list: Sun 22 Nov 2026
    return formats.date_format(day, gettext("D j M Y")) if day else "–"


def month_of(day: date) -> str:
    """The month of a day: November 2026."""
    return formats.date_format(day, "YEAR_MONTH_FORMAT")


def moment(at: datetime | None) -> str:
    """When something happened, by the reader's clock; a dash when it has not."""
    if at is None:
        return "–"
    # Translators: Django's date format of a moment in a list: 22 Nov 2026, 17:05
    return formats.date_format(timezone.localtime(at), gettext("j M Y, H:i"))
