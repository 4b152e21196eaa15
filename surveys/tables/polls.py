"""The company's polls."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.columns import MomentColumn, NumberColumn, linked
from surveys.models import Wave
from surveys.services.standing import stage_of


class PollTable(tables.Table):
    """Rows of `standing.polls`."""

    name = tables.Column(_("Poll"))
    code = tables.Column(_("Code"))
    stage = tables.Column(_("Where it is"), accessor="pk", orderable=False)
    opens_at = MomentColumn(_("Opens"))
    closes_at = MomentColumn(_("Closes"))
    invited = NumberColumn(_("Invited"))

    class Meta:
        model = Wave
        fields = ("name", "code", "stage", "opens_at", "closes_at", "invited")
        order_by = "-opens_at"
        attrs = {"class": "table"}
        empty_text = _("There was no poll yet.")

    def render_name(self, record):
        return linked("poll", record.code, record)

    def value_name(self, record):
        return str(record)

    def render_stage(self, record):
        return stage_of(record, now=timezone.now())
