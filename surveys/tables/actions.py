"""Lists of focus areas and of actions."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import DayColumn, NumberColumn, linked
from surveys.models import Action, FocusArea


def whose(area: FocusArea) -> str:
    """The department, or the company."""
    return str(area.department) if area.department_id else gettext("the company")


class FocusAreaTable(tables.Table):
    """Focus areas with their actions counted (services.acting_reading.counted)."""

    name = tables.Column(_("Focus area"), order_by=("name", "pk"))
    department = tables.Column(_("For"), empty_values=(), order_by="department__name")
    theme = tables.Column(_("Theme"))
    planned = NumberColumn(_("Actions"))
    finished = NumberColumn(_("Done"))
    late = NumberColumn(_("Overdue"))

    class Meta:
        model = FocusArea
        fields = ("name", "department", "theme", "planned", "finished", "late")
        attrs = {"class": "table"}
        empty_text = _("No focus area yet. One to three that people can remember are enough.")

    def render_name(self, record):
        return linked("focus-area", record.pk, record)

    def value_name(self, record):
        return str(record)

    def render_department(self, record):
        return whose(record)


class ActionTable(tables.Table):
    """Actions as they stand on the day `today`."""

    said = tables.Column(_("You said"), order_by=("said", "pk"))
    focus = tables.Column(_("Focus area"), order_by=("focus__name", "pk"))
    department = tables.Column(
        _("For"), empty_values=(), order_by=("focus__department__name", "pk")
    )
    owner = tables.Column(_("Owner"), order_by=("owner__sort_key", "pk"))
    due_on = DayColumn(_("Due"), order_by=("due_on", "pk"))
    state = tables.Column(_("State"))
    done_on = DayColumn(_("Done on"))
    is_published = tables.Column(_("Page"))

    class Meta:
        model = Action
        fields = (
            "said", "focus", "department", "owner", "due_on", "state", "done_on", "is_published",
        )  # fmt: skip
        order_by = "due_on"
        attrs = {"class": "table"}
        empty_text = _("No action yet.")

    def __init__(self, *args: Any, today: date, **more: Any):
        super().__init__(*args, **more)
        self.today = today

    def render_said(self, record):
        return linked("action", record.pk, record)

    def value_said(self, record):
        return str(record)

    def render_department(self, record):
        return whose(record.focus)

    def render_state(self, value, record):
        if not record.is_overdue(on=self.today):
            return value
        return format_html('{} <span class="state missed">! {}</span>', value, gettext("overdue"))

    def value_state(self, value, record):
        late = record.is_overdue(on=self.today)
        return f"{value}, {gettext('overdue')}" if late else value

    def render_is_published(self, record):
        return gettext("published") if record.is_published else gettext("not published")
