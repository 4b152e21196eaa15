"""Webhooks and what they delivered."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.columns import (
    MomentColumn,
)
from recognition.models import (
    Delivery,
    Webhook,
)


class WebhookTable(tables.Table):
    name = tables.Column(_("Name"))
    kind = tables.Column(_("Kind"))
    host = tables.Column(_("Where"), orderable=False)
    audience = tables.Column(_("Who reads there"), orderable=False)
    active = tables.Column(_("State"), orderable=False)

    class Meta:
        model = Webhook
        fields = ("name", "kind", "host", "audience", "active")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("No other program is told yet.")

    def render_name(self, record):
        return format_html('<a href="{}">{}</a>', reverse("webhook", args=[record.pk]), record.name)

    def value_name(self, record):
        return record.name

    def render_active(self, record):
        return gettext("running") if record.active else gettext("paused")


class DeliveryTable(tables.Table):
    """Messages of one webhook; those that people decide on have a button."""

    made_at = MomentColumn(_("When"), order_by=("id",))
    event = tables.Column(_("What about"), orderable=False)
    state = tables.Column(_("State"), orderable=False)
    tries = tables.Column(_("Tries"), orderable=False)
    last_status = tables.Column(_("Answer"), orderable=False)
    last_error = tables.Column(_("Why not"), orderable=False)
    act = tables.TemplateColumn(
        template_name="recognition/send_again.html", verbose_name="", orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        model = Delivery
        fields = ("made_at", "event", "state", "tries", "last_status", "last_error", "act")
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("Nothing was sent yet.")
