"""What may stand in a story: text as it was meant, nothing that hides or turns it."""

import re
import unicodedata
from collections.abc import Iterable

from people.names import folded, legible

SHORTEST, LONGEST = 20, 4000
SHORTEST_DENSE = 8
"""Characters of a sentence; scripts that write a word in one or two characters need fewer."""
HIDDEN = "…"

_DENSE_LETTERS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_DENSE = re.compile(f"[{_DENSE_LETTERS}]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]{2,6}")
_LETTERS = re.compile(r"\w")
# Words of dense scripts stand without blanks, also beside a name in Latin letters.
_WORD = re.compile(rf"[^\W{_DENSE_LETTERS}]+|[{_DENSE_LETTERS}]+")


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

    Words of one letter stay. Of a Han name the given or the family name alone is hidden too, where
    it has two characters, and so is what it sounds like in Latin letters.
    """
    hidden = {word for name in names for word in _words(name)}
    if not hidden:
        return text
    dense = sorted((word for word in hidden if _DENSE.search(word)), key=len, reverse=True)
    for word in dense:
        text = text.replace(word, HIDDEN)
    return _WORD.sub(lambda m: HIDDEN if _key(m.group()) in hidden else m.group(), text)


def _words(name: str) -> list[str]:
    words = _WORD.findall(name)
    found = [_key(word) for word in words if len(word) > 1]
    dense = "".join(word for word in words if _DENSE.search(word))
    if dense:
        found += [dense, *(_parts(dense) if _HAN.fullmatch(dense) else ())]
    return found


def _parts(name: str) -> list[str]:
    """Beginnings and ends of at least two characters, and the ends as one writes their sound."""
    places = range(2, len(name))
    ends = [name, *(name[-place:] for place in places)]
    spoken = ["".join(folded(end).split()) for end in ends if len(end) > 1]
    return [*(name[:place] for place in places), *ends, *spoken]


def _key(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
