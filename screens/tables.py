"""Screens, those that need somebody first."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from people.columns import DayColumn, MomentColumn, linked


class ScreenTable(tables.Table):
    """Rows are screens.services.overview.Seen."""

    name = tables.Column(_("Screen"), accessor="screen__name")
    state = tables.TemplateColumn(
        template_name="screens/state.html", verbose_name=_("State"), order_by=("state__urgency",)
    )
    place = tables.Column(_("Place"), accessor="screen__place")
    audience = tables.Column(
        _("Who stands before it"), accessor="screen__get_audience_display", orderable=False
    )
    seen_at = MomentColumn(
        _("Last heard of"), accessor="contact__seen_at", order_by=("last_heard",)
    )
    date = DayColumn(_("Shows"), order_by=("day_or_none",))
    size = tables.Column(_("Size"), orderable=False)
    error = tables.Column(_("What it complains of"), accessor="contact__error", orderable=False)

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("No screen yet. Open its browser at /screen/, and type its code here.")

    def render_name(self, record):
        return linked("office-screen", record.screen.pk, record.screen.name)

    def value_name(self, record):
        return record.screen.name
