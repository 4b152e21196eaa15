"""Departments' monthly budgets as money: funded by their limit, spent by cases, never overdrawn."""

from datetime import date

from django.utils.translation import gettext as _

from empowerment.models import Limit, MonthlyBudget
from empowerment.services.allowances import SPENT
from ledger.models import Account
from ledger.services.posting import open_account, post

FUNDING = "company:empowerment"
"""Where the company's money for customers comes from; it goes below zero by what is set aside."""


def account_code(department_id: int, month: date) -> str:
    return f"empowerment:department-{department_id}:{month:%Y-%m}"


def spent_account(currency: str) -> Account:
    return open_account(SPENT, currency=currency)


def case_key(case_key: object) -> str:
    return f"empowerment:case:{case_key}"


def return_key(return_pk: int) -> str:
    return f"empowerment:return:{return_pk}"


def funding_key(budget: MonthlyBudget) -> str:
    return f"empowerment:budget:{budget.pk}:{budget.fundings}"


def funded(department_id: int, *, month: date, limit_id: int) -> MonthlyBudget:
    """The department's budget of a month, brought to what its limit says; within the caller's
    transaction."""
    limit = Limit.objects.get(pk=limit_id)
    account = open_account(
        account_code(department_id, month), currency=limit.currency, floored=True
    )
    MonthlyBudget.objects.bulk_create(
        [
            MonthlyBudget(
                department_id=department_id, month=month, currency=limit.currency, limit=limit,
                account=account,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    # Of two who come first at once, one waits here and finds it funded.
    budget = locked(department_id, month=month, currency=limit.currency)
    budget.limit = limit
    bring_to_limit(budget)
    return budget


def locked(department_id: int, *, month: date, currency: str) -> MonthlyBudget:
    """A budget, before its account: who takes both takes them in this order."""
    budgets = MonthlyBudget.objects.select_for_update(of=("self",)).select_related("limit")
    return budgets.get(department=department_id, month=month, currency=currency)


def bring_to_limit(budget: MonthlyBudget) -> None:
    """Put in, or take out again, what lies between the budget, locked by the caller, and its limit.

    Under a limit that was lowered below what is spent nothing is left to take; so this is also
    asked when money comes back.
    """
    # The account's lock keeps cases out while the rest is counted.
    own = Account.objects.select_for_update(no_key=True).get(pk=budget.account_id)
    wanted = (budget.limit.amount_minor or 0) - budget.funded_minor
    change = max(wanted, -(own.balance_minor or 0))
    if change:
        company = open_account(FUNDING, currency=budget.currency)
        from_account, to_account = (company, own) if change > 0 else (own, company)
        post(
            key=funding_key(budget), from_account=from_account, to_account=to_account,
            amount_minor=abs(change), why=budget.limit.reason, by=budget.limit.made_by,
        )  # fmt: skip
        budget.fundings += 1
    budget.funded_minor += change
    budget.save(update_fields=["limit", "funded_minor", "fundings"])


def no_budget() -> str:
    return _("This department has no empowerment budget for this month. Ask finance for one.")
