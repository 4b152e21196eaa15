"""Departments' months as people read them: what was set aside, spent, came back, and is left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from empowerment.models import CaseReturn, MonthlyBudget


@dataclass(frozen=True)
class BudgetMonth:
    """Minor units. `limit_minor` is the limit of the last case; less than it is set aside where it
    was lowered below what was spent: then nothing is left."""

    month: date
    department: str
    currency: str
    limit_minor: int
    funded_minor: int
    spent_minor: int
    back_minor: int
    left_minor: int


def budget_months(departments: Collection[int] | None = None) -> list[BudgetMonth]:
    """Of these departments, or of all; newest month first, two queries."""
    budgets = MonthlyBudget.objects.select_related("department", "limit", "account")
    if departments is not None:
        budgets = budgets.filter(department__in=departments)
    came_back = _came_back()
    found = []
    for budget in budgets.order_by("-month", "department__name", "currency"):
        back = came_back.get((budget.department_id, budget.month, budget.currency), 0)
        left = budget.account.balance_minor or 0
        found.append(
            BudgetMonth(
                budget.month, str(budget.department), budget.currency,
                budget.limit.amount_minor or 0, budget.funded_minor,
                budget.funded_minor - left + back, back, left,
            )
        )  # fmt: skip
    return found


def _came_back() -> dict[tuple[int, date, str], int]:
    """By the department and month in which it was spent: that is whose allowance it is again."""
    rows = CaseReturn.objects.annotate(month=TruncMonth("case__spent_on")).order_by()
    sums = rows.values_list("case__department", "month", "case__currency")
    return {
        (department, month, currency): amount_minor
        for department, month, currency, amount_minor in sums.annotate(s=Sum("amount_minor"))
    }
