"""The circle by groups, and the people outside it."""

from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import (
    NUMBER,
    DayColumn,
    NumberColumn,
)
from people.models import Employee
from people.tables import DirectoryTable
from people.templatetags.shown import short_day
from recognition.charts import share_bar
from recognition.rules.circle import Group
from recognition.templatetags.circle import share


def shown_share(group: Group, *, line: bool = True) -> str:
    return format_html("{} {}", share(group), share_bar(group, line=line))


class ShareColumn(tables.Column):
    """A Group as its share, with a bar; `line` draws the 40% line into it."""

    def __init__(self, *args: Any, line: bool = True, **more: Any):
        super().__init__(*args, attrs=NUMBER, **more)
        self.line = line

    def render(self, value: Group) -> str:
        return shown_share(value, line=self.line)


class CutTable(tables.Table):
    """Groups of the circle (circle_reading.Row); sorts by share, hidden ones at one end."""

    name = tables.Column(_("Group"))
    total = NumberColumn(_("People"))
    inside = NumberColumn(_("Recognised"))
    group = ShareColumn(_("Share"), empty_values=(), order_by=("share_bp", "name"))

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("Nobody was employed here then.")

    def render_group(self, value, record, column):
        return shown_share(value, line=column.line) if value else record.why


class SiteCutTable(CutTable):
    name = tables.Column(_("Site"))

    def render_name(self, value, record):
        if not record.code:
            return value
        query = urlencode({"site": record.code})
        return format_html('<a href="{}?{}">{}</a>', reverse("circle"), query, value)


class DepartmentCutTable(CutTable):
    name = tables.Column(_("Department"))
    own = ShareColumn(_("Own people alone"), order_by=("own_bp", "name"))

    def render_name(self, value, record):
        if not (record.code and record.group):
            return value
        address = reverse("circle-department", args=[record.code])
        return format_html('<a href="{}">{}</a>', address, value)


class TenureCutTable(CutTable):
    name = tables.Column(_("Time here"), orderable=False)


class JobCutTable(CutTable):
    name = tables.Column(_("Job title"))


class GivingTable(CutTable):
    """Departments with those below: who praises, and how much of it goes to other departments."""

    name = tables.Column(_("Department"))
    inside = NumberColumn(_("Praised somebody"))
    group = ShareColumn(
        _("Share"), line=False, empty_values=(), order_by=("share_bp", "name")
    )  # fmt: skip
    across = ShareColumn(
        _("Praise for other departments"), line=False, order_by=("across_bp", "name")
    )


class _PeopleTable(DirectoryTable):
    """Colleagues with `now_in`; each can be praised, but not by themselves (`own`)."""

    hired_on = DayColumn(_("Here since"))
    praise = tables.Column("", empty_values=(), orderable=False, exclude_from_export=True)

    class Meta(DirectoryTable.Meta):
        exclude = ("email",)
        order_by = "hired_on"

    def __init__(self, *args, own: int | None, **more):
        super().__init__(*args, **more)
        self.own = own

    def render_praise(self, record: Employee):
        if record.pk == self.own:
            return ""
        query = urlencode({"to": record.number})
        said = gettext("Nominate %(name)s") % {"name": record.name}
        link = '<a href="{}?{}" aria-label="{}">{}</a>'
        return format_html(link, reverse("nominate"), query, said, gettext("Nominate"))


class UnrecognisedTable(_PeopleTable):
    last_praised = DayColumn(_("Last recognised"), empty_values=(), orderable=False)

    class Meta(_PeopleTable.Meta):
        fields = ("name", "number", "job_title", "department", "hired_on", "last_praised")
        sequence = ("name", "job_title", "department", "hired_on", "last_praised", "number",
                    "praise")  # fmt: skip
        empty_text = _("Everybody here was recognised in the last 12 months.")

    def render_last_praised(self, value):
        return short_day(value) if value else gettext("never")

    def value_last_praised(self, value):
        return value or ""


class GiverTable(_PeopleTable):
    given = NumberColumn(_("Praise given in 12 months"), orderable=False)
    last_gave = DayColumn(_("Last time"), empty_values=(), orderable=False)

    class Meta(_PeopleTable.Meta):
        fields = ("name", "number", "job_title", "department", "hired_on", "given", "last_gave")
        sequence = ("name", "job_title", "department", "hired_on", "given", "last_gave", "number")
        exclude = ("email", "praise")
        order_by = "name"
