"""Pages of text and lines for documents that are made by the thousand.

What the documents of one language have in common is set in subsets of the fonts that are cut once
for all of them; only the letters of a name that are not among those make a subset of its own.
reportlab cuts the subsets; its canvas took three milliseconds for a page of 120 texts.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import chain

from people.services import fonts

A4 = (595, 842)
MOST = 250
"""Characters in a subset: its codes are one byte, 0 stands for what is missing."""

Colour = tuple[float, float, float]
Piece = tuple[str, bytes]


@dataclass(frozen=True)
class Subset:
    """Characters of one font as they are numbered in a document, from 1."""

    font: str
    characters: str


@dataclass(frozen=True)
class Link:
    """An area of a page, in points from its lower left corner, that leads to an address."""

    left: float
    bottom: float
    right: float
    top: float
    address: str


@dataclass(frozen=True)
class Printed:
    """A document's pages: compressed drawing orders and links of each, and the subsets they name.
    `title`, `author` and `language` are told to readers."""

    pages: list[bytes]
    links: list[list[Link]]
    subsets: dict[str, Subset]
    title: str
    author: str
    language: str

    def as_json(self) -> dict:
        return asdict(self) | {"pages": [b64encode(page).decode() for page in self.pages]}

    @classmethod
    def from_json(cls, kept: dict) -> "Printed":
        return cls(
            **kept
            | {
                "pages": [b64decode(page) for page in kept["pages"]],
                "links": [[Link(**link) for link in links] for links in kept["links"]],
                "subsets": {label: Subset(**each) for label, each in kept["subsets"].items()},
            }
        )


@dataclass
class Letters:
    """The characters that all documents of a language share, by weight and subset."""

    subsets: dict[str, Subset] = field(default_factory=dict)
    places: dict[tuple[str, str], Piece] = field(default_factory=dict)
    known: dict[tuple[str, bool], tuple[list[Piece], float]] = field(default_factory=dict)

    @classmethod
    def of(cls, used: dict[str, set[str]]) -> "Letters":
        """By font, the characters to be shared."""
        made = cls()
        for name, characters in sorted(used.items()):
            each = "".join(sorted(characters))
            for start in range(0, len(each), MOST):
                _place(f"C{len(made.subsets)}", Subset(name, each[start : start + MOST]), made)
        return made


def _place(label: str, subset: Subset, letters: "Letters | Sheet") -> None:
    letters.subsets[label] = subset
    for code, character in enumerate(subset.characters, 1):
        letters.places[subset.font, character] = label, _escaped(code)


def _escaped(code: int) -> bytes:
    """As it stands between the brackets of a PDF string."""
    plain = 32 <= code < 127 and code not in b"()\\"
    return bytes([code]) if plain else b"\\%03o" % code


class Sheet:
    """Draws one document; places and sizes in points from a page's lower left corner."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.subsets: dict[str, Subset] = {}
        self.places: dict[tuple[str, str], Piece] = {}
        self.used: dict[str, set[str]] = {}
        self.pages: list[list[bytes]] = []
        self.links: list[list[Link]] = []
        self.new_page()

    def new_page(self) -> None:
        self.orders: list[bytes] = []
        self.pages.append(self.orders)
        self.links.append([])
        self.colour: Colour | None = None

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: Colour,
        bold: bool = False, align: float = 0,
    ) -> float:  # fmt: skip
        """One line from `x`, or around it (`align` 0.5), or to it (1); returns its width."""
        pieces, width = self._set(text, bold)
        wide = width * size
        self._fill(colour)
        self.orders.append(b"BT %.5g %.5g Td" % (x - align * wide, y))
        for label, shown in pieces:
            drawn = b"/%s %.5g Tf (%s) Tj" % (label.encode(), size, shown)
            self.orders.append(self._thickened(drawn, label, size) if bold else drawn)
        self.orders.append(b"ET")
        return wide

    def _thickened(self, drawn: bytes, label: str, size: float) -> bytes:
        """With an edge of its own colour, where a font has no bold brother."""
        subset = self.subsets.get(label) or self.letters.subsets[label]
        if subset.font not in fonts.REGULAR:
            return drawn
        edge = b"%.3g %.3g %.3g RG" % (self.colour or (0, 0, 0))
        return b"%s %.3g w 2 Tr %s 0 Tr" % (edge, size / 30, drawn)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        return self._set(text, bold)[1] * size

    def lines(self, text: str, size: float, *, within: float, bold: bool = False) -> list[str]:
        """Broken where it has to be, at spaces where there are any."""
        width_of = _width_of_bold if bold else _width_of
        return fonts.broken(text, within=within / size, width_of=width_of)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self._fill(colour)
        self.orders.append(b"%.5g %.5g %.5g %.5g re f" % (x, y, width, height))

    def area(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        self._fill(colour)
        self.orders.append(_path(points) + b" f")

    def line(
        self, points: Sequence[tuple[float, float]], colour: Colour, thickness: float = 0.5
    ) -> None:
        self.orders.append(b"%.3g %.3g %.3g RG %.3g w 1 j" % (*colour, thickness))
        self.orders.append(_path(points) + b" S")

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        self.links[-1].append(Link(x, y, x + width, y + height, address))

    def printed(self, *, title: str, author: str, language: str) -> Printed:
        return Printed(
            [zlib.compress(b"\n".join(orders), 4) for orders in self.pages], self.links,
            self.letters.subsets | self.subsets, title, author, language,
        )  # fmt: skip

    def _fill(self, colour: Colour) -> None:
        if colour != self.colour:
            self.colour = colour
            self.orders.append(b"%.3g %.3g %.3g rg" % colour)

    def _set(self, text: str, bold: bool) -> tuple[list[Piece], float]:
        """The pieces of one subset each, and the width at a size of one point."""
        known = self.letters.known.get((text, bold))
        if known:
            return known
        pieces, width, is_common = self._set_anew(text, fonts.BOLD if bold else fonts.REGULAR)
        if is_common and len(self.letters.known) < 5000:
            self.letters.known[text, bold] = pieces, width
        return pieces, width

    def _set_anew(self, text: str, among: tuple[str, ...]) -> tuple[list[Piece], float, bool]:
        pieces: list[tuple[str, list[bytes]]] = []
        width, is_common = 0.0, True
        # In one piece with its spaces: readers turn a piece round, and not the order of pieces.
        shared = {} if fonts.RIGHT_TO_LEFT.search(text) else self.letters.places
        for name, run in fonts.runs(text, among):
            width_of = fonts.font(name).face.getCharWidth
            for character in run:
                place = shared.get((name, character))
                if place is None:
                    place, is_common = self._own_place(name, character), False
                label, code = place
                if not pieces or pieces[-1][0] != label:
                    pieces.append((label, []))
                pieces[-1][1].append(code)
                width += width_of(ord(character))
        return [(label, b"".join(codes)) for label, codes in pieces], width / 1000, is_common

    def _own_place(self, font: str, character: str) -> Piece:
        """In a subset of this document's own."""
        self.used.setdefault(font, set()).add(character)
        if (font, character) not in self.places:
            own = [label for label, subset in self.subsets.items() if subset.font == font]
            before = self.subsets[own[-1]].characters if own else ""
            if not own or len(before) >= MOST:
                own, before = [*own, f"P{len(self.subsets)}"], ""
            _place(own[-1], Subset(font, before + character), self)
        return self.places[font, character]


@cache
def _width_of(character: str) -> float:
    """At a size of one point; what no font has is refused when it is drawn, with its text."""
    return _width_among(character, fonts.REGULAR)


@cache
def _width_of_bold(character: str) -> float:
    return _width_among(character, fonts.BOLD)


def _width_among(character: str, among: tuple[str, ...]) -> float:
    name = fonts.font_of(character, among)
    return fonts.font(name).face.getCharWidth(ord(character)) / 1000 if name else 0


def _path(points: Sequence[tuple[float, float]]) -> bytes:
    first, *others = points
    orders = b"%.1f %.1f m" + b" %.1f %.1f l" * len(others)
    return orders % tuple(chain.from_iterable((first, *others)))


def shared_letters(draw: Callable[[Sheet], None]) -> Letters:
    """The letters of what `draw` draws, to be shared by all that is drawn like it."""
    specimen = Sheet(Letters())
    draw(specimen)
    return Letters.of(specimen.used)
