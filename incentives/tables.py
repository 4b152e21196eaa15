"""Lists as django-tables2 classes."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incentives.models import BonusRun, BonusShare, DayVerdict, Restatement, StatementQuestion
from people.columns import (
    NUMBER,
    CurrencyColumn,
    DayColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
)
from people.models import Department
from people.templatetags.shown import percent

VERDICTS = {True: _("hit"), False: _("not hit"), None: _("no verdict")}


class TransferTable(tables.Table):
    """A pool's movements (pool_statement), each linking to the day that earned it."""

    earned_day = DayColumn(_("Day"), address_of=lambda row: reverse("day", args=[row.earned_day]))
    amount_minor = MoneyColumn(_("Amount"), accessor="signed_minor")
    balance = MoneyColumn(_("Balance"), accessor="balance_minor", orderable=False)
    currency = CurrencyColumn(_("Currency"))
    why = tables.Column(_("Why"), orderable=False)
    made_at = MomentColumn(_("Booked"), order_by=("made_at", "id"))
    key = tables.Column(_("Key"), orderable=False)

    class Meta:
        fields = ("earned_day", "amount_minor", "balance", "currency", "why", "made_at", "key")
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("No money has moved yet: it comes with the first final day that hits.")


class DepartmentTable(tables.Table):
    name = tables.Column(_("Department"))
    code = tables.Column(_("Code"))

    class Meta:
        model = Department
        fields = ("name", "code")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("No department was found: try a part of its name, or import them first.")

    def render_name(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("department", args=[record.code]), value)

    def value_name(self, value):
        return value


class DayTable(tables.Table):
    """Verdicts of the company's days, newest first."""

    date = DayColumn(_("Day"), address_of=lambda row: reverse("day", args=[row.date]))
    hit = tables.TemplateColumn(template_name="components/hit.html", verbose_name=_("Verdict"))
    met = NumberColumn(_("Met"))
    counted = NumberColumn(_("Of"))
    needed = NumberColumn(_("Needed"))
    contribution_minor = MoneyColumn(_("Paid in"))
    currency = CurrencyColumn(_("Currency"))
    status = tables.Column(_("Status"))

    class Meta:
        model = DayVerdict
        fields = (
            "date", "hit", "met", "counted", "needed", "contribution_minor", "currency", "status",
        )  # fmt: skip
        order_by = "-date"
        attrs = {"class": "table"}
        empty_text = _(
            "No day was found: try fewer filters, or close one with manage.py close_day."
        )

    def value_hit(self, value):
        return VERDICTS[value]


class RestatementTable(tables.Table):
    """Corrections of final days, the newest first."""

    date = DayColumn(_("Day"), address_of=lambda row: reverse("restatement", args=[row.pk]))
    state = tables.TemplateColumn(
        '<span class="tag">{{ record.get_state_display }}</span>', verbose_name=_("State")
    )
    department = tables.Column(_("Department"), order_by="department__name")
    metric = tables.Column(_("Metric"), order_by="metric__name")
    kind = tables.Column(_("What"))
    new_figure = NumberColumn(_("Right figure or target"), orderable=False)
    reason = tables.Column(_("Why"), orderable=False)
    made_by = tables.Column(_("Proposed by"), accessor="made_by__display_name", orderable=False)
    decided_by = tables.Column(
        _("Decided by"), accessor="decided_by__display_name", orderable=False
    )
    made_at = MomentColumn(_("Proposed"), order_by=("made_at", "id"))

    class Meta:
        model = Restatement
        fields = (
            "date", "state", "department", "metric", "kind", "new_figure", "reason", "made_by",
            "decided_by", "made_at",
        )  # fmt: skip
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("No correction was found. To correct a day, open it and choose the goal.")

    def value_state(self, record):
        return record.get_state_display()


class ChangeTable(tables.Table):
    """What other terms, or another run, change for each person."""

    number = tables.Column(_("Number"))
    name = tables.Column(_("Name"))
    department = tables.Column(_("Department"))
    before_minor = MoneyColumn(_("Before"))
    after_minor = MoneyColumn(_("After"))
    change_minor = MoneyColumn(_("Change"))
    currency = CurrencyColumn(_("Currency"))
    capped_before = tables.BooleanColumn(verbose_name=_("At the cap before"), yesno="✓,–")
    capped_after = tables.BooleanColumn(verbose_name=_("At the cap after"), yesno="✓,–")

    class Meta:
        order_by = "number"
        attrs = {"class": "table"}
        empty_text = _("Nobody is in this list.")


class RunTable(tables.Table):
    """Bonus runs, the newest year first."""

    year = tables.Column(_("Year"))
    pool = tables.Column(_("Pool"), order_by=("pool__code",))
    state = tables.TemplateColumn(
        '<span class="tag">{{ record.get_state_display }}</span>', verbose_name=_("State")
    )
    balance_minor = MoneyColumn(_("In the pool"))
    shared_minor = MoneyColumn(_("Shared"))
    carried_minor = MoneyColumn(_("Carried over"))
    currency = CurrencyColumn(_("Currency"))
    employees = NumberColumn(_("People"))
    capped = NumberColumn(_("At the cap"))
    made_at = MomentColumn(_("Computed"), order_by=("made_at", "id"))

    class Meta:
        model = BonusRun
        fields = (
            "year", "pool", "state", "balance_minor", "shared_minor", "carried_minor", "currency",
            "employees", "capped", "made_at",
        )  # fmt: skip
        order_by = ("-year", "pool")
        attrs = {"class": "table"}
        empty_text = _("No bonus run was found. It begins when finance shares a year out.")

    def render_year(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("bonus-run", args=[record.pk]), value)

    def value_year(self, value):
        return value

    def value_state(self, record):
        return record.get_state_display()


class RunPeopleTable(tables.Table):
    """Everybody's share of one run (BonusShares.in_list), for finance."""

    name = tables.Column(_("Name"), accessor="employee__name", order_by=("employee__sort_key",))
    number = tables.Column(_("Number"), accessor="employee__number", order_by=("position",))
    department = tables.Column(_("Department"), order_by=("department__name", "position"))
    hit_days = NumberColumn(_("Hit days"))
    earned_minor = MoneyColumn(_("Earned"))
    factor_bp = tables.Column(_("Lead's factor"), attrs=NUMBER)
    cap_minor = MoneyColumn(_("Cap"))
    share_minor = MoneyColumn(_("Share"))
    currency = CurrencyColumn(_("Currency"))
    capped = tables.Column(_("At the cap"), accessor="is_capped", orderable=False)

    class Meta:
        model = BonusShare
        fields = (
            "name", "number", "department", "hit_days", "earned_minor", "factor_bp", "cap_minor",
            "share_minor", "currency", "capped",
        )  # fmt: skip
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("Nobody was found: try fewer filters.")

    def render_name(self, value, record):
        address = reverse("bonus-run-person", args=[record.run_id, record.employee.number])
        return format_html('<a href="{}">{}</a>', address, value)

    def value_name(self, value):
        return value

    def render_factor_bp(self, value):
        return percent(value)

    def value_factor_bp(self, value):
        return value / 100

    def render_capped(self, value):
        return _("yes") if value else ""


class UnconfirmedTable(tables.Table):
    """Whom payroll has not confirmed yet. No amounts: those are in the file, which is logged."""

    number = tables.Column(_("Number"), accessor="employee__number", order_by=("position",))
    name = tables.Column(_("Name"), accessor="employee__name", order_by=("employee__sort_key",))
    department = tables.Column(_("Department"), order_by=("department__name", "position"))

    class Meta:
        model = BonusShare
        fields = ("number", "name", "department")
        order_by = "number"
        attrs = {"class": "table"}
        empty_text = _("Nobody waits for payroll's confirmation.")


class PayrollLayoutTable(tables.Table):
    """How payroll systems want their files; the standard one can't be edited."""

    name = tables.Column(_("Layout"))
    columns_in_words = tables.Column(_("Columns"), accessor="columns", orderable=False)
    encoding = tables.Column(_("Encoding"), accessor="get_encoding_display", orderable=False)

    class Meta:
        attrs = {"class": "table"}

    def render_name(self, value, record):
        if record.pk is None:
            return value
        return format_html(
            '<a href="{}">{}</a>', reverse("payroll-layout", args=[record.pk]), value
        )

    def value_name(self, value):
        return value

    def render_columns_in_words(self, value):
        return ", ".join(column["header"] for column in value)


class QuestionTable(tables.Table):
    """Questions about statements, what is to be answered first on top; never their text."""

    who = tables.Column(_("Who asks"), accessor="share__employee",
                        order_by=("share__employee__sort_key", "id"))  # fmt: skip
    run = tables.Column(_("Bonus"), accessor="share__run", orderable=False)
    made_at = MomentColumn(_("Asked"), order_by=("made_at", "id"))
    answer_by = DayColumn(_("Answer by"), order_by=("answer_by", "id"))
    state = tables.Column(_("State"), empty_values=(), orderable=False)
    answered_by = tables.Column(
        _("Answered by"), accessor="answered_by__display_name", orderable=False
    )

    class Meta:
        model = StatementQuestion
        fields = ("who", "run", "made_at", "answer_by", "state", "answered_by")
        order_by = "answer_by"
        attrs = {"class": "table"}
        empty_text = _("No question was found: everything is answered.")

    def render_who(self, value, record):
        address = reverse("bonus-question", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, value)

    def value_who(self, value):
        return value.name

    def render_state(self, record):
        look = " provisional" if record.is_overdue(on=timezone.localdate()) else ""
        return format_html('<span class="tag{}">{}</span>', look, self.value_state(record))

    def value_state(self, record):
        if record.answered_at:
            return gettext("answered")
        return gettext("overdue") if record.is_overdue(on=timezone.localdate()) else gettext("open")
