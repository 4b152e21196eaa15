"""Questions of the library, and themes."""

import django_tables2 as tables
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.columns import DayColumn, MomentColumn, NumberColumn, linked
from surveys.models import Question, Theme, Wording
from surveys.services.asking import spoken


class QuestionTable(tables.Table):
    """Rows of `standing.questions`."""

    text = tables.Column(_("Question"), accessor="newest", orderable=False)
    code = tables.Column(_("Code"))
    theme = tables.Column(_("Theme"), order_by=("theme__position", "code"))
    kind = tables.Column(_("Kind"))
    wordings_count = NumberColumn(_("Wordings"), orderable=False)
    asked_count = NumberColumn(_("Polls"), orderable=False)

    class Meta:
        model = Question
        fields = ("text", "code", "theme", "kind", "wordings_count", "asked_count")
        order_by = "theme"
        attrs = {"class": "table"}
        empty_text = _("There is no question yet. A poll that begins with a template brings its"
                       " own; or add the first here.")  # fmt: skip

    def render_text(self, value, record):
        return linked("library-question", record.code, self.value_text(value))

    def value_text(self, value):
        return spoken(value, get_language() or "")["text"]


class WordingTable(tables.Table):
    number = NumberColumn(_("Wording"))
    text = tables.Column(_("Question"), empty_values=(), orderable=False)
    made_at = MomentColumn(_("From"))
    made_by = tables.Column(_("By"), accessor="made_by__display_name", orderable=False)

    class Meta:
        model = Wording
        fields = ("number", "text", "made_at", "made_by")
        order_by = "-number"
        attrs = {"class": "table"}

    def render_text(self, record):
        return str(record)


class ThemeTable(tables.Table):
    name = tables.Column(_("Theme"), order_by=("position", "code"))
    code = tables.Column(_("Code"))
    position = NumberColumn(_("Place"))
    retired_on = DayColumn(_("Retired"))

    class Meta:
        model = Theme
        fields = ("name", "code", "position", "retired_on")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("There is no theme yet. The yearly poll's template brings ten.")

    def render_name(self, record):
        return linked("poll-theme", record.code, record)

    def value_name(self, record):
        return str(record)
