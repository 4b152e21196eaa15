"""What one cell says: a date, an exact number or a text.

Responsibility: turn a cell into a value or say, in words a department secretary can act on, why
it cannot be done. Whatever can be read in two ways is refused and never guessed: the order of day
and month and the decimal comma are decided for a whole column, from its own values.
"""

from __future__ import annotations

import datetime
import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


class TableError(Exception):
    """The file cannot be read; says what, where and what to do."""

    def __init__(self, message: str, *, line: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        where = []
        if self.line is not None:
            where.append(f"line {self.line}")
        if self.column is not None:
            where.append(f"column {self.column}")
        if not where:
            return self.message
        place = ", ".join(where)
        return f"{place[0].upper()}{place[1:]}: {self.message}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number cell of a workbook, as the shortest decimal text of its float, not yet scaled."""

    text: str
    percent: bool


Cell: TypeAlias = str | Number | datetime.date | None


def normalise(text: str) -> str:
    """NFKC, casefold, whitespace (also no-break) collapsed and trimmed.

    This is how headers and codes are compared. NFKC runs twice because folding case can
    leave letters behind that are not in normal form.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def parse_text(cell: Cell) -> str:
    """The text of a cell: NFC, trimmed of all spaces; dates as ISO; an empty cell as ""."""
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return cell.text
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return unicodedata.normalize("NFC", cell).strip()


BLANKS = frozenset(
    normalise(text)
    for text in ("", "-", "–", "—", "n/a", "na", "#n/a", "null", "none", "k.a.", "无", "缺")
)


def _shown(text: str) -> str:
    """The text as quoted in a message; a cell may have thousands of characters."""
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _mistyped(text: str, actual: str, wanted: str) -> ValueError:
    """For a cell that the spreadsheet program itself took for something else."""
    return ValueError(
        f"{_shown(text)} is a {actual} and not a {wanted}. Format the cell as a {wanted} and enter "
        "it again."
    )


# --- Dates ------------------------------------------------------------------------------------


class DateOrder(enum.Enum):
    """Which of the first two numbers of 1/5/2013 is the day."""

    DMY = "dmy"
    MDY = "mdy"


FIRST_YEAR, LAST_YEAR = 1900, 2200

# Written out, because the names must not depend on the locale of the server.
_MONTH_NAMES = (
    "jan january januar jänner jaenner",
    "feb february februar feber",
    "mar march mär märz mrz maerz",
    "apr april",
    "may mai",
    "jun june juni",
    "jul july juli",
    "aug august",
    "sep sept september",
    "oct october okt oktober",
    "nov november",
    "dec december dez dezember",
)
_MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}

# Only [0-9], never \d: full-width and other digits are refused.
_YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|() ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日)"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_NAME = r"([^\W\d_]+)\.?"
_DAY_NAME_YEAR = re.compile(rf"([0-9]{{1,2}})\.?[-/ ]?{_NAME}[-/, ] ?([0-9]{{4}}|[0-9]{{2}})")
_NAME_DAY_YEAR = re.compile(rf"{_NAME}[-/ ]([0-9]{{1,2}})(?:, ?|[-/ ])([0-9]{{4}}|[0-9]{{2}})")
_MIDNIGHT = re.compile(r"(?:[T ]0?0:00(?::00(?:\.0+)?)?| 12:00(?::00)? ?AM)$", re.IGNORECASE)
_TIME = re.compile(r"[0-9]:[0-9]{2}")


def _date_text(cell: str) -> str:
    """The text of a date without a time of midnight, which many programs append."""
    return _MIDNIGHT.sub("", " ".join(parse_text(cell).split()))


@dataclass(frozen=True, slots=True)
class _Slashed:
    """The three numbers of a text like 1/5/2013, in the order written."""

    text: str
    first: int
    second: int
    year: str

    @property
    def says(self) -> DateOrder | None:
        """The order that this text alone proves."""
        if 12 < self.first <= 31 and 1 <= self.second <= 12:
            return DateOrder.DMY
        if 12 < self.second <= 31 and 1 <= self.first <= 12:
            return DateOrder.MDY
        return None

    @property
    def is_ambiguous(self) -> bool:
        return self.first != self.second and 1 <= self.first <= 12 and 1 <= self.second <= 12


def _slashed(text: str) -> _Slashed | None:
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    return _Slashed(text, int(match[1]), int(match[3]), match[4])


_ORDER_FLAGS = (
    "Write the dates as 2013-12-31, or say which it is: --date-order dmy (day first) or "
    "--date-order mdy (month first)."
)


def date_order(cells: Iterable[Cell]) -> DateOrder | None:
    """The order of the column's texts like 1/5/2013, decided by the values over 12.

    None when nothing needs an order. A TableError when the values leave it open, or contradict
    each other.
    """
    texts = (_date_text(cell) for cell in cells if isinstance(cell, str))
    found = [slashed for slashed in map(_slashed, texts) if slashed is not None]
    proofs: dict[DateOrder, str] = {}
    for slashed in found:
        if slashed.says is not None:
            proofs.setdefault(slashed.says, slashed.text)
    if len(proofs) > 1:
        raise TableError(
            f"The dates contradict each other: {_shown(proofs[DateOrder.DMY])} has the day first, "
            f"{_shown(proofs[DateOrder.MDY])} has the month first. {_ORDER_FLAGS}"
        )
    if proofs:
        _refuse_short_year_first(found)
        return next(iter(proofs))
    _refuse_ambiguous(found)
    return None


def _refuse_ambiguous(found: list[_Slashed]) -> None:
    open_one = next((slashed for slashed in found if slashed.is_ambiguous), None)
    if open_one is not None:
        raise TableError(
            f"It is not clear whether {_shown(open_one.text)} has the day or the month first, and "
            f"no other date in the column decides it. {_ORDER_FLAGS}"
        )


def _refuse_short_year_first(found: list[_Slashed]) -> None:
    """13-01-05, 13-01-06, ...: the first number stays and the last one runs, so it is a year."""
    firsts = {slashed.first for slashed in found}
    lasts = {slashed.year for slashed in found}
    if len(firsts) == 1 and len(lasts) > 1 and max(map(len, lasts)) == 2 and max(firsts) > 12:
        raise TableError(
            f"It is not clear whether {_shown(found[0].text)} begins with the day or with the "
            "year. Write the year with four digits, as in 2013-12-31."
        )


def parse_date(cell: Cell, *, order: DateOrder | None = None) -> datetime.date:
    """The date in a cell; a ValueError says what is wrong and how to write it."""
    if isinstance(cell, datetime.datetime):
        if cell.time() != datetime.time():
            raise _time_of_day(cell.isoformat(sep=" "))
        cell = cell.date()
    if isinstance(cell, datetime.date):
        return _date(cell.isoformat(), str(cell.year), cell.month, cell.day)
    if isinstance(cell, Number):
        raise _mistyped(cell.text, "number", "date")
    if normalise(parse_text(cell)) in BLANKS:
        raise ValueError("The date is missing. Write it as in 2013-12-31.")
    return _parse_date_text(_date_text(parse_text(cell)), order)


def _parse_date_text(text: str, order: DateOrder | None) -> datetime.date:
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(text, match[1], int(match[3] or match[6]), int(match[4] or match[7]))
    if match := _COMPACT.fullmatch(text):
        return _date(text, match[1], int(match[2]), int(match[3]))
    if match := _DOTTED.fullmatch(text):
        return _date(text, match[3], int(match[2]), int(match[1]))
    if (slashed := _slashed(text)) is not None:
        return _slashed_date(slashed, order)
    if match := _DAY_NAME_YEAR.fullmatch(text):
        return _date(text, match[3], _month(text, match[2]), int(match[1]))
    if match := _NAME_DAY_YEAR.fullmatch(text):
        return _date(text, match[3], _month(text, match[1]), int(match[2]))
    if _TIME.search(text):
        raise _time_of_day(text)
    if any(char.isdigit() and not char.isascii() for char in text):
        raise ValueError(
            f"{_shown(text)} is written with other digits than 0-9. Write it as in 2013-12-31."
        )
    raise ValueError(f"{_shown(text)} is not a date. Write it as in 2013-12-31.")


def _slashed_date(slashed: _Slashed, order: DateOrder | None) -> datetime.date:
    order = order or slashed.says
    if order is None and slashed.is_ambiguous:
        raise ValueError(
            f"It is not clear whether {_shown(slashed.text)} has the day or the month first. "
            f"{_ORDER_FLAGS}"
        )
    if order is DateOrder.MDY:
        return _date(slashed.text, slashed.year, slashed.first, slashed.second)
    return _date(slashed.text, slashed.year, slashed.second, slashed.first)


def _month(text: str, name: str) -> int:
    month = _MONTHS.get(name.casefold())
    if month is None:
        raise ValueError(
            f"{_shown(name)} in {_shown(text)} is not the name of a month in English or German. "
            "Write the date as in 2013-12-31."
        )
    return month


def _date(text: str, year_text: str, month: int, day: int) -> datetime.date:
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year <= 69 else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"The year in {_shown(text)} is not between {FIRST_YEAR} and {LAST_YEAR}. "
            "Please correct it."
        )
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(
            f"There is no such day as {_shown(text)} (year {year}, month {month}, day {day}). "
            "Correct it, or check whether the day or the month comes first."
        ) from None


def _time_of_day(text: str) -> ValueError:
    return ValueError(
        f"{_shown(text)} has a time of day. Only a date is wanted here: write it as in 2013-12-31."
    )


# --- Numbers ----------------------------------------------------------------------------------

MAX_DIGITS = 19
LIMIT = Decimal(10) ** 18

_MINUS = "\N{MINUS SIGN}"
_PERCENT_SIGNS = "%\N{FULLWIDTH PERCENT SIGN}"
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PLAIN_COMMA = re.compile(r"-?[0-9]+(?:,[0-9]+)?")
_ONE_MARK = re.compile(r"-?([0-9]+)([.,])([0-9]+)")
_EXPONENT = re.compile(r"[-+]?[0-9.,]+[eE][-+]?[0-9]+")
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:[ ,.'’_][0-9]{3})+(?:[.,][0-9]+)?")
_IN_THOUSANDS = re.compile(r"-?[0-9]{1,3}([ ,.'’])[0-9]{3}(?:\1[0-9]{3})*(?:(?!\1)([.,])[0-9]+)?")


def _without_percent(text: str) -> tuple[str, bool]:
    if text.endswith(tuple(_PERCENT_SIGNS)):
        return text[:-1].rstrip(), True
    return text, False


def _could_be_thousand(match: re.Match[str]) -> bool:
    """1,000 could; 0,500 and 1234,500 and 71,43 cannot."""
    whole, decimals = match[1], match[3]
    return len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0")


def _decimal_mark_beside_thousands(text: str) -> str:
    """The decimal mark that a text with both, as 2,292.00 or 1,234,567, leaves no doubt about."""
    match = _IN_THOUSANDS.fullmatch(" ".join(text.split()))
    if match is None:
        return ""
    return match[2] or {",": ".", ".": ","}.get(match[1], "")


def decimal_comma(cells: Iterable[Cell], *, delimiter: str) -> bool:
    """Whether the number texts of a column write the decimal comma.

    A TableError when all the evidence could as well be thousands: 1,000 anywhere; 1.000 in a
    file with semicolons, which come from where the comma is the decimal mark.
    """
    found: dict[str, list[tuple[str, bool]]] = {",": [], ".": []}
    for cell in cells:
        if isinstance(cell, str):
            text = _without_percent(parse_text(cell).replace(_MINUS, "-"))[0]
            if match := _ONE_MARK.fullmatch(text):
                found[match[2]].append((text, _could_be_thousand(match)))
            elif proven := _decimal_mark_beside_thousands(text):
                found[proven].append((text, False))
    mark = "." if found["."] else ","
    suspicious = mark == "," or (delimiter == ";" and not found[","])
    evidence = found[mark]
    if evidence and suspicious and all(doubtful for _, doubtful in evidence):
        raise TableError(
            f"It is not clear whether {_shown(evidence[0][0])} means a thousand or a number with "
            "decimals, and no other number in the column decides it. Write the numbers without "
            "thousands separators, and say which it is: --decimal comma or --decimal point."
        )
    return mark == "," and bool(evidence)


def parse_number(
    cell: Cell, *, decimal_comma: bool = False, percent_unit: bool = False, as_money: bool = False
) -> tuple[Decimal, bool] | None:
    """The exact number in a cell and whether it comes from a float; None for a blank.

    A percentage is 71.43 for 71.43% when the unit is percent. `as_money`: thousands may be set
    apart, as in 2,292.00, by a sign that is not the column's decimal mark, and .75 is 0.75. A
    ValueError says what is wrong and how to write it.
    """
    if isinstance(cell, Number):
        return _workbook_number(cell, percent_unit), True
    if isinstance(cell, datetime.date):
        raise _mistyped(cell.isoformat(), "date", "number")
    shown = parse_text(cell)
    if normalise(shown) in BLANKS:
        return None
    text, has_percent = _without_percent(shown)
    text = text.replace(_MINUS, "-", 1) if text.startswith(_MINUS) else text
    if has_percent and not percent_unit:
        raise ValueError(
            f"{_shown(shown)} has a percent sign, but this figure is not a percentage. Write only "
            "the number, or check whether it is in the right column."
        )
    if as_money:
        text = _plain_money(text, decimal_comma)
    pattern = _PLAIN_COMMA if decimal_comma else _PLAIN
    if not pattern.fullmatch(text):
        raise ValueError(_why_no_number(shown, text, decimal_comma))
    return _exact(shown, text.replace(",", ".")), False


def _plain_money(text: str, decimal_comma: bool) -> str:
    text, mark = " ".join(text.split()), "," if decimal_comma else "."
    match = _IN_THOUSANDS.fullmatch(text)
    if match and match[1] != mark and match[2] in (None, mark):
        return text.replace(match[1], "")
    bare = text.removeprefix("-")
    return f"{text.removesuffix(bare)}0{bare}" if bare.startswith(mark) else text


def _workbook_number(cell: Number, percent_unit: bool) -> Decimal:
    if not _PLAIN.fullmatch(cell.text):
        raise ValueError(f"{_shown(cell.text)} is not a number. Write it with digits, as in 71.43.")
    value = _exact(cell.text, cell.text)
    if cell.percent and percent_unit:
        # Excel shows 0.7143 as 71.43%. Decimal works with 28 digits, so this is exact.
        return _exact(cell.text, format(value * 100, "f"))
    return value


def _exact(shown: str, text: str) -> Decimal:
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    if len(digits) > MAX_DIGITS:
        raise _too_long(shown)
    value = Decimal(text)
    if abs(value) >= LIMIT:
        raise _too_long(shown)
    if not value and text.startswith("-"):
        raise ValueError(f"{_shown(shown)} is minus zero. Write 0.")
    return value


def _too_long(shown: str) -> ValueError:
    return ValueError(
        f"{_shown(shown)} has too many digits: at most {MAX_DIGITS} are possible, and the number "
        "must be smaller than 1 followed by 18 zeros. Please correct or round it."
    )


def _why_no_number(shown: str, text: str, decimal_comma: bool) -> str:
    example = "71,43" if decimal_comma else "71.43"
    return f"{_shown(shown)} {_fault(text, decimal_comma)} Write it as in {example}."


def _fault(text: str, decimal_comma: bool) -> str:
    """What is wrong with the text, as the end of a sentence."""
    if any(char.isdigit() and not char.isascii() for char in text):
        return "is written with other digits than 0-9."
    if normalise(text).strip("+-") in _NOT_FINITE:
        return "is not a number that can be counted with. Leave the cell empty if there is none."
    if _EXPONENT.fullmatch(text):
        return "is written with an exponent. Write all the digits."
    if text.startswith("+"):
        return "begins with a plus sign. Leave it out."
    if text.startswith("#"):
        return "is an error of the spreadsheet. Correct the formula, or leave the cell empty."
    if not any(char.isdigit() for char in text) and text.strip("-% ") == "":
        return "is a sign without a number. Leave the cell empty if there is none."
    wrong = "." if decimal_comma else ","
    if _GROUPED.fullmatch(" ".join(text.split())):
        return "has a thousands separator, or not the decimal mark of this column. Leave it out."
    if wrong in text:
        return f"has a {'point' if decimal_comma else 'comma'} where this column has another mark."
    return "is not a number."
