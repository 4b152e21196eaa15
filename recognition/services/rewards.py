"""The money of awards: into a budget, from it to whoever is praised, and back, each once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Account, Transfer
from ledger.services.posting import (
    FloorBroken,
    LedgerRefusal,
    Movement,
    open_account,
    post,
    post_many,
    reverse_many,
)
from people.models import Department, Placement, User
from people.services import audit
from people.services.retrying import retried
from recognition.models import Award, AwardRecipient, Budget, BudgetGrant, Nomination
from recognition.signals import award_taken_back

FUNDING = "company:recognition"
"""Where the company's money for recognition comes from; it goes below zero by what is given."""
REWARDS = "recognition:rewards"
"""What has been granted and payroll has not been told of yet."""


class BudgetRefused(Exception):
    """No money has moved; the message says why."""


@dataclass(frozen=True)
class Funding:
    """`amount_minor` into a budget (below 0: back out of it); the same `key` again is the same."""

    key: UUID
    department: Department | None
    year: int
    currency: str
    amount_minor: int
    reason: str


@retried
@transaction.atomic
def fund(funding: Funding, *, by: User, now: datetime) -> BudgetGrant:
    """Put money into a recognition budget, or take what is left out. Raises BudgetRefused."""
    if not funding.amount_minor:
        raise BudgetRefused(_("An amount is more or less than nothing."))
    if not funding.reason.strip():
        raise BudgetRefused(_("Say why."))
    if abs(funding.year - timezone.localdate(now).year) > 1:
        raise BudgetRefused(_("Choose last year, this year or the next."))
    budget, _made = Budget.objects.get_or_create(
        department=funding.department, year=funding.year, currency=funding.currency
    )
    # Two with the same key wait here for each other.
    Budget.objects.select_for_update(of=("self",)).get(pk=budget.pk)
    known = BudgetGrant.objects.filter(key=funding.key).first()
    if known:
        return _same(known, budget, funding)
    grant = BudgetGrant.objects.create(
        budget=budget, amount_minor=funding.amount_minor, reason=funding.reason,
        key=funding.key, made_by=by, made_at=now,
    )  # fmt: skip
    company, own = open_account(FUNDING, currency=funding.currency), account_of(budget)
    from_account, to_account = (company, own) if funding.amount_minor > 0 else (own, company)
    try:
        post(
            key=grant_key(grant), from_account=from_account, to_account=to_account,
            amount_minor=abs(funding.amount_minor), why=funding.reason, by=by,
        )  # fmt: skip
    except FloorBroken:
        raise BudgetRefused(_("The budget holds less than that.")) from None
    audit.record(
        "fund_recognition", by=by, subject=f"account:{budget.account_code}",
        after={"amount_minor": funding.amount_minor, "currency": funding.currency},
        why=funding.reason,
    )  # fmt: skip
    return grant


def grant_key(grant: BudgetGrant) -> str:
    return f"recognition:grant:{grant.pk}"


def _same(known: BudgetGrant, budget: Budget, funding: Funding) -> BudgetGrant:
    if (known.budget_id, known.amount_minor) != (budget.pk, funding.amount_minor):
        raise BudgetRefused(_("This form was sent before with another content. Open a new one."))
    return known


def account_of(budget: Budget) -> Account:
    """Floored: a budget gives no more than it holds."""
    return open_account(budget.account_code, currency=budget.currency, floored=True)


def budget_for(department_id: int | None, *, on: date, currency: str) -> Budget | None:
    """The budget of the department or of the nearest above it that has one, else the company's.

    Years are calendar years: a budget is a manager's plan and no pool.
    """
    budgets = {
        budget.department_id: budget
        for budget in Budget.objects.filter(year=on.year, currency=currency)
    }
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    while department_id is not None:
        if department_id in budgets:
            return budgets[department_id]
        department_id = parents.get(department_id)
    return budgets.get(None)


def pay_out(award: Award, *, by: User) -> int:
    """Move each recipient's money from the budget; returns how many movements were new.

    Raises BudgetRefused when the budget holds less; then nothing has moved.
    """
    if award.budget is None:
        return 0
    own, rewards = account_of(award.budget), open_account(REWARDS, currency=award.currency)
    recipients = award.recipients.filter(amount_minor__gt=0)
    movements = [
        Movement(reward_key(each), own, rewards, each.amount_minor, why=award.reason)
        for each in recipients
    ]
    try:
        return post_many(movements, by=by)
    except FloorBroken:
        raise BudgetRefused(
            _("The budget %(budget)s holds less than this award costs. Ask finance for more.")
            % {"budget": award.budget.account_code}
        ) from None
    except LedgerRefusal as refused:
        raise BudgetRefused(str(refused)) from refused


def reward_key(recipient: AwardRecipient) -> str:
    return f"recognition:award:{recipient.award_id}:{recipient.employee_id}"


@transaction.atomic
def take_back_awards(nomination: Nomination, *, by: User, now: datetime, why: str) -> int:
    """Reverse what a nomination has won, once; returns how many awards that were."""
    awards = Award.objects.select_for_update(of=("self",)).filter(
        nomination=nomination, state__in=(Award.State.PROPOSED, Award.State.GRANTED)
    )
    taken = list(awards.order_by("pk"))
    for award in taken:
        take_back(award, by=by, now=now, why=why)
    return len(taken)


def take_back(award: Award, *, by: User, now: datetime, why: str) -> None:
    """One award, locked by the caller; what payroll has been told it is told to take off."""
    _reverse(award.recipients.filter(amount_minor__gt=0), award, why=why, by=by)
    award.state, award.reversed_at = Award.State.REVERSED, now
    award.save(update_fields=["state", "reversed_at"])
    audit.record("take_back_award", by=by, subject=f"award:{award.pk}", why=why)
    transaction.on_commit(
        lambda: award_taken_back.send(sender=Award, award_id=award.pk), robust=True
    )


def _reverse(recipients: Iterable[AwardRecipient], award: Award, *, why: str, by: User) -> None:
    if award.state == Award.State.GRANTED:
        keys = [reward_key(each) for each in recipients]
        moved = Transfer.objects.filter(key__in=keys).select_related("from_account", "to_account")
        reverse_many(moved, why=why, by=by)
