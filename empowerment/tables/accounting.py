"""Files for accounting."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from people.columns import CurrencyColumn, DayColumn, MomentColumn, MoneyColumn, NumberColumn


class AccountingFileTable(tables.Table):
    """`told`, `spent_minor` and `back_minor` are counted."""

    pk = tables.Column(_("File"))
    made_at = MomentColumn(_("Made"), order_by=("made_at", "id"))
    made_by = tables.Column(_("By"), accessor="made_by__display_name", orderable=False)
    through = DayColumn(_("Through"))
    told = NumberColumn(_("Lines"))
    spent_minor = MoneyColumn(_("Spent"))
    back_minor = MoneyColumn(_("Came back"))
    currency = CurrencyColumn(_("Currency"))
    take = tables.TemplateColumn(
        template_name="empowerment/take_file.html", verbose_name="", orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("No file was made yet.")
