"""A customer's reference as it is typed, and what makes two of them one customer."""

import unicodedata

LONGEST = 60
_BLANK = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by name that show nothing (Hangul fillers)."""
_LOOKS_LIKE = str.maketrans(
    "авекмнорстухіѕјԁһԛԝӏαβεζηικμνορτυχ",
    "abekmhopctyxisjdhqwlabezhikmnoptyx",
)
"""Cyrillic and Greek letters that look like a Latin one, in small and capital form."""


def folded(reference: str) -> str:
    """Letters and digits alone, without case, width and script where they look the same: “AB-12 34”
    and “ab1234” are one customer, with whichever keyboard they were typed.

    Empty when nothing of it names anybody.
    """
    plain = unicodedata.normalize("NFKC", reference).casefold().translate(_LOOKS_LIKE)
    return "".join(_kept(each) for each in plain)[:LONGEST]


def _kept(each: str) -> str:
    digit = unicodedata.decimal(each, None)
    if digit is not None:
        return str(digit)
    # Modifier letters stand beside others and are hardly seen.
    is_letter = each.isalnum() and unicodedata.category(each) != "Lm" and each not in _BLANK
    return each if is_letter else ""
