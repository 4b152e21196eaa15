"""Whether a slide can be read by somebody who walks past it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil

MOST_WORDS, MOST_LETTERS = 15, 45
"""Three lines of five words; a letter of Chinese is a third of an English word with its blank."""
WORDS_A_SECOND, LETTERS_A_SECOND = Fraction(5, 2), 5
"""Our own measure, to be put right by what is seen in corridors: 150 words a minute, a little less
than the 160 to 180 that are usual for subtitles, which nobody reads while walking past."""
TO_NOTICE = 2
"""Seconds until somebody has looked up."""


class TooMuch(Enum):
    LONG = "long"
    """A text is longer than three lines of five words."""
    FAST = "fast"
    """All of it can't be read in the time."""


@dataclass(frozen=True)
class Wordy:
    """`words` and `letters` (of Chinese) are those of the text, or of all texts when they go too
    fast; `needed` are the seconds that these would take."""

    why: TooMuch
    words: int
    letters: int
    needed: int


def too_wordy(texts: Iterable[str], *, seconds: int) -> list[Wordy]:
    """Why a slide can't be read from five metres in its seconds; nothing when it can. Letters of
    Chinese, Japanese and Korean are counted one by one, so texts may be in any language."""
    counts = [_counted(text) for text in texts]
    found = [
        Wordy(TooMuch.LONG, words, letters, _needed(words, letters))
        for words, letters in counts
        if Fraction(words, MOST_WORDS) + Fraction(letters, MOST_LETTERS) > 1
    ]
    words, letters = sum(w for w, _l in counts), sum(n for _w, n in counts)
    needed = _needed(words, letters)
    if needed > seconds:
        found.append(Wordy(TooMuch.FAST, words, letters, needed))
    return found


def _needed(words: int, letters: int) -> int:
    if not words + letters:
        return 0
    return ceil(TO_NOTICE + words / WORDS_A_SECOND + Fraction(letters, LETTERS_A_SECOND))


def _counted(text: str) -> tuple[int, int]:
    """Words, and letters of scripts that are written without blanks."""
    wide = [letter for letter in text if _is_word_by_itself(letter)]
    apart = "".join(" " if _is_word_by_itself(letter) else letter for letter in text)
    words = [word for word in apart.split() if any(map(str.isalnum, word))]
    return len(words), len(wide)


def _is_word_by_itself(letter: str) -> bool:
    return letter.isalpha() and unicodedata.east_asian_width(letter) in "WF"
