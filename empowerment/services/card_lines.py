"""Card statements come in: each line once, whatever files it comes in."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from empowerment.models import CardLine, CardStatement, Limit
from empowerment.rules.card_lines import Content, Kind, identity, kind_of, new_among
from empowerment.services.matching import match_lines
from people.models import User
from people.money import CURRENCY_DIGITS, minor_units, money
from people.services import audit
from people.services.import_lines import LineReader
from people.services.importing import (
    ByAlias,
    ImportRefused,
    Options,
    Problem,
    Problems,
    Report,
    Sent,
    dry_or_not,
    each_row,
    is_total,
    register,
    too_long,
)
from people.tabular import Number, normalise

PORTION = 2000
LONGEST = {"merchant": 200, "reference": 60, "description": 400}


@dataclass(frozen=True)
class Line:
    """A line of a file; `amount_minor` below zero came back, or paid the bill."""

    line: int
    date: date
    merchant: str
    reference: str
    description: str
    amount_minor: int

    @property
    def kind(self) -> Kind:
        return kind_of(self.merchant, self.amount_minor, self.description)

    def content(self, currency: str) -> Content:
        return Content.of(currency, self.date, self.merchant, self.amount_minor)


class CardLineImporter(ByAlias):
    kind = "card-lines"
    title = gettext_lazy("Card statement")
    permission = "empowerment.keep_cards"
    required: tuple[str, ...] = ("date", "merchant", "amount")
    aliases = {
        "date": ("fin.transaction date", "transaction date", "date of transaction", "purchase date",
                 "datum", "buchungsdatum", "belegdatum", "umsatzdatum", "kaufdatum", "日期",
                 "交易日期", "消费日期"),
        "merchant": ("mch.merchant name", "merchant name", "supplier", "payee", "vendor", "händler",
                     "haendler", "zahlungsempfänger", "empfänger", "verwendungszweck", "商户",
                     "商户名称", "商家", "收款方"),
        "amount": ("fin.transaction amount", "transaction amount", "value", "amount gbp", "betrag",
                   "umsatz", "betrag eur", "金额", "交易金额", "消费金额"),
        "reference": ("transaction reference", "transaction id", "transaction number", "referenz",
                      "referenznummer", "belegnummer", "参考号", "交易号", "流水号"),
        "description": ("transaction description", "details", "narrative", "beschreibung",
                        "buchungstext", "说明", "摘要", "描述"),
        "description_2": ("transaction description 2", "description 2", "further details",
                          "beschreibung 2", "说明2", "备注"),
        "currency": ("transaction currency", "währung", "币种", "货币"),
    }  # fmt: skip

    def plan(self, sent: Sent) -> None:
        problems = Problems()
        readers = [
            LineReader(mapped, raw, problems)
            for mapped, raw in each_row(sent.sheets, sent.progress)
        ]
        told = [reader for reader in readers if not _is_total(reader)]
        sent.report.skipped += len(readers) - len(told)
        currency = _currency(told, sent.options)
        lines = [line for reader in told if (line := _line(reader, currency))]
        problems.refuse_if_any()

        def write() -> None:
            record(
                lines,
                sent.report,
                currency=currency,
                filename=sent.filename,
                by=sent.by,
                now=timezone.now(),
            )

        try:
            dry_or_not(write, dry_run=sent.dry_run)
        except IntegrityError:
            message = _("Another file with some of these lines came at the same moment. Try again.")
            raise ImportRefused([Problem(message)]) from None


def _is_total(reader: LineReader) -> bool:
    return is_total(reader.text("date")) or (
        not reader.text("date") and is_total(reader.text("merchant"))
    )


def _currency(readers: list[LineReader], options: Options) -> str:
    """Of all lines: as said, as the file says, or the usual one. Raises ImportRefused."""
    said = options.currency.strip().upper()
    named = {reader.text("currency").upper(): reader for reader in reversed(readers)}
    named.pop("", None)
    found = said or next(iter(named), "") or usual_currency()
    if not (len(found) == 3 and found.isascii() and found.isalpha()):
        message = _("Say the currency by three letters, for example GBP (--currency GBP).")
        raise ImportRefused([Problem(message)])
    for other, reader in named.items():
        if other != found:
            reader.problem(
                "currency",
                _("%(other)s is not %(currency)s: one file for each currency")
                % {"other": other[:10], "currency": found},
            )
    return found


def usual_currency() -> str:
    """Of the newest statement, else the one most limits are in; "" before there are any."""
    newest = CardStatement.objects.values_list("currency", flat=True).first()
    if newest:
        return newest
    limits = Limit.objects.values("currency").annotate(n=Count("pk")).order_by("-n", "currency")
    first = limits.first()
    return first["currency"] if first else ""


def _line(reader: LineReader, currency: str) -> Line | None:
    before = reader.problems.count
    day, amount_minor = _day(reader), _amount(reader, currency)
    description = " · ".join(
        text for name in ("description", "description_2") if (text := reader.text(name))
    )
    texts = {
        "merchant": reader.text("merchant"), "reference": reader.text("reference"),
        "description": description,
    }  # fmt: skip
    for name, most in LONGEST.items():
        if wrong := too_long(texts[name], most):
            reader.problem(name, wrong)
    if reader.problems.count > before or day is None or amount_minor is None:
        return None
    return Line(reader.raw.line, day, amount_minor=amount_minor, **texts)


def _day(reader: LineReader) -> date | None:
    if not reader.needed("date"):
        return None
    return reader.day("date")


def _amount(reader: LineReader, currency: str) -> int | None:
    """In minor units."""
    before = reader.problems.count
    amount = reader.number("amount", as_money=True)
    if amount is None:
        if reader.problems.count == before:
            reader.problem("amount", _("is empty; every line needs one"))
        return None
    digits = CURRENCY_DIGITS.get(currency, 2)
    exponent = amount.as_tuple().exponent
    of_workbook = isinstance(reader.mapped.value(reader.raw, "amount"), Number)
    # "1.000" may be a thousand in the wrong column's mark: it is not taken for 1.
    if not of_workbook and isinstance(exponent, int) and -exponent > digits:
        reader.problem(
            "amount",
            _("%(amount)s has more decimals than the %(digits)s of %(currency)s")
            % {"amount": f"{amount:f}", "digits": digits, "currency": currency},
        )
        return None
    try:
        return minor_units(amount, currency)
    except ValueError as error:
        reader.problem("amount", str(error))
        return None


def record(
    lines: list[Line],
    report: Report,
    *,
    currency: str,
    filename: str,
    by: User,
    now: datetime,
) -> None:
    """Add the lines that are not known; a file that says nothing new leaves no trace. Raises
    ImportRefused, and IntegrityError when somebody else has just added the same ones."""
    sha256 = _sha256(lines)
    _refuse_in_another_currency(sha256, currency)
    new = list(_new(lines, currency))
    report.created, report.unchanged = len(new), len(lines) - len(new)
    report.notes += _notes([line for line, _identity in new], currency)
    report.changes = [
        f"{line.date} {line.merchant or '–'}: {money(line.amount_minor, currency)}"
        for line, _identity in new
    ]
    if not new:
        return
    statement = CardStatement.objects.create(
        name=filename[:200], sha256=sha256, currency=currency, imported_by=by, imported_at=now
    )
    CardLine.objects.bulk_create(
        [
            CardLine(
                statement=statement, line=line.line, identity=known_by, date=line.date,
                merchant=line.merchant, reference=line.reference, description=line.description,
                amount_minor=line.amount_minor, currency=currency, kind=line.kind,
            )
            for line, known_by in new
        ],
        batch_size=PORTION,
    )  # fmt: skip
    audit.record(
        "import_card_lines", by=by, subject=f"card-statement:{statement.pk}",
        after={"name": statement.name, "currency": currency, "lines": len(new)},
    )  # fmt: skip
    if matched := match_lines(by=by, now=now):
        found = _("%(count)s lines are matched with their cases") % {"count": matched}
        report.changes.insert(0, found)


def _sha256(lines: list[Line]) -> str:
    """Of what the lines say: the same statement saved by another program is the same."""
    said = "\n".join(
        "\x1f".join((str(line.date), line.merchant, line.reference, str(line.amount_minor)))
        for line in lines
    )
    return hashlib.sha256(said.encode()).hexdigest()


def _refuse_in_another_currency(sha256: str, currency: str) -> None:
    known = CardStatement.objects.filter(sha256=sha256).exclude(currency=currency).first()
    if known:
        message = _("This statement was imported before, in %(currency)s.")
        raise ImportRefused([Problem(message % {"currency": known.currency})])


def _new(lines: list[Line], currency: str) -> Iterator[tuple[Line, str]]:
    """The lines that are not known, each with its identity, in the file's order."""
    if not lines:
        return
    known = _known(currency, min(line.date for line in lines), max(line.date for line in lines))
    alike: dict[Content, list[Line]] = defaultdict(list)
    for line in lines:
        alike[line.content(currency)].append(line)
    found = []
    for content, group in alike.items():
        references = [normalise(line.reference) for line in group]
        numbers = Counter(known[content])
        for place in new_among(references, known[content]):
            numbers[references[place]] += 1
            number = numbers[references[place]]
            found.append((group[place], identity(content, references[place], number)))
    yield from sorted(found, key=lambda each: each[0].line)


def _known(currency: str, first: date, last: date) -> defaultdict[Content, list[str]]:
    """The references of the lines that are known, by what they say."""
    rows = CardLine.objects.filter(currency=currency, date__range=(first, last)).order_by()
    known: defaultdict[Content, list[str]] = defaultdict(list)
    said = rows.values_list("date", "merchant", "amount_minor", "reference")
    for day, merchant, amount_minor, reference in said.iterator():
        known[Content.of(currency, day, merchant, amount_minor)].append(normalise(reference))
    return known


def _notes(lines: list[Line], currency: str) -> list[str]:
    """Which lines are no spending, so that nobody looks for them in a total."""
    said = {
        Kind.SETTLEMENT: _("line %(line)s, %(amount)s: pays the card's bill, in no total"),
        Kind.ADJUSTMENT: _("line %(line)s, %(amount)s: an adjustment, in no total"),
    }
    return [
        said[line.kind] % {"line": line.line, "amount": money(line.amount_minor, currency)}
        for line in lines
        if line.kind in said
    ]


register(CardLineImporter())
