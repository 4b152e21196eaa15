"""Who spends where, which limits hold for them, and what is left."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import Case, Customer, Limit, SiteCurrencies
from empowerment.rules.limits import (
    Check,
    Line,
    Measure,
    Scope,
    Used,
    checks_of,
    first_day_of,
    in_force,
    missing,
    room,
)
from empowerment.rules.references import folded
from people.models import Employee, Membership, Role, RoleAssignment, User


class SpendingRefused(Exception):
    """Nothing was spent or changed; `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Spender:
    """Somebody in their place on a day, `today` in the zone of their site. `currencies` are those
    of the site; empty: whatever there are limits in."""

    employee_id: int
    user_id: int | None
    grade: str
    department_id: int
    site_id: int
    today: date
    currencies: tuple[str, ...] = ()

    @property
    def month(self) -> date:
        return self.today.replace(day=1)


def spender_of(user: User, *, now: datetime) -> Spender:
    """Whoever is signed in, as an employee in a department. Raises SpendingRefused."""
    employee = Employee.objects.filter(user=user.pk, erased_at=None).order_by().only("pk").first()
    if employee is None:
        raise SpendingRefused(_("Only employees spend: this login belongs to none."))
    return placed(employee.pk, now=now)


def placed(employee_id: int, *, now: datetime) -> Spender:
    """An employee where they work today, in one query. Raises SpendingRefused."""
    day = timezone.localdate(now)
    here = Q(department__placements__from_date__lte=day) & (
        Q(department__placements__until_date=None) | Q(department__placements__until_date__gte=day)
    )
    of_site = SiteCurrencies.objects.filter(
        site=OuterRef("department__placements__site"), from_date__lte=day
    )
    found = (
        Membership.objects.on(day)
        .filter(here, employee=employee_id)
        .order_by()
        .values_list(
            "employee__user", "employee__job_title", "department", "department__placements__site",
            "department__placements__site__time_zone",
            Subquery(of_site.order_by("-from_date", "-pk").values("currencies")[:1]),
        )
        .first()
    )  # fmt: skip
    if found is None:
        raise SpendingRefused(_("You stand in no department today. Ask HR to say where you work."))
    user_id, grade, department_id, site_id, zone, currencies = found
    return Spender(
        employee_id, user_id, grade, department_id, site_id,
        now.astimezone(ZoneInfo(zone)).date(), tuple((currencies or "").split(",")) if currencies
        else (),
    )  # fmt: skip


@dataclass(frozen=True)
class Budgeted:
    """A department's limit with the account that was funded by it, if it has been yet."""

    account_id: int | None = None
    balance_minor: int = 0
    funded_minor: int = 0

    @property
    def spent_minor(self) -> int:
        return self.funded_minor - self.balance_minor


@dataclass(frozen=True)
class Limits:
    """What holds for somebody in one currency, before anything is counted."""

    currency: str
    lines: tuple[Line, ...]
    budget: Budgeted = Budgeted()

    def of(self, measure: Measure) -> Line | None:
        return next((line for line in self.lines if line.measure == measure), None)

    @property
    def customer_days(self) -> int:
        line = self.of(Measure.CUSTOMER)
        return line.days or 1 if line else 1


def limits_of(spender: Spender) -> dict[str, Limits]:
    """By currency, which limits hold for somebody today; one query."""
    roles = RoleAssignment.objects.on(spender.today).filter(user=spender.user_id)
    has_role = Q(role=Role.EMPLOYEE) | Exists(roles.filter(role=OuterRef("role")))
    rows = (
        Limit.objects.filter(
            Q(scope=Scope.EVERYBODY)
            | Q(scope=Scope.PERSON, employee=spender.employee_id)
            | (Q(scope=Scope.GRADE, grade=spender.grade) & ~Q(grade=""))
            | (Q(scope=Scope.ROLE) & has_role)
            | Q(scope=Scope.DEPARTMENT, department=spender.department_id)
            | Q(scope=Scope.SITE, site=spender.site_id),
            from_date__lte=spender.today,
        )
        .annotate(
            funded=FilteredRelation(
                "budgets",
                condition=Q(budgets__department=spender.department_id)
                & Q(budgets__month=spender.month),
            )
        )
        .order_by()
        .values_list(
            "pk", "measure", "scope", "currency", "amount_minor", "days", "from_date", "role",
            "funded__account", "funded__account__balance_minor", "funded__funded_minor",
        )
    )  # fmt: skip
    budgets: dict[int, Budgeted] = {}
    lines = []
    for row in rows:
        line, (account_id, balance_minor, funded_minor) = Line(*row[:8]), row[8:]
        lines.append(line)
        budgets[line.pk] = Budgeted(account_id, balance_minor or 0, funded_minor or 0)
    return _by_currency(in_force(lines), budgets, spender.currencies)


def _by_currency(
    lines: list[Line], budgets: dict[int, Budgeted], allowed: tuple[str, ...]
) -> dict[str, Limits]:
    """The site's currencies in the site's order; without any, those with limits, by name."""
    found = {}
    for currency in allowed or sorted({line.currency for line in lines}):
        own = tuple(line for line in lines if line.currency == currency)
        budget = next(
            (budgets[line.pk] for line in own if line.measure == Measure.DEPARTMENT), None
        )
        found[currency] = Limits(currency, own, budget or Budgeted())
    return found


def used_by(spender: Spender, customer_id: int | None, limits: Limits) -> Used:
    """What has been spent in the windows that these limits count; one query.

    What a lead approved above the limits counts for the customer and the department, and not for
    what an employee may spend without asking.
    """
    since = first_day_of(limits.customer_days, spender.today)
    own = Q(employee=spender.employee_id, decided_by=None)
    of_customer = Q(customer=customer_id, spent_on__gte=since)
    net = F("amount_minor") - F("returned_minor")
    month = own & Q(spent_on__gte=spender.month)
    # Two branches of one OR, each with an index of its own.
    counted = month | of_customer if customer_id else month
    sums = (
        Case.objects.spent()
        .filter(counted, currency=limits.currency)
        .order_by()
        .aggregate(
            customer=Sum(net, filter=of_customer, default=0),
            day=Sum(net, filter=own & Q(spent_on=spender.today), default=0),
            month=Sum(net, filter=month, default=0),
        )
    )
    return Used(
        sums["customer"] if customer_id else 0, sums["day"], sums["month"],
        limits.budget.spent_minor,
    )  # fmt: skip


@dataclass(frozen=True)
class Allowance:
    """What somebody may spend now in a currency, on a customer when one is named."""

    currency: str
    checks: tuple[Check, ...]

    @property
    def room_minor(self) -> int:
        return room(list(self.checks))

    @property
    def missing(self) -> list[Measure]:
        return missing(self.checks)


def allowances(user: User, *, reference: str = "", now: datetime) -> list[Allowance]:
    """What somebody may spend at once, by currency, the usual one first. Raises SpendingRefused."""
    spender = spender_of(user, now=now)
    customer = Customer.objects.filter(folded=folded(reference)).first() if reference else None
    found = []
    for limits in limits_of(spender).values():
        used = used_by(spender, customer.pk if customer else None, limits)
        found.append(Allowance(limits.currency, tuple(checks_of(limits.lines, used))))
    return found
