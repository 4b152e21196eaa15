"""Giving money of a case back, cancelling it, and deciding on what was asked for."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from empowerment.forms.amounts import AmountField
from empowerment.models import Case

APPROVE, DECLINE = "approve", "decline"


class CancelForm(forms.Form):
    """`key` makes sending it twice one return."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))


class GiveBackForm(CancelForm):
    amount = AmountField(label=_("How much came back"))
    field_order = ("key", "amount", "reason")

    def __init__(self, *args: Any, case: Case, **more: Any):
        super().__init__(*args, **more)
        self.fields["amount"].currency = case.currency


class DecisionForm(forms.Form):
    """Its two buttons are the answer."""

    answer = forms.ChoiceField(choices=[(APPROVE, ""), (DECLINE, "")], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What you want to say"), max_length=500, required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("When you decline, say why and what the customer can be offered instead."),
    )  # fmt: skip
