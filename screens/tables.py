"""Screens, those that need somebody first."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from people.columns import WHEN, DayColumn, MomentColumn, linked


class ScreenTable(tables.Table):
    """Rows are screens.services.overview.Seen. The place stands below the name, and in files in a
    column of its own."""

    name = tables.Column(_("Screen"), accessor="screen__name", attrs={"td": {"class": "named"}})
    state = tables.TemplateColumn(
        template_name="screens/state.html", verbose_name=_("State"), order_by=("state__urgency",)
    )
    place = tables.Column(_("Place"), accessor="screen__place", visible=False)
    audience = tables.Column(_("For"), accessor="screen__get_audience_display", orderable=False)
    seen_at = MomentColumn(_("Heard of"), accessor="contact__seen_at", order_by=("last_heard",))
    date = DayColumn(_("Shows"), order_by=("day_or_none",))
    size = tables.Column(_("Size"), orderable=False, attrs=WHEN, default="")
    error = tables.Column(_("Fault"), accessor="contact__error", orderable=False, default="")

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("No screen yet. Open its browser at /screen/, and type its code here.")

    def render_name(self, record):
        link = linked("office-screen", record.screen.pk, record.screen.name)
        return format_html('{} <span class="help">{}</span>', link, record.screen.place)

    def value_name(self, record):
        return record.screen.name
