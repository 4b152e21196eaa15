"""A customer's reference as it is typed, and what makes two of them one customer."""

import unicodedata

LONGEST = 60


def folded(reference: str) -> str:
    """Letters and digits alone, without case and width: “AB-12 34” and “ab1234” are one customer.

    Empty when nothing of it names anybody.
    """
    plain = unicodedata.normalize("NFKC", reference).casefold()
    return "".join(each for each in plain if each.isalnum())[:LONGEST]
