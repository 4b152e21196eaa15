"""Lists of cases."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from empowerment.models import Case
from empowerment.templatetags.cases import clock
from people.columns import CurrencyColumn, MomentColumn, MoneyColumn
from people.dates import moment
from people.money import money

STATE = '<span class="tag">{{ record.get_state_display }}</span>'


class OwnCaseTable(tables.Table):
    entered_at = MomentColumn(_("Entered"), order_by=("id",))
    customer = tables.Column(_("Customer"), orderable=False)
    moment = tables.Column(_("What for"), orderable=False)
    remedy = tables.Column(_("Remedy"), orderable=False)
    amount_minor = MoneyColumn(_("Amount"), order_by=("amount_minor", "id"))
    returned_minor = MoneyColumn(_("Came back"), orderable=False)
    currency = CurrencyColumn(_("Currency"))
    state = tables.TemplateColumn(STATE, verbose_name=_("State"), orderable=False)

    class Meta:
        order_by = "-entered_at"
        attrs = {"class": "table"}
        empty_text = _("No case was found.")

    def render_entered_at(self, value: datetime, record: Case) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("case", args=[record.pk]), moment(value))

    def value_entered_at(self, value: datetime, column: MomentColumn) -> datetime:
        return column.value(value)

    def render_returned_minor(self, value: int, record: Case) -> str:
        return money(value, record.currency) if value else ""

    def value_returned_minor(self, value: int, record: Case, column: MoneyColumn) -> Any:
        return column.value(value, record)

    def value_state(self, record: Case) -> str:
        return record.get_state_display()


class CaseTable(OwnCaseTable):
    number = tables.Column(_("Case"), accessor="pk", visible=False)
    employee = tables.Column(_("Entered by"), accessor="employee__name", orderable=False)
    department = tables.Column(_("Department"), orderable=False)

    class Meta(OwnCaseTable.Meta):
        sequence = ("entered_at", "employee", "department", "...")


class AskedCaseTable(tables.Table):
    """What waits for somebody's answer, the most urgent first."""

    decide_by = MomentColumn(_("Answer by"), order_by=("decide_by", "id"))
    amount_minor = MoneyColumn(_("Amount"), orderable=False)
    currency = CurrencyColumn(_("Currency"))
    employee = tables.Column(_("Who asks"), accessor="employee__name", orderable=False)
    department = tables.Column(_("Department"), orderable=False)
    customer = tables.Column(_("Customer"), orderable=False)
    moment = tables.Column(_("What for"), orderable=False)

    class Meta:
        order_by = "decide_by"
        attrs = {"class": "table"}
        empty_text = _("Nothing waits for your answer.")

    def __init__(self, *args: Any, now: datetime, **more: Any):
        super().__init__(*args, **more)
        self.now = now

    def render_decide_by(self, value: datetime, record: Case) -> SafeString:
        address = reverse("decide-asked-case", args=[record.pk])
        said = gettext("answer by %(time)s") % {"time": clock(value)}
        late = f"✗ {gettext('overdue')}" if value <= self.now else ""
        mark = format_html(' <span class="state missed">{}</span>', late) if late else ""
        return format_html('<a href="{}">{}</a>{}', address, said, mark)

    def value_decide_by(self, value: datetime, column: MomentColumn) -> datetime:
        return column.value(value)
