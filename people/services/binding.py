"""Set sheets as PDF files: one for each, and all bound into one for print.

Sheets are drawn together, a portion at a time, so that a font is cut once for all of them; then
qpdf takes the portion apart. What is bound is read from files, so that memory is not asked for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pikepdf import Dictionary, Job, Name, Pdf

from people.services.typesetting import About, Sheet, draw


class Portion:
    """Sheets drawn together."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self.drawn: list[tuple[About, int]] = []
        out = BytesIO()
        draw(self._noted(sheets), out)
        self.pdf = Pdf.open(out) if self.drawn else Pdf.new()

    def _noted(self, sheets: Iterable[Sheet]) -> Iterator[Sheet]:
        for sheet in sheets:
            self.drawn.append((sheet.about, len(sheet.pages)))
            yield sheet

    def files(self, *, made_at: datetime) -> Iterator[bytes]:
        """A file of each sheet, in their order."""
        first = 0
        for about, pages in self.drawn:
            pdf = Pdf.new()
            pdf.pages.extend(self.pdf.pages[first : first + pages])
            out = BytesIO()
            _save(pdf, out, about, made_at=made_at)
            yield out.getvalue()
            first += pages

    def save_for_print(self, out: BinaryIO) -> None:
        """To be bound: paper has no links, and pages that share their fonts take less memory."""
        if self.drawn:
            shared = self.pdf.make_indirect(Dictionary(Font=self.pdf.pages[0].Resources.Font))
        for page in self.pdf.pages:
            page.Resources = shared
            for name in (Name.Annots, Name.Rotate, Name.Trans):
                if name in page:
                    del page[name]
        self.pdf.save(out, static_id=True, compress_streams=False)


def pdf_of(sheet: Sheet, *, made_at: datetime) -> bytes:
    """A file of one sheet."""
    [file] = Portion([sheet]).files(made_at=made_at)
    return file


def bind(portions: Sequence[Path], path: Path, about: About, *, made_at: datetime) -> None:
    """One file of all portions, each page on a sheet of paper of its own."""
    with TemporaryDirectory() as folder:
        cover = Path(folder) / "cover.pdf"
        pdf = Pdf.new()
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True, Duplex=Name.Simplex)
        with cover.open("wb") as out:
            _save(pdf, out, about, made_at=made_at)
        Job(
            {
                "inputFile": str(cover),
                "pages": [{"file": str(portion)} for portion in portions],
                "outputFile": str(path),
                "decodeLevel": "none",
                "removeUnreferencedResources": "no",
                "deterministicId": "",
                "minVersion": "1.7",
            }
        ).run()


def _save(pdf: Pdf, out: BinaryIO, about: About, *, made_at: datetime) -> None:
    """What is drawn is compressed already."""
    told = pdf.docinfo
    told.Title, told.Author, told.Creator = about.title, about.author, "Ninetyfive"
    told.CreationDate = made_at.strftime("D:%Y%m%d%H%M%SZ")
    pdf.Root.Lang = about.language
    pdf.save(out, deterministic_id=True, compress_streams=False)
