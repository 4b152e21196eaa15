"""Printed slips that invite staff without e-mail: four on a page of A4, to be cut apart."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import segno
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from people.dates import long_day
from people.services import fonts

WIDTH, HEIGHT = A4[0] / 2, A4[1] / 2
MARGIN = 10 * mm
QR = 42 * mm


@dataclass(frozen=True)
class Slip:
    """`link` is the invitation's whole address; `language` is its reader's, else the active one."""

    name: str
    number: str
    link: str
    expires_at: datetime
    language: str = ""


@dataclass(frozen=True)
class QrCard:
    """What stands on a quarter of a page: texts with their sizes, a QR code, texts below it."""

    above: tuple[tuple[str, float], ...]
    link: str
    below: tuple[str, ...]


def slips_pdf(slips: list[Slip]) -> bytes:
    """A PDF of all slips. Raises fonts.MissingCharacters, naming what can't be printed."""
    return cards_pdf([_card(slip) for slip in slips], title=_("Invitations"))


def name_size(name: str) -> float:
    """Large, or as small as it takes to stay on the slip."""
    for size in (15, 11):
        if len(fonts.lines(name, size, within=WIDTH - 2 * MARGIN)) <= 3:
            return size
    return 8


def _card(slip: Slip) -> QrCard:
    with translation.override(slip.language or translation.get_language()):
        until = long_day(timezone.localtime(slip.expires_at).date())
        return QrCard(
            (
                ("Ninetyfive", 9),
                (slip.name, name_size(slip.name)),
                (_("Employee number %(number)s") % {"number": slip.number}, 11),
                (_("Scan this, or type the address into a browser:"), 9),
            ),
            slip.link,
            (
                slip.link,
                _("There you choose a PIN for shared devices, or a password."),
                _("It works once, until %(date)s. Give this slip to nobody.") % {"date": until},
            ),
        )


def cards_pdf(cards: list[QrCard], *, title: str) -> bytes:
    """Four on a page of A4. Raises fonts.MissingCharacters."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(title)
    for place, card in enumerate(cards):
        if place and place % 4 == 0:
            canvas.showPage()
        if place % 4 == 0:
            _cutting_lines(canvas)
        _draw(canvas, card, left=place % 2 * WIDTH, top=A4[1] - place % 4 // 2 * HEIGHT)
    canvas.save()
    return out.getvalue()


def _cutting_lines(canvas: Canvas) -> None:
    canvas.setDash(2, 4)
    canvas.setLineWidth(0.4)
    canvas.line(WIDTH, 0, WIDTH, A4[1])
    canvas.line(0, HEIGHT, A4[0], HEIGHT)
    canvas.setDash()


def _draw(canvas: Canvas, card: QrCard, *, left: float, top: float) -> None:
    x, y = left + MARGIN, top - MARGIN
    for text, size in card.above:
        y = _paragraph(canvas, x, y, text, size)
    y -= QR + 1 * mm
    draw_qr(canvas, card.link, x=x, y=y)
    for text in card.below:
        y = _paragraph(canvas, x, y, text, 9)


def _paragraph(canvas: Canvas, x: float, y: float, text: str, size: float) -> float:
    """Draws below `y` and returns where it ends."""
    for line in fonts.lines(text, size, within=WIDTH - 2 * MARGIN):
        y -= size * 1.3
        pen = fonts.Pen(canvas.beginText())
        pen.write(x, y, fonts.runs(line), size)
        canvas.drawText(pen.text)
    return y - size * 0.4


def draw_qr(canvas: Canvas, link: str, *, x: float, y: float, size: float = QR) -> None:
    """As one path of rectangles: sharp on any printer."""
    rows = list(segno.make_qr(link, error="m").matrix_iter(border=0))
    side = size / len(rows)
    path = canvas.beginPath()
    for row, modules in enumerate(rows):
        for column, dark in enumerate(modules):
            if dark:
                path.rect(x + column * side, y + size - (row + 1) * side, side, side)
    canvas.drawPath(path, stroke=0, fill=1)
