"""An amount of money as people type it: read as it is meant, or refused where it may mean two."""

import re
import unicodedata
from decimal import Decimal

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _

from empowerment.models import LARGEST_MINOR
from people.money import CURRENCY_DIGITS, major_units, minor_units

LONGEST = 40
_WRITTEN = re.compile(r"(?P<whole>[0-9]+)(?:(?P<mark>[.,])(?P<decimals>[0-9]+))?")
_DASHES = "-\N{MINUS SIGN}\N{HYPHEN}\N{EN DASH}"
_PARTED = re.compile(r"[0-9][0-9.,'’\s]*")


class AmountField(forms.CharField):
    """Cleaned to whole minor units of `currency`, above 0; the form says which currency it is."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    currency = ""

    def __init__(self, **kwargs):
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: str | None) -> int | None:
        text = super().clean(value)
        return read_amount(text, self.currency) if text else None


def read_amount(text: str, currency: str) -> int:
    """What `text` says in minor units (> 0). Raises ValidationError, for the person who typed it.

    The other mark than the language's own, as a phone's keys may write it, stands for decimals
    where it cannot stand for thousands: before as many digits as the currency has, and not three.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise forms.ValidationError(_what_is_wrong(text.strip(), currency))
    decimals, digits = written["decimals"] or "", CURRENCY_DIGITS.get(currency, 2)
    own = written["mark"] in (None, formats.get_format("DECIMAL_SEPARATOR"))
    if not own and (len(decimals) != digits or digits == 3):
        raise forms.ValidationError(_no_marks(currency))
    if len(decimals) > digits:
        raise forms.ValidationError(_too_fine(digits, currency))
    if len(written["whole"].lstrip("0")) > len(str(LARGEST_MINOR)):
        raise forms.ValidationError(_too_large())
    amount_minor = minor_units(Decimal(f"{written['whole']}.{decimals or 0}"), currency)
    if amount_minor <= 0:
        raise forms.ValidationError(_above_nothing())
    if amount_minor >= LARGEST_MINOR:
        raise forms.ValidationError(_too_large())
    return amount_minor


def typed(amount_minor: int, currency: str) -> str:
    """An amount as one would type it here, with the decimals of its currency."""
    digits = CURRENCY_DIGITS.get(currency, 2)
    amount = major_units(amount_minor, currency)
    return formats.number_format(amount, digits, use_l10n=True, force_grouping=False)


def _what_is_wrong(text: str, currency: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if plain.strip()[:1] in _DASHES:
        return _above_nothing()
    if any(each.isdecimal() and not each.isascii() for each in text):
        return _("Write it in plain digits, as in %(example)s.") % {"example": _example(currency)}
    if _PARTED.fullmatch(text):
        return _no_marks(currency)
    return _("Write the amount alone, in digits, as in %(example)s; it is in %(currency)s.") % {
        "example": _example(currency), "currency": currency,
    }  # fmt: skip


def _example(currency: str) -> str:
    return typed(125 * 10 ** (1 + CURRENCY_DIGITS.get(currency, 2)), currency)


def _above_nothing() -> str:
    return _("Write an amount above 0.")


def _too_large() -> str:
    return _("This amount is too large.")


def _no_marks(currency: str) -> str:
    return _("Write thousands without any mark or space between them, as in %(example)s.") % {
        "example": _example(currency)
    }


def _too_fine(digits: int, currency: str) -> str:
    if not digits:
        return _("%(currency)s has no decimals.") % {"currency": currency}
    return _("%(currency)s has %(digits)s decimals, as in %(example)s.") % {
        "currency": currency, "digits": digits, "example": _example(currency),
    }  # fmt: skip
