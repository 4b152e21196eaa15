"""How amounts and figures are written for people."""

from decimal import Decimal

from django import template
from django.forms import BoundField, DateInput
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from people.dates import long_day, moment, month_of, short_day
from people.money import money
from people.weeks import working_week

register = template.Library()


for written in (money, long_day, short_day, month_of, moment, working_week):
    register.filter(written)


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
def as_input(field: BoundField) -> SafeString:
    """The field's control; a date gets the browser's calendar, whoever made the form."""
    widget = field.field.widget
    if isinstance(widget, DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    shown = field.as_hidden(only_initial=True) if field.field.show_hidden_initial else ""
    return format_html("{}{}", field.as_widget(), shown)


@register.simple_tag
def html_language() -> SafeString:
    """The page's language as HTML writes it: zh-Hans."""
    first, _dash, rest = (get_language() or "en").partition("-")
    return mark_safe(f"{first}-{rest.title()}" if rest else first)  # noqa: S308
