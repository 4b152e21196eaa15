"""What somebody gave: the own nominations."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.template.defaultfilters import truncatewords
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import (
    DayColumn,
)
from people.models import Employee
from people.templatetags.shown import short_day
from recognition.models import (
    Award,
    Nomination,
)

WORDS = 30
"""Of a story in a list; a file has all of it."""


class OwnPraiseTable(tables.Table):
    """What `own` gave and what is about them: both sides read all names in it."""

    published_on = DayColumn(_("When"))
    who = tables.Column(_("Who"), empty_values=(), orderable=False)
    behaviour = tables.Column(_("What they did"), orderable=False)
    story = tables.Column(_("What happened"), orderable=False)
    state = tables.Column(_("State"), orderable=False)
    awards = tables.Column(_("Awards"), empty_values=(), orderable=False)
    act = tables.Column("", empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        model = Nomination
        fields = ("published_on", "who", "behaviour", "story", "state", "awards", "act")
        order_by = "-published_on"
        attrs = {"class": "table"}
        empty_text = _("Nothing yet. Who made a customer's day? Nominate them.")

    def __init__(self, *args: Any, own: Employee, **more: Any):
        super().__init__(*args, **more)
        self.own = own

    def render_published_on(self, value: date, record: Nomination) -> str:
        if record.state != Nomination.State.PUBLISHED:
            return short_day(value)
        address = reverse("nomination", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, short_day(value))

    def render_who(self, record: Nomination) -> str:
        if record.giver_id != self.own.pk:
            return gettext("from %(name)s") % {"name": record.giver}
        names = ", ".join(each.employee.name for each in record.nominees.all())
        return gettext("for %(names)s") % {"names": names}

    def render_story(self, value: str) -> str:
        return truncatewords(value, WORDS)

    def value_story(self, value: str) -> str:
        return value

    def render_state(self, value: str, record: Nomination) -> str:
        return f"{value}: {record.end_reason}" if record.end_reason else value

    def render_awards(self, record: Nomination) -> str:
        won = [each for each in record.awards.all() if each.state == Award.State.GRANTED]
        return ", ".join(str(each.level) for each in won) or "–"

    def render_act(self, record: Nomination) -> str:
        if record.giver_id != self.own.pk or record.ended_at:
            return ""
        address = reverse("withdraw-nomination", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Withdraw"))
