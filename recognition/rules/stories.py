"""What may stand in a story: text as it was meant, nothing that hides or turns it."""

import re
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
_SILENT = "\u200c-\u200f\u061c"
# Words of dense scripts stand without blanks, also beside a name in Latin letters. Digits and
# underlines are no part of a word: _Ann_ and Ann2 name Ann. Joiners and marks within one are.
_LETTER = rf"[^\W\d_{_DENSE_LETTERS}]"
_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}|[{_SILENT}])*|[{_DENSE_LETTERS}]+")
_CYRILLIC_END = re.compile("(?<=[\u0400-\u052f]{3})[аеёийоуыьюя]$")
SHORTEST_STEM, LONGEST_ENDING = 3, 2
"""A word names somebody also with an ending: Anns, Annas; a name of two letters only as it is."""


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
    stems = {_CYRILLIC_END.sub("", word) for word in hidden if len(word) >= SHORTEST_STEM}
    return _WORD.sub(lambda m: HIDDEN if _names(m.group(), hidden, stems) else m.group(), text)


def _names(word: str, hidden: set[str], stems: set[str]) -> bool:
    """Too much hidden does less harm than a name shown."""
    key = _key(word)
    if key in hidden:
        return True
    beginnings = {key[: len(key) - more] for more in range(LONGEST_ENDING + 1)}
    return not stems.isdisjoint(beginnings)


def _words(name: str) -> list[str]:
    words = _WORD.findall(name)
    # O’Brien is Brien, and OBrien to who writes in a hurry.
    joined = ["".join(_WORD.findall(part)) for part in name.split()]
    found = [_key(word) for word in (*words, *joined) if len(word) > 1]
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
    """As names are compared when somebody is looked for: Søren is soren, Łukasz lukasz."""
    spoken = re.sub(f"[{_SILENT}]", "", word)
    return spoken if _DENSE.search(spoken) else folded(spoken)
