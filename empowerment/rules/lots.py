"""Which cases are drawn by lot for a look."""

import hmac
from collections.abc import Iterable
from uuid import UUID

HIGHEST = 2**64


def lot(key: UUID, secret: bytes) -> int:
    """A case's number, from 0 to 2^64 - 1, the same each time it is asked.

    The key is made on a phone: without the secret somebody could try keys until one is not drawn.
    """
    return int.from_bytes(hmac.digest(secret, key.bytes, "sha256")[:8])


def is_drawn(number: int, *, percent: int) -> bool:
    return number * 100 < percent * HIGHEST


def lowest(keys: Iterable[UUID], secret: bytes) -> UUID:
    """The one that is drawn where one has to be."""
    return min(keys, key=lambda key: (lot(key, secret), key))
