"""From the bytes of a file to its sheets of cells.

Responsibility: find out what kind of file it is, in which encoding and with which delimiter, and
read it within bounded memory; or refuse it with a message that says what to do. Nothing is ever
guessed: if two readings of a file remain, it is refused. What a cell means is up to `cells`.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime
import functools
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import charset_normalizer
import openpyxl

from .cells import Cell, Number, TableError, normalise

MAX_BYTES = 32 * 1024 * 1024
MAX_UNCOMPRESSED = 64 * 1024 * 1024
MAX_ROWS = 250_000
MAX_COLUMNS = 500
MAX_CELLS = 2_000_000
MAX_CELL = 10_000

# An Excel sheet has so many rows. Empty rows cost time, too, so they are not endless either.
MAX_LINES = 1_048_576
# Parts of a workbook that are not sheets are read into many small objects at once.
MAX_SMALL_PART = 4 * 1024 * 1024
MAX_TAGS = 5 * MAX_CELLS
MAX_OTHER_TAGS = 300_000
TAGS_PER_CELL = 40
# Beyond it a single line costs more memory than the limits on cells can prevent.
MAX_LINE_LENGTH = 5_000_000

PROBE_LINES = 10
PROBE_LENGTH = 65_536


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet, and where the file has it (1-based; the row number in a workbook)."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Wholly empty rows are left out; `Row.line` keeps counting them.

    Rows may be shorter or longer than the header: text files keep the cells as written, rows of
    workbooks end with their last filled cell.
    """

    name: str
    rows: list[Row]
    delimiter: str


@dataclass(slots=True)
class _Budget:
    """What one file may cost; all its sheets draw on it."""

    rows: int = field(default_factory=lambda: MAX_ROWS)
    cells: int = field(default_factory=lambda: MAX_CELLS)

    def spend_cells(self, count: int) -> None:
        self.cells -= count
        if self.cells < 0:
            raise _too_many_cells()

    def spend_row(self, line: int, cells: tuple[Cell, ...]) -> None:
        self.rows -= 1
        if self.rows < 0:
            raise _too_many_rows()
        if len(cells) > MAX_COLUMNS:
            raise TableError(
                f"The row has {len(cells):,} columns; at most {MAX_COLUMNS} are possible. Delete "
                "the columns that are not needed, or split the file.",
                line=line,
            )
        for index, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) > MAX_CELL:
                raise TableError(
                    f"The cell has {len(cell):,} characters; at most {MAX_CELL:,} are possible. "
                    "Shorten it. If it looks right, look for a quotation mark that is not closed.",
                    line=line,
                    column=_letters(index),
                )


def _letters(index: int) -> str:
    """The column as spreadsheets name it, from 0: A, B, ..., Z, AA."""
    text, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _too_many_rows() -> TableError:
    return TableError(
        f"The file has too many rows; at most {MAX_ROWS:,} are possible, counting "
        "all sheets. Split it into several files, and delete empty rows below the table."
    )


def _too_many_cells() -> TableError:
    return TableError(
        f"The file has too many cells; at most {MAX_CELLS:,} are possible, empty ones included. "
        "Split it into several files, and delete empty rows and columns around the table."
    )


def read_sheets(
    content: bytes, *, filename: str, known_words: Collection[str], encoding: str | None = None
) -> list[Sheet]:
    """The visible sheets of a workbook, or the one table of a text file.

    `known_words` are header words, normalised; they decide between encodings and delimiters.
    `encoding` is for text files without a byte order mark.
    """
    if len(content) > MAX_BYTES:
        raise TableError(
            f"“{filename}” is larger than {MAX_BYTES // 2**20} MB. Split it into several files."
        )
    if not content:
        raise _empty(filename)
    _refuse_binary(content, filename)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        sheets = _read_workbook(content, filename)
    else:
        words = frozenset(known_words)
        sheets = [_read_text(_decode(content, filename, words, encoding), filename, words)]
    # A sheet without any row says nothing; Excel adds such sheets by itself.
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise _empty(filename)
    return filled


def _empty(filename: str) -> TableError:
    return TableError(f"“{filename}” is empty. Check whether it is the right file.")


# --- What is not a table ----------------------------------------------------------------------

_SAVE_AS = "Open it in a spreadsheet program, save it as .xlsx or .csv and send that file."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
)
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<head", "<meta")


def _refuse_binary(content: bytes, filename: str) -> None:
    if content.startswith(_OLE):
        # An encrypted .xlsx is wrapped in the same container as the old .xls.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _encrypted(filename)
        raise TableError(f"“{filename}” is in the old format .xls. {_SAVE_AS}")
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            raise TableError(f"“{filename}” is {kind} and not a table. {_SAVE_AS}")


def _encrypted(filename: str) -> TableError:
    return TableError(
        f"“{filename}” is protected with a password. Save it without one and send it again."
    )


# --- Encodings --------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH_BYTES = bytes(range(0x80, 0x100))
_CANDIDATES = ("gb18030", "cp1252")
# Only text encodings that say no to what they do not know. ISO 8859-1 knows every byte, and what
# is called so is nearly always cp1252.
_ALIASES = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "utf-8-sig": "utf-8"}
_ALLOWED = frozenset([
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "cp932",
    "euc_jp", "euc_kr", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258",
])  # fmt: skip


def _decode(
    content: bytes, filename: str, known_words: frozenset[str], encoding: str | None
) -> str:
    for bom, name in _BOMS:
        if content.startswith(bom):
            text = _strictly(content, name, len(bom))
            break
    else:
        text = _decode_without_bom(content, filename, known_words, encoding)
    if "\0" in text:
        raise _nul_bytes(filename)
    if text[:1000].lstrip().casefold().startswith(_MARKUP):
        raise TableError(f"“{filename}” is a web page or XML, whatever its name says. {_SAVE_AS}")
    return text


def _decode_without_bom(
    content: bytes, filename: str, known_words: frozenset[str], encoding: str | None
) -> str:
    if encoding is not None:
        return _strictly(content, _codec_name(encoding))
    if b"\0" in content:
        # Else UTF-16 without its mark would pass as ASCII with NULs.
        raise _nul_bytes(filename)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(content, error)
    return _judge(content, known_words)


def _nul_bytes(filename: str) -> TableError:
    return TableError(
        f"“{filename}” is not a text file, or its encoding (UTF-16) is not marked. {_SAVE_AS}"
    )


def _codec_name(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = ""
    name = _ALIASES.get(name, name)
    if name not in _ALLOWED:
        raise TableError(
            f"The encoding “{encoding}” is not known. Use for example --encoding utf-8, "
            "--encoding gb18030 or --encoding cp1252."
        )
    return name


def _strictly(content: bytes, encoding: str, start: int = 0) -> str:
    try:
        return str(memoryview(content)[start:], encoding)
    except UnicodeDecodeError as error:
        before = content[start : start + error.start].decode(encoding, "ignore")
        raise TableError(
            f"The line has a character that cannot be read as {encoding}. Correct it there, or "
            "save the file again as “CSV UTF-8” and send that.",
            line=_line_ends(before) + 1,
        ) from None


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _refuse_damaged_utf8(content: bytes, error: UnicodeDecodeError) -> None:
    """A UTF-8 file with some bad bytes would pass as cp1252, with garbage for each letter.

    Text in another encoding has next to no valid sequences of UTF-8, damaged UTF-8 mostly such.
    """
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - bad - len(content.translate(None, _HIGH_BYTES))
    if good > bad:
        before = content[: error.start].decode("utf-8")
        raise TableError(
            "The file is UTF-8, but this line has a character in another encoding. Correct it "
            "there, or name the encoding of the whole file, for example --encoding cp1252.",
            line=_line_ends(before) + 1,
        )


def _judge(content: bytes, known_words: frozenset[str]) -> str:
    """Neither of the candidates can be told by its bytes alone, so known header words decide."""
    texts: dict[str, str] = {}
    furthest = 0
    for name in _CANDIDATES:
        try:
            texts[name] = content.decode(name)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    if not texts:
        raise TableError(
            "The line has a character that is neither UTF-8 nor GB18030 nor Windows-1252. Save "
            "the file again as “CSV UTF-8” and send that, or name its encoding with --encoding.",
            line=_line_ends(content[:furthest].decode("ascii", "replace")) + 1,
        )
    scores = {name: _known_headers(text, known_words) for name, text in texts.items()}
    best = max(scores, key=lambda name: scores[name])
    rivals = [name for name in texts if scores[name] == scores[best]]
    if len({texts[name] for name in rivals}) > 1:
        raise TableError(
            "The encoding of the file is ambiguous: it can be read as Chinese (GB18030) and as "
            f"Western European (Windows-1252).{_opinion(content)} Save it again as “CSV UTF-8”, or "
            "say which it is: --encoding gb18030 or --encoding cp1252."
        )
    return texts[best]


def _opinion(content: bytes) -> str:
    """A statistical guess, good enough for a hint and never for reading."""
    sample = content[:PROBE_LENGTH]
    match = charset_normalizer.from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if match is None or match.encoding not in _CANDIDATES:
        return ""
    return f" It looks more like {match.encoding}."


# --- Text files -------------------------------------------------------------------------------

_DELIMITERS = ("\t", ";", ",", "|")
_SEP_LINE = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
# Not str.splitlines(), which also splits at form feeds and other rare characters.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def _lines(text: str) -> Iterator[str]:
    for number, match in enumerate(_LINE.finditer(text), start=1):
        if match.end() - match.start() > MAX_LINE_LENGTH:
            raise TableError(
                "The line is far too long for a row of a table. Check whether the file is a CSV "
                "file with one line for each row.",
                line=number,
            )
        yield match[0]


def _csv_rows(lines: Iterable[str], delimiter: str, *, strict: bool) -> Any:
    # Without skipinitialspace a quotation mark after ", " would not count as one.
    return csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=True)


def _probe(text: str, delimiter: str) -> list[list[str]]:
    """The rows of the first lines, as far as they can be read with the delimiter."""
    rows: list[list[str]] = []
    lines = _LINE.findall(text[:PROBE_LENGTH])[:PROBE_LINES]
    with contextlib.suppress(csv.Error):
        rows.extend(row for row in _csv_rows(lines, delimiter, strict=False) if row)
    return rows


def _known_cells(rows: list[list[str]], known_words: frozenset[str]) -> int:
    """How many different known words the row has that has most of them."""
    return max((len({normalise(cell) for cell in row} & known_words) for row in rows), default=0)


def _known_headers(text: str, known_words: frozenset[str]) -> int:
    return max(_known_cells(_probe(text, delimiter), known_words) for delimiter in _DELIMITERS)


def _choose_delimiter(text: str, known_words: frozenset[str]) -> str:
    """By known header words, then by how many of the first rows have the same width."""

    def score(delimiter: str) -> tuple[int, int, int, bool]:
        rows = _probe(text, delimiter)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return _known_cells(rows, known_words), times, width, delimiter == ","

    return max(_DELIMITERS, key=score)


def _read_text(text: str, filename: str, known_words: frozenset[str]) -> Sheet:
    if not text.strip():
        raise _empty(filename)
    lines = _lines(text)
    skipped = 0
    # Excel's own hint, which only Excel understands.
    if hint := _SEP_LINE.fullmatch(text[:20].splitlines()[0]):
        delimiter, skipped = hint[1], 1
        next(lines)
    else:
        delimiter = _choose_delimiter(text, known_words)
    return Sheet("", list(_text_rows(lines, delimiter, skipped)), delimiter)


def _text_rows(lines: Iterator[str], delimiter: str, skipped: int) -> Iterator[Row]:
    reader = _csv_rows(lines, delimiter, strict=True)
    budget = _Budget()
    while True:
        # A record can span lines: it is known by the line where it begins.
        line = reader.line_num + skipped + 1
        if line > MAX_LINES:
            raise _too_many_rows()
        try:
            raw = next(reader, None)
        except csv.Error as error:
            raise _csv_error(error, line) from None
        if raw is None:
            return
        budget.spend_cells(len(raw))
        cells: tuple[Cell, ...] = tuple([cell.strip() or None for cell in raw])
        if any(cells):
            budget.spend_row(line, cells)
            yield Row(line, cells)


def _csv_error(error: csv.Error, line: int) -> TableError:
    reason = str(error)
    if "end of data" in reason:
        message = (
            "A quotation mark is opened in the row that begins here and never closed. Close it, "
            "or write it twice if it belongs to the text."
        )
    elif "field limit" in reason:
        message = (
            f"A cell in the row that begins here is longer than {MAX_CELL:,} characters. Shorten "
            "it, or look for a quotation mark that is not closed."
        )
    else:
        message = (
            "The row that begins here has a quotation mark in the middle of a cell. Write a "
            "quotation mark that belongs to the text twice, and put the whole cell in quotation "
            "marks."
        )
    return TableError(message, line=line)


# --- Workbooks --------------------------------------------------------------------------------

_WORKBOOK_TYPES = (
    b"spreadsheetml.sheet.main+xml",
    b"spreadsheetml.template.main+xml",
    b"ms-excel.sheet.macroenabled.main+xml",
    b"ms-excel.template.macroenabled.main+xml",
)
_CONTENT_TYPES = "[Content_Types].xml"
_SMALL_PARTS = (_CONTENT_TYPES, "xl/workbook.xml", "xl/styles.xml", "docProps/")
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))


def _read_workbook(content: bytes, filename: str) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, filename)
            _check_parts(archive, filename)
        return _sheets(content)
    except TableError:
        raise
    except Exception as error:
        # Whatever zipfile, expat or openpyxl stumble over in a hostile or damaged file (they
        # raise KeyError, IndexError, zlib.error and more): it is the file that is wrong.
        raise TableError(
            f"“{filename}” is damaged or not a workbook. Open it in a spreadsheet program, save "
            "it as a new .xlsx file and send that."
        ) from error


def _check_archive(archive: zipfile.ZipFile, filename: str) -> None:
    """What the directory of the archive tells, before anything is unpacked."""
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise _encrypted(filename)
    # zipfile never unpacks more of a part than the directory declares.
    if sum(part.file_size for part in parts) > MAX_UNCOMPRESSED:
        raise TableError(
            f"“{filename}” is larger than {MAX_UNCOMPRESSED // 2**20} MB when unpacked. Delete "
            "what is not needed (pictures, other sheets, empty rows), or split it."
        )
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise _not_a_workbook(filename)
    names = {part.filename for part in parts}
    if _CONTENT_TYPES not in names:
        raise _not_a_workbook(filename)
    for part in parts:
        is_small = part.filename.startswith(_SMALL_PARTS) or part.filename.endswith(".rels")
        if is_small and part.file_size > MAX_SMALL_PART:
            raise TableError(
                f"“{filename}” has far too many styles, names or sheets. Copy the values into a "
                "new workbook and send that."
            )
    types = archive.read(_CONTENT_TYPES).lower()
    if not any(kind in types for kind in _WORKBOOK_TYPES):
        raise _not_a_workbook(filename)


def _not_a_workbook(filename: str) -> TableError:
    return TableError(
        f"“{filename}” is not an Excel workbook (.xlsx), but another kind of packed file. Unpack "
        "it if it is a ZIP file; else open it in a spreadsheet program and save it as .xlsx."
    )


def _check_parts(archive: zipfile.ZipFile, filename: str) -> None:
    """Count rows and cells in the bytes, which takes a moment where parsing takes minutes.

    The sheet's own <dimension> is not asked: it may be absent, or lie.
    """
    rows = cells = tags = 0
    for part in archive.infolist():
        if not part.filename.lower().endswith(_XML_SUFFIXES):
            continue
        data = archive.read(part)
        # Entities expand only by way of a DOCTYPE, which no workbook has. defusedxml refuses
        # them again, but it is not asked for every part by every version of openpyxl.
        if any(doctype in data for doctype in _DOCTYPES):
            raise TableError(
                f"“{filename}” defines XML entities, which no spreadsheet program writes. Save it "
                "again as .xlsx in a spreadsheet program."
            )
        part_rows, part_cells, part_tags = _weigh(data)
        rows, cells, tags = rows + part_rows, cells + part_cells, tags + part_tags
        if rows > MAX_ROWS:
            raise _too_many_rows()
        # Elements that are no cells cost as much. Pivot caches are full of them and never read.
        is_odd = part_tags > MAX_OTHER_TAGS + TAGS_PER_CELL * (part_rows + part_cells)
        is_read = not part.filename.startswith("xl/pivotCache/")
        if cells > MAX_CELLS or tags > MAX_TAGS or (is_odd and is_read):
            raise _too_many_cells()


def _weigh(data: bytes) -> tuple[int, int, int]:
    """How many rows, cells (or shared strings) and tags of any kind a part of a workbook has."""

    def count(name: bytes) -> int:
        ends = (b" ", b">", b"/")
        plain = sum(data.count(b"<" + name + end) for end in ends)
        # With a namespace prefix (<x:row>...</x:row>) the closing tag is counted, too.
        return plain + sum(data.count(b":" + name + end) for end in ends) // 2

    return count(b"row"), count(b"c") + count(b"si"), data.count(b"<")


def _sheets(content: bytes) -> list[Sheet]:
    if not openpyxl.DEFUSEDXML:
        # A mistake of the installation, not of the file, but nothing may be read without it.
        raise TableError("Workbooks cannot be read: defusedxml is not installed or switched off.")
    workbook = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    try:
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise TableError("All sheets of the workbook are hidden. Show the one to be read.")
        budget = _Budget()
        return [Sheet(sheet.title, list(_workbook_rows(sheet, budget)), "") for sheet in visible]
    finally:
        workbook.close()


def _workbook_rows(sheet: Any, budget: _Budget) -> Iterator[Row]:
    sheet.reset_dimensions()
    for line, raw in enumerate(sheet.iter_rows(), start=1):
        if line > MAX_LINES:
            raise _too_many_rows()
        budget.spend_cells(len(raw))
        cells = [_cell(cell) for cell in raw]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            row = tuple(cells)
            budget.spend_row(line, row)
            yield Row(line, row)


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    convert = _CONVERSIONS.get(type(value))
    if convert is not None:
        return convert(value)
    if isinstance(value, int | float):
        return Number(_number_text(value), _is_percentage(cell.number_format))
    return str(value)


def _moment(value: datetime.datetime) -> Cell:
    """Midnight is how workbooks store dates; any other time is kept, and refused as a date."""
    return value.date() if value.time() == datetime.time() else value.isoformat()


_CONVERSIONS: dict[type, Callable[[Any], Cell]] = {
    str: lambda value: value.strip() or None,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime.datetime: _moment,
    datetime.date: lambda value: value,
    datetime.time: lambda value: value.isoformat(),
}


def _number_text(value: float) -> str:
    """The shortest decimal text that is this float: 0.1 and not 0.1000000000000000055."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@functools.lru_cache(maxsize=1000)
def _is_percentage(number_format: str) -> bool:
    """A % in quotes or after a backslash is only shown, and scales nothing."""
    return "%" in re.sub(r'"[^"]*"|\\.|_.|\*.', "", number_format)
