"""How the clock of a request is written for people."""

from datetime import datetime

from django import template
from django.utils import formats, timezone

from people.dates import moment

register = template.Library()


@register.filter
def clock(at: datetime | None) -> str:
    """Until when, by the reader's clock: “14:30” today, with the day on any other."""
    if at is None:
        return "–"
    local = timezone.localtime(at)
    if local.date() == timezone.localdate():
        return formats.date_format(local, "H:i")
    return moment(at)
