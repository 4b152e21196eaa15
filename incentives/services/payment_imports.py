"""Importing payroll's confirmation: which shares were paid, and when."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.models import BonusRun
from incentives.services.bonus_payments import PaymentLine, PaymentsRefused, confirm_payments
from incentives.services.eligibility import BonusRefused
from people.money import minor_units
from people.services.import_lines import LineReader
from people.services.importing import (
    ByAlias,
    ImportRefused,
    MappedSheet,
    Problem,
    Problems,
    Progress,
    Report,
    Sent,
    each_row,
    is_total,
    register,
)
from people.tabular import normalise

Named = tuple[str, str]
"""The pool and the year that a line names, "" where it does not."""


class PaymentImporter(ByAlias):
    kind = "payments"
    title = gettext_lazy("Payroll's confirmation")
    permission = "incentives.run_bonus"
    moves_money = True
    required: tuple[str, ...] = ("number", "paid_on")
    further_meanings = ("amount", "amount_minor")
    aliases = {
        "number": ("employee", "employee number", "staff number", "personalnummer", "pers.-nr.",
                   "pernr", "工号", "员工编号"),
        "amount": ("share", "bonus", "paid", "amount paid", "betrag", "auszahlungsbetrag", "prämie",
                   "金额", "奖金", "实发金额"),
        "amount_minor": ("amount in minor units", "amount in pence", "amount in cents",
                         "betrag in cent", "金额（分）"),
        "paid_on": ("paid on", "payment date", "pay date", "date of payment", "date", "value date",
                    "bezahlt am", "gezahlt am", "ausgezahlt am", "zahltag", "auszahlungsdatum",
                    "valuta", "支付日期", "发放日期", "付款日期"),
        "pool": ("bonus pool", "topf", "bonustopf", "奖金池"),
        "year": ("bonus year", "fiscal year", "jahr", "bonusjahr", "geschäftsjahr", "年度", "年份"),
        "currency": ("währung", "币种", "货币"),
        "name": ("full name", "employee name", "mitarbeiter", "姓名"),
        "department": ("department code", "cost centre", "cost center", "abteilung",
                       "kostenstelle", "部门", "部门代码", "成本中心"),
    }  # fmt: skip

    def plan(self, sent: Sent) -> None:
        _refuse_without_amounts(sent.sheets)
        readers, problems = _lines(sent.sheets, sent.report, sent.progress)
        if not readers:
            return
        run = _run_of(readers, problems)
        lines = [line for reader in readers if (line := _line(reader, run))]
        problems.refuse_if_any()
        try:
            outcome = confirm_payments(
                run, lines, by=sent.by, now=timezone.now(), dry_run=sent.dry_run
            )
        except PaymentsRefused as refused:
            for wrong in refused.problems:
                readers[wrong.place].problem(_column(readers[0], wrong.field), wrong.message)
            problems.refuse_if_any()
        except BonusRefused as refused:
            raise ImportRefused([Problem(str(refused))]) from refused
        else:
            sent.report.created, sent.report.unchanged = len(outcome.new), outcome.known
            sent.report.changes = [f"{run}: {line.number}, {line.paid_on}" for line in outcome.new]
            if outcome.left:
                sent.report.notes.append(
                    _("%(count)s people of the bonus of %(run)s are still to be confirmed")
                    % {"count": outcome.left, "run": run}
                )


def _refuse_without_amounts(sheets: list[MappedSheet]) -> None:
    for mapped in sheets:
        if not any(mapped.column(meaning) for meaning in PaymentImporter.further_meanings):
            raise ImportRefused(
                [Problem("no column for amount; name one with --map 'HEADER=amount'")]
            )


def _lines(
    sheets: list[MappedSheet], report: Report, progress: Progress
) -> tuple[list[LineReader], Problems]:
    """Those about a person; a line with the sum of all is left out."""
    problems = Problems()
    readers = [LineReader(mapped, raw, problems) for mapped, raw in each_row(sheets, progress)]
    people = [reader for reader in readers if not is_total(reader.text("number"))]
    report.skipped += len(readers) - len(people)
    return people, problems


def _run_of(readers: list[LineReader], problems: Problems) -> BonusRun:
    """The one run that all lines are about; when they do not say, the one that waits to be paid.

    Raises ImportRefused.
    """
    named = _named(readers[0])
    for reader in readers:
        if _named(reader) != named:
            field = "pool" if _named(reader)[0] != named[0] else "year"
            reader.problem(field, _("is another bonus than in the first line: one file for each"))
    problems.refuse_if_any()
    pool, year = named
    found = [
        run
        for run in BonusRun.objects.decided().select_related("pool")
        if pool in ("", normalise(run.pool.code)) and year in ("", str(run.year))
    ]
    waiting = [run for run in found if run.state == BonusRun.State.APPROVED]
    # The file that made the run paid may come again: it changes nothing.
    fitting = waiting or found
    if not fitting:
        raise ImportRefused([Problem(_("No bonus that fits is approved."), readers[0].raw.line)])
    if len(fitting) > 1:
        runs = ", ".join(str(run) for run in fitting)
        message = _("Say by the columns pool and year which bonus this is: %(runs)s.")
        raise ImportRefused([Problem(message % {"runs": runs}, readers[0].raw.line)])
    return fitting[0]


def _named(reader: LineReader) -> Named:
    return normalise(reader.text("pool")), reader.text("year").removesuffix(".0")


def _line(reader: LineReader, run: BonusRun) -> PaymentLine | None:
    before = reader.problems.count
    number, amount_minor = reader.needed("number"), _amount(reader, run)
    currency = reader.text("currency").upper()
    if currency and currency != run.currency:
        reader.problem("currency", f"{currency[:10]} is not {run.currency}, the bonus's currency")
    paid_on = reader.day("paid_on")
    if paid_on is None and not reader.text("paid_on"):
        reader.problem("paid_on", "is empty; leave out who has not been paid")
    if reader.problems.count > before or amount_minor is None or paid_on is None:
        return None
    return PaymentLine(reader.raw.line, number, amount_minor, paid_on)


def _amount(reader: LineReader, run: BonusRun) -> int | None:
    """In minor units."""
    before = reader.problems.count
    field = _column(reader, "amount_minor")
    amount = reader.number(field)
    if amount is None:
        if reader.problems.count == before:
            reader.problem(field, "is empty; every line needs one")
        return None
    try:
        return minor_units(amount, run.currency) if field == "amount" else _whole(amount)
    except ValueError as error:
        reader.problem(field, str(error))
        return None


def _column(reader: LineReader, field: str) -> str:
    """The field, or for an amount the one of the two columns that the file has."""
    if field != "amount_minor":
        return field
    return "amount" if reader.mapped.column("amount") else "amount_minor"


def _whole(amount: Decimal) -> int:
    if amount != int(amount):
        raise ValueError(f"{amount:f} is not a whole number of minor units")
    return int(amount)


register(PaymentImporter())
