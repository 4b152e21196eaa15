"""Erasing somebody: typed, not clicked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.services.erasing import names_in_full


class EraseForm(forms.Form):
    number = forms.CharField(
        label=_("Type the employee number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("This stays in the log: do not name the person."),
    )

    def __init__(self, *args, employee, **kwargs):
        super().__init__(*args, **kwargs)
        self.employee = employee

    def clean_number(self) -> str:
        if self.cleaned_data["number"] != self.employee.number:
            raise forms.ValidationError(_("That is not the number of the person on this page."))
        return self.cleaned_data["number"]

    def clean_why(self) -> str:
        why = self.cleaned_data["why"]
        if names_in_full(why, self.employee.name):
            raise forms.ValidationError(_("This names the person: say it without the name."))
        return why
