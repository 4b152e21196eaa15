"""Files that are the same bytes whenever they are made, for programs that are told once."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree.ElementTree import tostring

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties

from people.lists import harmless

OLDEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Row = Sequence[str | int | Decimal | date]
"""Cells of a line; texts are written so that no spreadsheet program runs them."""


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(harmless, row) for row in rows)
    # Excel takes a file for UTF-8 by this mark only.
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(columns: Sequence[str], rows: Iterable[Row], *, sheet: str, made_at: datetime) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append(columns)
    for row in rows:
        page.append([harmless(cell) for cell in row])
    held = io.BytesIO()
    book.save(held)
    return _undated(held, made_at=made_at)


def _undated(workbook: io.BytesIO, *, made_at: datetime) -> bytes:
    """The same bytes whenever it is written: openpyxl puts the moment into the file."""
    at = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about = DocumentProperties(creator="Ninetyfive", created=at, modified=at)
    out = io.BytesIO()
    with zipfile.ZipFile(workbook) as made, zipfile.ZipFile(out, "w") as again:
        for name in made.namelist():
            content = tostring(about.to_tree()) if name == "docProps/core.xml" else made.read(name)
            again.writestr(zipfile.ZipInfo(name, OLDEST_IN_ZIP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
