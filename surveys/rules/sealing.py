"""Ballots sealed so that two people open them together, and neither alone.

Each of the two has a key pair of their own, made when they ask for it. What opens is printed for
them and kept nowhere; nobody ever sees the other's. A ballot is a box in a box of libsodium
(X25519, XSalsa20, Poly1305): the inner one for the first, the outer one for the second. All are of
one length within a wave, so that no length tells who wrote much.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, which are read as 1, 1, 0 and V."""
_READ_AS = str.maketrans("ILOU", "110V", " -\n\t")
_LENGTH = 32
_CHECK = 3
_GROUP = 5


class SealingRefused(Exception):
    """Nothing was opened; the message says what to do."""


class BadCode(SealingRefused):
    """A printed code that can't be one."""


class WrongHalves(SealingRefused):
    """Codes that do not belong to the wave's keys."""


@dataclass(frozen=True)
class Half:
    """A key of one of two: `public` seals, the printed `code` opens."""

    public: bytes
    code: str


def new_half() -> Half:
    private = PrivateKey.generate()
    return Half(bytes(private.public_key), printed(bytes(private)))


def printed(half: bytes) -> str:
    """32 bytes and a check of them as letters that nobody confuses, in groups of five."""
    number = int.from_bytes(half + sha256(half).digest()[:_CHECK])
    count = -(-8 * (_LENGTH + _CHECK) // 5)
    letters = "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(count)))
    return "-".join(letters[start : start + _GROUP] for start in range(0, count, _GROUP))


def read(code: str) -> bytes:
    """The half that a code stands for, however it was typed. Raises BadCode."""
    letters = code.upper().translate(_READ_AS)
    count = -(-8 * (_LENGTH + _CHECK) // 5)
    if len(letters) != count or not set(letters) <= set(LETTERS):
        raise BadCode(
            _("A code has %(count)s letters and digits; this one has %(found)s.")
            % {"count": count, "found": len(letters)}
        )
    number = 0
    for letter in letters:
        number = number << 5 | LETTERS.index(letter)
    whole = number.to_bytes(_LENGTH + _CHECK)
    half, check = whole[:_LENGTH], whole[_LENGTH:]
    if sha256(half).digest()[:_CHECK] != check:
        raise BadCode(
            _("A letter of this code is wrong. Compare it with the print, group by group.")
        )
    return half


class Opener:
    """Opens the ballots of the wave whose two codes it was given, in whichever order.

    Raises BadCode, or WrongHalves where they are not of these keys.
    """

    def __init__(self, codes: tuple[str, str], *, publics: tuple[bytes, bytes]):
        private = {bytes(key.public_key): key for key in map(PrivateKey, map(read, codes))}
        if set(private) != set(publics):
            raise WrongHalves(_("These two codes do not open this poll."))
        self._inner, self._outer = (SealedBox(private[public]) for public in publics)

    def opened(self, ballot: bytes) -> bytes:
        """What was sealed. Raises SealingRefused for what is no ballot of this wave."""
        try:
            padded = self._inner.decrypt(self._outer.decrypt(ballot))
        except CryptoError as error:
            raise SealingRefused(_("This is no ballot of this poll.")) from error
        length = int.from_bytes(padded[:4])
        return padded[4 : 4 + length]


def sealed(content: bytes, *, publics: tuple[bytes, bytes], length: int) -> bytes:
    """A box of a length that is the same for every content; `length` is the longest content.

    Raises ValueError for a longer one.
    """
    if len(content) > length:
        raise ValueError(f"a ballot has at most {length} bytes, not {len(content)}")
    box = len(content).to_bytes(4) + content.ljust(length, b"\0")
    for public in publics:
        box = SealedBox(PublicKey(public)).encrypt(box)
    return box
