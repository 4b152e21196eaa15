"""A case in three fields, and its receipt."""

from datetime import date

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from empowerment.forms.amounts import AmountField
from empowerment.models import LARGEST_RECEIPT, MomentOfTruth, Remedy
from empowerment.rules.references import LONGEST
from empowerment.services.spending import Spend
from people.services.pictures import MOST_BYTES, PhotoRefused, too_large, whole

PICTURES = "image/jpeg,image/png,image/webp"


class MomentField(forms.ModelChoiceField):
    widget = forms.RadioSelect({"class": "pick"})
    default_error_messages = {
        "required": _("Choose what it was for."),
        "invalid_choice": _("Choose from the list what it was for."),
    }


class ReceiptField(forms.FileField):
    """A photo; cleaned to the WebP that is kept, or None."""

    widget = forms.FileInput({"accept": PICTURES})

    def clean(self, data: UploadedFile | None, initial=None) -> bytes | None:
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError(too_large())
        try:
            return whole(file.read(), most_bytes=LARGEST_RECEIPT)
        except PhotoRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class SpendForm(forms.Form):
    """`key` is made with the form, so that sending it twice spends once; `wanted` is what was
    entered, once it is valid."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reference = forms.CharField(
        label=_("Which customer?"), max_length=LONGEST,
        help_text=_("Their customer or order number; no names."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    moment = MomentField(
        label=_("What for?"), queryset=None, to_field_name="code", empty_label=None
    )
    amount = AmountField(label=_("How much?"))
    currency = forms.ChoiceField(
        label=_("Currency"),
        error_messages={"invalid_choice": _("%(value)s is not spent at your site.")},
    )
    remedy = forms.TypedChoiceField(
        label=_("How?"), choices=Remedy, coerce=Remedy, initial=Remedy.REFUND,
        widget=forms.RadioSelect({"class": "pick"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("A few words"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    receipt = ReceiptField(label=_("Photo of the receipt"), required=False)
    no_receipt = forms.CharField(label=_("Or: no receipt, because"), required=False, max_length=200)

    IN_SHORT = ("remedy", "reason", "receipt", "no_receipt")
    """Fields that many leave as they are; folded away until one of them is wrong."""

    def __init__(self, *args, currencies: list[str], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["moment"].queryset = MomentOfTruth.objects.offered(today)
        self.fields["currency"].choices = [(each, each) for each in currencies]
        self.fields["currency"].initial = currencies[0]
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
        said = self["currency"].value()
        self.fields["amount"].currency = said if said in currencies else currencies[0]

    @property
    def in_short(self) -> list[forms.BoundField]:
        return [self[name] for name in self.IN_SHORT]

    @property
    def unfolded(self) -> bool:
        return any(field.errors for field in self.in_short)

    @property
    def wanted(self) -> Spend:
        said = self.cleaned_data
        return Spend(
            said["key"], said["reference"], said["moment"], said["amount"], said["currency"],
            said["remedy"], said["reason"], said["no_receipt"],
        )  # fmt: skip


class ReceiptForm(forms.Form):
    """A receipt, or why there is none; one of the two."""

    receipt = ReceiptField(label=_("Photo of the receipt"), required=False)
    no_receipt = forms.CharField(label=_("Or: no receipt, because"), required=False, max_length=200)

    def clean(self):
        said = super().clean()
        if not self.errors and not (said["receipt"] or said["no_receipt"]):
            raise forms.ValidationError(_("Choose a photo, or say why there is no receipt."))
        return said
