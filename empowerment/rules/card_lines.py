"""What a line of a card statement is, and which lines of a file are known already."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from people.tabular import normalise


class Kind(StrEnum):
    PURCHASE = "purchase"
    REFUND = "refund"
    SETTLEMENT = "settlement"
    ADJUSTMENT = "adjustment"


_ADJUSTMENT = re.compile(
    r"(?:(?:balance|account|credit|debit) )?adjustments?|berichtigung|korrekturbuchung|调整|调账"
)
_MENTIONS_ADJUSTMENT = re.compile(r"\badjust(?:ment|ed)|berichtigung|korrektur|调整|调账")
_BILL_PAID = re.compile(
    r"(?:(?:direct debit )?payment|zahlung)(?: received)?(?: ?[-,]? ?(?:thank you|vielen dank))?"
    r"|direct debit|zahlungseingang|lastschrifteinzug|.*还款.*"
)


def kind_of(merchant: str, amount_minor: int, description: str = "") -> Kind:
    """Settlement and adjustment belong in no total of spending. Above zero without a merchant is a
    purchase of which the issuer did not say where; below zero it pays the card's bill."""
    merchant, description = normalise(merchant), normalise(description)
    said = [text for text in (merchant, description) if text]
    if any(_ADJUSTMENT.fullmatch(text) for text in said):
        return Kind.ADJUSTMENT
    if not merchant and _MENTIONS_ADJUSTMENT.search(description):
        return Kind.ADJUSTMENT
    if amount_minor >= 0:
        return Kind.PURCHASE
    if not merchant or any(_BILL_PAID.fullmatch(text) for text in said):
        return Kind.SETTLEMENT
    return Kind.REFUND


@dataclass(frozen=True)
class Content:
    """What a line says in every layout; `merchant` is compared without case and blanks."""

    currency: str
    day: date
    merchant: str
    amount_minor: int

    @classmethod
    def of(cls, currency: str, day: date, merchant: str, amount_minor: int) -> "Content":
        return cls(currency, day, normalise(merchant), amount_minor)


def identity(content: Content, reference: str, number: int) -> str:
    """Of the `number`-th line, from 1, with this content and reference; 64 characters."""
    said = (
        content.currency, content.day.isoformat(), content.merchant, content.amount_minor,
        normalise(reference), number,
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()


def new_among(references: Sequence[str], known: Sequence[str]) -> list[int]:
    """Of a file's lines with one content, by their references, the places of those that are not
    among the known ones; "" is a line without a reference.

    Lines without one are known by their number: overlapping files count each once, and what
    repeats within a file stays. References repeat too, so they only tell lines apart that say
    the same otherwise.
    """
    left = Counter(known)
    unknown = []
    for place, reference in enumerate(references):
        if reference and left[reference]:
            left[reference] -= 1
        else:
            unknown.append(place)
    # Another layout of the same statement has no references: each side takes what is left.
    new = []
    for place in sorted(unknown, key=lambda place: not references[place]):
        others = [""] if references[place] else ["", *left]
        taken = next((other for other in others if left[other]), None)
        if taken is None:
            new.append(place)
        else:
            left[taken] -= 1
    return sorted(new)
