"""Lists of recognition as django-tables2 classes."""

from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.template.defaultfilters import truncatewords
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import NUMBER, DayColumn, NumberColumn
from people.models import Employee
from people.tables import DirectoryTable
from people.templatetags.shown import short_day
from recognition.charts import share_bar
from recognition.models import Award, Nomination
from recognition.rules.circle import Group
from recognition.templatetags.circle import share

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


class ShareColumn(tables.Column):
    """A Group as its share, with a bar beside the 40% line."""

    def __init__(self, *args, **more):
        super().__init__(*args, attrs=NUMBER, **more)

    def render(self, value: Group):
        return shown_share(value)


def shown_share(group: Group):
    return format_html("{} {}", share_bar(group), share(group))


class CutTable(tables.Table):
    """Groups of the circle (circle_reading.Row); sorts by share, hidden ones at one end."""

    name = tables.Column(_("Group"))
    total = NumberColumn(_("People"))
    inside = NumberColumn(_("Recognised"))
    group = ShareColumn(_("Share"), empty_values=(), order_by=("share_bp", "name"))

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("Nobody was employed here then.")

    def render_group(self, value, record):
        return shown_share(value) if value else record.why


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
    across = ShareColumn(_("Praise for other departments"), order_by=("across_bp", "name"))


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
        return format_html('<a href="{}?{}">{}</a>', reverse("nominate"), query, said)


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
