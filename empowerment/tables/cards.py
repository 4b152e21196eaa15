"""Card statements, their months, and what is left on either side."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from empowerment.models import CardLine, Case
from people.columns import CurrencyColumn, DayColumn, MomentColumn, MoneyColumn, NumberColumn


class CardMonthTable(tables.Table):
    """CardMonth by month: `net_minor` is spending, `total_minor` what the statement adds up to."""

    month = DayColumn(_("Month"))
    lines = NumberColumn(_("Lines"))
    settlement_lines = NumberColumn(_("Payments of the bill"))
    total_minor = MoneyColumn(_("All lines"))
    purchases = NumberColumn(_("Purchases"))
    net_minor = MoneyColumn(_("Spent, less what came back"))
    refunds = NumberColumn(_("Came back"))
    small = NumberColumn(_("Up to 25"))
    large = NumberColumn(_("Over 250"))
    left = NumberColumn(_("Without a case"))
    currency = CurrencyColumn(_("Currency"))

    class Meta:
        order_by = "-month"
        attrs = {"class": "table"}
        empty_text = _("No card statement was imported yet.")


class CardStatementTable(tables.Table):
    """Files; `line_count` and `left` are counted."""

    imported_at = MomentColumn(_("Imported"), order_by=("imported_at", "id"))
    name = tables.Column(_("File"))
    imported_by = tables.Column(_("By"), accessor="imported_by__display_name", orderable=False)
    line_count = NumberColumn(_("Lines"))
    left = NumberColumn(_("Without a case"))
    currency = tables.Column(_("Currency"))

    class Meta:
        order_by = "-imported_at"
        attrs = {"class": "table"}
        empty_text = _("No card statement was imported yet.")


class CardLineTable(tables.Table):
    date = DayColumn(_("Day"), order_by=("date", "id"))
    merchant = tables.Column(_("Where"), empty_values=())
    description = tables.Column(_("What"))
    amount_minor = MoneyColumn(_("Amount"))
    currency = CurrencyColumn(_("Currency"))
    kind = tables.Column(_("Kind"), orderable=False)
    case = tables.Column(_("Case"), empty_values=(), orderable=False)

    class Meta:
        order_by = "-date"
        attrs = {"class": "table"}
        empty_text = _("Nothing is left: every line has its case.")

    def render_merchant(self, record: CardLine) -> str:
        text = record.merchant or gettext("not said")
        return format_html('<a href="{}">{}</a>', reverse("card-line", args=[record.pk]), text)

    def value_merchant(self, record: CardLine) -> str:
        return record.merchant

    def render_case(self, record: CardLine) -> str:
        match = getattr(record, "match", None)
        return f"#{match.case_id}" if match else "–"


class CaseWithoutLineTable(tables.Table):
    spent_on = DayColumn(
        _("Day"), order_by=("spent_on", "id"),
        address_of=lambda case: reverse("case", args=[case.pk]),
    )  # fmt: skip
    customer = tables.Column(_("Customer"), orderable=False)
    remedy = tables.Column(_("Remedy"), orderable=False)
    employee = tables.Column(_("Who"), accessor="employee__name", orderable=False)
    department = tables.Column(_("Department"), orderable=False)
    amount_minor = MoneyColumn(_("Amount"))
    currency = CurrencyColumn(_("Currency"))

    class Meta:
        model = Case
        fields = (
            "spent_on", "customer", "remedy", "employee", "department", "amount_minor", "currency",
        )  # fmt: skip
        order_by = "-spent_on"
        attrs = {"class": "table"}
        empty_text = _("Nothing is left: every case has its line.")
