"""What a poll prints for staff without e-mail: slips for a kiosk, and ballots on paper."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.units import mm

from people.dates import moment
from people.services import typesetting
from people.services.slips import QrCard, cards_pdf, draw_qr, name_size
from people.services.typesetting import About, Sheet
from surveys.models import Wave
from surveys.rules.questionnaire import Kind
from surveys.services.asking import Asked, Choice, questionnaire
from surveys.services.paper import PaperBallot
from surveys.services.slips import PollSlip

INK, SOFT = (0.09, 0.13, 0.2), (0.35, 0.4, 0.47)
LEFT, TOP, BOTTOM = 18 * mm, typesetting.A4[1] - 18 * mm, 20 * mm
WIDE = typesetting.A4[0] - 2 * LEFT
QR = 34 * mm
BOX = 8
LINES_TO_WRITE_ON = 5


def poll_slips_pdf(wave: Wave, slips: Sequence[PollSlip]) -> bytes:
    """Four on a page, each in its reader's language. Raises fonts.MissingCharacters."""
    return cards_pdf([_card(wave, slip) for slip in slips], title=str(wave))


def _card(wave: Wave, slip: PollSlip) -> QrCard:
    with translation.override(slip.language):
        return QrCard(
            (
                (wave.names.get(slip.language) or wave.name, 9),
                (slip.name, name_size(slip.name)),
                (_("Employee number %(number)s") % {"number": slip.number}, 11),
                (_("Code %(code)s") % {"code": slip.code}, 13),
                (_("At a kiosk, or scan this with a phone of your own:"), 9),
            ),
            slip.link,
            (
                f"{settings.BASE_URL}{reverse('kiosk')}",
                _("It hands you one ballot, until %(until)s, and that you took it is noted. What "
                  "you answer is tied to nobody. Give this slip to nobody.")
                % {"until": moment(wave.closes_at)},
            ),
        )  # fmt: skip


def paper_pdf(wave: Wave, ballots: Sequence[PaperBallot], *, language: str) -> bytes:
    """Every ballot from the front of a sheet on, with its credential on each page: sheets come
    apart. Raises fonts.MissingCharacters."""
    asked = questionnaire(wave, language=language)
    with translation.override(language):
        about = About(asked.title, "Ninetyfive", asked.lang)
        sheets = [_Paper(about, wave, ballot).of(asked.intro, asked.items) for ballot in ballots]
    out = BytesIO()
    typesetting.draw(sheets, out)
    return out.getvalue()


class _Paper:
    """Sets one ballot from the top down."""

    def __init__(self, about: About, wave: Wave, ballot: PaperBallot) -> None:
        self.sheet, self.wave, self.ballot = Sheet(about), wave, ballot
        self.y = TOP

    def of(self, intro: str, items: Sequence[Asked]) -> Sheet:
        self._head()
        if intro:
            self._text(intro, 10)
        for item in items:
            self._question(item)
        if len(self.sheet.pages) % 2:
            # Whatever a printer does with both sides, the next ballot has a sheet of its own.
            self.sheet.new_page()
        return self.sheet

    def _head(self) -> None:
        link = f"{settings.BASE_URL}{reverse('ballot')}#{self.ballot.credential}"
        x, y = LEFT + WIDE - QR, TOP - QR
        self.sheet.pages[-1].shapes.append(lambda canvas: draw_qr(canvas, link, x=x, y=y, size=QR))
        within = WIDE - QR - 6 * mm
        self._text(self.sheet.about.title, 16, bold=True, within=within)
        self._text(self.ballot.group, 10, colour=SOFT, within=within)
        self._text(
            _("This sheet bears no name. Tick one box a question, or none. Fold it and put it into "
              "the box; two people type it in. Or scan the code and answer on a phone: then this "
              "sheet does not count any more."),
            9, colour=SOFT, within=within,
        )  # fmt: skip
        self.y = min(self.y, y - 3 * mm)
        self._text(str(self.ballot.credential), 6.5, colour=SOFT)
        self.y -= 3 * mm

    def _turn(self, needed: float) -> None:
        if self.y - needed < BOTTOM:
            self.sheet.new_page()
            self.y = TOP
            self._text(str(self.ballot.credential), 6.5, colour=SOFT)
            self.y -= 2 * mm

    def _text(
        self, text: str, size: float, *, colour: typesetting.Colour = INK, bold: bool = False,
        within: float = WIDE,
    ) -> None:  # fmt: skip
        for part in text.splitlines():
            for line in self.sheet.lines(part, size, within=within, bold=bold):
                self.y -= size * 1.35
                self.sheet.text(LEFT, self.y, line, size, colour=colour, bold=bold)
        self.y -= size * 0.3

    def _question(self, item: Asked) -> None:
        self._turn(34 * mm if item.kind == Kind.COMMENT else 24 * mm)
        self.y -= 2 * mm
        self._text(f"{item.number}. {item.text}", 10.5, bold=True)
        for more in _beside(item):
            self._text(more, 8.5, colour=SOFT)
        if item.kind == Kind.COMMENT:
            self._room_to_write()
        else:
            self._answers(item)

    def _room_to_write(self) -> None:
        for _place in range(LINES_TO_WRITE_ON):
            self.y -= 7 * mm
            self.sheet.line([(LEFT, self.y), (LEFT + WIDE, self.y)], SOFT, 0.4)
        self.y -= 2 * mm

    def _answers(self, item: Asked) -> None:
        """Boxes beside each other as long as there is room. Places of a ranking are written in."""
        x = LEFT
        self.y -= BOX * 1.7
        for choice in (*item.choices, *filter(None, [item.not_applicable])):
            label = _label(item, choice)
            wide = BOX + 4 + self.sheet.width(label, 9.5) + 12
            if x > LEFT and x + wide > LEFT + WIDE:
                x = LEFT
                self.y -= BOX * 1.9
            self._tick(x)
            self.sheet.text(x + BOX + 4, self.y + 0.8, label, 9.5, colour=INK)
            x += wide
        self.y -= 2 * mm

    def _tick(self, x: float) -> None:
        y = self.y
        corners = [(x, y), (x + BOX, y), (x + BOX, y + BOX), (x, y + BOX), (x, y)]
        self.sheet.line(corners, INK, 0.8)


def _label(item: Asked, choice: Choice) -> str:
    if not item.is_scale or choice == item.not_applicable:
        return choice.label
    return f"{choice.value} {choice.label}".strip()


def _beside(item: Asked) -> Iterator[str]:
    if item.only_after:
        yield _("Only if your answer to question %(number)s is one of: %(answers)s.") % {
            "number": item.only_after, "answers": item.after_labels,
        }  # fmt: skip
    if item.help:
        yield item.help
    if item.kind == Kind.SEVERAL:
        yield _("Choose at most %(most)s.") % {"most": item.most}
    if item.kind == Kind.RANKING:
        yield _("Write a place into each box, 1 for the first.")
