"""Lists of recognition as django-tables2 classes."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.template.defaultfilters import truncatewords
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import (
    NUMBER,
    CurrencyColumn,
    DayColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
)
from people.models import Employee
from people.tables import DirectoryTable
from people.templatetags.shown import short_day
from recognition.charts import share_bar
from recognition.models import (
    Award,
    AwardLevel,
    Behaviour,
    Delivery,
    FairPlayCase,
    Nomination,
    PanelMember,
    Webhook,
)
from recognition.rules.circle import Group
from recognition.services.notices import NAMED, listed
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


STATE = '<span class="tag">{{ record.get_state_display }}</span>'


def linked(name: str, key: object, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(name, args=[key]), text)


class AwardTable(tables.Table):
    """Awards; `names` says by nomination whom the reader sees named, filled before rows are
    written."""

    level = tables.Column(_("Award"), order_by="level__position")
    who = tables.Column(_("Who"), accessor="nomination_id", orderable=False)
    behaviour = tables.Column(_("For"), accessor="nomination__behaviour", orderable=False)
    state = tables.TemplateColumn(STATE, verbose_name=_("State"))
    raised_at = MomentColumn(_("Raised"), order_by=("raised_at", "id"))
    decided_at = MomentColumn(_("Decided"), order_by=("decided_at", "id"))

    class Meta:
        order_by = "-raised_at"
        attrs = {"class": "table"}
        empty_text = _("No award was found. Leads raise praise to one, from the nomination's page.")

    def __init__(self, *args, names: Mapping[int, str], **kwargs):
        self.names = names
        super().__init__(*args, **kwargs)

    def render_level(self, value, record):
        return linked("award", record.pk, value)

    def value_level(self, value):
        return str(value)

    def render_who(self, value):
        return self.names[value]

    def value_state(self, record):
        return record.get_state_display()


class ToRaiseTable(tables.Table):
    """Nominations that somebody may raise; `names` as in AwardTable."""

    who = tables.Column(_("Who"), accessor="pk", orderable=False)
    behaviour = tables.Column(_("For"), orderable=False)
    giver = tables.Column(_("Told by"), order_by="giver__sort_key")
    published_on = DayColumn(_("Day"), order_by=("published_on", "id"))
    raised = NumberColumn(_("Awards so far"))

    class Meta:
        model = Nomination
        fields = ("who", "behaviour", "giver", "published_on", "raised")
        order_by = "-published_on"
        attrs = {"class": "table"}
        empty_text = _("There is no praise for your people yet.")

    def __init__(self, *args, names: Mapping[int, str], **kwargs):
        self.names = names
        super().__init__(*args, **kwargs)

    def render_who(self, value):
        return linked("raise-award", value, self.names[value])

    def value_who(self, value):
        return self.names[value]


class LevelTable(tables.Table):
    name = tables.Column(_("Award"), order_by=("position", "code"))
    code = tables.Column(_("Code"))
    decides = tables.Column(_("Who decides"))
    quorum = NumberColumn(_("Votes needed"))
    amount_minor = MoneyColumn(_("For each"))
    currency = CurrencyColumn(_("Currency"))
    tax_class = tables.Column(_("Tax class"))
    repeat_months = NumberColumn(_("Months until again"))
    retired_on = DayColumn(_("Retired"))

    class Meta:
        model = AwardLevel
        fields = (
            "name", "code", "decides", "quorum", "amount_minor", "currency", "tax_class",
            "repeat_months", "retired_on",
        )  # fmt: skip
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("There is no level yet: add a card, a spot award, a quarterly star.")

    def render_name(self, record):
        return linked("award-level", record.code, record)

    def value_name(self, record):
        return str(record)

    def render_quorum(self, value, record):
        return value if record.decides == AwardLevel.Decides.PANEL else "–"

    def value_quorum(self, value):
        return value


class PanelTable(tables.Table):
    """Who sits, sat or will sit on a panel."""

    employee = tables.Column(_("Name"), order_by="employee__sort_key")
    number = tables.Column(_("Number"), accessor="employee__number")
    from_date = DayColumn(_("From"))
    until_date = DayColumn(_("Last day"))
    end = tables.Column("", accessor="pk", orderable=False, exclude_from_export=True)

    class Meta:
        model = PanelMember
        fields = ("employee", "number", "from_date", "until_date", "end")
        order_by = "-from_date"
        attrs = {"class": "table"}
        empty_text = _("Nobody sits on this panel yet.")

    def render_end(self, record):
        if record.until_date and record.until_date < timezone.localdate():
            return ""
        return linked("end-seat", record.pk, gettext("End"))


class BehaviourTable(tables.Table):
    name = tables.Column(_("Behaviour"), order_by=("position", "code"))
    code = tables.Column(_("Code"))
    position = NumberColumn(_("Place"))
    retired_on = DayColumn(_("Retired"))

    class Meta:
        model = Behaviour
        fields = ("name", "code", "position", "retired_on")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("Without a behaviour nobody can nominate: add what you want to see.")

    def render_name(self, record):
        return linked("behaviour", record.code, record)

    def value_name(self, record):
        return str(record)


class BudgetTable(tables.Table):
    """Of budgets_with_money."""

    department = tables.Column(_("Budget"), empty_values=(), order_by="department__name")
    year = tables.Column(_("Year"), attrs=NUMBER)
    funded_minor = MoneyColumn(_("Put in"))
    given_minor = MoneyColumn(_("Given"))
    left_minor = MoneyColumn(_("Left"))
    currency = CurrencyColumn(_("Currency"))

    class Meta:
        order_by = "-year"
        attrs = {"class": "table"}
        empty_text = _("There is no budget yet: awards with money wait for one. Finance funds it.")

    def render_department(self, record):
        return linked("recognition-budget", record.pk, self.value_department(record))

    def value_department(self, record):
        return record.department.name if record.department else gettext("the company")


class GrantTable(tables.Table):
    """What was put into a budget and taken out."""

    made_at = MomentColumn(_("When"), order_by=("made_at", "id"))
    amount_minor = MoneyColumn(_("Amount"))
    currency = CurrencyColumn(_("Currency"))
    reason = tables.Column(_("Why"), orderable=False)
    made_by = tables.Column(_("By"), accessor="made_by__display_name", orderable=False)

    class Meta:
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("No money was put in yet.")


class RewardFileTable(tables.Table):
    """Files for payroll; `rewards`, `paid_minor` and `off_minor` are counted."""

    pk = tables.Column(_("File"))
    made_at = MomentColumn(_("Made"), order_by=("made_at", "id"))
    made_by = tables.Column(_("By"), accessor="made_by__display_name", orderable=False)
    rewards = NumberColumn(_("Lines"))
    paid_minor = MoneyColumn(_("To pay"))
    off_minor = MoneyColumn(_("To take off"))
    currency = CurrencyColumn(_("Currency"))
    take = tables.TemplateColumn(
        template_name="recognition/take_file.html", verbose_name="", orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("No file was made yet.")


class WebhookTable(tables.Table):
    name = tables.Column(_("Name"))
    kind = tables.Column(_("Kind"))
    host = tables.Column(_("Where"), orderable=False)
    audience = tables.Column(_("Who reads there"), orderable=False)
    active = tables.Column(_("State"), orderable=False)

    class Meta:
        model = Webhook
        fields = ("name", "kind", "host", "audience", "active")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("No other program is told yet.")

    def render_name(self, record):
        return format_html('<a href="{}">{}</a>', reverse("webhook", args=[record.pk]), record.name)

    def value_name(self, record):
        return record.name

    def render_active(self, record):
        return gettext("running") if record.active else gettext("paused")


class DeliveryTable(tables.Table):
    """Messages of one webhook; those that people decide on have a button."""

    made_at = MomentColumn(_("When"), order_by=("id",))
    event = tables.Column(_("What about"), orderable=False)
    state = tables.Column(_("State"), orderable=False)
    tries = tables.Column(_("Tries"), orderable=False)
    last_status = tables.Column(_("Answer"), orderable=False)
    last_error = tables.Column(_("Why not"), orderable=False)
    act = tables.TemplateColumn(
        template_name="recognition/send_again.html", verbose_name="", orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        model = Delivery
        fields = ("made_at", "event", "state", "tries", "last_status", "last_error", "act")
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("Nothing was sent yet.")


class FairPlayTable(tables.Table):
    """Cases of fair play, the newest first."""

    kind = tables.Column(_("What"))
    state = tables.TemplateColumn(
        '<span class="tag">{{ record.get_state_display }}</span>', verbose_name=_("State")
    )
    people = tables.Column(_("Who is concerned"), empty_values=(), orderable=False)
    count = NumberColumn(_("Nominations"))
    opened_at = MomentColumn(_("Since"), order_by=("opened_at", "id"))

    class Meta:
        model = FairPlayCase
        fields = ("kind", "state", "people", "count", "opened_at")
        order_by = "-opened_at"
        attrs = {"class": "table"}
        empty_text = _("No case was found. Patterns are looked for once a day.")

    def render_kind(self, value: str, record: FairPlayCase) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("fair-play-case", args=[record.pk]), value
        )

    def value_kind(self, value: str) -> str:
        return value

    def value_state(self, record: FairPlayCase) -> str:
        return record.get_state_display()

    def render_people(self, record: FairPlayCase) -> str:
        names = sorted(each.name for each in record.people.all())
        return listed(names[:NAMED], len(names)) or "–"
