"""Levels of awards, and who sits on their panels."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.forms.employment import EmployeeField
from people.forms.named import NamedForm
from people.forms.places import DayField
from people.money import major_units, minor_units
from recognition.models import AwardLevel
from recognition.services.levels import LevelTerms


class LevelForm(NamedForm):
    """`terms` is what was entered, once it is valid."""

    decides = forms.ChoiceField(label=_("Who decides"), choices=AwardLevel.Decides.choices)
    quorum = forms.IntegerField(
        label=_("So many of the panel have to vote"), min_value=0, max_value=999, initial=0,
        help_text=_("0 where a lead decides."),
    )  # fmt: skip
    amount = forms.DecimalField(
        label=_("Amount for each who is named"), min_value=0, max_digits=12, decimal_places=3,
        initial=0, help_text=_("0: an award without money."),
    )  # fmt: skip
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Za-z]{3}$", required=False,
        help_text=_("Three letters, for example GBP."),
    )  # fmt: skip
    tax_class = forms.CharField(
        label=_("Tax class"), max_length=30, required=False,
        help_text=_("What payroll taxes it as; it stands in the file for payroll."),
    )  # fmt: skip
    repeat_months = forms.IntegerField(
        label=_("Months until the same person wins it again"), min_value=0, max_value=120,
        required=False, help_text=_("Empty: as the policy says."),
    )  # fmt: skip

    @classmethod
    def showing(cls, terms: LevelTerms) -> dict:
        """What the form holds at first."""
        amount = major_units(terms.amount_minor, terms.currency)
        return vars(terms) | {"amount": amount} | cls.showing_names(dict(terms.names))

    def clean(self):
        said = super().clean()
        amount, currency = said.get("amount"), said.get("currency", "").upper()
        said["currency"] = currency
        if amount is not None:
            try:
                said["amount_minor"] = minor_units(amount, currency)
            except ValueError as error:
                self.add_error("amount", str(error))
        return said

    @property
    def terms(self) -> LevelTerms:
        said = self.cleaned_data
        kept = (
            "name", "decides", "quorum", "amount_minor", "currency", "tax_class", "repeat_months",
            "position",
        )  # fmt: skip
        return LevelTerms(names=self.names, **{name: said[name] for name in kept})


class NewLevelForm(LevelForm):
    code = forms.SlugField(
        label=_("Code"), max_length=30,
        help_text=_("Short; stands in files for payroll and can't be changed later."),
    )  # fmt: skip
    field_order = ("code", "name")


class SeatForm(forms.Form):
    employee = EmployeeField(label=_("Employee number"), max_length=30)
    from_date = DayField(label=_("From"), initial=timezone.localdate)
    until_date = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: until further notice.")
    )


class EndSeatForm(forms.Form):
    last_day = DayField(label=_("Last day"), initial=timezone.localdate)
