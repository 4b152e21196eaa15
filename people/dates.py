"""Dates as they come in: in addresses, /days/2026-11-20/, and in forms."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator

FIRST_DAY, LAST_DAY = date(1900, 1, 2), date(2199, 12, 31)

WITHIN_REASON = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))
"""So that a day before, a year after and a year's public holidays can always be named."""


class DateConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
