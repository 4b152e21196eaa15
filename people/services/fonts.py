"""Text in PDFs: the font is chosen character by character, and what no font has is named."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from django.utils.translation import gettext as _
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.textobject import PDFTextObject

FOLDER = Path(__file__).resolve().parent.parent / "fonts"
FILES = {
    "DejaVuSans": "DejaVuSans.ttf",
    "DejaVuSansCondensed": "DejaVuSansCondensed.ttf",
    "DejaVuSansCondensed-Bold": "DejaVuSansCondensed-Bold.ttf",
    "NotoSansSC": "NotoSansSC-Regular.ttf",
}
SLIPS = ("DejaVuSans", "NotoSansSC")
REGULAR = ("DejaVuSansCondensed", "NotoSansSC")
BOLD = ("DejaVuSansCondensed-Bold", "NotoSansSC")
"""Fonts by preference: a character is set in the first that has it."""

Runs = tuple[tuple[str, str], ...]

LEFT_TO_RIGHT_MARK = "\u200e"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_joining = ArabicReshaper({"ARABIC LIGATURE ALLAH": False})
"""Every font has the joined letters, but few have whole words in one."""
DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
JOINED = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]")
DRAWN = re.compile(" <(F[B-E][0-9A-F]{2})>")
"""In what reportlab writes about a font: the characters among which are the joined ones."""


class MissingCharacters(Exception):
    """No font here has these characters; says which, and in what text."""

    def __init__(self, text: str, characters: Iterable[str]):
        self.characters = "".join(dict.fromkeys(characters))
        message = _("No font here has “%(characters)s”, which stands in “%(text)s”.")
        super().__init__(message % {"characters": self.characters, "text": text})


class ReadableFont(TTFont):
    """Joined Arabic letters are copied and searched as the letters they stand for."""

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802
        super().addObjects(doc)
        for name, each in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                each.content = DRAWN.sub(_meaning, each.content)


def _meaning(drawn: re.Match) -> str:
    read = as_read(chr(int(drawn[1], 16)))
    return f" <{read.encode('utf-16-be').hex()}>"


@cache
def font(name: str) -> TTFont:
    """Registered with reportlab on first use: reading one takes up to a quarter of a second."""
    found = ReadableFont(name, FOLDER / FILES[name], asciiReadable=False)
    pdfmetrics.registerFont(found)
    return found


@lru_cache(maxsize=20_000)
def font_of(character: str, among: tuple[str, ...] = SLIPS) -> str:
    """The name of the first font that has the character; "" when none has."""
    has_it = (name for name in among if ord(character) in font(name).face.charToGlyph)
    return next(has_it, "")


def runs(text: str, among: tuple[str, ...] = SLIPS) -> Runs:
    """Pieces of one font each as they stand from left to right, as (font, piece). Raises
    MissingCharacters."""
    seen = as_seen(text)
    missing = [as_read(character) for character in seen if not font_of(character, among)]
    if missing:
        raise MissingCharacters(text, missing)
    by_font = groupby(seen, key=lambda character: font_of(character, among))
    return tuple((name, "".join(piece)) for name, piece in by_font)


def as_seen(text: str) -> str:
    """The characters from left to right as they are drawn: Hebrew and Arabic turned round by the
    Unicode bidirectional algorithm, Arabic letters joined, accents part of their letters."""
    text = unicodedata.normalize("NFC", text)
    if RIGHT_TO_LEFT.search(text):
        text = get_display(_joining.reshape(text))
    return DIRECTIONS.sub("", text)


def as_read(character: str) -> str:
    """What a drawn character stands for: a joined Arabic form is its letter, or its two."""
    return unicodedata.normalize("NFKC", character) if JOINED.match(character) else character


def width(text: str, size: float, among: tuple[str, ...] = SLIPS) -> float:
    """In points."""
    return sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, among))


def lines(text: str, size: float, *, within: float, among: tuple[str, ...] = SLIPS) -> list[str]:
    """Broken at a space where there is one, else between any two characters. Raises
    MissingCharacters."""
    runs(text, among)
    text = " ".join(text.split())
    widths = [size * _width_of(character, among) for character in text]
    found, start, left = [], 0, sum(widths)
    while left > within:
        end, wide = start + 1, widths[start]
        while wide + widths[end] <= within:
            wide += widths[end]
            end += 1
        space = text.rfind(" ", start + 1, end + 1)
        cut = space if space > 0 else end
        found.append(text[start:cut])
        start = cut + 1 if space > 0 else cut
        left = sum(widths[start:])
    return [*found, text[start:]]


@lru_cache(maxsize=20_000)
def _width_of(character: str, among: tuple[str, ...]) -> float:
    return width(character, 1, among)


class Pen:
    """Writes into a text object of reportlab, which is told only what changes."""

    def __init__(self, text: PDFTextObject) -> None:
        self.text = text
        self.font: tuple[str, float] | None = None

    def write(self, x: float, y: float, pieces: Runs, size: float, *, bold: bool = False) -> None:
        """One line, its base line beginning at (x, y). In bold, a font that has no bold brother
        gets an edge, as wide as the canvas draws lines."""
        self.text.setTextOrigin(x, y)
        for name, piece in pieces:
            if self.font != (name, size):
                self.font = name, size
                self.text.setFont(name, size)
            if bold and name in REGULAR:
                self.text.setTextRenderMode(2)
                self.text.textOut(piece)
                self.text.setTextRenderMode(0)
            else:
                self.text.textOut(piece)
