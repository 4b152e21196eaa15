"""Lists of limits and of sites' currencies."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from empowerment.models import Limit
from people.columns import CurrencyColumn, DayColumn, MoneyColumn, NumberColumn, linked
from people.models import Site
from people.templatetags.shown import short_day


class AmountColumn(MoneyColumn):
    """A limit's amount; empty in files where it ends what was."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, empty_values=(), **more)

    def render(self, value: int | None, record: Limit) -> str:
        return gettext("none any more") if value is None else super().render(value, record)

    def value(self, value: int | None, record: Limit) -> Decimal | None:
        return None if value is None else super().value(value, record)


class LimitTable(tables.Table):
    """Limits that hold on the day `today`, and those that begin after it."""

    whom = tables.Column(_("For whom"), order_by=("scope", "grade", "role", "pk"))
    measure = tables.Column(_("What it counts"))
    amount_minor = AmountColumn(_("Amount"))
    currency = CurrencyColumn(_("Currency"))
    days = NumberColumn(_("Days"))
    from_date = DayColumn(_("From"))
    holds = tables.Column(_("Now"), empty_values=(), orderable=False)
    reason = tables.Column(_("Why"), orderable=False)
    made_by = tables.Column(_("By"), accessor="made_by__display_name", orderable=False)

    class Meta:
        model = Limit
        fields = (
            "whom", "measure", "amount_minor", "currency", "days", "from_date", "holds", "reason",
            "made_by",
        )  # fmt: skip
        order_by = ("measure", "whom", "from_date")
        attrs = {"class": "table"}
        empty_text = _("No limit was found. Without a limit per case, and one for the department,"
                       " nobody spends anything without asking.")  # fmt: skip

    def __init__(self, *args: Any, today: date, **more: Any):
        super().__init__(*args, **more)
        self.today = today

    def render_whom(self, record):
        return linked("limit", record.pk, record.whom)

    def value_whom(self, record):
        return record.whom

    def render_holds(self, record):
        return gettext("holds") if record.from_date <= self.today else gettext("begins later")


class SiteCurrenciesTable(tables.Table):
    """Sites with `now`, the currencies in force, and `later`, with the day `later_from`."""

    name = tables.Column(_("Site"), order_by=("name", "code"))
    now = tables.Column(_("Currencies"), empty_values=(), orderable=False)
    later = tables.Column(_("Later"), orderable=False)

    class Meta:
        model = Site
        fields = ("name", "now", "later")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("There is no site yet.")

    def __init__(self, *args: Any, may_set: bool, **more: Any):
        super().__init__(*args, **more)
        self.may_set = may_set

    def render_name(self, record):
        return linked("set-site-currencies", record.code, record) if self.may_set else str(record)

    def value_name(self, record):
        return str(record)

    def render_now(self, value):
        return ", ".join(value.split(",")) if value else gettext("those of their limits")

    def render_later(self, value, record):
        return gettext("%(currencies)s from %(day)s") % {
            "currencies": ", ".join(value.split(",")), "day": short_day(record.later_from),
        }  # fmt: skip
