"""Files come in: find the header, map it to fields, check every row, then all or nothing.

What a kind of file means is an Importer's business; here is what all kinds share. Nothing is
written before every row is right; a dry run goes the same way and stops before writing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from django.db import transaction

from people.models import RememberedMapping, User
from people.tabular import (
    Cell,
    DateOrder,
    Row,
    Sheet,
    TableError,
    date_order,
    decimal_comma,
    normalise,
    parse_text,
    read_sheets,
)

IGNORE = "ignore"
HEADER_ROWS = 10
TOTALS = frozenset(
    normalise(word)
    for word in ("total", "totals", "sum", "subtotal", "grand total", "summe", "gesamt",
                 "insgesamt", "合计", "总计", "小计", "共计")
)  # fmt: skip
MOST_PROBLEMS = 200

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """What is wrong, where in the file, and what to do."""

    message: str
    line: int | None = None
    column: str | None = None

    def as_json(self) -> dict:
        return {"line": self.line, "column": self.column, "message": self.message}

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        where += [f"column “{self.column}”"] if self.column else []
        return f"{', '.join(where)}: {self.message}" if where else self.message


class ImportRefused(Exception):
    """Nothing was imported; `problems` says why, each with its place."""

    def __init__(self, problems: Iterable[Problem], report: "Report | None" = None):
        self.problems = list(problems)
        self.report = report
        super().__init__("; ".join(str(problem) for problem in self.problems[:3]))


@dataclass
class Options:
    """What the sender says about a file; empty means: work it out or ask."""

    map: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    as_of: date | None = None
    accept_implausible: str = ""
    currency: str = ""

    def as_json(self) -> dict:
        return {**vars(self), "as_of": str(self.as_of) if self.as_of else None}

    @classmethod
    def from_json(cls, value: dict) -> "Options":
        as_of = value.get("as_of")
        return cls(**{**value, "as_of": date.fromisoformat(as_of) if as_of else None})


@dataclass
class Report:
    """rows and skipped count file rows; created, updated and unchanged count what they are about.

    `workbook` is the sign by which a workbook's sheets are known the next time.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    mapping: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    sheet_mapping: dict[str, str] = field(default_factory=dict)
    workbook: str = ""
    notes: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    def as_json(self, errors: Iterable[Problem] = ()) -> dict:
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "errors": [problem.as_json() for problem in errors],
            "mapping": self.mapping,
            "unknown": self.unknown,
            "sheets": self.sheets,
            "sheet_mapping": self.sheet_mapping,
            "notes": self.notes,
            "changes": self.changes[:MOST_PROBLEMS],
        }


@dataclass
class Column:
    """One mapped column: its place, its header as written, what it means."""

    index: int
    header: str
    meaning: str
    decimal_comma: bool = False
    date_order: DateOrder | None = None


@dataclass
class MappedSheet:
    """A sheet whose header is understood; `rows` are the lines below it."""

    sheet: Sheet
    columns: list[Column]
    rows: list[Row]
    sheet_meaning: str = ""
    header_meanings: list[tuple[str, str | None]] = field(default_factory=list)

    def cell(self, row: Row, column: Column) -> Cell:
        return row.cells[column.index] if column.index < len(row.cells) else None

    def column(self, meaning: str) -> Column | None:
        return next((column for column in self.columns if column.meaning == meaning), None)

    def value(self, row: Row, meaning: str) -> Cell:
        column = self.column(meaning)
        return self.cell(row, column) if column else None

    def text(self, row: Row, meaning: str) -> str:
        return parse_text(self.value(row, meaning))


@dataclass(frozen=True)
class Sent:
    """A file as it was understood, who sends it, and whether only to see what would change."""

    sheets: list[MappedSheet]
    report: Report
    options: Options
    by: User
    filename: str
    dry_run: bool
    progress: Progress


class Importer(Protocol):
    """One kind of file. `plan` checks and, unless dry, writes; it raises ImportRefused.

    Where it `moves_money`, whoever applies a file by page shows the second factor again.
    """

    kind: str
    title: Any
    permission: str
    moves_money: bool
    aliases: dict[str, tuple[str, ...]]
    required: tuple[str, ...]

    def words(self, sheet_meaning: str) -> dict[str, str]: ...

    def meanings(self) -> list[str]: ...

    def known_words(self) -> set[str]: ...

    def plan(self, sent: Sent) -> None: ...


def plain(header: str) -> str:
    """A header as it is looked up: “Hire_Date” is “hire date”."""
    return normalise(header).replace("_", " ")


class ByAlias:
    """The usual way to understand a header: the field's name or one of its known other names."""

    moves_money = False
    aliases: dict[str, tuple[str, ...]] = {}

    def words(self, sheet_meaning: str) -> dict[str, str]:
        """What each known header means, by its plain form; the first meaning of a word counts."""
        known: dict[str, str] = {}
        for meaning, others in self.aliases.items():
            for word in (meaning, *others):
                known.setdefault(plain(word), meaning)
        return known

    def meanings(self) -> list[str]:
        """What a column can mean, for a list to choose from."""
        return list(self.aliases)

    def known_words(self) -> set[str]:
        words = {word for meaning, words in self.aliases.items() for word in (meaning, *words)}
        return {normalise(word) for word in words}


_IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    _IMPORTERS[importer.kind] = importer


def importer(kind: str) -> Importer:
    return _IMPORTERS[kind]


def importers() -> list[Importer]:
    return list(_IMPORTERS.values())


def no_progress(_done: int, _total: int) -> None:
    return None


def run_import(
    kind: str,
    content: bytes,
    *,
    filename: str,
    options: Options,
    by: User,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Report:
    """Import one file, or with `dry_run` say what would change. Raises ImportRefused."""
    chosen = importer(kind)
    report = Report()
    try:
        sheets = understand(chosen, content, filename, options, report)
        chosen.plan(Sent(sheets, report, options, by, filename, dry_run, progress))
    except TableError as error:
        raise ImportRefused([Problem(error.message, error.line, error.column)], report) from error
    except ImportRefused as refused:
        refused.report = report
        raise
    if not dry_run:
        _remember(chosen, sheets, report)
    return report


def understand(
    chosen: Importer, content: bytes, filename: str, options: Options, report: Report
) -> list[MappedSheet]:
    """The file's sheets with every column's meaning. Raises ImportRefused and TableError."""
    words = chosen.known_words() | {normalise(header) for header in options.map}
    sheets = read_sheets(content, filename=filename, known_words=words, encoding=options.encoding)
    report.sheets = [sheet.name for sheet in sheets if sheet.name]
    options = _with_real_meanings(chosen, options)
    _settle_sheets(chosen, sheets, options, report)
    mapped, problems = [], []
    for sheet in sheets:
        if report.sheet_mapping.get(sheet.name) == IGNORE:
            continue
        try:
            mapped.append(_mapped(chosen, sheet, options, report))
        except ImportRefused as refused:
            problems += refused.problems
    if problems:
        raise ImportRefused(problems)
    for each in mapped:
        for column in each.columns:
            report.mapping[column.header] = column.meaning
        report.rows += len(each.rows)
    return mapped


def _with_real_meanings(chosen: Importer, options: Options) -> Options:
    """The options with each given meaning spelled as it is known; one that is not is refused."""
    known = {normalise(meaning): meaning for meaning in (*chosen.meanings(), IGNORE)}
    problems = []

    def real(flag: str, given: dict[str, str]) -> dict[str, str]:
        for name, meaning in given.items():
            if normalise(meaning) not in known:
                choices = ", ".join(known.values())
                problems.append(Problem(f"{flag} '{name}={meaning}': write one of {choices}"))
        return {name: known.get(normalise(meaning), meaning) for name, meaning in given.items()}

    settled = replace(
        options, map=real("--map", options.map), sheets=real("--sheet", options.sheets)
    )
    if problems:
        raise ImportRefused(problems)
    return settled


def _settle_sheets(chosen: Importer, sheets: list[Sheet], options: Options, report: Report) -> None:
    """What each sheet is: as said now, or as said for the same workbook the last time."""
    if not report.sheets:
        return
    first_rows = [parse_text(cell) for sheet in sheets for cell in sheet.rows[0].cells]
    report.workbook = _signature(["sheets", *report.sheets, *first_rows])
    remembered = _remembered(chosen, [report.workbook]).get(report.workbook, {})
    settled = {name: options.sheets.get(name) or remembered.get(name) for name in report.sheets}
    report.sheet_mapping = {name: meaning for name, meaning in settled.items() if meaning}


def _mapped(chosen: Importer, sheet: Sheet, options: Options, report: Report) -> MappedSheet:
    sheet_meaning = report.sheet_mapping.get(sheet.name, "")
    header, found = _header(chosen, sheet, sheet_meaning, options)
    texts = [parse_text(cell) for cell in header.cells]
    report.unknown += [
        text for text, meaning in zip(texts, found, strict=True) if text and not meaning
    ]
    columns = _columns(chosen, sheet, header, texts, found, sheet_meaning)
    rows = [row for row in sheet.rows if row.line > header.line]
    meant = list(zip(texts, found, strict=True))
    mapped = MappedSheet(sheet, columns, rows, sheet_meaning, meant)
    for column in columns:
        _settle_forms(mapped, column, options)
    return mapped


def _header(
    chosen: Importer, sheet: Sheet, sheet_meaning: str, options: Options
) -> tuple[Row, list[str | None]]:
    """The header line and what its columns mean: as said now, as the last time, or by alias."""
    words = chosen.words(sheet_meaning)
    given = {plain(header): meaning for header, meaning in options.map.items()}
    candidates = [
        (row, [parse_text(cell) for cell in row.cells]) for row in sheet.rows[:HEADER_ROWS]
    ]
    remembered = _remembered(chosen, [_signature(texts) for _row, texts in candidates])

    def meanings(texts: list[str]) -> list[str | None]:
        last_time = remembered.get(_signature(texts), {})
        return [
            given.get(plain(text)) or last_time.get(normalise(text)) or words.get(plain(text))
            for text in texts
        ]

    tried = [(row, meanings(texts)) for row, texts in candidates]
    header, found = max(tried, key=lambda each: sum(1 for meaning in each[1] if meaning))
    if not any(found):
        raise ImportRefused(
            [Problem(f"no header line found; expected columns {', '.join(chosen.required)}")]
        )
    return header, found


def _columns(
    chosen: Importer,
    sheet: Sheet,
    header: Row,
    texts: list[str],
    found: list[str | None],
    sheet_meaning: str,
) -> list[Column]:
    found = _promote_names(texts, found)
    unknown = [text for text, meaning in zip(texts, found, strict=True) if text and not meaning]
    columns = [
        Column(index, text, meaning)
        for index, (text, meaning) in enumerate(zip(texts, found, strict=True))
        if text and meaning and meaning != IGNORE
    ]
    present = {column.meaning for column in columns}
    missing = [name for name in chosen.required if name not in present]
    problems = _mapping_problems(chosen, sheet, unknown, missing, header.line, columns)
    if problems:
        raise ImportRefused(problems)
    return columns


def _promote_names(texts: list[str], found: list[str | None]) -> list[str | None]:
    """“Abteilung” or “部门” is the department when no other column gives its code."""
    if "department" in found or "department_name" not in found:
        return found
    return ["department" if meaning == "department_name" else meaning for meaning in found]


def _mapping_problems(
    chosen: Importer,
    sheet: Sheet,
    unknown: list[str],
    missing: list[str],
    line: int,
    columns: list[Column],
) -> list[Problem]:
    choices = "|".join([*missing, *getattr(chosen, "further_meanings", ()), IGNORE])
    problems = [
        Problem(f"not known; say what it means: --map '{header}={choices}'", line, header)
        for header in unknown
    ]
    known = f" (understood: {', '.join(f'{c.header} = {c.meaning}' for c in columns)})"
    problems += [
        Problem(f"no column for {name}; name one with --map 'HEADER={name}'{known}", line)
        for name in missing
        if not unknown
    ]
    seen: dict[str, str] = {}
    for column in columns:
        if column.meaning in seen:
            problems.append(
                Problem(
                    f"means {column.meaning}, and so does “{seen[column.meaning]}”; settle it with"
                    f" --map '{column.header}={IGNORE}'",
                    line,
                    column.header,
                )
            )
        seen[column.meaning] = column.header
    return _with_sheet_hint(chosen, sheet, unknown, problems)


def _with_sheet_hint(
    chosen: Importer, sheet: Sheet, unknown: list[str], problems: list[Problem]
) -> list[Problem]:
    """Headers that are departments ask for one flag for the sheet and not for one each."""
    if not problems or not sheet.name or not getattr(chosen, "wide_sheets", False):
        return problems
    form = f"--sheet '{sheet.name}=metric:CODE'"
    departments = chosen.words("metric:CODE")
    if unknown and all(plain(header) in departments for header in unknown):
        return [Problem(f"sheet “{sheet.name}” has departments as columns; say its metric: {form}")]
    return [*problems, Problem(f"if sheet “{sheet.name}” is one metric: {form}")]


def _settle_forms(mapped: MappedSheet, column: Column, options: Options) -> None:
    """Decide once a column how its dates and numbers are written."""
    cells = [mapped.cell(row, column) for row in mapped.rows]
    of_figures = ":" in column.meaning or column.meaning in NUMBERS
    if not of_figures and column.meaning.endswith(("date", "_on", "_from", "_until")):
        given = options.date_order and DateOrder[options.date_order.upper()]
        try:
            column.date_order = given or date_order(cells)
        except TableError as error:
            raise TableError(error.message, line=error.line, column=column.header) from error
    elif of_figures:
        try:
            column.decimal_comma = (
                options.decimal == "comma"
                if options.decimal
                else decimal_comma(cells, delimiter=mapped.sheet.delimiter)
            )
        except TableError as error:
            raise TableError(error.message, line=error.line, column=column.header) from error


NUMBERS = (
    "value", "annual_salary", "fte", "plausible_min", "plausible_max", "amount", "amount_minor",
)  # fmt: skip


def _signature(headers: Iterable[str]) -> str:
    joined = "\n".join(normalise(header) for header in headers)
    return hashlib.sha256(joined.encode()).hexdigest()


def _remembered(chosen: Importer, signatures: list[str]) -> dict[str, dict[str, str]]:
    """The mappings of earlier imports by signature."""
    known = RememberedMapping.objects.filter(kind=chosen.kind, headers_sha256__in=signatures)
    return {each.headers_sha256: each.mapping for each in known}


def _remember(chosen: Importer, sheets: list[MappedSheet], report: Report) -> None:
    """The next file with the same headers, or the same sheets, needs no flags."""
    known: dict[str, dict[str, str | None]] = {
        _signature([header for header, _meaning in mapped.header_meanings]): {
            normalise(header): meaning for header, meaning in mapped.header_meanings
        }
        for mapped in sheets
    }
    if report.sheet_mapping:
        known[report.workbook] = {**report.sheet_mapping}
    for signature, mapping in known.items():
        RememberedMapping.objects.update_or_create(
            kind=chosen.kind, headers_sha256=signature, defaults={"mapping": mapping}
        )


def is_total(text: str) -> bool:
    """Whether a department cell says that its line is a sum of others."""
    return normalise(text).rstrip(":") in TOTALS


def each_row(sheets: list[MappedSheet], progress: Progress) -> Iterator[tuple[MappedSheet, Row]]:
    """Rows with progress told every thousand lines."""
    total = sum(len(mapped.rows) for mapped in sheets)
    done = 0
    for mapped in sheets:
        for row in mapped.rows:
            yield mapped, row
            done += 1
            if done % 1000 == 0 or done == total:
                progress(done, total)


class Problems:
    """Problems of a file as they are found; the list is cut, the count is not."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.count = 0

    def add(self, message: str, line: int | None = None, column: str | None = None) -> None:
        self.count += 1
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(message, line, column))

    def refuse_if_any(self) -> None:
        if self.count > len(self.found):
            self.found.append(Problem(f"and {self.count - len(self.found)} more problems"))
        if self.found:
            raise ImportRefused(self.found)


def too_long(text: str, most: int) -> str:
    """What is wrong with a text longer than the database takes; empty when it fits."""
    return f"has {len(text)} characters; at most {most} are possible" if len(text) > most else ""


@transaction.atomic
def dry_or_not(write: Callable[[], None], *, dry_run: bool) -> None:
    """Write in one transaction; a dry run takes it all back."""
    write()
    if dry_run:
        transaction.set_rollback(True)
