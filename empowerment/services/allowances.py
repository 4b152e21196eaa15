"""Who spends where, which limits hold for them, and what is left."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import Customer
from empowerment.rules.limits import (
    Check,
    Line,
    Measure,
    Used,
    checks_of,
    first_day_of,
    in_force,
    missing,
    room,
)
from empowerment.rules.references import folded
from empowerment.services import facts
from people.models import User

SPENT = "empowerment:spent"
"""The account of what went to customers."""


class SpendingRefused(Exception):
    """Nothing was spent or changed; `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


def sent_before() -> str:
    """A key that stands for something else."""
    return _("This form was sent before with another content. Open a new one.")


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


def spender_of(user: User, *, now: datetime, lock: bool = False) -> Spender:
    """Whoever is signed in, where they work today. Raises SpendingRefused.

    With `lock` their row is taken: it is the lock of what they may spend, before the customer's
    and before the department's account.
    """
    found = facts.place_of(user.pk, day=timezone.localdate(now), lock=lock)
    if found is None:
        raise SpendingRefused(_("Only employees spend: this login belongs to none."))
    employee_id, user_id, grade, department_id, site_id, zone, currencies = found
    if site_id is None:
        raise SpendingRefused(_("You stand in no department today. Ask HR to say where you work."))
    return Spender(
        employee_id, user_id, grade, department_id, site_id, now.astimezone(ZoneInfo(zone)).date(),
        tuple(currencies.split(",")) if currencies else (),
    )  # fmt: skip


@dataclass(frozen=True)
class Budgeted:
    """A department's month: what it was funded with so far, and the account, unless another limit
    holds by now and has to fund it first."""

    account_id: int | None = None
    balance_minor: int = 0
    funded_minor: int = 0
    spent_account_id: int | None = None

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
    rows = facts.limits_on(
        spender.today, user=spender.user_id, employee=spender.employee_id, grade=spender.grade,
        department=spender.department_id, site=spender.site_id, month=spender.month, spent=SPENT,
    )  # fmt: skip
    lines, budgets = [], {}
    for *line, account_id, balance_minor, funded_minor, spent_id in rows:
        lines.append(Line(*line))
        budgets[lines[-1].pk] = Budgeted(
            account_id, balance_minor or 0, funded_minor or 0, spent_id
        )
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
    on_customer, on_day, in_month = facts.spent(
        customer=customer_id, since=first_day_of(limits.customer_days, spender.today),
        employee=spender.employee_id, day=spender.today, month=spender.month,
        currency=limits.currency,
    )  # fmt: skip
    return Used(on_customer, on_day, in_month, limits.budget.spent_minor)


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
