"""Awards, and praise that may be raised to one."""

from collections.abc import Mapping

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from people.columns import (
    DayColumn,
    MomentColumn,
    NumberColumn,
    linked,
)
from recognition.models import (
    Nomination,
)

STATE = '<span class="tag">{{ record.get_state_display }}</span>'


class AwardTable(tables.Table):
    """Awards; `names` says by nomination whom the reader sees named, filled before rows are
    written."""

    level = tables.Column(_("Award"), order_by="level__position")
    who = tables.Column(_("Who"), accessor="nomination_id", orderable=False)
    behaviour = tables.Column(_("For"), accessor="nomination__behaviour", orderable=False)
    state = tables.TemplateColumn(STATE, verbose_name=_("State"))
    raised_at = MomentColumn(_("Raised"), order_by=("raised_at", "id"))
    decided_at = MomentColumn(_("Decided"), order_by=("decided_at", "id"))

    class Meta:
        order_by = "-raised_at"
        attrs = {"class": "table"}
        empty_text = _("No award was found. Leads raise praise to one, from the nomination's page.")

    def __init__(self, *args, names: Mapping[int, str], **kwargs):
        self.names = names
        super().__init__(*args, **kwargs)

    def render_level(self, value, record):
        return linked("award", record.pk, value)

    def value_level(self, value):
        return str(value)

    def render_who(self, value):
        return self.names[value]

    def value_state(self, record):
        return record.get_state_display()


class ToRaiseTable(tables.Table):
    """Nominations that somebody may raise; `names` as in AwardTable."""

    who = tables.Column(_("Who"), accessor="pk", orderable=False)
    behaviour = tables.Column(_("For"), orderable=False)
    giver = tables.Column(_("Told by"), order_by="giver__sort_key")
    published_on = DayColumn(_("Day"), order_by=("published_on", "id"))
    raised = NumberColumn(_("Awards so far"))

    class Meta:
        model = Nomination
        fields = ("who", "behaviour", "giver", "published_on", "raised")
        order_by = "-published_on"
        attrs = {"class": "table"}
        empty_text = _("There is no praise for your people yet.")

    def __init__(self, *args, names: Mapping[int, str], **kwargs):
        self.names = names
        super().__init__(*args, **kwargs)

    def render_who(self, value):
        return linked("raise-award", value, self.names[value])

    def value_who(self, value):
        return self.names[value]
