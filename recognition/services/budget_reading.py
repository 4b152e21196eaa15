"""Recognition budgets with what was put in, given away and left."""

from datetime import date

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from ledger.models import Account
from people.models import Salary, User
from people.permissions import led_departments
from recognition.models import Budget, BudgetGrant


def budgets_with_money() -> QuerySet[Budget]:
    """Each with `funded_minor`, `left_minor` and `given_minor` in minor units."""
    grants = BudgetGrant.objects.filter(budget=OuterRef("pk")).order_by()
    funded = grants.values("budget").annotate(s=Sum("amount_minor")).values("s")
    account = Account.objects.filter(code=OuterRef("code"), currency=OuterRef("currency"))
    # As Budget.account_code, which a test holds equal to it.
    whose = Case(
        When(department=None, then=Value("company")),
        default=Concat(Value("department-"), Cast("department_id", CharField())),
        output_field=CharField(),
    )
    code = Concat(Value("recognition:"), whose, Value(":"), Cast("year", CharField()))
    found = Budget.objects.select_related("department").annotate(code=code)
    return found.annotate(
        funded_minor=Coalesce(Subquery(funded), 0),
        left_minor=Coalesce(Subquery(account.values("balance_minor")), 0),
    ).annotate(given_minor=F("funded_minor") - F("left_minor"))


def budgets_for(user: User, *, on: date, sees_all: bool) -> QuerySet[Budget]:
    """All of them, or those of the departments that somebody leads."""
    found = budgets_with_money()
    return found if sees_all else found.filter(department__in=led_departments(user, on=on))


def usual_currency() -> str:
    """Of the newest budget, else the one most salaries are in; "" before there are any."""
    newest = Budget.objects.order_by("-pk").first()
    if newest:
        return newest.currency
    paid = Salary.objects.values("currency").annotate(n=Count("pk")).order_by("-n", "currency")
    found = paid.first()
    return found["currency"] if found else ""


def grants_of(budget: Budget) -> QuerySet[BudgetGrant]:
    """With their `currency`."""
    grants = budget.grants.select_related("made_by__employee")
    return grants.annotate(currency=F("budget__currency"))
