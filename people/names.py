"""Names in any script, folded to one key by which they sort together and are found."""

import unicodedata
from functools import lru_cache

HAN = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003134f"))
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


def _is_han(letter: str) -> bool:
    return any(first <= letter <= last for first, last in HAN)


@lru_cache(maxsize=4096)
def _romanised(text: str) -> str:
    # Its dictionary takes a moment to load, and most companies never need it.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))
