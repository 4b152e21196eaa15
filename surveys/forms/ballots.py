"""What ballot pages are sent beside the answers."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from surveys.services.station import Credential, StationRefused

LONGEST = 150


class CredentialForm(forms.Form):
    credential = forms.CharField(
        label=_("Your ballot's code"), max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It stands on the page on which you took your ballot, or on your paper."),
    )  # fmt: skip

    def clean_credential(self) -> Credential:
        text = self.cleaned_data["credential"]
        # Whoever scans the code of a paper with a camera has the whole address.
        _address, _sign, after = text.rpartition("#")
        try:
            return Credential.read(after)
        except StationRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class ReceiptForm(forms.Form):
    receipt = forms.CharField(
        label=_("Your receipt"), max_length=64,
        validators=[
            RegexValidator(
                r"\A[0-9a-f]{64}\Z", _("A receipt has 64 digits and letters from a to f.")
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
