"""A department's results as pages of A4, in a language that is asked for. Without comments: files
are passed on."""

from datetime import datetime
from fractions import Fraction

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from people.services.binding import pdf_of
from people.services.typesetting import A4, About, Colour, Sheet
from surveys.models import Cell
from surveys.services import telling
from surveys.services.reading import ItemLine, Reading, ThemeLine, part_of

LEFT, RIGHT, BOTTOM = 48.0, A4[0] - 48.0, 52.0
WIDE = RIGHT - LEFT
INK: Colour = (0.09, 0.125, 0.2)
SOFT: Colour = (0.33, 0.376, 0.455)
BRAND: Colour = (0.078, 0.259, 0.545)
TINT: Colour = (0.894, 0.933, 0.984)
RULE: Colour = (0.82, 0.845, 0.885)
SHADES: tuple[Colour, ...] = (
    (0.965, 0.773, 0.612), (0.992, 0.925, 0.875), (0.925, 0.937, 0.957), (0.835, 0.898, 0.98),
    (0.663, 0.792, 0.949),
)  # fmt: skip
"""Of answers, from the lowest to the highest."""
COLUMNS = (0.0, 0.40, 0.55, 0.63, 0.76)
"""Where those of the table of themes begin, in parts of the width."""


def report_pdf(
    reading: Reading, cell: Cell, name: str, *, above: tuple[Cell, str] | None, made_at: datetime
) -> bytes:
    """`above`: the cell whose themes are told where all of this one is hidden, and its name. In the
    language of the reading. Raises fonts.MissingCharacters."""
    with translation.override(reading.language):
        return pdf_of(_Report(reading, cell, name, above).sheet, made_at=made_at)


class _Report:
    """Sets one report from the top of its first page down; `y` is where it has come to."""

    def __init__(
        self, reading: Reading, cell: Cell, name: str, above: tuple[Cell, str] | None
    ) -> None:
        self.reading, self.cell = reading, cell
        title = f"{reading.wave}: {name}"
        self.sheet = Sheet(About(title, settings.WAGTAIL_SITE_NAME, reading.language))
        self.y: float = A4[1] - 58
        self._ground()
        self._head(name)
        blocks = reading.blocks(cell)
        if any(not line.hidden for block in blocks for line in block.items):
            self._themes(reading.theme_lines(cell))
            for block in blocks:
                self._title(block.title, room=90)
                for line in block.items:
                    self._item(line)
        else:
            self._nothing(reading.theme_lines(cell), above)
        self._definitions()

    def _ground(self) -> None:
        self.sheet.box(0, A4[1] - 7, A4[0], 7, BRAND)

    def _room(self, height: float) -> None:
        """A new page where so much does not fit any more."""
        if self.y - height < BOTTOM:
            self.sheet.new_page()
            self._ground()
            self.y = A4[1] - 40

    def _text(
        self, text: str, size: float = 9.5, *, colour: Colour = INK, bold: bool = False,
        left: float = LEFT,
    ) -> None:  # fmt: skip
        for line in self.sheet.lines(text, size, within=RIGHT - left, bold=bold):
            self._room(size * 1.4)
            self.y -= size * 1.4
            self.sheet.text(left, self.y, line, size, colour=colour, bold=bold)

    def _title(self, text: str, *, room: float = 60) -> None:
        self._room(room)
        self.y -= 14
        self._text(text, 12.5, colour=BRAND, bold=True)
        self.y -= 4

    def _head(self, name: str) -> None:
        wave = self.reading.wave
        self._text(name, 21, colour=BRAND, bold=True)
        day = ""
        if wave.closes_at:
            # Translators: Django's date format of a day without its weekday: 22 November 2026
            day = formats.date_format(wave.closes_at.date(), _("j F Y"))
        self._text(f"{wave} · {day}", 10, colour=SOFT)
        why = self.reading.results.why_hidden(None, self.cell)
        rate = str(telling.HIDDEN[why]) if why else part_of(self.cell.ballots, self.cell.invited)
        facts = _("Response rate: %(rate)s · Invited: %(invited)s") % {
            "rate": rate, "invited": self.cell.invited,
        }  # fmt: skip
        self._text(facts, 10)
        if self.reading.before:
            self._text(_("Compared with: %(poll)s") % {"poll": self.reading.before}, 10)
        self.y -= 8
        self.sheet.line([(LEFT, self.y), (RIGHT, self.y)], RULE)

    def _themes(self, lines: list[ThemeLine]) -> None:
        if not lines:
            return
        self._title(_("Themes"))
        heads = (_("Theme"), _("Favourable (%)"), _("Index"), _("Range"), _("Change"))
        self._cells(heads, 8.5, SOFT)
        for line in lines:
            if line.hidden:
                said = (str(line.theme), line.hidden_mark, "", "", "")
            else:
                said = (
                    str(line.theme), line.favourable, line.index, line.index_span, line.change
                )  # fmt: skip
            self._cells(said, 9.5, INK)

    def _cells(self, texts: tuple[str, ...], size: float, colour: Colour) -> None:
        """A row of a table, as high as its longest cell."""
        ends = [*COLUMNS[1:], 1.0]
        broken = [
            self.sheet.lines(text, size, within=WIDE * (end - start) - 8) if text else []
            for text, start, end in zip(texts, COLUMNS, ends, strict=True)
        ]
        height = max(map(len, broken)) * size * 1.3 + 5
        self._room(height)
        for lines, start in zip(broken, COLUMNS, strict=True):
            for place, line in enumerate(lines, start=1):
                at = self.y - place * size * 1.3
                self.sheet.text(LEFT + WIDE * start, at, line, size, colour=colour)
        self.y -= height
        self.sheet.line([(LEFT, self.y), (RIGHT, self.y)], RULE)

    def _item(self, line: ItemLine) -> None:
        self._room(58)
        self._text(f"{line.row.number}. {line.text}", 9.5, bold=True)
        if line.hidden:
            self._text(line.hidden_mark, 9, colour=SOFT)
            self.y -= 7
            return
        self._text(" · ".join(_figures(line)), 9)
        if line.is_scale and line.answers:
            self._bar([answer.part for answer in line.answers])
        said = [f"{answer.label}: {answer.share}" for answer in line.answers]
        if said:
            self._text(" · ".join(said), 8, colour=SOFT)
        self.y -= 7

    def _bar(self, parts: list[Fraction]) -> None:
        self._room(22)
        self.y -= 11
        x = LEFT
        for place, part in enumerate(parts):
            wide = WIDE * float(part) / 100
            shade = SHADES[round((len(SHADES) - 1) * place / max(len(parts) - 1, 1))]
            if wide:
                self.sheet.box(x, self.y, wide, 7, shade)
            x += wide
        corners = [(LEFT, self.y), (RIGHT, self.y), (RIGHT, self.y + 7), (LEFT, self.y + 7)]
        self.sheet.line([*corners, corners[0]], RULE)

    def _nothing(self, lines: list[ThemeLine], above: tuple[Cell, str] | None) -> None:
        self._title(_("Nothing of this group alone"))
        for why in sorted({line.hidden for line in lines if line.hidden}):
            self._text(str(telling.WHY_HIDDEN[why]))
        if above:
            cell, name = above
            self._title(_("One level above: %(name)s") % {"name": name})
            self._themes(self.reading.theme_lines(cell))

    def _definitions(self) -> None:
        wave = self.reading.wave
        self._title(_("How these figures are made"), room=120)
        for text in (
            _("Favourable (%): of valid answers those that agree (4 or 5 of 5, 9 or 10 of 10). A"
              " theme is the mean of its questions."),
            _("Index: 0 to 100 over all answers. It can't be compared with the percentage."),
            _("eNPS: percent of 9 and 10 less percent of 0 to 6."),
            _("“Or more” and “or less”: all of a group were of one opinion."),
            _("Ranges hold with a confidence of 95%. A change under 5 points is small."),
            _("Too few: fewer than %(fewest)s answered. Protects others: a smaller group could be"
              " worked out. Neither was kept.") % {"fewest": wave.fewest_scores},
        ):  # fmt: skip
            self._text(text, 8.5, colour=SOFT)


def _figures(line: ItemLine) -> list[str]:
    found = []
    if line.enps:
        found.append(_("eNPS %(score)s") % {"score": line.enps})
    if line.favourable:
        said = _("%(share)s promoters") if line.is_likelihood else _("%(share)s favourable")
        said %= {"share": line.favourable}
        if line.interval:
            said += " " + _("(range %(span)s)") % {"span": line.interval}
        found.append(said)
    if line.index and line.index != "–" and not line.is_likelihood:
        found.append(_("index %(index)s") % {"index": line.index})
    if line.change:
        found.append(_("change: %(change)s") % {"change": line.change})
    found.append(_("%(n)s answered") % {"n": line.n})
    return found
