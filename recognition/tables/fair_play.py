"""Cases of fair play."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from people.columns import (
    MomentColumn,
    NumberColumn,
)
from recognition.models import (
    FairPlayCase,
)
from recognition.services.notices import NAMED, listed


class FairPlayTable(tables.Table):
    """Cases of fair play, the newest first."""

    kind = tables.Column(_("What"))
    state = tables.TemplateColumn(
        '<span class="tag">{{ record.get_state_display }}</span>', verbose_name=_("State")
    )
    people = tables.Column(_("Who is concerned"), empty_values=(), orderable=False)
    count = NumberColumn(_("Nominations"))
    opened_at = MomentColumn(_("Since"), order_by=("opened_at", "id"))

    class Meta:
        model = FairPlayCase
        fields = ("kind", "state", "people", "count", "opened_at")
        order_by = "-opened_at"
        attrs = {"class": "table"}
        empty_text = _("No case was found. Patterns are looked for once a day.")

    def render_kind(self, value: str, record: FairPlayCase) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("fair-play-case", args=[record.pk]), value
        )

    def value_kind(self, value: str) -> str:
        return value

    def value_state(self, record: FairPlayCase) -> str:
        return record.get_state_display()

    def render_people(self, record: FairPlayCase) -> str:
        names = sorted(each.name for each in record.people.all())
        return listed(names[:NAMED], len(names)) or "–"
