"""What may stand in a story: text as it was meant, nothing that hides or turns it."""

import re
import unicodedata
from collections.abc import Iterable

from people.names import legible

SHORTEST, LONGEST = 20, 4000
SHORTEST_DENSE = 8
"""Characters of a sentence; scripts that write a word in one or two characters need fewer."""
HIDDEN = "…"

_DENSE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_LETTERS = re.compile(r"\w")
_WORD = re.compile(r"\w+")


def cleaned(text: str) -> str:
    """The story without characters that nobody sees, in Unicode's composed form (NFC)."""
    lines = [legible(line) for line in re.split("\r\n|\r|\n", text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_a_sentence(text: str) -> bool:
    """Whether it says at least something: some letters, and not one of them over and over."""
    letters = _LETTERS.findall(text)
    needed = SHORTEST_DENSE if len(_DENSE.findall(text)) * 2 > len(letters) else SHORTEST
    # Marks of Indic scripts and emoji count as written, letters decide.
    return len(text) >= needed and len(letters) * 2 >= needed and len(set(letters)) > 3


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with each of these words hidden: somebody does not agree to be named to the reader.

    Words of one letter stay, and so do Han names of which only a part occurs.
    """
    hidden = {word for name in names for word in _words(name)}
    if not hidden:
        return text
    dense = sorted((word for word in hidden if _DENSE.search(word)), key=len, reverse=True)
    for word in dense:
        text = text.replace(word, HIDDEN)
    return _WORD.sub(lambda m: HIDDEN if _key(m.group()) in hidden else m.group(), text)


def _words(name: str) -> list[str]:
    if _DENSE.search(name):
        return ["".join(name.split()), *(_key(w) for w in _WORD.findall(name) if len(w) > 1)]
    return [_key(word) for word in _WORD.findall(name) if len(word) > 1]


def _key(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
