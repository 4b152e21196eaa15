"""Columns that show a value as people write it and export it as what it is."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from people.dates import month_of
from people.money import major_units, money
from people.templatetags.shown import figure, moment, short_day

NUMBER = {"td": {"class": "number"}}
WHEN = {"td": {"class": "when"}}
"""Of one line wherever there is room for a table."""


def linked(name: str, key: object, text: object) -> SafeString:
    """The text, linked to the address of that name."""
    return format_html('<a href="{}">{}</a>', reverse(name, args=[key]), text)


class DayColumn(tables.Column):
    """A business day, at will linked to `address_of(row)`; a date in files."""

    def __init__(self, *args: Any, address_of: Callable[[Any], str] | None = None, **more: Any):
        super().__init__(*args, **{"attrs": WHEN} | more)
        self.address_of = address_of

    def render(self, value: date, record: Any) -> str:
        if self.address_of is None:
            return short_day(value)
        return format_html('<a href="{}">{}</a>', self.address_of(record), short_day(value))

    def value(self, value: date) -> date:
        return value


class MonthColumn(tables.Column):
    """A month, given by one of its days; in files its first day."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **{"attrs": WHEN} | more)

    def render(self, value: date) -> str:
        return month_of(value)

    def value(self, value: date) -> date:
        return value.replace(day=1)


class MomentColumn(tables.Column):
    """When something happened; in files by the same clock, without a zone, as Excel wants it."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **{"attrs": WHEN} | more)

    def render(self, value: datetime) -> str:
        return moment(value)

    def value(self, value: datetime) -> datetime:
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)


class MoneyColumn(tables.Column):
    """Minor units of the row's `currency`; in files a number of major units.

    A table with one has a CurrencyColumn beside it.
    """

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, attrs=NUMBER, **more)

    def render(self, value: int, record: Any) -> str:
        return money(value, record.currency) if record.currency else "–"

    def value(self, value: int, record: Any) -> Decimal | None:
        return major_units(value, record.currency) if record.currency else None


class CurrencyColumn(tables.Column):
    """In files only: on pages each amount carries its currency."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, visible=False, **more)


class NumberColumn(tables.Column):
    """A count or a figure; in files as a number."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, attrs=NUMBER, **more)

    def render(self, value: int | Decimal) -> str:
        return figure(value)

    def value(self, value: int | Decimal) -> int | Decimal:
        return value
