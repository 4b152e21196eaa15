"""The next file for accounting, and the form in which one is taken."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.places import DayField


class ExportForm(forms.Form):
    currency = forms.RegexField(regex=r"^[A-Z]{3}$", widget=forms.HiddenInput)
    through = DayField(label=_("Through"))


class FileForm(forms.Form):
    form = forms.ChoiceField(choices=[("csv", "CSV"), ("xlsx", "XLSX")])
