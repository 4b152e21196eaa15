"""Joining, moving, being paid, leaving and coming back: one set of rules for page and import.

The verbs lock the employee, refuse with EmploymentRefused, write and log. What stands below them
decides without logging and is what the import calls for thousands at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from people.models import (
    Department,
    Employee,
    Leave,
    Membership,
    Role,
    Salary,
    SalaryLook,
    User,
)
from people.services import audit, employment_effects
from people.services.access import close_account
from people.services.previews import Effects
from people.services.roles import beyond_account, roles_in_force

PLAIN = ("name", "email", "job_title", "language")
_NAMES = 9503
SET_SALARIES = frozenset({Role.HR, Role.FINANCE})


class EmploymentRefused(Exception):
    """Why nothing was changed, in words for the one who tried, and about which field."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Place:
    """Where somebody works and how much: 10,000 basis points are full time."""

    department: Department
    fte_bp: int


@dataclass(frozen=True)
class Pay:
    """A full-time annual salary in minor units."""

    annual_minor: int
    currency: str


@dataclass(frozen=True)
class Description:
    """What an employee is called and how they are reached."""

    name: str
    email: str = ""
    job_title: str = ""
    language: str = ""
    manager: Employee | None = None


@transaction.atomic
def join(
    number: str,
    *,
    described: Description,
    place: Place,
    hired_on: date,
    pay: Pay | None,
    by: User,
) -> Employee:
    """A new employee. Raises EmploymentRefused for a number or an address that is taken."""
    _one_name_at_a_time()
    if Employee.objects.filter(number__iexact=number).exists():
        raise EmploymentRefused(
            _("%(number)s is somebody else's number") % {"number": number}, field="number"
        )
    if User.objects.filter(username__iexact=number).exists():
        raise EmploymentRefused(another_login(number), field="number")
    employee = Employee(number=number, hired_on=hired_on)
    _refuse_taken_email(employee, described.email)
    _describe(employee, described)
    Membership.objects.create(
        employee=employee, department=place.department, fte_bp=place.fte_bp, from_date=hired_on
    )
    if pay:
        _refuse_setting_salaries(by)
        paid(None, employee=employee, pay=pay, from_date=hired_on).save()
    _log("join", employee, before=None, by=by)
    return employee


@transaction.atomic
def describe(employee: Employee, *, described: Description, by: User) -> bool:
    """Another name, address, title, language or manager; False when it is as it was."""
    employee = locked(employee, by=by)
    before = state(employee)
    if described.email != employee.email:
        _one_name_at_a_time()
        _refuse_taken_email(employee, described.email)
        if employee.user and (refusal := beyond_account(employee.user, by=by)):
            # A new password goes to the new address: whoever sets it could take the account over.
            raise EmploymentRefused(refusal, field="email")
    refuse_circle(employee, _pk(described.manager), manager_of=_manager_of)
    changed = _describe(employee, described)
    if changed:
        _log("describe", employee, before=before, by=by)
    return changed


@transaction.atomic
def move(employee: Employee, *, place: Place, from_date: date, by: User) -> bool:
    """Another department or full-time share from a day on; False when it is as it was."""
    employee = locked(employee, by=by)
    held = last_membership(employee)
    before = state(employee)
    if held is None or (held.until_date and held.until_date < from_date):
        raise EmploymentRefused(
            _("does not work here on %(day)s: let them come back instead") % {"day": from_date},
            field="from_date",
        )
    if place == Place(held.department, held.fte_bp):
        return False
    new = moved(held, employee=employee, place=place, from_date=from_date)
    if new is not held:
        held.save()
    new.save()
    _log("move", employee, before=before, by=by)
    return True


@transaction.atomic
def set_salary(employee: Employee, *, pay: Pay, from_date: date, by: User) -> bool:
    """Another salary from a day on; False when it is as it was. By HR or finance only."""
    _refuse_setting_salaries(by)
    employee = locked(employee, by=by)
    if from_date < employee.hired_on:
        raise EmploymentRefused(
            _("is before the hiring day %(day)s") % {"day": employee.hired_on}, field="from_date"
        )
    before = state(employee)
    held = employee.salaries.order_by("from_date").last()
    if held and Pay(held.annual_minor, held.currency) == pay:
        # That nothing has changed says what the salary is.
        SalaryLook.objects.create(by=by, employee=employee, where="salary form")
        return False
    paid(held, employee=employee, pay=pay, from_date=from_date).save()
    _log("set_salary", employee, before=before, by=by)
    return True


@transaction.atomic
def leave(
    employee: Employee,
    *,
    last_day: date | None,
    today: date,
    by: User,
    good_leaver: bool | None = None,
) -> None:
    """The last day, or None to stay after all, as long as it has not passed. `good_leaver` is HR's
    to say; None leaves it as it was."""
    employee = locked(employee, by=by)
    if employee.has_left(on=today) and last_day is None:
        raise EmploymentRefused(_("has left already: let them come back instead"), field="last_day")
    if last_day and last_day < employee.hired_on:
        raise EmploymentRefused(
            _("is before the hiring day %(day)s") % {"day": employee.hired_on}, field="last_day"
        )
    before = state(employee)
    set_last_day(employee, last_day, by=by)
    if last_day and good_leaver is not None:
        refuse_marking(by)
        set_mark(employee, good_leaver)
    _log("leave", employee, before=before, by=by)
    if employee.user and last_day and employee.has_left(on=today):
        close_account(employee.user, last_day=last_day, by=by)


@transaction.atomic
def come_back(employee: Employee, *, place: Place, from_date: date, by: User) -> None:
    """A leaver works here again from a day on; the account works again, its roles stay ended."""
    employee = locked(employee, by=by)
    if employee.left_on is None:
        raise EmploymentRefused(_("has not left"))
    if from_date <= employee.left_on:
        raise EmploymentRefused(
            _("works here until %(day)s; the new beginning comes later")
            % {"day": employee.left_on},
            field="from_date",
        )
    before, last_day = state(employee), employee.left_on
    # How one left in a year goes on deciding about that year's bonus.
    employee.memberships.filter(until_date=last_day).update(good_leaver=employee.good_leaver)
    employee.left_on = employee.good_leaver = None
    employee.save(update_fields=["left_on", "good_leaver"])
    Membership.objects.create(
        employee=employee, department=place.department, fte_bp=place.fte_bp, from_date=from_date
    )
    if employee.user:
        if employee.user.is_active:
            # The night that closes it has not come yet: old roles and sessions would go on.
            close_account(employee.user, last_day=last_day, by=by)
        employee.user.is_active = True
        employee.user.save(update_fields=["is_active"])
    _log("come_back", employee, before=before, by=by)


@transaction.atomic
def mark_leaver(employee: Employee, *, good: bool | None, why: str, by: User) -> Effects:
    """Whether a leaver keeps what was earned; None: not said. By HR only."""
    refuse_marking(by)
    employee = locked(employee, by=by)
    if employee.left_on is None:
        raise EmploymentRefused(_("has no last day: enter it first"), field="good_leaver")
    before = state(employee)
    if not set_mark(employee, good):
        raise EmploymentRefused(_("is marked so already"), field="good_leaver")
    _log("mark_leaver", employee, before=before, by=by, why=why)
    return employment_effects.of_marking(employee, good)


def locked(employee: Employee, *, by: User) -> Employee:
    """Read anew and held until the end: two changes at once would start from the same state."""
    employee = Employee.objects.select_for_update().get(pk=employee.pk)
    refuse_own(employee, by=by)
    if employee.erased_at:
        raise EmploymentRefused(_("was erased; nothing about them changes any more"))
    return employee


def refuse_own(employee: Employee, *, by: User) -> None:
    if employee.user_id == by.pk:
        raise EmploymentRefused(_("nobody changes the own employment"))


def _log(action: str, employee: Employee, *, before: dict | None, by: User, why: str = "") -> None:
    audit.record(
        action, by=by, subject=f"employee:{employee.pk}", before=before, after=state(employee),
        why=why, person=employee,
    )  # fmt: skip


def state(employee: Employee) -> dict[str, Any]:
    return state_of(
        employee,
        membership=last_membership(employee),
        salary=employee.salaries.order_by("from_date").last(),
    )


def state_of(
    employee: Employee, *, membership: Membership | None, salary: Salary | None
) -> dict[str, Any]:
    """What the log keeps of an employee. Of a salary it keeps the day and not the amount."""
    return {
        "number": employee.number,
        **{name: getattr(employee, name) for name in PLAIN},
        "department": membership.department.code if membership else None,
        "fte_bp": membership.fte_bp if membership else None,
        "since": str(membership.from_date) if membership else None,
        "left_on": str(employee.left_on or ""),
        "good_leaver": employee.good_leaver,
        "manager": employee.manager_id,
        "salary_since": str(salary.from_date) if salary else None,
    }


def last_membership(employee: Employee) -> Membership | None:
    return employee.memberships.select_related("department").order_by("from_date").last()


def may_set_salaries(roles: frozenset[str]) -> bool:
    return bool(roles & SET_SALARIES)


def may_keep_leaves(roles: frozenset[str]) -> bool:
    """Why somebody is away, and how somebody left, is HR's business and nobody else's."""
    return Role.HR in roles


def marks_refused() -> str:
    return _("HR says who is a good leaver")


def salaries_refused() -> str:
    return _("salaries are set by HR or finance")


def another_login(number: str) -> str:
    return _("there is another login %(number)s") % {"number": number}


def email_taken(email: str, number: str) -> str:
    return _("%(email)s belongs to employee %(number)s") % {"email": email, "number": number}


def _refuse_setting_salaries(by: User) -> None:
    if not by.is_system and not may_set_salaries(roles_in_force(by)):
        raise EmploymentRefused(salaries_refused(), field="annual_salary")


def refuse_marking(by: User) -> None:
    if not by.is_system and not may_keep_leaves(roles_in_force(by)):
        raise EmploymentRefused(marks_refused(), field="good_leaver")


def _one_name_at_a_time() -> None:
    """A number and an address are somebody's in any case of letters, which no constraint sees. On
    SQLite a writing transaction is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NAMES])


def _refuse_taken_email(employee: Employee, email: str) -> None:
    owner = Employee.objects.filter(email__iexact=email).exclude(pk=employee.pk).first()
    if email and owner:
        raise EmploymentRefused(email_taken(email, owner.number), field="email")
    if email and User.objects.filter(employee=None, email__iexact=email).exists():
        # Two whom one address means: neither could sign in with it any more.
        raise EmploymentRefused(another_login(email), field="email")


def _manager_of(employee_id: int) -> int | None:
    return Employee.objects.values_list("manager", flat=True).get(pk=employee_id)


def refuse_circle(
    employee: Employee, manager_id: int | None, *, manager_of: Callable[[int], int | None]
) -> None:
    """Nobody stands above themself, through however many others."""
    seen: set[int | None] = {employee.pk}
    while manager_id is not None:
        if manager_id in seen:
            raise EmploymentRefused(
                _("%(name)s would stand above themself") % {"name": employee.name},
                field="manager",
            )
        seen.add(manager_id)
        manager_id = manager_of(manager_id)


def _describe(employee: Employee, described: Description) -> bool:
    wanted = {name: getattr(described, name) for name in PLAIN}
    return rewrite(employee, wanted | {"manager_id": _pk(described.manager)})


def _pk(employee: Employee | None) -> int | None:
    return employee.pk if employee else None


def rewrite(employee: Employee, wanted: dict[str, Any]) -> bool:
    """Set these fields where they differ; the login follows the e-mail."""
    changed = [name for name, value in wanted.items() if getattr(employee, name) != value]
    for name in changed:
        setattr(employee, name, wanted[name])
    if changed or employee.pk is None:
        employee.save()
    if "email" in changed and employee.user:
        employee.user.email = employee.email
        employee.user.save(update_fields=["email"])
    return bool(changed)


def set_mark(employee: Employee, good: bool | None) -> bool:
    """Mark a leaver as good or not; False when it is so already."""
    if employee.good_leaver == good:
        return False
    employee.good_leaver = good
    employee.save(update_fields=["good_leaver"])
    return True


def set_last_day(employee: Employee, last_day: date | None, *, by: User) -> Membership | None:
    """End the employment on a day, or not after all; returns the last membership as it is then.
    Leave that reaches past that day is cut, and logged each for itself."""
    employee.left_on = last_day
    if last_day is None:
        employee.good_leaver = None
    employee.save(update_fields=["left_on", "good_leaver"])
    if last_day:
        # What was to begin after the leaving day never does.
        employee.memberships.filter(from_date__gt=last_day).delete()
        _cut_leaves(employee, last_day, by=by)
    held = last_membership(employee)
    if held:
        held.until_date = last_day
        held.save()
    return held


def _cut_leaves(employee: Employee, last_day: date, *, by: User) -> None:
    """An open one would hold again on the day somebody comes back."""
    for each in employee.leaves.reaching_past(last_day):
        before = leave_state(each)
        if each.from_date > last_day:
            each.delete()
        else:
            each.until_date = last_day
            each.save(update_fields=["until_date"])
        after = None if each.pk is None else leave_state(each)
        log_leave("cut_leave", employee, before=before, after=after, by=by)


def leave_state(leave: Leave) -> dict[str, str]:
    """What the log keeps of a leave."""
    return {
        "kind": leave.kind, "from": str(leave.from_date), "until": str(leave.until_date or ""),
    }  # fmt: skip


def log_leave(
    action: str,
    employee: Employee,
    *,
    before: dict | None,
    after: dict | None,
    by: User,
    why: str = "",
) -> None:
    audit.record(
        action, by=by, subject=f"employee:{employee.pk}", before=before, after=after, why=why,
        person=employee,
    )  # fmt: skip


def moved(held: Membership, *, employee: Employee, place: Place, from_date: date) -> Membership:
    """What holds from that day: a new membership, before which `held` ends, or `held` rewritten
    where it begins no earlier. Both are for the caller to save."""
    _refuse_earlier(held.from_date, employee, from_date, field="department")
    new = held
    if held.from_date < from_date:
        held.until_date = from_date - timedelta(days=1)
        new = Membership(employee=employee, from_date=from_date, until_date=employee.left_on)
    new.department, new.fte_bp = place.department, place.fte_bp
    return new


def paid(held: Salary | None, *, employee: Employee, pay: Pay, from_date: date) -> Salary:
    """What is paid from that day: a new salary, or `held` rewritten where it begins no earlier.
    It is for the caller to save."""
    if held:
        _refuse_earlier(held.from_date, employee, from_date, field="annual_salary")
    new = held
    if new is None or new.from_date < from_date:
        new = Salary(employee=employee, from_date=from_date)
    new.annual_minor, new.currency = pay.annual_minor, pay.currency
    return new


def _refuse_earlier(since: date, employee: Employee, from_date: date, *, field: str) -> None:
    """A change dated before the last one would be silently outlived by it."""
    if from_date < since != employee.hired_on:
        message = _("was changed from %(since)s already; a change from %(day)s is too early")
        raise EmploymentRefused(message % {"since": since, "day": from_date}, field=field)
