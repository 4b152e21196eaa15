"""Pages of text, lines and areas, set first and then drawn with reportlab.

What no font has is refused while a page is set, before anything of it is drawn: documents that
are drawn into one file do not lose each other.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import BinaryIO, NamedTuple

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from people.services import fonts

# As many bytes as it takes, and not a quarter more so that they are ASCII.
rl_config.useA85 = 0

A4 = (595, 842)
Colour = tuple[float, float, float]
Points = Sequence[tuple[float, float]]


class About(NamedTuple):
    """What a document tells readers of itself."""

    title: str
    author: str
    language: str


class Words(NamedTuple):
    """A line of text as it stands from left to right, in pieces of one font each."""

    x: float
    y: float
    pieces: fonts.Runs
    size: float
    colour: Colour
    bold: bool

    @property
    def edge(self) -> float:
        """How much of an edge makes it bold; 0 where its fonts are bold, or it need not be."""
        thin = self.bold and any(name in fonts.REGULAR for name, _piece in self.pieces)
        return self.size / 30 if thin else 0


class Page:
    """What is on a page; words are above all else."""

    def __init__(self) -> None:
        self.shapes: list[Callable[[Canvas], None]] = []
        self.words: list[Words] = []


class Sheet:
    """Sets one document; places and sizes in points from a page's lower left corner."""

    def __init__(self, about: About) -> None:
        self.about = about
        self.pages = [Page()]

    def new_page(self) -> None:
        self.pages.append(Page())

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: Colour,
        bold: bool = False, align: float = 0,
    ) -> float:  # fmt: skip
        """One line from `x`, or around it (`align` 0.5), or to it (1); returns its width. Raises
        fonts.MissingCharacters."""
        pieces, width = _set(text, bold)
        wide = width * size
        words = Words(x - align * wide, y, pieces, size, colour, bold)
        self.pages[-1].words.append(words)
        return wide

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        return _set(text, bold)[1] * size

    def lines(self, text: str, size: float, *, within: float, bold: bool = False) -> list[str]:
        """Broken where it has to be, at spaces where there are any."""
        return _lines(text, within / size, bold)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(colour)
            canvas.rect(x, y, width, height, stroke=0, fill=1)

        self.pages[-1].shapes.append(draw)

    def area(self, points: Points, colour: Colour) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(colour)
            _path(canvas, points, stroke=0, fill=1)

        self.pages[-1].shapes.append(draw)

    def line(self, points: Points, colour: Colour, thickness: float = 0.5) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(thickness)
            _path(canvas, points, stroke=1, fill=0)

        self.pages[-1].shapes.append(draw)

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        area = (x, y, x + width, y + height)
        self.pages[-1].shapes.append(lambda canvas: canvas.linkURL(address, area))


def draw(sheets: Iterable[Sheet], out: BinaryIO) -> None:
    """One PDF of them all, in which each font is once; the same sheets are the same bytes."""
    first = fonts.font(fonts.REGULAR[0]).fontName
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, initialFontName=first)
    for sheet in sheets:
        for page in sheet.pages:
            for shape in page.shapes:
                shape(canvas)
            _write(canvas, page.words)
            canvas.showPage()
    canvas.save()


def _write(canvas: Canvas, words: Iterable[Words]) -> None:
    pen, colour, edge = fonts.Pen(canvas.beginText()), None, 0.0
    for each in words:
        if each.edge not in (0, edge):
            canvas.drawText(pen.text)
            pen, colour, edge = fonts.Pen(canvas.beginText()), None, each.edge
            canvas.setLineWidth(edge)
        if each.colour != colour:
            colour = each.colour
            pen.text.setFillColor(colour)
        if each.edge:
            pen.text.setStrokeColor(colour)
        pen.write(each.x, each.y, each.pieces, each.size, bold=each.bold)
    canvas.drawText(pen.text)


def _path(canvas: Canvas, points: Points, *, stroke: int, fill: int) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=stroke, fill=fill)


@lru_cache(maxsize=5000)
def _set(text: str, bold: bool) -> tuple[fonts.Runs, float]:
    """Its pieces, and the width at a size of one point."""
    among = fonts.BOLD if bold else fonts.REGULAR
    return fonts.runs(text, among), fonts.width(text, 1, among)


@lru_cache(maxsize=5000)
def _lines(text: str, within: float, bold: bool) -> list[str]:
    return fonts.lines(text, 1, within=within, among=fonts.BOLD if bold else fonts.REGULAR)
