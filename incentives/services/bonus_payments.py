"""Payroll has paid: what it confirms leaves the payout account, each share once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import BonusPayment, BonusRun
from incentives.services.bonus_runs import accounts_of, hold_pool, keeps_salaries, payment_key
from incentives.services.eligibility import BonusRefused
from incentives.services.payroll_files import shares_to_pay
from ledger.services.posting import PAYROLL, Movement, open_account, post_many
from people.models import Role, User
from people.money import money
from people.services import audit
from people.services.retrying import retried
from people.services.roles import roles_in_force

State = BonusRun.State
PORTION = 2000


@dataclass(frozen=True)
class PaymentLine:
    """What payroll says it paid to somebody; `line` is where it says so."""

    line: int
    number: str
    amount_minor: int
    paid_on: date


@dataclass(frozen=True)
class WrongLine:
    """What is wrong with the line at this place of the list; `field` is one of PaymentLine's."""

    place: int
    field: str
    message: str


class PaymentsRefused(BonusRefused):
    """Nothing was confirmed; `problems` are the wrong lines."""

    def __init__(self, problems: list[WrongLine]) -> None:
        self.problems = problems
        super().__init__(" ".join(each.message for each in problems[:3]))


@dataclass(frozen=True)
class Confirmed:
    """`new` was confirmed now, `known` before; `left` people are still to be confirmed."""

    new: list[PaymentLine]
    known: int
    left: int


@dataclass(frozen=True)
class _Owed:
    share_id: int
    employee_id: int
    amount_minor: int
    code: str
    paid_on: date | None


@retried
@transaction.atomic
def confirm_payments(
    run: BonusRun, lines: Sequence[PaymentLine], *, by: User, now: datetime, dry_run: bool = False
) -> Confirmed:
    """Book what payroll paid of a decided run, all lines or none; a line that is known already
    changes nothing, and with the last share the run is paid.

    Raises BonusRefused, with PaymentsRefused for wrong lines; then nothing has changed.
    """
    run = _held(run)
    refusal = why_not_confirm(run, by=by)
    if refusal:
        raise BonusRefused(refusal)
    owed = _owed(run)
    _refuse_wrong(run, lines, owed, now=now)
    new = [line for line in lines if owed[line.number].paid_on is None]
    left = sum(1 for each in owed.values() if each.paid_on is None) - len(new)
    if new and not dry_run:
        _pay(run, [(line, owed[line.number]) for line in new], by=by)
        _finish(run, confirmed=len(new), left=left, by=by, now=now)
    return Confirmed(new, len(lines) - len(new), left)


def _held(run: BonusRun) -> BonusRun:
    hold_pool(run.pool)
    return BonusRun.objects.select_for_update(of=("self",)).select_related("pool").get(pk=run.pk)


def why_not_confirm(run: BonusRun, *, by: User) -> str:
    """Why this person can't confirm payments of this run; "" when they can."""
    if not run.is_decided():
        return _("The bonus of %(run)s is %(state)s: nothing of it can have been paid.") % {
            "run": run,
            "state": run.get_state_display(),
        }
    if by.is_system or Role.FINANCE not in roles_in_force(by):
        return _("Payments are confirmed by somebody in finance; a command says who: --by LOGIN.")
    return keeps_salaries(by, since=run.first)


def _owed(run: BonusRun) -> dict[str, _Owed]:
    """By employee number."""
    rows = shares_to_pay(run).values_list(
        "employee__number", "pk", "employee_id", "share_minor", "code", "payment__paid_on"
    )
    return {
        number: _Owed(share_id, employee_id, amount_minor, code, paid_on)
        for number, share_id, employee_id, amount_minor, code, paid_on in rows
    }


def _refuse_wrong(
    run: BonusRun, lines: Sequence[PaymentLine], owed: dict[str, _Owed], *, now: datetime
) -> None:
    problems: list[WrongLine] = []
    places: dict[str, int] = {}
    for place, line in enumerate(lines):
        found: tuple[str, str] | None
        first = places.setdefault(line.number, place)
        if first != place:
            message = _("“%(number)s” stands in line %(line)s already: leave one of them out.")
            found = ("number", message % {"number": line.number, "line": lines[first].line})
        else:
            found = _what_is_wrong(run, line, owed.get(line.number), now=now)
        if found:
            problems.append(WrongLine(place, *found))
    if problems:
        raise PaymentsRefused(problems)


def _what_is_wrong(
    run: BonusRun, line: PaymentLine, owed: _Owed | None, *, now: datetime
) -> tuple[str, str] | None:
    """The field and what is the matter with it. A share is never told, only that it differs."""
    if owed is None:
        return "number", _(
            "“%(number)s” has no share in the bonus of %(run)s: check the number (zeros in front"
            " count), or leave the line out."
        ) % {"number": line.number, "run": run}
    if line.amount_minor != owed.amount_minor:
        return "amount_minor", _(
            "%(amount)s is not the share of %(number)s in the bonus of %(run)s: compare it with the"
            " payroll export, and have payroll put right what it paid."
        ) % {
            "amount": money(line.amount_minor, run.currency), "number": line.number, "run": run,
        }  # fmt: skip
    if owed.paid_on and owed.paid_on != line.paid_on:
        return "paid_on", _(
            "%(number)s was paid on %(day)s, as confirmed before: leave the line out."
        ) % {"number": line.number, "day": owed.paid_on}
    approved_on, today = timezone.localdate(run.approved_at), timezone.localdate(now)
    if not approved_on <= line.paid_on <= today:
        return "paid_on", _(
            "%(day)s is not between the approval (%(approved)s) and today: write the day it was"
            " really paid."
        ) % {"day": line.paid_on, "approved": approved_on}
    return None


def _pay(run: BonusRun, paid: list[tuple[PaymentLine, _Owed]], *, by: User) -> None:
    BonusPayment.objects.bulk_create(
        [
            BonusPayment(
                share_id=owed.share_id, amount_minor=owed.amount_minor, paid_on=line.paid_on,
                made_by=by,
            )
            for line, owed in paid
        ],
        batch_size=PORTION,
    )  # fmt: skip
    _pool_account, payout = accounts_of(run)
    payroll = open_account(PAYROLL, currency=run.currency)
    post_many(
        (
            Movement(
                payment_key(run, owed.employee_id), payout, payroll, owed.amount_minor,
                _("bonus %(run)s, share %(code)s paid") % {"run": run, "code": owed.code},
            )
            for _line, owed in paid
        ),
        by=by,
    )  # fmt: skip


def _finish(run: BonusRun, *, confirmed: int, left: int, by: User, now: datetime) -> None:
    if not left:
        run.state, run.paid_at = State.PAID, now
        run.save(update_fields=["state", "paid_at"])
    audit.record(
        "confirm_payments", by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}",
        after={"state": str(run.state), "confirmed": confirmed, "left": left},
    )  # fmt: skip
