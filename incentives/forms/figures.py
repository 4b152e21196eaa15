"""Figures of a day, targets to try on past ones, and which days a chart shows."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incentives.models import (
    PoolPolicy,
)
from incentives.services.figure_imports import as_figure
from incentives.services.goals import ShownGoal
from incentives.services.recording import Figure
from people.rules import BEGINNING
from people.templatetags.shown import figure as shown_figure


class FiguresForm(forms.Form):
    """One text field a goal, so that every mistake gets a sentence beside its field."""

    reason = forms.CharField(
        label=_("Why do earlier figures change?"),
        required=False,
        max_length=300,
        help_text=_("Only needed when a figure was already recorded."),
    )

    def __init__(self, *args, goals: list[ShownGoal], day, **kwargs):
        super().__init__(*args, **kwargs)
        self.goals, self.day = goals, day
        self.figures: list[Figure] = []
        for goal in goals:
            self.fields[_name(goal)] = forms.CharField(
                label=goal.metric.name,
                required=False,
                max_length=40,
                initial="" if goal.value is None else f"{goal.value:f}",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                show_hidden_initial=True,
            )
        self.order_fields([*(_name(goal) for goal in goals), "reason"])

    def rows(self) -> list[tuple[ShownGoal, forms.BoundField]]:
        return [(goal, self[_name(goal)]) for goal in self.goals]

    def clean(self) -> dict:
        said = super().clean()
        for goal in self.goals:
            self._read(goal, said.get(_name(goal), ""), said.get("reason", ""))
        return said

    def _read(self, goal: ShownGoal, text: str, reason: str) -> None:
        if text == self.data.get(self.add_initial_prefix(_name(goal))):
            # Left as it was shown: what somebody else has recorded since stays.
            return
        try:
            value = as_figure(text, goal.metric)
        except ValueError as error:
            self.add_error(_name(goal), str(error))
            return
        if value is None:
            if goal.value_scaled is not None:
                self.add_error(
                    _name(goal), _("A blank erases nothing; %(value)s stays recorded.")
                    % {"value": shown_figure(goal.value)},
                )  # fmt: skip
            return
        if value != goal.value_scaled:
            self.figures.append(Figure(self.day, goal.department.pk, goal.metric.pk, value, reason))

    def field_of(self, position: int) -> str:
        figure = self.figures[position]
        return f"value-{figure.department_id}-{figure.metric_id}"


def _name(goal: ShownGoal) -> str:
    return f"value-{goal.department.pk}-{goal.metric.pk}"


class BackTestForm(forms.Form):
    file = forms.FileField(label=_("Targets file"), help_text=_("Nothing is saved."))
    first = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(BEGINNING)],
    )
    last = forms.DateField(
        label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    unreported = forms.ChoiceField(
        label=_("Goals without a figure"), choices=PoolPolicy.Unreported.choices
    )
    ignore_dates = forms.BooleanField(
        label=_("Try the targets on all days, whenever they hold"), required=False, initial=True
    )

    def clean(self) -> dict:
        said = super().clean()
        first, last = said.get("first"), said.get("last")
        if last and last > timezone.localdate():
            self.add_error("last", _("There are no figures of days to come."))
        elif first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return said


class SpanForm(forms.Form):
    """Which days a chart shows."""

    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
