"""What the wall is narrowed by, and what is said under a nomination."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from people.filters import department_choices
from people.models import Department
from people.services.calendars import subtree
from people.widgets import LongSelect
from recognition.models import Behaviour
from recognition.services.replies import LONGEST
from recognition.services.wall import WallFilters

PERIODS = (
    (7, _("the last 7 days")), (31, _("the last month")), (92, _("the last three months")),
    (365, _("the last year")),
)  # fmt: skip


def departments_to_choose() -> list[tuple[str, object]]:
    return [("", _("all")), *department_choices()]


class WallFilterForm(forms.Form):
    department = forms.ChoiceField(
        label=_("Department, with those below"), choices=departments_to_choose, required=False,
        widget=LongSelect,
    )  # fmt: skip
    behaviour = forms.ModelChoiceField(
        label=_("What they did"), queryset=Behaviour.objects.all(), to_field_name="code",
        required=False, empty_label=_("all"),
    )  # fmt: skip
    period = forms.TypedChoiceField(
        label=_("When"), choices=[("", _("at any time")), *PERIODS], coerce=int, required=False,
        empty_value=None,
    )  # fmt: skip

    def filters(self, *, today: date) -> WallFilters:
        """What is asked for; a choice that is none narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        top = Department.objects.filter(code=said.get("department") or "")
        below = subtree(set(top.values_list("pk", flat=True)), on=today)
        days = said.get("period")
        return WallFilters(
            departments=below or None,
            behaviour=said.get("behaviour"),
            since=today - timedelta(days=days - 1) if days else None,
        )

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("A few words"), max_length=LONGEST, widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)


class ReportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"), max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("HR reads it, with your name."),
    )  # fmt: skip
