"""Sharing a year out, and acts on a run or a year that want a reason."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.models import (
    Pool,
)
from incentives.services.run_reading import YearToShare
from people.money import minor_units, money


def minor_units_of(amount: Decimal, currency: str) -> int:
    try:
        return minor_units(amount, currency)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class DraftRunForm(forms.Form):
    """Which pool's year is shared out; cleaned to a YearToShare."""

    year = forms.TypedChoiceField(label=_("Pool and year"))

    def __init__(self, *args, years: list[YearToShare], **kwargs):
        super().__init__(*args, **kwargs)
        by_name = {each.name: each for each in years}
        field = self.fields["year"]
        field.choices = [(each.name, _written(each)) for each in years]
        field.coerce = by_name.get
        if not years:
            field.help_text = _("No year has money in it that is not shared out yet.")


def _written(each: YearToShare) -> str:
    text = _("%(pool)s %(year)s: %(money)s") if each.is_over else _(
        "%(pool)s %(year)s, not over yet: %(money)s"
    )  # fmt: skip
    amount = money(each.balance_minor, each.pool.currency)
    return text % {"pool": each.pool, "year": each.year, "money": amount}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))


class WriteOffForm(ReasonForm):
    amount = forms.DecimalField(
        label=_("Amount that the company bears"), min_value=0, max_digits=15, decimal_places=3
    )
    field_order = ("amount", "reason")

    def __init__(self, *args, pool: Pool, **kwargs):
        super().__init__(*args, **kwargs)
        self.pool = pool

    def clean_amount(self) -> int:
        return minor_units_of(self.cleaned_data["amount"], self.pool.currency)
