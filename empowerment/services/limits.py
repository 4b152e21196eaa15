"""Set limits from a day on: by HR for people, by finance for departments, and never for oneself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import LARGEST_MINOR, Limit, SiteCurrencies
from empowerment.rules.limits import NEEDED, Measure, Scope
from empowerment.services.reach import Reach, reach_of
from people.models import Department, Employee, Role, Site, User
from people.services import audit
from people.services.roles import roles_in_force

LONGEST_WINDOW = 366
OF_DEPARTMENTS = (Scope.DEPARTMENT, Scope.SITE, Scope.EVERYBODY)
"""Whom a department's limit may be for."""
LONGEST_LIST = 60
MANY = 10
"""Of so many one may be oneself."""


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


def measures_set_by(user: User) -> list[Measure]:
    """HR says what people may spend, finance what departments may; nobody else sets a limit."""
    if user.is_system:
        return list(Measure)
    roles = roles_in_force(user)
    setters = {Measure.DEPARTMENT: Role.FINANCE}
    return [measure for measure in Measure if setters.get(measure, Role.HR) in roles]


@transaction.atomic
def set_limit(new: NewLimit, *, by: User, now: datetime) -> Limit:
    """Set a limit from today or a later day on. Raises LimitRefused."""
    for fault in faults(new, by=by, today=timezone.localdate(now)):
        raise fault
    limit = planned(new, by=by, now=now)
    own = Employee.objects.filter(user=by).first()
    if own is not None:
        _refuse_for_oneself(limit, reach_of(limit, own_id=own.pk))
    limit.save(force_insert=True)
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


def _refuse_for_oneself(limit: Limit, reach: Reach) -> None:
    """Nobody sets what they themselves may spend. For many at once somebody has to; for a few of
    whom one is a colleague raises it: else the others would be set back one by one."""
    if reach.only_oneself:
        raise LimitRefused(
            _("As things stand this changes what you may spend, and nobody else: nobody sets that"
              " themselves. Ask a colleague to set it."),
            "scope",
        )  # fmt: skip
    is_for_few = limit.scope != Scope.EVERYBODY and reach.people < MANY
    if is_for_few and reach.raises_own(needed=limit.measure in NEEDED):
        raise LimitRefused(
            _("This raises what you may spend yourself. Ask a colleague to set it."), "scope"
        )


def planned(new: NewLimit, *, by: User, now: datetime) -> Limit:
    """The limit as it would be kept."""
    return Limit(
        measure=new.measure, scope=new.scope, amount_minor=new.amount_minor,
        currency=new.currency, days=new.days, from_date=new.from_date, reason=new.reason.strip(),
        employee=new.employee, grade=new.grade.strip(), role=new.role, department=new.department,
        site=new.site, made_by=by, made_at=now,
    )  # fmt: skip


def same_subject(limit: Limit) -> dict[str, object]:
    """What tells a limit's line of history from others, as a filter."""
    names = ("measure", "scope", "employee_id", "grade", "role", "department_id", "site_id",
             "currency")  # fmt: skip
    return {name: getattr(limit, name) for name in names}


def _before(limit: Limit) -> dict | None:
    """What held on the day before the new one begins to hold."""
    found = replaced_by(limit)
    return {"amount_minor": found.amount_minor, "from": str(found.from_date)} if found else None


def replaced_by(limit: Limit) -> Limit | None:
    """The limit for the same people in whose place this one comes, kept or not."""
    earlier = Limit.objects.filter(**same_subject(limit), from_date__lte=limit.from_date)
    return earlier.exclude(pk=limit.pk).first()


def faults(new: NewLimit, *, by: User, today: date) -> Iterator[LimitRefused]:
    """Everything that is wrong with a limit in itself, each with the field at fault."""
    yield from _beyond_rights(new, by=by)
    yield from _faults_of_whom(new)
    if not new.reason.strip():
        yield LimitRefused(_("Say why."), "reason")
    if new.from_date < today:
        yield LimitRefused(
            _("Choose today or a later day: what was decided under a limit stays."), "from_date"
        )
    if new.amount_minor is not None and not 0 <= new.amount_minor < LARGEST_MINOR:
        yield LimitRefused(_("Write an amount of 0 or more."), "amount")
    if new.measure == Measure.CUSTOMER and not 1 <= (new.days or 0) <= LONGEST_WINDOW:
        yield LimitRefused(
            _("Write over how many days a customer is counted: 1 to %(most)s.")
            % {"most": LONGEST_WINDOW},
            "days",
        )
    if new.measure != Measure.CUSTOMER and new.days is not None:
        yield LimitRefused(_("Only a limit per customer counts days."), "days")


def _beyond_rights(new: NewLimit, *, by: User) -> Iterator[LimitRefused]:
    if new.measure not in measures_set_by(by):
        yield LimitRefused(
            _("Finance sets what a department may spend.") if new.measure == Measure.DEPARTMENT
            else _("HR sets what people may spend."),
            "measure",
        )  # fmt: skip
    if new.employee is not None and new.employee.user_id == by.pk:
        yield LimitRefused(_("Nobody sets what they may spend themselves."), "employee")


def _faults_of_whom(new: NewLimit) -> Iterator[LimitRefused]:
    if new.measure == Measure.DEPARTMENT and new.scope not in OF_DEPARTMENTS:
        yield LimitRefused(
            _("A department's limit is for a department, a site or everybody."), "scope"
        )
    named = {
        Scope.PERSON: new.employee, Scope.GRADE: new.grade.strip(), Scope.ROLE: new.role,
        Scope.DEPARTMENT: new.department, Scope.SITE: new.site,
    }  # fmt: skip
    fields = {Scope.PERSON: "employee"}
    for scope, value in named.items():
        field = fields.get(scope, scope.value)
        if scope == new.scope and not value:
            yield LimitRefused(_("Say for whom."), field)
        if scope != new.scope and value:
            yield LimitRefused(_("A limit is for one of these alone: leave this empty."), field)
    if new.role and new.role not in Role.values:
        yield LimitRefused(_("Choose a role from the list."), "role")


@transaction.atomic
def set_currencies(
    site: Site, currencies: list[str], *, from_date: date, reason: str, by: User, now: datetime
) -> SiteCurrencies:
    """In which currencies a site's people spend, the usual one first. Raises LimitRefused."""
    if not (by.is_system or Role.HR in roles_in_force(by)):
        raise LimitRefused(_("HR says in which currencies a site's people spend."))
    listed = ",".join(currencies)
    if not currencies or len(set(currencies)) < len(currencies):
        raise LimitRefused(_("Name each currency once, at least one."), "currencies")
    if len(listed) > LONGEST_LIST:
        raise LimitRefused(_("That is more currencies than a form can offer."), "currencies")
    if from_date < timezone.localdate(now):
        raise LimitRefused(
            _("Choose today or a later day: what was decided under a limit stays."), "from_date"
        )
    if not reason.strip():
        raise LimitRefused(_("Say why."), "reason")
    before = SiteCurrencies.objects.filter(site=site, from_date__lte=from_date).first()
    made = SiteCurrencies.objects.create(
        site=site, currencies=listed, from_date=from_date, reason=reason.strip(), made_by=by,
        made_at=now,
    )  # fmt: skip
    audit.record(
        "set_site_currencies", by=by, subject=f"site:{site.code}",
        before=before.currencies if before else None, after=made.currencies, why=reason,
    )  # fmt: skip
    return made
