"""Levels of awards with their panels, and service behaviours."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import (
    CurrencyColumn,
    DayColumn,
    MoneyColumn,
    NumberColumn,
    linked,
)
from recognition.models import (
    AwardLevel,
    Behaviour,
    PanelMember,
)


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
