"""Money into recognition budgets, and the file of rewards for payroll."""

from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department
from people.money import minor_units
from people.widgets import LongSelect
from recognition.services.budget_reading import usual_currency
from recognition.services.rewards import Funding

PUT_IN, TAKE_OUT = "in", "out"


class FundForm(forms.Form):
    """`funding` is what was entered, once it is valid; `key` makes sending it twice one grant."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    way = forms.ChoiceField(
        label=_("What"), choices=[(PUT_IN, _("put money in")), (TAKE_OUT, _("take money out"))],
        widget=forms.RadioSelect, initial=PUT_IN,
    )  # fmt: skip
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.order_by("name"), to_field_name="code",
        required=False, empty_label=_("the company"), widget=LongSelect,
        help_text=_("Those below it give from it as well, unless they have one of their own."),
    )  # fmt: skip
    year = forms.IntegerField(label=_("Calendar year"))
    amount = forms.DecimalField(label=_("Amount"), max_digits=15, decimal_places=3)
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Za-z]{3}$", help_text=_("Three letters, for example GBP.")
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year
        self.fields["currency"].initial = usual_currency()

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self):
        said = super().clean()
        amount, currency = said.get("amount"), said.get("currency")
        if amount is None or not currency:
            return said
        if amount <= 0:
            self.add_error("amount", _("Write an amount above 0."))
            return said
        try:
            said["amount_minor"] = minor_units(amount, currency)
        except ValueError as error:
            self.add_error("amount", str(error))
        return said

    @property
    def funding(self) -> Funding:
        said = self.cleaned_data
        sign = 1 if said["way"] == PUT_IN else -1
        return Funding(
            said["key"], said["department"], said["year"], said["currency"],
            sign * said["amount_minor"], said["reason"],
        )  # fmt: skip


class ExportForm(forms.Form):
    currency = forms.RegexField(regex=r"^[A-Z]{3}$")


class FileForm(forms.Form):
    form = forms.ChoiceField(choices=[("csv", "CSV"), ("xlsx", "XLSX")])
