import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from empowerment.models import MomentOfTruth
from people.columns import DayColumn, NumberColumn, linked


class MomentTable(tables.Table):
    name = tables.Column(_("Moment of truth"), order_by=("position", "code"))
    code = tables.Column(_("Code"))
    position = NumberColumn(_("Place"))
    retired_on = DayColumn(_("Retired"))

    class Meta:
        model = MomentOfTruth
        fields = ("name", "code", "position", "retired_on")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("Without a moment of truth nobody can enter a case: add the first.")

    def render_name(self, record):
        return linked("moment", record.code, record)

    def value_name(self, record):
        return str(record)
