"""Currencies and their minor units."""

from decimal import Decimal

from django.utils import formats

CURRENCY_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3}
"""Decimals of currencies that do not have two (ISO 4217)."""


def minor_units(amount: Decimal, currency: str) -> int:
    """Whole minor units (pence, cents). Raises ValueError when it does not fit exactly."""
    digits = CURRENCY_DIGITS.get(currency, 2)
    if not amount.is_finite() or abs(amount) >= 10**16:
        raise ValueError(f"{amount} is no amount of money")
    shifted = amount.scaleb(digits)
    if shifted != int(shifted):
        raise ValueError(f"{amount:f} has more decimals than the {digits} of {currency}")
    return int(shifted)


def major_units(amount_minor: int | Decimal, currency: str) -> Decimal:
    """Minor units as a number for spreadsheets: 25000 USD is 250.00."""
    return Decimal(amount_minor).scaleb(-CURRENCY_DIGITS.get(currency, 2))


def money(amount_minor: int | None, currency: str) -> str:
    """Minor units as people write them: 25000 USD is “USD 250.00”."""
    if amount_minor is None:
        return ""
    digits = CURRENCY_DIGITS.get(currency, 2)
    amount = major_units(amount_minor, currency)
    shown = formats.number_format(amount, digits, use_l10n=True, force_grouping=True)
    return f"{currency} {shown}"
