"""Names in any script, folded to one key by which they sort together and are found, and told from
names that only look like them."""

import re
import unicodedata
from functools import lru_cache

HAN = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003134f"))
# Turning the direction of what follows (UAX #9) and invisible characters. Joiners stay: emoji and
# Persian are written with them. Left-to-right and right-to-left marks stay, they turn nothing.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\ufeff\u00ad\ufff9-\ufffb]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\U000e0000-\U000e007f]")
_WORD = re.compile(r"\w+")
_PILE = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]{3}")
"""Marks piled up on one letter, as no alphabet does it."""
_WRITTEN_TOGETHER = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"}
CYRILLIC = "аАВсСԁеЕԍһНіІјЈкКӏмМоОпрРԛѕЅтТуУѵѡԝхХгЬ", "aABcCdeEghHiIjJkKlmMoOnpPqsStTyYvwwxXrb"
GREEK = "αΑΒεΕΗιΙκΚΜνΝοΟρΡτΤυΥχΧΖγω", "aABeEHiIkKMvNoOpPtTuYxXZyw"
DIGITS = "0135|", "olesl"
"""Letters and the Latin ones that they are taken for; source: Unicode's confusables.txt, of which
these are told apart in no everyday font."""
WITHOUT_MARKS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})


def folded(text: str) -> str:
    """Lower case without marks, Han as pinyin: “Óscar” is oscar, “王小明” is wang xiao ming.

    Source: Unicode compatibility decomposition; readings of the package pypinyin.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    if any(_is_han(letter) for letter in text):
        text = _romanised(text)
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(bare.translate(WITHOUT_MARKS).split())


def search_text(*parts: str) -> str:
    """What a search looks through: each part as it is written and folded, in lower case; pinyin
    also in one word, as it is typed."""
    words = [part.casefold() for part in parts if part]
    words += [key for part in parts if part and (key := folded(part)) != part.casefold()]
    words += [folded(part).replace(" ", "") for part in parts if any(map(_is_han, part))]
    return " ".join(words)


def searched(said: str) -> list[str]:
    """The words, each of which must occur in search_text: “Óscar Wu” asks for oscar and wu.

    Han stays as it is typed: who writes 王 does not mean every Wang.
    """
    words = said.casefold().split()
    return [word if any(map(_is_han, word)) else folded(word) for word in words]


def legible(text: str) -> str:
    """One line without what nobody sees or what turns it around, in Unicode's composed form (NFC),
    with single blanks."""
    seen = _CONTROLS.sub(" ", _UNSEEN.sub("", text))
    return " ".join(unicodedata.normalize("NFC", seen).split())


def is_a_name(text: str) -> bool:
    """Whether there is a letter in it, and not a pile of marks on one."""
    return any(letter.isalpha() for letter in text) and not _PILE.search(text)


def mixed_word(text: str) -> str:
    """The first word that mixes alphabets, as “Аnn” with a Cyrillic first letter; "" if none does.
    What Chinese, Japanese and Korean write together is one."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        if len({_alphabet(letter) for letter in word if _is_letter(letter)}) > 1:
            return word
    return ""


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter) in ("Lu", "Ll", "Lt", "Lo")


def _alphabet(letter: str) -> str:
    first = unicodedata.name(letter, "").partition(" ")[0]
    return "together" if first in _WRITTEN_TOGETHER else first


def looks_like(text: str) -> set[str]:
    """The folded names that a reader may take it for: its own, and those that other alphabets and
    digits write with letters of the same look."""
    seen = unicodedata.normalize("NFKC", re.sub("[\u200c-\u200f\u061c]", "", text))
    latin = seen
    for letters, twins in (CYRILLIC, GREEK, DIGITS):
        latin = latin.translate(str.maketrans(letters, twins))
    others = [seen.translate(str.maketrans(twins, letters)) for letters, twins in (CYRILLIC, GREEK)]
    return {folded(each) for each in (seen, latin, *others)}


def _is_han(letter: str) -> bool:
    return any(first <= letter <= last for first, last in HAN)


@lru_cache(maxsize=4096)
def _romanised(text: str) -> str:
    # Its dictionary takes a moment to load, and most companies never need it.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))
