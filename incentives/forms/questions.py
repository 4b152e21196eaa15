"""Questions about the own statement, and their answers."""

from django import forms
from django.utils.translation import gettext_lazy as _


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"), max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=_("Finance reads it and answers here."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea({"rows": 6}))
