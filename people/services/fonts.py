"""Text in PDFs: the font is chosen character by character, and what no font has is named."""

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path

from django.utils.translation import gettext as _
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FOLDER = Path(__file__).resolve().parent.parent / "fonts"
FILES = {"DejaVuSans": "DejaVuSans.ttf", "NotoSansSC": "NotoSansSC-Regular.ttf"}


class MissingCharacters(Exception):
    """No font here has these characters; says which, and in what text."""

    def __init__(self, text: str, characters: Iterable[str]):
        self.characters = "".join(dict.fromkeys(characters))
        message = _("No font here has “%(characters)s”, which stands in “%(text)s”.")
        super().__init__(message % {"characters": self.characters, "text": text})


@cache
def _fonts() -> dict[str, TTFont]:
    """Registered with reportlab on first use: reading them takes a quarter of a second."""
    found = {name: TTFont(name, FOLDER / filename) for name, filename in FILES.items()}
    for font in found.values():
        pdfmetrics.registerFont(font)
    return found


def font_of(character: str) -> str:
    """The name of the first font that has the character; "" when none has."""
    for name, font in _fonts().items():
        if ord(character) in font.face.charToGlyph:
            return name
    return ""


def runs(text: str) -> list[tuple[str, str]]:
    """Pieces of one font each, as (font, piece). Raises MissingCharacters."""
    missing = [character for character in text if not font_of(character)]
    if missing:
        raise MissingCharacters(text, missing)
    return [(name, "".join(piece)) for name, piece in groupby(text, key=font_of)]


def width(text: str, size: float) -> float:
    """In points."""
    return sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text))


def lines(text: str, size: float, *, within: float) -> list[str]:
    """Broken at a space where there is one, else between any two characters."""
    found, rest = [], " ".join(text.split())
    while width(rest, size) > within:
        fits = next(n for n in range(len(rest) - 1, 0, -1) if width(rest[:n], size) <= within)
        space = rest.rfind(" ", 1, fits + 1)
        cut = space if space > 0 else fits
        found.append(rest[:cut])
        rest = rest[cut:].lstrip()
    return [*found, rest]


def write(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """One line, its base line beginning at (x, y)."""
    for name, piece in runs(text):
        canvas.setFont(name, size)
        canvas.drawString(x, y, piece)
        x += pdfmetrics.stringWidth(piece, name, size)
