"""What payroll is told of rewards: each is in one file, and so is what was taken back later.

Granting brings money from the budget to `recognition:rewards`; a file brings it on to
`company:payroll`. An award that is taken back reverses the first of these at once, whether payroll
knows of it or not. Where it knows, the rewards account is below zero by that amount until the next
file has a line below zero for it, which reverses the second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Transfer
from ledger.services.posting import PAYROLL, Movement, open_account, post_many, reverse_many
from people import same_files
from people.models import User
from people.money import major_units
from people.services import audit
from people.services.retrying import retried
from recognition.models import Award, AwardRecipient, Nomination, RewardExport, RewardLine
from recognition.services.rewards import REWARDS

COLUMNS = ("number", "name", "amount", "currency", "tax_class", "award", "date")
"""Of a file; in every language, so that payroll reads the next like the last."""
PORTION = 2000


class ExportRefused(Exception):
    """No file was made; the message says why."""


@dataclass(frozen=True)
class Waiting:
    """What the next file in a currency will hold; `off_minor` is below 0 or 0."""

    currency: str
    pay: int
    pay_minor: int
    off: int
    off_minor: int


def payroll_key(recipient: AwardRecipient) -> str:
    return f"recognition:payroll:{recipient.award_id}:{recipient.employee_id}"


def to_pay() -> QuerySet[AwardRecipient]:
    """Granted, and payroll does not know of it."""
    told = RewardLine.objects.filter(recipient=OuterRef("pk"))
    granted = AwardRecipient.objects.filter(award__state=Award.State.GRANTED, amount_minor__gt=0)
    # What is doubted waits for HR: taking money off again is worse than paying a month later.
    granted = granted.exclude(award__nomination__state=Nomination.State.HELD)
    return granted.exclude(Exists(told))


def to_take_off() -> QuerySet[AwardRecipient]:
    """Taken back after payroll was told to pay it, and payroll does not know of that."""
    told = RewardLine.objects.filter(recipient=OuterRef("pk"))
    reversed_ = AwardRecipient.objects.filter(award__state=Award.State.REVERSED)
    return reversed_.filter(Exists(told.filter(amount_minor__gt=0))).exclude(
        Exists(told.filter(amount_minor__lt=0))
    )


def waiting() -> list[Waiting]:
    """By currency, what the next files will hold."""
    pay, off = _summed(to_pay()), _summed(to_take_off())
    nothing = (0, 0)
    return [
        Waiting(
            currency, *pay.get(currency, nothing), off.get(currency, nothing)[0],
            -off.get(currency, nothing)[1],
        )
        for currency in sorted(pay.keys() | off.keys())
    ]  # fmt: skip


def _summed(recipients: QuerySet[AwardRecipient]) -> dict[str, tuple[int, int]]:
    rows = recipients.order_by().values_list("award__currency")
    counted = rows.annotate(n=Count("pk"), s=Sum("amount_minor"))
    return {currency: (n, s) for currency, n, s in counted}


def files() -> QuerySet[RewardExport]:
    """Those made so far, each with `rewards` (its lines), `paid_minor` and `off_minor`."""
    return RewardExport.objects.select_related("made_by__employee").annotate(
        rewards=Count("lines"),
        paid_minor=Sum("lines__amount_minor", filter=Q(lines__amount_minor__gt=0), default=0),
        off_minor=Sum("lines__amount_minor", filter=Q(lines__amount_minor__lt=0), default=0),
    )


@retried
@transaction.atomic
def export_rewards(*, currency: str, by: User, now: datetime) -> RewardExport:
    """Make the next file for payroll: every reward in this currency that it does not know of, and
    every one that it has to take off again. Raises ExportRefused when there is none.
    """
    awards = _held(currency)
    pay = list(to_pay().filter(award__in=awards).select_related("employee").order_by("pk"))
    off = list(to_take_off().filter(award__in=awards).select_related("employee").order_by("pk"))
    if not pay and not off:
        raise ExportRefused(_("Payroll knows of every reward in %(currency)s.") % {
            "currency": currency,
        })  # fmt: skip
    export = RewardExport.objects.create(currency=currency, made_by=by, made_at=now)
    RewardLine.objects.bulk_create(
        [_line(export, each, each.amount_minor) for each in pay]
        + [_line(export, each, -each.amount_minor) for each in off],
        batch_size=PORTION,
    )
    _move(pay, off, currency=currency, why=_("file %(number)s") % {"number": export.pk}, by=by)
    audit.record(
        "export_rewards", by=by, subject=f"rewards:{export.pk}",
        after={"currency": currency, "paid": len(pay), "taken_off": len(off)},
    )  # fmt: skip
    return export


def _held(currency: str) -> list[int]:
    """The awards that the file may be about, locked in one order: whoever takes one back, or makes
    another file, waits. What is to be told is read after that."""
    concerned = Q(pk__in=to_pay().values("award")) | Q(pk__in=to_take_off().values("award"))
    awards = Award.objects.select_for_update(of=("self",)).filter(concerned, currency=currency)
    return [award.pk for award in awards.order_by("pk").only("pk")]


def _line(export: RewardExport, recipient: AwardRecipient, amount_minor: int) -> RewardLine:
    return RewardLine(
        export=export, recipient=recipient, amount_minor=amount_minor, name=recipient.employee.name
    )


def _move(
    pay: list[AwardRecipient], off: list[AwardRecipient], *, currency: str, why: str, by: User
) -> None:
    rewards = open_account(REWARDS, currency=currency)
    payroll = open_account(PAYROLL, currency=currency)
    post_many(
        (Movement(payroll_key(each), rewards, payroll, each.amount_minor, why=why) for each in pay),
        by=by,
    )
    told = Transfer.objects.filter(key__in=[payroll_key(each) for each in off])
    reverse_many(told.select_related("from_account", "to_account"), why=why, by=by)


@dataclass(frozen=True)
class FileLine:
    """`amount_minor` below 0 is taken off the next pay; `day` is of the award or its end."""

    number: str
    name: str
    amount_minor: int
    currency: str
    tax_class: str
    award: str
    day: date


def lines_of(export: RewardExport) -> Iterator[FileLine]:
    """What a file holds: the same whenever it is asked for."""
    rows = export.lines.select_related("recipient__employee", "recipient__award__level")
    for line in rows.order_by("pk"):
        award = line.recipient.award
        at = award.decided_at if line.amount_minor > 0 else award.reversed_at
        yield FileLine(
            line.recipient.employee.number, line.name, line.amount_minor, award.currency,
            award.tax_class, award.level.code, timezone.localdate(at),
        )  # fmt: skip


def take_file(export: RewardExport, form: str, *, by: User) -> bytes:
    """The file once more, "csv" or "xlsx"; that somebody took it is logged."""
    with transaction.atomic():
        audit.record(
            "take_rewards_file", by=by, subject=f"rewards:{export.pk}", after={"form": form}
        )
    return as_csv(export) if form == "csv" else as_xlsx(export)


def as_csv(export: RewardExport) -> bytes:
    return same_files.as_csv(COLUMNS, map(_cells, lines_of(export)))


def as_xlsx(export: RewardExport) -> bytes:
    return same_files.as_xlsx(
        COLUMNS, map(_cells, lines_of(export)), sheet="Rewards", made_at=export.made_at
    )


def _cells(line: FileLine) -> same_files.Row:
    amount = major_units(line.amount_minor, line.currency)
    return (
        line.number, line.name, amount, line.currency, line.tax_class, line.award, line.day,
    )  # fmt: skip
