"""Recognition budgets, and the files of rewards."""

import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import (
    NUMBER,
    CurrencyColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    linked,
)


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
