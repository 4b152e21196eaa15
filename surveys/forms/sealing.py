"""The two codes that open a poll's ballots."""

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.rules.sealing import BadCode, read

LONGEST = 120


class VeiledInput(forms.TextInput):
    """Covered while it is typed, as a password is, but nothing that a browser offers to keep."""

    def __init__(self):
        super().__init__(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off",
             "class": "veiled"}
        )  # fmt: skip

    def get_context(self, name, value, attrs):
        return super().get_context(name, None, attrs)


class CodesForm(forms.Form):
    """Never shown again once they are sent, not even where one of them is wrong."""

    first = forms.CharField(
        label=_("Code of HR"), max_length=LONGEST,
        widget=VeiledInput(),
        help_text=_("From the print. Blanks and dashes do not matter."),
    )  # fmt: skip
    second = forms.CharField(
        label=_("Code of the staff representative"), max_length=LONGEST,
        widget=VeiledInput(),
    )  # fmt: skip

    def clean_first(self) -> str:
        return self._read("first")

    def clean_second(self) -> str:
        return self._read("second")

    def _read(self, name: str) -> str:
        code = self.cleaned_data[name]
        try:
            read(code)
        except BadCode as error:
            raise forms.ValidationError(str(error)) from None
        return code
