"""Results as a spreadsheet: what somebody reads on the pages, and nothing else. What is hidden
stands there as a word. There is no file of answers, as no answers are kept."""

from collections.abc import Callable, Collection, Iterator, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from surveys.models import Cell, Comment
from surveys.services import telling
from surveys.services.reading import ItemLine, Reading, name_of, part_of

Row = Sequence[Any]


def spreadsheet(
    reading: Reading,
    cells: Sequence[Cell],
    comments: Collection[Comment],
    *,
    harmless: Callable[[Any], Any],
) -> bytes:
    """XLSX of these cells; `comments` are those that the reader may read. `harmless` makes a text
    of it that no spreadsheet program runs."""
    book = Workbook(write_only=True)
    for title, rows in (
        (_("About"), _about(reading)),
        (_("Response rates"), _rates(reading, cells)),
        (_("Themes"), _themes(reading, cells)),
        (_("Questions"), _questions(reading, cells)),
        (_("Answers"), _answers(reading, cells)),
        (_("Comments"), _comments(reading, comments, cells)),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([harmless(value) for value in row])
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _about(reading: Reading) -> Iterator[Row]:
    wave = reading.wave
    yield _("Poll"), str(wave)
    if wave.closes_at:
        yield _("Closed on"), wave.closes_at.date()
    if reading.before:
        yield _("Compared with"), str(reading.before)
    yield _("Fewest answers for scores"), wave.fewest_scores
    yield _("Fewest ballots for comments"), wave.fewest_comments
    yield _("Fewest people for response rates"), wave.fewest_rates
    for why, mark in telling.HIDDEN.items():
        yield str(mark), str(telling.WHY_HIDDEN[why])
    yield (
        _("Favourable (%)"),
        _("of valid answers 4 or 5 of 5, or 9 or 10 of 10; a theme is the mean of its questions"),
    )
    yield _("Index"), _("0 to 100 over all answers; not to be compared with the percentage")
    yield _("eNPS"), _("percent of 9 and 10 less percent of 0 to 6")


def _rates(reading: Reading, cells: Sequence[Cell]) -> Iterator[Row]:
    yield _("Department"), _("Invited"), _("Response rate")
    for cell in cells:
        why = reading.results.why_hidden(None, cell)
        said = str(telling.HIDDEN[why]) if why else part_of(cell.ballots, cell.invited)
        yield name_of(cell, cells), cell.invited, said


def _themes(reading: Reading, cells: Sequence[Cell]) -> Iterator[Row]:
    yield (
        _("Department"), _("Theme"), _("Favourable (%)"), _("Index"), _("Range of the index"),
        _("Change of the index"), _("Answered"),
    )  # fmt: skip
    for cell in cells:
        for line in reading.theme_lines(cell):
            yield (
                name_of(cell, cells), str(line.theme), line.favourable or line.hidden_mark,
                line.index, line.index_span, line.change, line.n,
            )  # fmt: skip


def _questions(reading: Reading, cells: Sequence[Cell]) -> Iterator[Row]:
    yield (
        _("Department"), _("No."), _("Question"), _("Favourable (%)"), _("Range"), _("Index"),
        _("eNPS"), _("Change of favourable (%)"), _("Answered"),
    )  # fmt: skip
    for cell, line in _lines(reading, cells):
        yield (
            name_of(cell, cells), line.row.number, line.text, line.favourable or line.hidden_mark,
            line.interval, line.index, line.enps, line.change, line.n,
        )  # fmt: skip


def _answers(reading: Reading, cells: Sequence[Cell]) -> Iterator[Row]:
    yield _("Department"), _("No."), _("Answer"), _("Share")
    for cell, line in _lines(reading, cells):
        if line.hidden:
            yield name_of(cell, cells), line.row.number, "", line.hidden_mark
        for answer in line.answers:
            yield name_of(cell, cells), line.row.number, answer.label, answer.share


def _comments(
    reading: Reading, comments: Collection[Comment], cells: Sequence[Cell]
) -> Iterator[Row]:
    yield _("Department"), _("Question"), _("Comment")
    for comment in comments:
        text = telling.text_of(comment.item, reading.language)
        yield name_of(comment.cell, cells), text, comment.text


def _lines(reading: Reading, cells: Sequence[Cell]) -> Iterator[tuple[Cell, ItemLine]]:
    for cell in cells:
        for line in reading.items(cell):
            yield cell, line
