"""How long a text may be on a screen that people walk past."""

import unicodedata

MOST_WORDS, MOST_COLUMNS = 15, 90
"""Three lines of five words; an English word with its blank takes about six columns, a letter of
Chinese two."""
JOINER = "\u200d"
LEFT_OPEN = " ,;:–—-，、；：（("
"""What no text ends with before the dots."""


def shortened(text: str, *, words: int = MOST_WORDS, columns: int = MOST_COLUMNS) -> str:
    """The text in one line, cut between words, or between letters where there are no blanks; what
    was cut ends with an ellipsis, which counts among the columns."""
    said = text.split()
    line = " ".join(said[:words])
    if len(said) <= words and _columns(line) <= columns:
        return line
    end, taken = 0, 0
    for letter in line:
        taken += _columns(letter)
        if taken > columns - 1:
            break
        end += 1
    return f"{line[: _before(line, end)].rstrip(LEFT_OPEN)}…"


def _before(line: str, end: int) -> int:
    """A place to cut at `end` or before it: not inside a word or a letter."""
    if end == len(line) or line[end] == " ":
        return end
    if _columns(line[end]) < 2 and " " in line[:end]:
        return line.rindex(" ", 0, end)
    while end > 1 and (_columns(line[end]) == 0 or line[end - 1] == JOINER):
        end -= 1
    return end


def _columns(text: str) -> int:
    return sum(map(_width, text))


def _width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
