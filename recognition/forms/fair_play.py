"""Reasons that are given in a case of fair play."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 1000


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"), max_length=LONGEST, widget=forms.Textarea({"rows": 4}),
        help_text=_("Those concerned read it. Don't say who told you."),
    )  # fmt: skip


class AppealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why was it right as it was?"), max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Somebody other than who removed it reads this and decides. Once."),
    )  # fmt: skip
