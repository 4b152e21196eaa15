"""Cases to be looked at after the fact."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from empowerment.models import Case, Review
from empowerment.services.noticing import noticed
from people.columns import CurrencyColumn, MomentColumn, MoneyColumn


class ReviewTable(tables.Table):
    """Reviews with their case, employee and customer."""

    case = tables.Column(_("Case"), order_by="case_id")
    why = tables.Column(_("Why"), orderable=False)
    facts = tables.Column(_("What was noticed"), empty_values=(), orderable=False)
    employee = tables.Column(_("Who"), accessor="case__employee", orderable=False)
    amount_minor = MoneyColumn(_("Amount"), accessor="case", orderable=False)
    currency = CurrencyColumn(_("Currency"), accessor="case__currency")
    opened_at = MomentColumn(_("Since"), order_by=("opened_at", "id"))
    state = tables.Column(_("State"), accessor="reviewed_at", empty_values=(), orderable=False)

    class Meta:
        model = Review
        fields = (
            "case", "why", "facts", "employee", "amount_minor", "currency", "opened_at", "state",
        )  # fmt: skip
        order_by = "-opened_at"
        attrs = {"class": "table"}
        empty_text = _("Nothing waits to be looked at. Cases are drawn once a day.")

    def render_case(self, value: Case, record: Review) -> str:
        name = "case" if record.reviewed_at else "review-case"
        said = gettext("Case %(number)s") % {"number": value.pk}
        return format_html('<a href="{}">{}</a>', reverse(name, args=[value.pk]), said)

    def value_case(self, value: Case) -> int:
        return value.pk

    def render_facts(self, record: Review) -> str:
        return noticed(record)

    def render_amount_minor(self, value: Case, column: MoneyColumn) -> str:
        return MoneyColumn.render(column, value.amount_minor, value)

    def value_amount_minor(self, value: Case, column: MoneyColumn):
        return MoneyColumn.value(column, value.amount_minor, value)

    def render_state(self, record: Review) -> str:
        if record.reviewed_by is None:
            return gettext("waits")
        return gettext("looked at by %(name)s") % {"name": record.reviewed_by.display_name}
