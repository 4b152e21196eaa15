"""What goes to payroll: who gets how much, one line a person, as CSV or as a workbook."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from incentives.models import BonusRun, BonusShare, PayrollLayout
from incentives.services.eligibility import BonusRefused
from people.lists import harmless
from people.money import major_units

Field = PayrollLayout.Field
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
DECIMAL_MARKS = {"point": ".", "comma": ","}
DATE_FORMS = {
    "iso": ("%Y-%m-%d", "yyyy-mm-dd"),
    "compact": ("%Y%m%d", "yyyymmdd"),
    "dotted": ("%d.%m.%Y", "dd.mm.yyyy"),
    "day_first": ("%d/%m/%Y", "dd/mm/yyyy"),
    "month_first": ("%m/%d/%Y", "mm/dd/yyyy"),
}
"""As Python writes it and as a workbook shows it."""
AS_TEXT = "@"

Value = str | int | Decimal | date


class PayrollRefused(BonusRefused):
    """No file was made; the message says why and what to do."""


@dataclass(frozen=True)
class PayrollLine:
    """What is paid to one person; `amount_minor` > 0 in minor units of `currency`."""

    number: str
    name: str
    department: str
    amount_minor: int
    currency: str
    pool: str
    year: int
    first: date
    last: date
    approved_on: date


EXAMPLES = (
    PayrollLine(
        "00017", "Ann Example", "CLAIMS", 312_500, "GBP", "bonus", 2026, date(2026, 1, 1),
        date(2026, 12, 31), date(2027, 1, 18),
    ),
    PayrollLine(
        "00203", "Zoé Müller", "BILLING", 98_705, "GBP", "bonus", 2026, date(2026, 1, 1),
        date(2026, 12, 31), date(2027, 1, 18),
    ),
)  # fmt: skip
"""People who do not exist, for a look at a layout."""


def shares_to_pay(run: BonusRun) -> QuerySet[BonusShare]:
    """The shares that payroll pays: those above nothing."""
    return run.shares.filter(share_minor__gt=0)


def shares_to_confirm(run: BonusRun) -> QuerySet[BonusShare]:
    """The shares of a decided run that payroll has not confirmed yet."""
    if not run.is_decided():
        return run.shares.none()
    return shares_to_pay(run).filter(payment=None)


def lines_of(run: BonusRun, shares: QuerySet[BonusShare]) -> Iterator[PayrollLine]:
    approved_on = timezone.localdate(run.approved_at)
    for share in shares.select_related("employee", "department").order_by("position"):
        yield PayrollLine(
            share.employee.number, share.employee.name, share.department.code, share.share_minor,
            run.currency, run.pool.code, run.year, run.first, run.last, approved_on,
        )  # fmt: skip


def values(layout: PayrollLayout, line: PayrollLine) -> list[Value]:
    """One value a column; what people typed can't be run as a formula."""
    return [harmless(_value(layout, line, column)) for column in layout.columns]


def _value(layout: PayrollLayout, line: PayrollLine, column: dict) -> Value:
    match column["field"]:
        case Field.TEXT:
            return column["text"]
        case Field.COST_CENTRE:
            return layout.cost_centres.get(line.department, line.department)
        case Field.AMOUNT if layout.units == PayrollLayout.Units.MAJOR:
            return major_units(line.amount_minor, line.currency)
        case Field.AMOUNT:
            return line.amount_minor
        case field:
            return getattr(line, field)


def as_csv(layout: PayrollLayout, lines: Iterable[PayrollLine]) -> bytes:
    """Raises PayrollRefused when the layout's encoding lacks a character."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=DELIMITERS[layout.delimiter], lineterminator="\r\n")
    writer.writerow(_encodable(layout, _headers(layout), 1))
    for number, line in enumerate(lines, 2):
        texts = [_text(layout, value) for value in values(layout, line)]
        writer.writerow(_encodable(layout, texts, number))
    return out.getvalue().encode(layout.encoding)


def _headers(layout: PayrollLayout) -> list[str]:
    return [harmless(column["header"]) for column in layout.columns]


def _text(layout: PayrollLayout, value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", DECIMAL_MARKS[layout.decimal_mark])
    if isinstance(value, date):
        return value.strftime(DATE_FORMS[layout.date_form][0])
    return str(value)


def _encodable(layout: PayrollLayout, texts: list[str], line: int) -> list[str]:
    for column, text in zip(layout.columns, texts, strict=True):
        try:
            text.encode(layout.encoding)
        except UnicodeEncodeError as error:
            raise PayrollRefused(
                _(
                    "Line %(line)s, column “%(column)s”: %(encoding)s has no “%(character)s”."
                    " Nothing was exported; choose UTF-8 in the layout, or export a workbook."
                )
                % {
                    "line": line, "column": column["header"],
                    "encoding": layout.get_encoding_display(),
                    "character": text[error.start],
                }
            ) from error  # fmt: skip
    return texts


def as_xlsx(layout: PayrollLayout, lines: Iterable[PayrollLine]) -> bytes:
    """Amounts are numbers, days are days, and an employee number keeps its zeros."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Payroll")

    def cell(value: Value, form: str) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = form
        return made

    sheet.append([cell(header, AS_TEXT) for header in _headers(layout)])
    for line in lines:
        sheet.append([cell(value, _form(layout, value)) for value in values(layout, line)])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _form(layout: PayrollLayout, value: Value) -> str:
    if isinstance(value, Decimal):
        digits = max(-int(value.as_tuple().exponent), 0)
        return f"0.{'0' * digits}" if digits else "0"
    if isinstance(value, date):
        return DATE_FORMS[layout.date_form][1]
    return "0" if isinstance(value, int) else AS_TEXT
