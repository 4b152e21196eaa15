"""Reading one line of a file: what stands in a field, and what is wrong with it."""

from datetime import date
from decimal import Decimal

from people.services.importing import MappedSheet, Problems
from people.tabular import Number, Row, parse_date, parse_number


class LineReader:
    """Reads one line; problems are noted with their column, and the line is then left out."""

    def __init__(self, mapped: MappedSheet, raw: Row, problems: Problems):
        self.mapped, self.raw, self.problems = mapped, raw, problems

    def problem(self, field: str, message: str) -> None:
        column = self.mapped.column(field)
        self.problems.add(message, self.raw.line, column.header if column else field)

    def text(self, field: str) -> str:
        return self.mapped.text(self.raw, field)

    def optional(self, field: str) -> str | None:
        return self.text(field) if self.mapped.column(field) else None

    def needed(self, field: str) -> str:
        text = self.text(field)
        if not text:
            self.problem(field, "is empty; every line needs one")
        return text

    def day(self, field: str) -> date | None:
        column = self.mapped.column(field)
        if column is None or not self.text(field):
            return None
        try:
            return parse_date(self.mapped.cell(self.raw, column), order=column.date_order)
        except ValueError as error:
            self.problem(field, str(error))
            return None

    def number(
        self, field: str, *, percent: bool = False, as_money: bool = False
    ) -> Decimal | None:
        column = self.mapped.column(field)
        if column is None:
            return None
        cell = self.mapped.cell(self.raw, column)
        # A workbook's 80% is the number 0.8 already; a text's is 80 and a sign.
        percent_unit = percent and not isinstance(cell, Number)
        try:
            parsed = parse_number(
                cell, decimal_comma=column.decimal_comma, percent_unit=percent_unit,
                as_money=as_money,
            )  # fmt: skip
        except ValueError as error:
            self.problem(field, str(error))
            return None
        return parsed[0] if parsed else None
