"""How amounts and figures are written for people."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.forms import BoundField, DateInput
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from people.money import money
from people.weeks import working_week

register = template.Library()


register.filter(money)
register.filter(working_week)


@register.filter
def figure(value: Decimal | str | None) -> str:
    """A figure with the decimals it has, in the reader's language; a dash when there is none."""
    if value is None:
        return "–"
    exact = Decimal(value)
    digits = max(0, -exact.as_tuple().exponent)
    return formats.number_format(exact, digits, use_l10n=True, force_grouping=True)


@register.filter
def percent(basis_points: int) -> str:
    """8,000 basis points are 80%."""
    return f"{figure(format(Decimal(basis_points).scaleb(-2).normalize(), 'f'))}%"


@register.filter
def long_day(day: date) -> str:
    """A day with its weekday, in the order of the reader's language."""
    # Translators: Django's date format of a day written out: Sunday 22 November 2026
    return formats.date_format(day, gettext("l j F Y"))


@register.filter
def short_day(day: date | None) -> str:
    """A day as lists and tables write it, with its weekday; a dash when there is none."""
    # Translators: Django's date format of a day in a list: Sun 22 Nov 2026
    return formats.date_format(day, gettext("D j M Y")) if day else "–"


@register.filter
def moment(at: datetime | None) -> str:
    """When something happened, by the reader's clock; a dash when it has not."""
    if at is None:
        return "–"
    # Translators: Django's date format of a moment in a list: 22 Nov 2026, 17:05
    return formats.date_format(timezone.localtime(at), gettext("j M Y, H:i"))


@register.filter
def as_input(field: BoundField) -> SafeString:
    """The field's control; a date gets the browser's calendar, whoever made the form."""
    widget = field.field.widget
    if isinstance(widget, DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    return field.as_widget()


@register.simple_tag
def html_language() -> SafeString:
    """The page's language as HTML writes it: zh-Hans."""
    first, _dash, rest = (get_language() or "en").partition("-")
    return mark_safe(f"{first}-{rest.title()}" if rest else first)  # noqa: S308
