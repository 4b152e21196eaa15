"""Set limits from a day on: by HR for people, by finance for departments, and never for oneself."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import LARGEST_MINOR, Limit, SiteCurrencies
from empowerment.rules.limits import Measure, Scope
from people.models import Department, Employee, Role, Site, User
from people.services import audit

LONGEST_WINDOW = 366
OF_DEPARTMENTS = (Scope.DEPARTMENT, Scope.SITE, Scope.EVERYBODY)
"""Whom a department's limit may be for."""


class LimitRefused(Exception):
    """Nothing was set; `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class NewLimit:
    """`amount_minor` from a day on, None: none of their own any more. Of the five ways to say for
    whom, the scope's own is used."""

    measure: Measure
    scope: Scope
    amount_minor: int | None
    currency: str
    from_date: date
    reason: str
    days: int | None = None
    employee: Employee | None = None
    grade: str = ""
    role: str = ""
    department: Department | None = None
    site: Site | None = None


@transaction.atomic
def set_limit(new: NewLimit, *, by: User, now: datetime) -> Limit:
    """Set a limit from today or a later day on. Raises LimitRefused."""
    _refuse(new, by=by, today=timezone.localdate(now))
    limit = Limit.objects.create(
        measure=new.measure, scope=new.scope, amount_minor=new.amount_minor,
        currency=new.currency, days=new.days, from_date=new.from_date, reason=new.reason.strip(),
        employee=new.employee, grade=new.grade.strip(), role=new.role, department=new.department,
        site=new.site, made_by=by, made_at=now,
    )  # fmt: skip
    audit.record(
        "set_empowerment_limit", by=by, subject=f"limit:{limit.pk}", person=new.employee,
        before=_before(limit), why=limit.reason,
        after={
            "measure": new.measure.value, "scope": new.scope.value, "whom": limit.whom,
            "amount_minor": new.amount_minor, "currency": new.currency,
            "from": str(new.from_date),
        },
    )  # fmt: skip
    return limit


def same_subject(limit: Limit) -> dict[str, object]:
    """What tells a limit's line of history from others, as a filter."""
    names = ("measure", "scope", "employee_id", "grade", "role", "department_id", "site_id",
             "currency")  # fmt: skip
    return {name: getattr(limit, name) for name in names}


def _before(limit: Limit) -> dict | None:
    """What held on the day before the new one begins to hold."""
    earlier = Limit.objects.filter(**same_subject(limit), from_date__lte=limit.from_date)
    found = earlier.exclude(pk=limit.pk).first()
    return {"amount_minor": found.amount_minor, "from": str(found.from_date)} if found else None


def _refuse(new: NewLimit, *, by: User, today: date) -> None:
    if new.employee is not None and new.employee.user_id == by.pk:
        raise LimitRefused(_("Nobody sets what they may spend themselves."), "employee")
    if new.measure == Measure.DEPARTMENT and new.scope not in OF_DEPARTMENTS:
        raise LimitRefused(
            _("A department's limit is for a department, a site or everybody."), "scope"
        )
    if not new.reason.strip():
        raise LimitRefused(_("Say why."), "reason")
    if new.from_date < today:
        raise LimitRefused(
            _("Choose today or a later day: what was decided under a limit stays."), "from_date"
        )
    if new.amount_minor is not None and not 0 <= new.amount_minor < LARGEST_MINOR:
        raise LimitRefused(_("Write an amount of 0 or more."), "amount")
    if new.measure == Measure.CUSTOMER and not 1 <= (new.days or 0) <= LONGEST_WINDOW:
        raise LimitRefused(
            _("Write over how many days a customer is counted: 1 to %(most)s.")
            % {"most": LONGEST_WINDOW},
            "days",
        )
    if new.measure != Measure.CUSTOMER and new.days is not None:
        raise LimitRefused(_("Only a limit per customer counts days."), "days")
    _refuse_unless_named(new)


def _refuse_unless_named(new: NewLimit) -> None:
    named = {
        Scope.PERSON: new.employee, Scope.GRADE: new.grade.strip(), Scope.ROLE: new.role,
        Scope.DEPARTMENT: new.department, Scope.SITE: new.site,
    }  # fmt: skip
    fields = {Scope.PERSON: "employee"}
    for scope, value in named.items():
        if scope == new.scope and not value:
            raise LimitRefused(_("Say for whom."), fields.get(scope, scope.value))
        if scope != new.scope and value:
            raise LimitRefused(_("A limit is for one of these alone."), "scope")
    if new.role and new.role not in Role.values:
        raise LimitRefused(_("Choose a role from the list."), "role")


@transaction.atomic
def set_currencies(
    site: Site, currencies: list[str], *, from_date: date, reason: str, by: User, now: datetime
) -> SiteCurrencies:
    """In which currencies a site's people spend, the usual one first. Raises LimitRefused."""
    if not currencies or len(set(currencies)) < len(currencies):
        raise LimitRefused(_("Name each currency once, at least one."), "currencies")
    if from_date < timezone.localdate(now):
        raise LimitRefused(
            _("Choose today or a later day: what was decided under a limit stays."), "from_date"
        )
    if not reason.strip():
        raise LimitRefused(_("Say why."), "reason")
    before = SiteCurrencies.objects.filter(site=site, from_date__lte=from_date).first()
    made = SiteCurrencies.objects.create(
        site=site, currencies=",".join(currencies), from_date=from_date, reason=reason.strip(),
        made_by=by, made_at=now,
    )  # fmt: skip
    audit.record(
        "set_site_currencies", by=by, subject=f"site:{site.code}",
        before=before.currencies if before else None, after=made.currencies, why=reason,
    )  # fmt: skip
    return made
