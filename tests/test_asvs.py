"""docs/security/asvs.csv lists every requirement of ASVS 5.0's levels 1 and 2 and says the truth
about where in this repository it is met."""

import ast
import csv
import functools
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "security" / "asvs.csv"
README = ROOT / "docs" / "security" / "README.md"
STATUSES = ("met", "partly", "not met", "not applicable")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = read(KEPT)


def named(row: dict[str, str]) -> str:
    return row["id"]


@functools.cache
def names_of_tests(path: str) -> frozenset[str]:
    """Names of the tests of a file, found by reading it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_requirement_is_listed_once_with_its_level():
    levels = read(ROOT / "tests" / "files" / "asvs" / "levels.csv")
    assert len(levels) == 253
    assert [(row["id"], row["level"]) for row in ROWS] == [
        (row["id"], row["level"]) for row in levels
    ]


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_each_says_how_it_stands_and_why(row):
    assert row["status"] in STATUSES
    if row["status"] == "met":
        assert row["where"]
    else:
        assert row["note"]
    if row["status"] in ("not met", "not applicable"):
        assert not row["where"]
        assert not row["test"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["where"]], ids=named)
def test_where_it_is_met_exists(row):
    """`path`, or `path:text` with a text that stands in that file; several by a semicolon."""
    for place in row["where"].split(";"):
        path, _colon, text = place.partition(":")
        assert (ROOT / path).exists(), place
        if text:
            assert text in (ROOT / path).read_text(encoding="utf-8"), place


@pytest.mark.parametrize("row", [row for row in ROWS if row["test"]], ids=named)
def test_the_test_that_shows_it_exists(row):
    path, _colons, name = row["test"].partition("::")
    assert (ROOT / path).is_file()
    assert name in names_of_tests(path)


def test_the_counts_are_told_as_they_are():
    counts = Counter(row["status"] for row in ROWS)
    told = README.read_text(encoding="utf-8")
    for status in STATUSES:
        assert f"| {status} | {counts[status]} |" in told


def test_no_level_1_requirement_of_signing_in_sessions_and_rights_is_open():
    chapters = ("V1.", "V2.", "V5.", "V6.", "V7.", "V8.", "V16.")
    assert [
        row["id"]
        for row in ROWS
        if row["level"] == "1" and row["id"].startswith(chapters)
        if row["status"] in ("partly", "not met")
    ] == []
