"""Every file people send is read right or refused with a message; never guessed."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.tabular import (
    BLANKS,
    Cell,
    DateOrder,
    Number,
    Row,
    Sheet,
    TableError,
    date_order,
    decimal_comma,
    normalise,
    parse_date,
    parse_number,
    parse_text,
    read_sheets,
    reading,
)

FILES = Path(__file__).parents[1] / "files" / "daily-messy"
HEADERS = """
date unit dept scheduled cancelled datum kürzel abteilung ausfälle 日期 部门代码 部门 取消数 准点率
value name wert
"""
WORDS = frozenset(map(normalise, HEADERS.split())) | {"report date", "pünktlichkeit in %"}
D = datetime.date


def read(content: bytes, filename: str = "figures.csv", **options: Any) -> list[Sheet]:
    return read_sheets(content, filename=filename, known_words=WORDS, **options)


def rows(content: bytes, **options: Any) -> list[tuple[Cell, ...]]:
    (sheet,) = read(content, **options)
    return [row.cells for row in sheet.rows]


def refusal(content: bytes, filename: str = "figures.csv", **options: Any) -> TableError:
    with pytest.raises(TableError) as caught:
        read(content, filename, **options)
    return caught.value


# --- The nine real files ----------------------------------------------------------------------


@functools.cache
def canonical() -> dict[tuple[D, str], tuple[Decimal | None, ...]]:
    with (FILES / "expected-canonical.csv").open(encoding="utf-8", newline="") as file:
        return {
            (D.fromisoformat(row["date"]), row["unit"]): tuple(
                Decimal(row[name]) if row[name] else None
                for name in ("scheduled", "cancelled", "on_time_pct", "mean_dep_delay_min")
            )
            for row in csv.DictReader(file)
        }


LONG_FILES = {  # name: (header line, data rows, delimiter)
    "gbk-chinese-headers.csv": (1, 1326, ","),
    "gb18030-tab.txt": (1, 1326, "\t"),
    "semicolon-decimal-comma-cp1252.csv": (1, 1326, ";"),
    "utf8-bom-us-dates-totals.csv": (3, 1326 + 90, ","),
    "utf16-tab-duplicate-rows.txt": (1, 1340, "\t"),
    "latin1-cr-only.csv": (1, 1326, ","),
    "chinese-mixed-dates.xlsx": (2, 1326, ""),
    "chinese-1904-epoch.xlsx": (2, 1326, ""),
}


def number(cell: Cell, comma: bool, percent: bool = False) -> Decimal | None:
    found = parse_number(cell, decimal_comma=comma, percent_unit=percent)
    if found is None:
        return None
    value, from_float = found
    if from_float:
        # As rules.md, 3: the files have 69.70% as 0.6970000000000001.
        assert abs(value - round(value, 2)) < Decimal("1e-9")
        return round(value, 2)
    return value


@pytest.mark.parametrize("name", LONG_FILES)
def test_a_real_file_has_exactly_the_expected_figures(name: str) -> None:
    header_line, count, delimiter = LONG_FILES[name]
    (sheet,) = read((FILES / name).read_bytes(), name)
    assert sheet.delimiter == delimiter
    header = next(row for row in sheet.rows if row.line == header_line)
    assert len({normalise(parse_text(cell)) for cell in header.cells} & WORDS) >= 2
    data = [row for row in sheet.rows if row.line > header_line]
    assert len(data) == count
    assert [row.line for row in data] == list(range(header_line + 1, header_line + 1 + count))
    columns = list(zip(*(row.cells for row in data if len(row.cells) == 7), strict=True))
    order = date_order(columns[0])
    commas = [decimal_comma(column, delimiter=delimiter) for column in columns]
    found = {}
    for row in data:
        cells = row.cells + (None,) * (7 - len(row.cells))
        key = parse_date(cells[0], order=order), parse_text(cells[1]).upper()
        values = (number(cells[i], commas[i], percent=i == 5) for i in range(3, 7))
        found[key] = tuple(values)
    totals = found.keys() - canonical().keys()
    assert len(totals) == (90 if "totals" in name else 0)
    assert {unit for _, unit in totals} <= {"TOTAL", ""}
    assert {key: value for key, value in found.items() if key not in totals} == canonical()


def test_the_wide_workbook_has_both_sheets_and_its_gaps() -> None:
    sheets = read((FILES / "wide-two-sheets.xlsx").read_bytes(), "wide-two-sheets.xlsx")
    assert [sheet.name for sheet in sheets] == ["On-time %", "Avg delay"]
    expected = canonical()
    for sheet, index in zip(sheets, (2, 3), strict=True):
        units = [parse_text(cell) for cell in sheet.rows[0].cells]
        assert len(sheet.rows) == 91
        for row in sheet.rows[1:]:
            for unit, cell in list(zip(units, row.cells, strict=False))[1:]:
                values = expected.get((parse_date(row.cells[0]), unit))
                assert number(cell, comma=False) == (values and values[index])


# --- Encodings --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_in_every_usual_encoding(encoding: str) -> None:
    text = "日期,部门\n2013年1月5日,客服部\n"
    assert rows(text.encode(encoding)) == [("日期", "部门"), ("2013年1月5日", "客服部")]


def test_utf16_big_endian() -> None:
    content = b"\xfe\xff" + "Date\tÜ\n".encode("utf-16-be")
    assert rows(content) == [("Date", "Ü")]


def test_western_headers_win_over_the_chinese_reading() -> None:
    text = "Datum;Kürzel\n1.1.2013;Müller\n"
    assert rows(text.encode("cp1252"))[1] == ("1.1.2013", "Müller")


def test_ambiguous_encoding_is_refused_and_can_be_named() -> None:
    content = "date,name\n2013-01-05,Müller\n".encode("cp1252")
    error = refusal(content)
    assert "--encoding gb18030" in error.message
    assert "--encoding cp1252" in error.message
    assert rows(content, encoding="cp1252")[1][1] == "Müller"
    assert rows(content, encoding="latin-1")[1][1] == "Müller"
    assert rows(content, encoding="gbk")[1][1] != "Müller"


def test_a_byte_order_mark_outranks_the_named_encoding() -> None:
    assert rows("date,ü\n".encode("utf-8-sig"), encoding="cp1252") == [("date", "ü")]


def test_unknown_encoding() -> None:
    assert "not known" in refusal(b"date\n", encoding="klingon").message
    assert "not known" in refusal(b"date\n", encoding="rot13").message


def test_undecodable_names_the_line() -> None:
    assert refusal(b"date,name\r\n1,a\r\n2,\x81\x00".replace(b"\x00", b"\x20")).line == 3
    assert refusal(b"date\rb\r\xff", encoding="utf-8").line == 3
    assert refusal(b"\xef\xbb\xbfdate\nb\xff").line == 2
    assert refusal(b"\xff\xfed\x00\n\x00\x00\xd8a\x00").line == 2


def test_damaged_utf8_is_not_taken_for_western() -> None:
    error = refusal("date,name\n1,Käße\n2,Größe\n".encode() + b"3,M\xfc;\n")
    assert error.line == 4
    assert "UTF-8" in error.message


def test_binary_is_refused() -> None:
    assert "not a text file" in refusal(b"date\x00\x01\x02").message
    assert "UTF-16" in refusal("date\n".encode("utf-16-le")).message
    assert "not a text file" in refusal("\ufeffa\0b".encode()).message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (reading._OLE + b"rest", "old format .xls"),
        (reading._OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<html><table>", "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "web page or XML"),
    ],
)
def test_other_formats_by_their_first_bytes(content: bytes, words: str) -> None:
    assert words in refusal(content, "figures.xls").message


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \n", b",,,\n,,\n"])
def test_empty(content: bytes) -> None:
    assert "empty" in refusal(content).message


# --- Text files -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_and_line_numbers(end: str) -> None:
    content = end.join(["date,name", "", '1,"a', 'b"', ",,", "2,c"]).encode()
    (sheet,) = read(content)
    assert sheet.rows == [
        Row(1, ("date", "name")),
        Row(3, ("1", f"a{end}b")),
        Row(6, ("2", "c")),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    (sheet,) = read(f"Printed\ndate{delimiter}value\n1{delimiter}2\n".encode())
    assert sheet.delimiter == delimiter
    assert sheet.rows[1].cells == ("date", "value")


def test_delimiter_by_consistency_when_no_header_is_known() -> None:
    (sheet,) = read(b"a;b;c\n1,5;2,5;3\n1,5;2;3,5\n")
    assert sheet.delimiter == ";"


def test_known_words_outrank_consistency() -> None:
    (sheet,) = read(b"date;value\n1;2,5\n2;3,5\n3,1;4,5\n")
    assert sheet.delimiter == ";"


def test_excels_own_hint() -> None:
    (sheet,) = read(b"sep=;\r\ndate;value\r\n1;2,5\r\n")
    assert (sheet.delimiter, sheet.rows[0]) == (";", Row(2, ("date", "value")))


def test_one_column() -> None:
    assert rows(b"date\n2013-01-05") == [("date",), ("2013-01-05",)]


def test_cells_are_trimmed_and_empty_ones_none() -> None:
    content = 'date , "a, b",\u00a0,x\u00a0\n'.encode()
    assert rows(content) == [("date", "a, b", None, "x")]


def test_only_real_line_ends_end_a_line() -> None:
    assert rows("date,a\u2028b\x0bc\x85d\n".encode()) == [("date", "a\u2028b\x0bc\x85d")]


def test_quotation_marks() -> None:
    error = refusal(b'date,name\n1,a\n2,"b\n3,c\n')
    assert error.line == 3
    assert "never closed" in error.message
    assert refusal(b'date,name\n1,"a"b\n').line == 2
    endless = b'date,name\n1,"' + b"a\n" * 100_000
    assert refusal(endless).line == 2


# --- Limits -----------------------------------------------------------------------------------


def test_too_large() -> None:
    assert "32 MB" in refusal(b"a" * (reading.MAX_BYTES + 1)).message


def test_too_many_rows() -> None:
    assert "250,000" in refusal(b"date,name\n" + b"1,a\n" * 250_000).message
    assert "too many rows" in refusal(b"date\n" + b"\n" * 1_100_000 + b"a").message


def test_too_many_columns() -> None:
    error = refusal(b"date\n" + b"a," * 10_000)
    assert error.line == 2
    assert "500" in error.message


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CELLS", 5)
    assert "too many cells" in refusal(b"date,name\n1,2\n3,4\n").message
    assert "too many cells" in refusal(workbook([[1, 2, 3], [4, 5, 6]])).message


def test_a_cell_too_long() -> None:
    error = refusal(b"date,name\n1," + b"a" * 10_001)
    assert (error.line, error.column) == (2, "B")
    assert str(error).startswith("Line 2, column B: ")
    assert refusal(workbook([["date"], [None, "a" * 10_001]])).column == "B"
    assert rows(b"date,name\n1," + b"a" * 10_000)
    assert refusal(b"date\n" + b"a" * 6_000_000).line == 2


def test_column_letters() -> None:
    assert [reading._letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# --- Workbooks --------------------------------------------------------------------------------


def workbook(data: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for line in data:
        book.active.append(line)
    if change:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(parts: dict[str, bytes | None], content: bytes | None = None) -> bytes:
    """A workbook with some of its parts replaced, added or (None) left out."""
    source = zipfile.ZipFile(io.BytesIO(content or workbook([[1]])))
    everything = {name: source.read(name) for name in source.namelist()} | parts
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in everything.items():
            if data is not None:
                target.writestr(name, data)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet_xml(body: bytes, before: bytes = b"", dimension: bytes = b"") -> bytes:
    data = b"<sheetData>" + body + b"</sheetData>"
    return before + b'<worksheet xmlns="' + NAMESPACE + b'">' + dimension + data + b"</worksheet>"


def with_sheet(body: bytes, **options: bytes) -> bytes:
    return repacked({SHEET: sheet_xml(body, **options)})


def test_what_cells_become() -> None:
    noon = datetime.datetime(2013, 1, 5, 12, 30)
    line = [D(2013, 1, 5), noon, 0.1, 7, True, " a\u00a0", "#N/A", "  ", datetime.time(8, 0), 1e-7]
    line += [datetime.timedelta(hours=30)]
    assert rows(workbook([["date"], line]))[1] == (
        D(2013, 1, 5),
        "2013-01-05T12:30:00",
        Number("0.1", False),
        Number("7", False),
        "TRUE",
        "a",
        "#N/A",
        None,
        "08:00:00",
        Number("0.0000001", False),
        "1 day, 6:00:00",
    )


def test_percent_formats() -> None:
    def formats(book: Any) -> None:
        for column, text in zip("ABCDE", ["0%", "0.00%", '0"%"', r"0\%", "0.00"], strict=True):
            book.active[f"{column}1"].number_format = text

    (cells,) = rows(workbook([[0.7143] * 5], formats))
    assert cells == tuple(
        Number("0.7143", percent) for percent in (True, True, False, False, False)
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_is_the_same_float_without_exponent(value: float) -> None:
    text = reading._number_text(value)
    assert float(text) == value
    assert set(text) <= set("-.0123456789")
    assert not text.endswith(".0")


def test_blank_rows_and_gaps_count() -> None:
    (sheet,) = read(workbook([["date"], [], [None, None], ["a", None, "b", None]]))
    assert sheet.rows == [Row(1, ("date",)), Row(4, ("a", None, "b"))]
    body = b'<row r="3"><c r="C3"><v>1</v></c></row><row r="9"><c r="A9"><v>2</v></c></row>'
    (sheet,) = read(with_sheet(body))
    assert sheet.rows == [Row(3, (None, None, Number("1", False))), Row(9, (Number("2", False),))]


@pytest.mark.parametrize("dimension", [b"", b'<dimension ref="A1"/>', b'<dimension ref="A1:B9"/>'])
def test_lying_dimensions(dimension: bytes) -> None:
    body = b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    found = rows(with_sheet(body, dimension=dimension))
    assert found == [(Number("1", False), Number("2", False)), (Number("3", False),)]


def test_hidden_and_empty_sheets_are_left_out() -> None:
    def change(book: Any) -> None:
        for state in ("hidden", "veryHidden", "visible"):
            book.create_sheet(state).sheet_state = state
            book[state]["A1"] = None if state == "visible" else "secret"

    assert [sheet.name for sheet in read(workbook([["date"]], change))] == ["Sheet"]


def test_formulas_give_what_was_stored() -> None:
    assert rows(workbook([["date", "=1+1", "x"]])) == [("date", None, "x")]
    body = b"<row><c><f>1+1</f><v>2</v></c><c t='e'><v>#DIV/0!</v></c></row>"
    assert rows(with_sheet(body)) == [(Number("2", False), "#DIV/0!")]


def test_both_epochs() -> None:
    def change(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    for content in (workbook([[D(2013, 1, 5)]]), workbook([[D(2013, 1, 5)]], change)):
        assert rows(content) == [(D(2013, 1, 5),)]


def test_empty_workbook() -> None:
    assert "empty" in refusal(workbook([])).message


@pytest.mark.parametrize("dimension", [b"", b'<dimension ref="A1:A2"/>'])
def test_a_million_rows(dimension: bytes) -> None:
    content = with_sheet(b"<row><c><v>1</v></c></row>" * 1_000_000, dimension=dimension)
    assert "too many rows" in refusal(content).message


def test_a_million_rows_under_another_prefix() -> None:
    xml = sheet_xml(b"<row><c><v>1</v></c></row>" * 300_000)
    xml = xml.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
    content = repacked({SHEET: xml.replace(b"xmlns=", b"xmlns:x=")})
    assert "too many rows" in refusal(content).message


def test_a_row_far_below() -> None:
    assert (
        "too many rows" in refusal(with_sheet(b'<row r="2000000000"><c><v>1</v></c></row>')).message
    )


def test_a_workbook_with_too_many_columns() -> None:
    error = refusal(with_sheet(b"<row>" + b"<c><v>1</v></c>" * 10_000 + b"</row>"))
    assert error.line == 1
    assert "500" in error.message


def test_far_cells_cannot_fill_the_memory() -> None:
    content = with_sheet(b'<row><c r="XFD1"><v>1</v></c></row>')
    assert "500" in refusal(content).message
    content = with_sheet(b'<row><c r="XFD1"><v></v></c></row>' * 1000)
    assert "too many cells" in refusal(content).message


def test_bombs() -> None:
    assert "64 MB" in refusal(with_sheet(b" " * 70_000_000)).message
    assert "too many cells" in refusal(with_sheet(b"<a/>" * 1_000_000)).message
    strings = b"<sst>" + b"<si/>" * 2_100_000 + b"</sst>"
    assert "too many cells" in refusal(repacked({"xl/sharedStrings.xml": strings})).message
    styles = b"<xf/>" * 1_000_000
    assert "styles" in refusal(repacked({"xl/styles.xml": styles})).message


def test_an_archive_that_lies_about_its_size() -> None:
    content = with_sheet(b" " * 1_000_000)
    info = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET)
    lie = content.replace(info.file_size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert "damaged" in refusal(lie).message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_entities(encoding: str) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "1">]>'
    xml = sheet_xml(b"<row><c><v>&a;</v></c></row>", before=doctype)
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    content = repacked({SHEET: mark + xml.decode().encode(encoding)})
    assert "entities" in refusal(content).message


def test_openpyxl_itself_refuses_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second line of defence: defusedxml is in force even if the first were missing."""
    assert openpyxl.DEFUSEDXML
    monkeypatch.setattr(reading, "_DOCTYPES", ())
    doctype = b'<!DOCTYPE x [<!ENTITY a "1">]>'
    content = with_sheet(b"<row><c><v>&a;</v></c></row>", before=doctype)
    error = refusal(content)
    assert "damaged" in error.message
    assert error.__cause__ is not None
    assert type(error.__cause__.__cause__).__name__ == "EntitiesForbidden"
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
    assert "defusedxml" in refusal(workbook([[1]])).message


def test_encrypted_and_foreign_archives() -> None:
    content = bytearray(workbook([[1]]))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(bytes(content)).message
    assert "not an Excel" in refusal(repacked({"[Content_Types].xml": None})).message
    assert "not an Excel" in refusal(repacked({"[Content_Types].xml": b"<Types/>"})).message
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("figures.csv", "date")
    assert "not an Excel" in refusal(buffer.getvalue(), "figures.zip").message
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", "x")
    assert "not an Excel" in refusal(buffer.getvalue()).message


def test_damaged_workbooks() -> None:
    content = workbook([["date"]])
    assert "damaged" in refusal(content[: len(content) // 2]).message
    assert "damaged" in refusal(repacked({SHEET: b"<worksheet"})).message
    assert "damaged" in refusal(repacked({"xl/workbook.xml": None})).message
    assert "damaged" in refusal(with_sheet(b"<row><c t='s'><v>99</v></c></row>")).message
    assert "damaged" in refusal(with_sheet(b"<row><c s='99'><v>1</v></c></row>")).message


# --- Words ------------------------------------------------------------------------------------


def test_normalise() -> None:
    assert normalise(" ＤＡＴＥ\u00a0\u3000 of\tDay ") == "date of day"
    assert normalise("STRASSE") == normalise("straße")
    assert normalise("（分钟）％") == "(分钟)%"


@given(st.text())
def test_normalise_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_parse_text() -> None:
    assert parse_text(None) == ""
    assert parse_text(Number("7.5", True)) == "7.5"
    assert parse_text(D(2013, 1, 5)) == "2013-01-05"
    assert parse_text("\u00a0u\u0308 b\u3000") == "ü b"


# --- Dates ------------------------------------------------------------------------------------

FIFTH = D(2013, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        *("2013-01-05", "2013/1/5", "2013.1.5", "2013年1月5日", "2013 年 1 月 5 日", "20130105"),
        *("05.01.2013", "5.1.13", "5. 1. 2013", "01-Jan-13".replace("01", "05"), "5 Jan 2013"),
        *("Jan 5, 2013", "January 5 2013", "5. Januar 2013", "5 JÄNNER 2013", "5-jan-2013"),
        *("2013-01-05 00:00", "2013-01-05 00:00:00", "2013-01-05T00:00:00", "\u00a02013-01-05 "),
        *("5 Jan 2013 12:00:00 AM", "05.01.2013 0:00:00", "2013-01-05 00:00:00.000"),
    ],
)
def test_dates(text: str) -> None:
    assert parse_date(text) == FIFTH


def test_date_cells() -> None:
    assert parse_date(FIFTH) == FIFTH
    assert parse_date(datetime.datetime(2013, 1, 5)) == FIFTH
    with pytest.raises(ValueError, match="time of day"):
        parse_date(datetime.datetime(2013, 1, 5, 8))


@pytest.mark.parametrize("text", ["1. März 2013", "1 mar 13", "Mrz 1, 2013", "1 MA\u0308RZ 2013"])
def test_german_months(text: str) -> None:
    assert parse_date(text) == D(2013, 3, 1)


@pytest.mark.parametrize("text", ["1/5/2013", "01-05-2013", "1/5/13", "1/5/2013 12:00:00 AM"])
def test_dates_by_order(text: str) -> None:
    assert parse_date(text, order=DateOrder.DMY) == D(2013, 5, 1)
    assert parse_date(text, order=DateOrder.MDY) == D(2013, 1, 5)
    with pytest.raises(ValueError, match="--date-order"):
        parse_date(text)


def test_dates_that_need_no_order() -> None:
    assert parse_date("25/12/2013") == parse_date("12-25-13") == D(2013, 12, 25)
    assert parse_date("5/5/2013") == D(2013, 5, 5)


@pytest.mark.parametrize(("text", "year"), [("1.1.00", 2000), ("1.1.69", 2069), ("1.1.70", 1970)])
def test_years_with_two_digits(text: str, year: int) -> None:
    assert parse_date(text).year == year


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2013-02-29", "no such day"),
        ("31.04.2013", "no such day"),
        ("1899-12-31", "between 1900 and 2200"),
        ("2201-01-01", "between 1900 and 2200"),
        (D(1899, 12, 31), "between 1900 and 2200"),
        ("２０１３-01-05", "other digits"),
        ("2013-01-05 08:00", "time of day"),
        ("2013-01-05T12:30:00", "time of day"),
        ("2013-01-05 12:00:00", "time of day"),
        ("5 Foo 2013", "name of a month"),
        ("2013-1/5", "not a date"),
        ("2013-13-01", "no such day"),
        ("130105", "not a date"),
        ("TOTAL", "not a date"),
        ("x" * 9_999, "not a date"),
        (Number("41279", False), "Format the cell as a date"),
        (None, "missing"),
        ("n/a", "missing"),
    ],
)
def test_no_dates(cell: Cell, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_date(cell)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], None),
        (["2013-01-05", "5.1.2013", D(2013, 1, 5), None, "TOTAL", "5/5/2013"], None),
        (["1/5/2013", "13/5/2013"], DateOrder.DMY),
        (["1/5/2013", "5-13-2013 00:00"], DateOrder.MDY),
        (["32/5/2013", "5/5/2013"], None),
        (["13-05-13", "14-05-13"], DateOrder.DMY),
    ],
)
def test_date_order(cells: list[Cell], order: DateOrder | None) -> None:
    assert date_order(cells) is order


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1/5/2013", "2/5/2013"], "not clear"),
        (["13/5/2013", "5/13/2013"], "contradict"),
    ],
)
def test_date_order_is_refused(cells: list[Cell], words: str) -> None:
    with pytest.raises(TableError, match=words) as caught:
        date_order(cells)
    assert "--date-order dmy" in caught.value.message
    assert "--date-order mdy" in caught.value.message


def test_a_short_year_in_front_is_refused() -> None:
    with pytest.raises(TableError, match="four digits"):
        date_order(["13-01-05", "13-01-06", "13-01-07"])


DATE_FORMS: list[Callable[[D], str]] = [
    D.isoformat,
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}{day.month:02}{day.day:02}",
    lambda day: f"{day.day:02}.{day.month:02}.{day.year}",
    lambda day: f"{day.day}/{day.month}/{day.year}",
    lambda day: f"{day.isoformat()} 00:00:00",
]


@given(st.dates(D(1900, 1, 1), D(2200, 12, 31)), st.sampled_from(DATE_FORMS))
def test_dates_round_trip(day: D, form: Callable[[D], str]) -> None:
    assert parse_date(form(day), order=DateOrder.DMY) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_message(text: str) -> None:
    try:
        assert isinstance(parse_date(text), D)
    except ValueError as error:
        assert str(error)[-1] in ".)"


# --- Numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("71.43", "71.43"),
        ("-4", "-4"),
        ("\u22124.5", "-4.5"),
        ("0", "0"),
        ("007", "7"),
        ("100.00", "100"),
        ("\u00a05\u00a0", "5"),
        ("999999999999999999", "999999999999999999"),
        ("123456789012.1234567", "123456789012.1234567"),
    ],
)
def test_numbers(cell: str, value: str) -> None:
    assert parse_number(cell) == (Decimal(value), False)


@pytest.mark.parametrize("cell", [None, *sorted(BLANKS), "N/A", "K.A.", "\u00a0", "NULL"])
def test_blank_is_not_zero(cell: str | None) -> None:
    assert parse_number(cell) is None
    assert parse_number("0") == (Decimal(0), False)


@pytest.mark.parametrize("text", ["71.43%", "71.43\u00a0%", "71.43％", "71.43 ％"])
def test_percent_signs(text: str) -> None:
    assert parse_number(text, percent_unit=True) == (Decimal("71.43"), False)
    assert parse_number("71.43", percent_unit=True) == (Decimal("71.43"), False)
    with pytest.raises(ValueError, match="percent sign"):
        parse_number(text)


def test_workbook_numbers() -> None:
    assert parse_number(Number("0.7143", True), percent_unit=True) == (Decimal("71.43"), True)
    assert parse_number(Number("1", True), percent_unit=True) == (Decimal(100), True)
    assert parse_number(Number("0.7143", True)) == (Decimal("0.7143"), True)
    assert parse_number(Number("71.43", False), percent_unit=True) == (Decimal("71.43"), True)
    assert parse_number(Number("0.1", False), decimal_comma=True) == (Decimal("0.1"), True)
    tiny = reading._number_text(1 / 3)
    found = parse_number(Number(tiny, True), percent_unit=True)
    assert found == (Decimal(tiny) * 100, True)
    for text in ("1" + "0" * 18, "NaN", "-0", "1" * 301):
        with pytest.raises(ValueError, match=r"too many digits|not a number|minus zero"):
            parse_number(Number(text, False))
    with pytest.raises(ValueError, match="too many digits"):
        parse_number(Number("1" + "0" * 16, True), percent_unit=True)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("-0", "minus zero"),
        ("\u22120.00", "minus zero"),
        ("NaN", "counted with"),
        ("-Infinity", "counted with"),
        ("1e5", "exponent"),
        ("1.5E-3", "exponent"),
        ("1,000", "thousands"),
        ("1 000", "thousands"),
        ("1\u00a0000", "thousands"),
        ("1'000", "thousands"),
        ("1,000.5", "thousands"),
        ("71,43", "comma"),
        ("１２", "other digits"),
        ("٣", "other digits"),
        ("+5", "plus"),
        ("\u2212", "sign without"),
        ("%", "sign without"),
        ("--5", "not a number"),
        ("\u20135", "not a number"),
        ("5%%", "not a number"),
        (".5", "not a number"),
        ("5.", "not a number"),
        ("(5)", "not a number"),
        ("1_000", "thousands"),
        ("0x10", "not a number"),
        ("#DIV/0!", "error of the spreadsheet"),
        ("TRUE", "not a number"),
        ("1" + "0" * 18, "too many digits"),
        ("1.2345678901234567890", "too many digits"),
        ("9" * 9_999, "too many digits"),
        (D(2013, 1, 5), "is a date"),
    ],
)
def test_no_numbers(cell: Cell, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_number(cell, percent_unit=True)
    assert len(str(caught.value)) < 300


def test_decimal_comma_numbers() -> None:
    assert parse_number("71,43", decimal_comma=True) == (Decimal("71.43"), False)
    assert parse_number("-5", decimal_comma=True) == (Decimal(-5), False)
    for text in ("71.43", "1.000", "1.000,5", "1 000,5"):
        with pytest.raises(ValueError, match=r"point|thousands"):
            parse_number(text, decimal_comma=True)


@pytest.mark.parametrize(
    ("cells", "delimiter", "expected"),
    [
        ([], ";", False),
        (["5", "-", None, "a,b", Number("1.5", False), D(2013, 1, 5)], ";", False),
        (["71,43", "100"], ";", True),
        (["\u22124,5 %"], ",", True),
        (["1,000", "2,50"], ";", True),
        (["0,500"], ";", True),
        (["1234,500"], ";", True),
        (["71.43", "1,000"], ",", False),
        (["1.000"], ",", False),
        (["1.000", "2.5"], ";", False),
    ],
)
def test_decimal_comma(cells: list[Cell], delimiter: str, expected: bool) -> None:
    assert decimal_comma(cells, delimiter=delimiter) is expected


@pytest.mark.parametrize(
    ("text", "comma", "expected"),
    [
        ("2,292.00", False, "2292.00"), ("-39,759.74", False, "-39759.74"),
        ("1,234,567", False, "1234567"), ("1'234.50", False, "1234.50"), (".75", False, "0.75"),
        ("-.75", False, "-0.75"), ("2.292,00", True, "2292.00"), ("1\u00a0234,5", True, "1234.5"),
        ("115.80", False, "115.80"), ("1,000", False, "1000"),
    ],
)  # fmt: skip
def test_money_may_set_thousands_apart(text: str, comma: bool, expected: str) -> None:
    parsed = parse_number(text, decimal_comma=comma, as_money=True)
    assert parsed == (Decimal(expected), False)


@pytest.mark.parametrize(
    ("text", "comma"),
    [("2.292,00", False), ("2,292.00", True), ("12,50", False), ("1,00.00", False),
     ("1,0000", False), ("1.000.00", False), ("--.5", False), (".", False), ("1,2.5,8", False)],
)  # fmt: skip
def test_money_is_not_guessed(text: str, comma: bool) -> None:
    with pytest.raises(ValueError):
        parse_number(text, decimal_comma=comma, as_money=True)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2,292.00"], False),
        (["2.292,00"], True),
        (["2.292,00", "1.000"], False),
        (["1,234,567"], False),
        (["1.234.567"], True),
    ],
)
def test_a_number_with_both_marks_decides_a_column(cells: list[Cell], expected: bool) -> None:
    assert decimal_comma(cells, delimiter=",") is expected


@pytest.mark.parametrize(
    ("cells", "delimiter"), [(["1,000", "5"], ","), (["1,000", "22,500"], ";"), (["1.000"], ";")]
)
def test_a_comma_that_could_be_a_thousand(cells: list[Cell], delimiter: str) -> None:
    with pytest.raises(TableError, match="--decimal comma or --decimal point"):
        decimal_comma(cells, delimiter=delimiter)


@given(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(0, 7),
    st.booleans(),
    st.sampled_from(["-", "\u2212"]),
)
def test_decimals_round_trip(units: int, decimals: int, comma: bool, minus: str) -> None:
    value = Decimal(units).scaleb(-decimals)
    text = format(value, "f").replace("-", minus)
    if comma:
        text = text.replace(".", ",")
    assert parse_number(text, decimal_comma=comma) == (value, False)


@given(st.integers(-(10**12), 10**12), st.integers(0, 2))
def test_a_percentage_of_a_workbook_is_exact(units: int, decimals: int) -> None:
    value = Decimal(units).scaleb(-decimals)
    number = Number(reading._number_text(float(value / 100)), True)
    assert parse_number(number, percent_unit=True) == (value, True)


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_number_a_blank_or_a_message(text: str, comma: bool) -> None:
    try:
        found = parse_number(text, decimal_comma=comma, percent_unit=True)
    except ValueError as error:
        assert str(error).endswith(".")
    else:
        assert found is None or found[0].is_finite()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_message(content: bytes) -> None:
    for prefix in (b"", b"date,value\n", b"PK\x03\x04"):
        try:
            assert read(prefix + content)
        except TableError as error:
            assert error.message


def test_the_package_knows_no_django() -> None:
    for name in ("people.tabular", "people.tabular.cells", "people.tabular.reading"):
        source = Path(str(sys.modules[name].__file__)).read_text(encoding="utf-8")
        assert "import django" not in source
        assert "from django" not in source
