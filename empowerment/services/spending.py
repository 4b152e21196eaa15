"""Put a customer right: the decision itself, with every limit checked in one transaction."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from empowerment.models import LARGEST_MINOR, Case, MomentOfTruth, Remedy
from empowerment.rules.limits import Check, Measure, beyond, checks_of
from empowerment.rules.references import LONGEST, folded
from empowerment.services import facts
from empowerment.services.allowances import (
    Limits,
    Spender,
    SpendingRefused,
    limits_of,
    sent_before,
    spender_of,
    used_by,
)
from empowerment.services.budgets import case_key, funded, spent_account
from ledger.services.posting import FloorBroken, draw
from people.models import User
from people.services.retrying import retried


@dataclass(frozen=True)
class Spend:
    """What somebody wants to spend. `key` is made with the form: sent twice it counts once."""

    key: UUID
    reference: str
    moment: MomentOfTruth
    amount_minor: int
    currency: str
    remedy: Remedy = Remedy.GESTURE
    reason: str = ""
    no_receipt: str = ""


class BeyondLimits(SpendingRefused):
    """Above at least one limit: nothing was spent. `checks` is what was counted, all of it, and
    `broken` those that the amount would break; without any, a limit that is needed is not set."""

    def __init__(self, checks: list[Check], amount_minor: int):
        self.checks = checks
        self.broken = beyond(checks, amount_minor)
        super().__init__(_("This is more than you may spend without asking."), "amount")


@retried
def spend(wanted: Spend, *, by: User, now: datetime) -> Case:
    """Approve a case at once; the same key again gives the same case.

    Raises BeyondLimits, or SpendingRefused: nothing to spend, no such currency here, no customer,
    the key stands for something else. Nothing has been spent then.
    """
    refuse_what_can_never_be(wanted, now=now)
    try:
        return _spend(wanted, by=by, now=now)
    except (BeyondLimits, IntegrityError):
        # An answer that was lost, or a second tap: what it asks for has been done.
        known = known_case(wanted, by=by)
        if known is None:
            raise
        return known


@transaction.atomic
def _spend(wanted: Spend, *, by: User, now: datetime) -> Case:
    spender = spender_of(by, now=now, lock=True)
    limits = limits_in(wanted.currency, spender)
    customer_id = lock_customer(wanted.reference, now=now)
    used = used_by(spender, customer_id, limits)
    checks = checks_of(limits.lines, used)
    if not within(checks, wanted.amount_minor):
        raise BeyondLimits(checks, wanted.amount_minor)
    case = entered(wanted, spender, customer_id, checks, now=now)
    case.state, case.spent_on = Case.State.APPROVED, spender.today
    case.save(force_insert=True)
    try:
        pay(case, limits, by=by)
    except FloorBroken:
        # The department's budget went while this was counted.
        gone = replace(
            used, department_minor=limits_in(wanted.currency, spender).budget.spent_minor
        )
        raise BeyondLimits(checks_of(limits.lines, gone), wanted.amount_minor) from None
    return case


def within(checks: list[Check], amount_minor: int) -> bool:
    """Whether the limits that are needed are set and none is broken."""
    known = {check.measure for check in checks}
    return {Measure.CASE, Measure.DEPARTMENT} <= known and not beyond(checks, amount_minor)


def lock_customer(reference: str, *, now: datetime) -> int:
    """The customer's row, made when it is new: the lock of what is spent on a customer."""
    return facts.lock_customer(folded(reference), reference.strip()[:LONGEST], now=now)


def limits_in(currency: str, spender: Spender) -> Limits:
    """What holds for somebody in a currency. Raises SpendingRefused for one that is not theirs."""
    known = limits_of(spender)
    if currency not in known:
        raise SpendingRefused(
            _("%(currency)s is not spent at your site. Choose %(known)s.")
            % {"currency": currency, "known": ", ".join(known)} if known
            else _("Nobody has set yet what you may spend. Ask HR."),
            "currency",
        )  # fmt: skip
    return known[currency]


def entered(
    wanted: Spend, spender: Spender, customer_id: int, checks: list[Check], *, now: datetime
) -> Case:
    """The case as it was entered, with what was counted, and without a state."""
    return Case(
        key=wanted.key, employee_id=spender.employee_id, department_id=spender.department_id,
        site_id=spender.site_id, customer_id=customer_id, moment=wanted.moment,
        remedy=wanted.remedy, amount_minor=wanted.amount_minor, currency=wanted.currency,
        reason=wanted.reason.strip(), no_receipt=wanted.no_receipt.strip(), entered_at=now,
        checks=[asdict(check) for check in checks],
    )  # fmt: skip


def pay(case: Case, limits: Limits, *, by: User) -> None:
    """Move the money from the department's budget of this month. Raises FloorBroken.

    Last in its transaction: whoever spends from the same department waits for this account.
    """
    account_id = limits.budget.account_id
    line = limits.of(Measure.DEPARTMENT)
    if account_id is None and line is not None and case.spent_on is not None:
        month = case.spent_on.replace(day=1)
        account_id = funded(case.department_id, month=month, limit_id=line.pk).account_id
    if account_id is None:
        raise FloorBroken(f"department {case.department_id} has no empowerment budget")
    draw(
        key=case_key(case.key), from_account_id=account_id, currency=case.currency,
        to_account_id=limits.budget.spent_account_id or spent_account(case.currency).pk,
        amount_minor=case.amount_minor, why="case", by=by,
    )  # fmt: skip


def known_case(wanted: Spend, *, by: User) -> Case | None:
    """What was entered under this key before. Raises SpendingRefused when it says something else
    or is somebody else's."""
    known = Case.objects.select_related("customer", "employee").filter(key=wanted.key).first()
    if known is None:
        return None
    same = (
        known.employee.user_id == by.pk, known.customer.folded == folded(wanted.reference),
        known.amount_minor == wanted.amount_minor, known.currency == wanted.currency,
        known.moment_id == wanted.moment.pk,
    )  # fmt: skip
    if not all(same):
        raise SpendingRefused(sent_before())
    return known


def refuse_what_can_never_be(wanted: Spend, *, now: datetime) -> None:
    """What no limit has to be asked about. Raises SpendingRefused."""
    if wanted.amount_minor <= 0:
        raise SpendingRefused(_("Write an amount above 0."), "amount")
    if wanted.amount_minor >= LARGEST_MINOR:
        raise SpendingRefused(_("This amount is too large."), "amount")
    if not folded(wanted.reference) or len(wanted.reference) > LONGEST:
        raise SpendingRefused(
            _("Write the customer's reference: letters and digits, at most %(most)s characters.")
            % {"most": LONGEST},
            "reference",
        )
    if wanted.moment.retired_on and wanted.moment.retired_on <= now.date():
        raise SpendingRefused(_("Choose from the list what it was for."), "moment")
