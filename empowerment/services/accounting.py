"""What accounting is told of cases: each is in one file, and so is what came back of it.

No money moves by it: `empowerment:spent` in the ledger is what all files say together, and what no
file says yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from empowerment.models import AccountingExport, AccountingLine, Case, CaseReturn
from empowerment.services.matching import day_of
from people import same_files
from people.models import Policy, Site, User
from people.money import major_units
from people.services import audit
from people.services.policies import KNOWN
from people.services.retrying import retried

COLUMNS = (
    "date", "case", "department", "moment_of_truth", "remedy", "employee", "debit", "credit",
    "amount", "currency",
)  # fmt: skip
"""Of a file; in every language, so that accounting reads the next like the last."""
PORTION = 2000


class ExportRefused(Exception):
    """No file was made; the message says why."""


@dataclass(frozen=True)
class Waiting:
    """What accounting has not been told in a currency; `back_minor` is below 0 or 0."""

    currency: str
    cases: int
    spent_minor: int
    returns: int
    back_minor: int

    @property
    def net_minor(self) -> int:
        return self.spent_minor + self.back_minor


def cases_to_tell() -> QuerySet[Case]:
    told = AccountingLine.objects.filter(case=OuterRef("pk"), returned=None)
    return Case.objects.spent().exclude(Exists(told))


def returns_to_tell() -> QuerySet[CaseReturn]:
    return CaseReturn.objects.filter(accounting_line=None)


def waiting() -> list[Waiting]:
    """By currency."""
    spent = _summed(cases_to_tell(), "currency")
    back = _summed(returns_to_tell(), "case__currency")
    nothing = (0, 0)
    return [
        Waiting(
            currency, *spent.get(currency, nothing), back.get(currency, nothing)[0],
            -back.get(currency, nothing)[1],
        )
        for currency in sorted(spent.keys() | back.keys())
    ]  # fmt: skip


def _summed(rows: QuerySet, currency: str) -> dict[str, tuple[int, int]]:
    counted = rows.order_by().values_list(currency)
    found = counted.annotate(n=Count("pk"), s=Sum("amount_minor"))
    return {currency: (n, s) for currency, n, s in found}


def files() -> QuerySet[AccountingExport]:
    """Those made so far, each with `told` (its lines), `spent_minor` and `back_minor`."""
    return AccountingExport.objects.select_related("made_by__employee").annotate(
        told=Count("lines"),
        spent_minor=Sum("lines__amount_minor", filter=Q(lines__amount_minor__gt=0), default=0),
        back_minor=Sum("lines__amount_minor", filter=Q(lines__amount_minor__lt=0), default=0),
    )


@retried
def export_cases(*, currency: str, through: date, by: User, now: datetime) -> AccountingExport:
    """Make the next file: every case and return in this currency, through this day by the clock of
    its site, that accounting has not been told. Raises ExportRefused when there is none, when the
    day is still to come, or when somebody has just made it."""
    if through > _latest_day(now):
        raise ExportRefused(_("Choose today or an earlier day."))
    try:
        return _export(currency=currency, through=through, by=by, now=now)
    except IntegrityError:
        # Each case is told once: who comes second waits here, and finds it told.
        raise ExportRefused(_("Somebody else has just made this file: look again.")) from None


def _zones() -> list[ZoneInfo]:
    return [ZoneInfo(name) for name in Site.objects.values_list("time_zone", flat=True).distinct()]


def _latest_day(now: datetime) -> date:
    """The day that has begun wherever it begins first."""
    return max((now.astimezone(zone).date() for zone in _zones()), default=now.date())


def _end_of(day: date) -> datetime:
    """When a day is over at every site."""
    ends = [datetime.combine(day + timedelta(days=1), time.min, zone) for zone in _zones()]
    return max(ends, default=datetime.combine(day, time.min, UTC))


@transaction.atomic
def _export(*, currency: str, through: date, by: User, now: datetime) -> AccountingExport:
    export = AccountingExport.objects.create(
        currency=currency, through=through, made_by=by, made_at=now
    )
    lines = [*_of_cases(export), *_of_returns(export)]
    if not lines:
        raise ExportRefused(
            _("Accounting has been told of everything in %(currency)s through this day.")
            % {"currency": currency}
        )
    AccountingLine.objects.bulk_create(lines, batch_size=PORTION)
    audit.record(
        "export_cases", by=by, subject=f"accounting:{export.pk}",
        after={"currency": currency, "through": str(through), "lines": len(lines),
               "amount_minor": sum(line.amount_minor for line in lines)},
    )  # fmt: skip
    return export


def _of_cases(export: AccountingExport) -> Iterator[AccountingLine]:
    accounts = Accounts()
    found = cases_to_tell().filter(currency=export.currency, spent_on__lte=export.through)
    for case in found.order_by("pk").iterator(PORTION):
        assert case.spent_on
        debit, credit = accounts.of(case.remedy, case.spent_on)
        yield AccountingLine(
            export=export, case=case, amount_minor=case.amount_minor, day=case.spent_on,
            debit=debit, credit=credit,
        )  # fmt: skip


def _of_returns(export: AccountingExport) -> Iterator[AccountingLine]:
    """In the accounts of the day on which it was spent: it takes away from what is there."""
    accounts = Accounts()
    found = returns_to_tell().filter(
        case__currency=export.currency, made_at__lt=_end_of(export.through)
    )
    for back in found.select_related("case__site").order_by("pk").iterator(PORTION):
        day = day_of(back)
        if day > export.through:
            continue
        assert back.case.spent_on
        debit, credit = accounts.of(back.case.remedy, back.case.spent_on)
        yield AccountingLine(
            export=export, case=back.case, returned=back, amount_minor=-back.amount_minor, day=day,
            debit=debit, credit=credit,
        )  # fmt: skip


class Accounts:
    """The accounts of remedies (policies `accounts_…`), read once."""

    def __init__(self) -> None:
        rows = Policy.objects.filter(name__startswith="accounts_").order_by("-from_date")
        self.rows = list(rows.values_list("name", "from_date", "value"))

    def of(self, remedy: str, day: date) -> tuple[str, str]:
        """Debit and credit account that hold on a day."""
        name = f"accounts_{remedy}"
        known = (value for own, since, value in self.rows if own == name and since <= day)
        debit, _slash, credit = next(known, KNOWN[name][0]).partition("/")
        return debit, credit


def take_file(export: AccountingExport, form: str, *, by: User) -> bytes:
    """A file once more, "csv" or "xlsx"; that somebody took it is logged."""
    with transaction.atomic():
        audit.record(
            "take_accounting_file", by=by, subject=f"accounting:{export.pk}", after={"form": form}
        )
    return as_csv(export) if form == "csv" else as_xlsx(export)


def as_csv(export: AccountingExport) -> bytes:
    return same_files.as_csv(COLUMNS, _rows(export))


def as_xlsx(export: AccountingExport) -> bytes:
    return same_files.as_xlsx(COLUMNS, _rows(export), sheet="Cases", made_at=export.made_at)


def _rows(export: AccountingExport) -> Iterable[same_files.Row]:
    """What a file holds: the same whenever it is asked for; a person who was erased since is called
    what they are called now."""
    lines = export.lines.select_related("case__department", "case__moment", "case__employee")
    for line in lines.order_by("pk").iterator(PORTION):
        case = line.case
        yield (
            line.day, case.pk, case.department.code, case.moment.code, case.remedy,
            case.employee.number, line.debit, line.credit,
            major_units(line.amount_minor, export.currency), export.currency,
        )  # fmt: skip
