"""Which limits hold for somebody, what is left of each, and whether an amount is within them all.

Amounts are whole minor units. Source: rules.md 13 and docs/decisions/0020.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Measure(TextChoices):
    """What a limit counts."""

    CASE = "case", _("per case")
    CUSTOMER = "customer", _("per customer")
    DAY = "day", _("per employee and day")
    MONTH = "month", _("per employee and month")
    DEPARTMENT = "department", _("per department and month")


class Scope(TextChoices):
    """Whom a limit is for, the nearest to a person first: of these the first holds."""

    PERSON = "person", _("a person")
    GRADE = "grade", _("a grade")
    ROLE = "role", _("a role")
    DEPARTMENT = "department", _("a department")
    SITE = "site", _("a site")
    EVERYBODY = "everybody", _("everybody")


NEAREST_FIRST = {scope.value: place for place, scope in enumerate(Scope)}
NEEDED = (Measure.CASE, Measure.DEPARTMENT)
"""Without these nothing is spent: no limit is not an unlimited one."""


@dataclass(frozen=True)
class Line:
    """A limit as it was set; `amount_minor` None ends it. `role` tells several roles of one person
    apart."""

    pk: int
    measure: str
    scope: str
    currency: str
    amount_minor: int | None
    days: int | None
    role: str = ""


def in_force(lines: Iterable[Line]) -> list[Line]:
    """Of lines for one person, in the order in which they were to hold: the last for each measure,
    currency and scope (and role), and of these the nearest to the person; of several roles the
    most generous."""
    nearest: dict[tuple[str, str], Line] = {}
    for line in _standing(lines):
        known = nearest.get((line.measure, line.currency))
        if known is None or _order(line) < _order(known):
            nearest[line.measure, line.currency] = line
    return list(nearest.values())


def nearest_first(lines: Iterable[Line]) -> list[Line]:
    """Of lines for one person, of one measure and currency and in the order in which they were to
    hold: the one that holds, then what would hold without it, and so on."""
    return sorted(_standing(lines), key=_order)


def _standing(lines: Iterable[Line]) -> list[Line]:
    """The last for each measure, currency, scope and role, without those that were ended."""
    latest: dict[tuple[str, str, str, str], Line] = {}
    for line in lines:
        latest[line.measure, line.currency, line.scope, line.role] = line
    return [line for line in latest.values() if line.amount_minor is not None]


def _order(line: Line) -> tuple[int, int, int]:
    return NEAREST_FIRST[line.scope], -(line.amount_minor or 0), line.pk


@dataclass(frozen=True)
class Used:
    """What has been spent already in the windows that the limits count, in minor units."""

    customer_minor: int = 0
    day_minor: int = 0
    month_minor: int = 0
    department_minor: int = 0

    def of(self, measure: str) -> int:
        return 0 if measure == Measure.CASE else getattr(self, f"{measure}_minor")


@dataclass(frozen=True)
class Check:
    """One limit beside what was used of it before, both in minor units."""

    measure: str
    scope: str
    limit: int
    limit_minor: int
    used_minor: int
    days: int | None = None

    @property
    def left_minor(self) -> int:
        """Never below 0: a lowered limit may lie below what was spent under the old one."""
        return max(0, self.limit_minor - self.used_minor)

    def allows(self, amount_minor: int) -> bool:
        return amount_minor <= self.left_minor


def checks_of(lines: Iterable[Line], used: Used) -> list[Check]:
    """Each limit in force (of one currency) beside what is used of it, in the order of measures."""
    order = list(Measure)
    return sorted(
        (
            Check(
                line.measure, line.scope, line.pk, line.amount_minor or 0, used.of(line.measure),
                line.days,
            )
            for line in lines
        ),
        key=lambda check: order.index(Measure(check.measure)),
    )  # fmt: skip


def missing(checks: Iterable[Check]) -> list[Measure]:
    """Which of the limits that are needed nobody has set."""
    known = {check.measure for check in checks}
    return [measure for measure in NEEDED if measure not in known]


def room(checks: list[Check]) -> int:
    """The most that may be spent at once now: the least that is left of any; 0 where a limit that
    is needed has not been set."""
    if missing(checks):
        return 0
    return min(check.left_minor for check in checks)


def beyond(checks: Iterable[Check], amount_minor: int) -> list[Check]:
    """The limits that an amount would break."""
    return [check for check in checks if not check.allows(amount_minor)]


def first_day_of(days: int, today: date) -> date:
    """The first day of a window of so many days that ends today."""
    return today - timedelta(days=days - 1)
