"""Corrections and excuses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.models import (
    Metric,
    Restatement,
)
from incentives.services.figure_imports import as_figure


class RestateForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Restatement.Kind.choices)
    new = forms.CharField(
        label=_("Right figure or target"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Empty for an excuse."),
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, metric: Metric, **kwargs):
        super().__init__(*args, **kwargs)
        self.metric = metric

    def clean(self) -> dict:
        said = super().clean()
        said["new_scaled"] = None
        if said.get("kind") == Restatement.Kind.EXCUSE:
            return said
        try:
            said["new_scaled"] = as_figure(said.get("new", ""), self.metric)
        except ValueError as error:
            self.add_error("new", str(error))
        else:
            if said["new_scaled"] is None:
                self.add_error("new", _("Write the right figure."))
        return said


class ExcuseForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))
