"""Hostile and broken files through the commands: exit 1, a clear message, nothing written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from people.models import RememberedMapping, Site
from people.tabular import reading
from tests.people.test_imports import import_file
from tests.people.test_tabular import SHEET, repacked, sheet_xml, with_sheet, workbook

pytestmark = pytest.mark.django_db

HEADER = "code,name,time_zone,country,subdivision,working_days\n"
GOOD = "HQ,Head office,Europe/London,GB,ENG,Mon-Fri\n"
KINDS = ("sites", "departments", "employees", "leaves", "targets", "results", "payments")


def entities() -> bytes:
    """A billion laughs in the sheet of a workbook."""
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<!DOCTYPE x [<!ENTITY l0 "lol">' + laughs + b"]>"
    return repacked({SHEET: sheet_xml(b"<row><c><v>&l9;</v></c></row>", before=doctype)})


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a zip bomb": ("f.xlsx", lambda: with_sheet(b" " * 70_000_000), "64 MB"),
    "entities": ("f.xlsx", entities, "entities"),
    "10,000 columns": ("f.csv", lambda: HEADER.encode() + b"a," * 10_000, "at most 500"),
    "10,000 columns in a workbook": (
        "f.xlsx",
        lambda: with_sheet(b"<row>" + b"<c><v>1</v></c>" * 10_000 + b"</row>"),
        "at most 500",
    ),
    "a million rows": (
        "f.csv", lambda: HEADER.encode() + GOOD.encode() * 1_000_000, "larger than 32 MB",
    ),
    "a million short rows": (
        "f.csv", lambda: b"code,name\n" + b"1,a\n" * 1_000_000, "too many rows",
    ),
    "a million rows in a workbook": (
        "f.xlsx", lambda: with_sheet(b"<row><c><v>1</v></c></row>" * 1_000_000), "too many rows",
    ),
    "over 32 MB": ("f.csv", lambda: b"a" * (reading.MAX_BYTES + 1), "larger than 32 MB"),
    "an empty file": ("f.csv", lambda: b"", "is empty"),
    "an empty workbook": ("f.xlsx", lambda: workbook([]), "is empty"),
    "binary": ("f.csv", lambda: bytes(range(256)) * 50, "not a text file"),
    "a picture": ("f.csv", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a picture"),
    "half a workbook": ("f.xlsx", lambda: workbook([["code"]])[:900], "damaged"),
    "a password": (
        "f.xlsx", lambda: reading._OLE + "EncryptedPackage".encode("utf-16-le"), "password",
    ),
    "damaged UTF-8": (
        "f.csv", lambda: (HEADER + "A,Käße\nB,Größe\n").encode() + b"C,M\xfc;\n", "UTF-8",
    ),
    "an open quotation mark": (
        "f.csv", lambda: (HEADER + 'HQ,"Head\n' + GOOD).encode(), "never closed",
    ),
    "no header": ("f.csv", lambda: b"1,2,3\n4,5,6\n", "no header line found"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_a_clear_message_and_nothing_is_written(system, tmp_path, what):
    filename, content, words = BAD[what]
    path: Path = tmp_path / filename
    path.write_bytes(content())
    code, report = import_file("sites", path)
    assert (code, report["created"]) == (1, 0)
    [error] = report["errors"]
    assert words in error["message"]
    assert len(error["message"]) < 300
    assert not Site.objects.exists()
    assert not RememberedMapping.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["an empty file", "entities", "10,000 columns", "no header"])
def test_every_import_refuses_it(system, tmp_path, kind, what):
    filename, content, words = BAD[what]
    path = tmp_path / filename
    path.write_bytes(content())
    code, report = import_file(kind, path)
    assert (code, report["created"]) == (1, 0)
    assert words in report["errors"][0]["message"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_a_header_alone_imports_nothing_and_is_no_error(system, tmp_path, kind):
    headers = {
        "sites": HEADER, "departments": "code,name,parent,site\n",
        "employees": "number,name,department,hired_on\n",
        "leaves": "number,kind,from,until\n",
        "targets": "department,metric,unit,direction,decimals,value,effective_from\n",
        "results": "date,department,metric,value\n",
        "payments": "number,amount,paid_on\n",
    }  # fmt: skip
    path = tmp_path / "f.csv"
    path.write_text(headers[kind])
    code, report = import_file(kind, path)
    assert (code, report["rows"], report["created"], report["errors"]) == (0, 0, 0, [])


def test_the_place_of_a_broken_line_is_named(system, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(HEADER + GOOD.replace("ENG", "E" * 10_001) + GOOD)
    [error] = import_file("sites", path)[1]["errors"]
    assert (error["line"], error["column"]) == (2, "E")


def test_a_wide_workbook_of_500_departments_is_mapped_with_few_questions(
    system, tmp_path, django_assert_max_num_queries
):
    """Headers are looked up in one table and not asked for one by one."""
    book = workbook([["Date", *(f"D{n}" for n in range(499))], *([["x"] + [1] * 499] * 9)])
    path = tmp_path / "wide.xlsx"
    path.write_bytes(book)
    with django_assert_max_num_queries(20):
        code, _report = import_file("results", path)
    assert code == 1
