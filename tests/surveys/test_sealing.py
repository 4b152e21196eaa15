"""Sealed ballots: one length, two keys, and nothing without both."""

import secrets

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from surveys.rules import sealing
from surveys.rules.sealing import BadCode, Opener, SealingRefused, WrongHalves, new_half, sealed

LONGEST = 4_000


class Keys:
    def __init__(self):
        halves = new_half(), new_half()
        self.publics = (halves[0].public, halves[1].public)
        self.codes = (halves[0].code, halves[1].code)


@pytest.fixture
def keys() -> Keys:
    return Keys()


def ballot(content: bytes, keys: Keys) -> bytes:
    return sealed(content, publics=keys.publics, length=LONGEST)


@pytest.mark.parametrize("content", [b"", b"{}", "客户".encode(), b"\0" * 7, b"x" * LONGEST])
def test_what_was_sealed_is_opened_by_both_codes_in_either_order(keys, content):
    for codes in (keys.codes, keys.codes[::-1]):
        assert Opener(codes, publics=keys.publics).opened(ballot(content, keys)) == content


def test_ballots_have_one_length_and_no_two_are_alike(keys):
    made = [ballot(content, keys) for content in (b"", b"yes", b"yes", b"x" * LONGEST)]
    assert len({len(each) for each in made}) == 1
    assert len(set(made)) == 4


def test_a_longer_ballot_is_refused(keys):
    with pytest.raises(ValueError, match="at most 4000 bytes, not 4001"):
        ballot(b"x" * (LONGEST + 1), keys)


def test_one_code_alone_opens_nothing(keys):
    for code in keys.codes:
        for other in (code, new_half().code):
            with pytest.raises(WrongHalves):
                Opener((code, other), publics=keys.publics)


def test_neither_of_the_two_reads_a_ballot_alone(keys):
    box = ballot(b"yes", keys)
    inner, outer = (SealedBox(PrivateKey(sealing.read(code))) for code in keys.codes)
    with pytest.raises(CryptoError):
        inner.decrypt(box)
    within = outer.decrypt(box)
    assert b"yes" not in within
    with pytest.raises(CryptoError):
        outer.decrypt(within)
    assert b"yes" in inner.decrypt(within)


def test_keys_of_two_polls_open_neither(keys):
    other = Keys()
    with pytest.raises(WrongHalves):
        Opener((keys.codes[0], other.codes[1]), publics=keys.publics)
    with pytest.raises(SealingRefused, match="no ballot of this poll"):
        Opener(other.codes, publics=other.publics).opened(ballot(b"yes", keys))


def test_a_changed_ballot_is_none(keys):
    box = bytearray(ballot(b"yes", keys))
    box[50] ^= 1
    with pytest.raises(SealingRefused):
        Opener(keys.codes, publics=keys.publics).opened(bytes(box))


def test_a_code_is_read_however_it_is_typed():
    half = secrets.token_bytes(32)
    code = sealing.printed(half)
    assert len(code.replace("-", "")) == 56
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert sealing.read(typed) == sealing.read(f" {code}\n") == half


@pytest.mark.parametrize("wrong", ["", "ABCDE", "*" * 56, "A" * 57])
def test_what_is_no_code_says_how_long_one_is(wrong):
    with pytest.raises(BadCode, match="56 letters and digits"):
        sealing.read(wrong)


def test_one_wrong_letter_is_noticed():
    """A chance of one in 16 million each; the seed is the test's own."""
    code = sealing.printed(bytes(range(32)))
    letters = code.replace("-", "")
    for place, letter in enumerate(letters):
        other = sealing.LETTERS[(sealing.LETTERS.index(letter) + 7) % 32]
        with pytest.raises(BadCode, match="A letter of this code is wrong"):
            sealing.read(letters[:place] + other + letters[place + 1 :])


def test_two_letters_that_changed_places_are_noticed():
    letters = sealing.printed(bytes(range(32))).replace("-", "")
    for place in range(len(letters) - 1):
        a, b = letters[place : place + 2]
        if a != b:
            with pytest.raises(BadCode):
                sealing.read(f"{letters[:place]}{b}{a}{letters[place + 2 :]}")
