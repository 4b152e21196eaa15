"""Which span and currency a report is of."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from empowerment.services.reporting import Period, last_months, months_later

LONGEST = 60
"""Months in one report."""


class MonthInput(forms.DateInput):
    input_type = "month"

    def __init__(self) -> None:
        super().__init__(attrs={"placeholder": "2026-03"}, format="%Y-%m")


class ReportForm(forms.Form):
    first = forms.DateField(label=_("From"), input_formats=["%Y-%m"], widget=MonthInput)
    last = forms.DateField(label=_("Through"), input_formats=["%Y-%m"], widget=MonthInput)
    currency = forms.ChoiceField(label=_("Currency"))
    by = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, given, *, currencies: list[str], today: date, by: str):
        usual = last_months(today)
        initial = {
            "first": f"{usual.first:%Y-%m}", "last": f"{usual.last:%Y-%m}",
            "currency": currencies[0] if currencies else "", "by": by,
        }  # fmt: skip
        asked = {name: given.get(name) or value for name, value in initial.items()}
        super().__init__({**asked, "by": by})
        self.fields["currency"].choices = [(each, each) for each in currencies]

    def clean(self):
        said = super().clean()
        first, last = said.get("first"), said.get("last")
        if first and last and not first <= last <= months_later(first, LONGEST - 1):
            self.add_error(
                "last",
                _("Choose the same month or a later one, at most %(most)s months in all.")
                % {"most": LONGEST},
            )
        return said

    def period(self) -> Period:
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return Period(first, months_later(last, 1) - timedelta(days=1))
