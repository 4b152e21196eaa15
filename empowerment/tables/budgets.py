"""Departments' months."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from people.columns import CurrencyColumn, MoneyColumn, MonthColumn


class BudgetMonthTable(tables.Table):
    """BudgetMonth by month and department."""

    month = MonthColumn(_("Month"))
    department = tables.Column(_("Department"))
    limit_minor = MoneyColumn(_("Limit"))
    funded_minor = MoneyColumn(_("Set aside"))
    spent_minor = MoneyColumn(_("Spent"))
    back_minor = MoneyColumn(_("Came back"))
    left_minor = MoneyColumn(_("Left"))
    currency = CurrencyColumn(_("Currency"))

    class Meta:
        order_by = "-month"
        attrs = {"class": "table"}
        empty_text = _("No department has spent anything yet.")
