"""Leave: entered, ended at another day, taken back. By HR alone, who sees its kind alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from people.dates import short_day
from people.models import Employee, Leave, LeaveKind, User
from people.services.employment import (
    EmploymentRefused,
    leave_state,
    locked,
    log_leave,
    may_keep_leaves,
)
from people.services.employment_effects import of_a_past_date
from people.services.previews import Effects
from people.services.roles import roles_in_force


@dataclass(frozen=True)
class Stint:
    """Employed without a gap, through `until_date`, which is None while it goes on."""

    from_date: date
    until_date: date | None

    def reaches(self, day: date | None) -> bool:
        return self.until_date is None or (day is not None and day <= self.until_date)


@transaction.atomic
def take_leave(
    employee: Employee,
    *,
    kind: str,
    from_date: date,
    until_date: date | None,
    today: date,
    by: User,
) -> Effects:
    """A new leave through `until_date`, None while nobody knows. Raises EmploymentRefused for days
    outside the employment or on another leave."""
    employee = _kept(employee, by=by)
    leave = Leave(employee=employee, kind=kind, from_date=from_date, until_date=until_date)
    _refuse_misplaced(leave)
    leave.save()
    log_leave("take_leave", employee, before=None, after=leave_state(leave), by=by)
    return _effects(leave, today=today)


@transaction.atomic
def end_leave(leave: Leave, *, last_day: date, today: date, by: User) -> Effects:
    """Another last day, earlier or later. Raises EmploymentRefused as take_leave does."""
    leave = _held(leave, by=by)
    before, first_changed = leave_state(leave), min(leave.until_date or last_day, last_day)
    if last_day == leave.until_date:
        raise EmploymentRefused(_("ends on that day already"), field="last_day")
    leave.until_date = last_day
    _refuse_misplaced(leave, until_field="last_day")
    leave.save(update_fields=["until_date"])
    log_leave("end_leave", leave.employee, before=before, after=leave_state(leave), by=by)
    return _effects(leave, today=today, changed_from=first_changed + timedelta(days=1))


@transaction.atomic
def take_back_leave(leave: Leave, *, why: str, today: date, by: User) -> Effects:
    """It was entered by mistake: the days count as if it had never been."""
    leave = _held(leave, by=by)
    said = {"name": leave.employee.name, "leave": described(leave)}
    effects = [
        _("%(name)s was never on leave then: %(leave)s.") % said,
        *of_a_past_date(leave.from_date, today=today),
    ]
    log_leave("take_back_leave", leave.employee, before=leave_state(leave), after=None, by=by,
              why=why)  # fmt: skip
    leave.delete()
    return effects


def described(leave: Leave) -> str:
    """“sickness, Mon 2 Mar 2026 – Fri 6 Mar 2026”, in the reader's language."""
    until = short_day(leave.until_date) if leave.until_date else _("open")
    return f"{LeaveKind(leave.kind).label}, {short_day(leave.from_date)} – {until}"


def leaves_refused() -> str:
    return _("leave is entered by HR")


def may_enter(by: User) -> bool:
    return by.is_system or may_keep_leaves(roles_in_force(by))


def stints(spans: Iterable[tuple[date, date | None]]) -> list[Stint]:
    """Memberships, first and last day each, joined where one begins the day after another."""
    found: list[Stint] = []
    for first, last in sorted(spans, key=lambda span: span[0]):
        before = found[-1].until_date if found else None
        if before and first == before + timedelta(days=1):
            found[-1] = Stint(found[-1].from_date, last)
        else:
            found.append(Stint(first, last))
    return found


def refuse_outside(employed: Iterable[Stint], *, from_date: date, until_date: date | None) -> None:
    """Nobody is on leave from a company they don't work for."""
    if until_date and until_date < from_date:
        raise EmploymentRefused(
            _("is before the first day %(day)s") % {"day": from_date}, field="until_date"
        )
    begun = [stint for stint in employed if stint.from_date <= from_date]
    if not begun or not begun[-1].reaches(from_date):
        raise EmploymentRefused(
            _("does not work here on %(day)s") % {"day": from_date}, field="from_date"
        )
    if not begun[-1].reaches(until_date):
        raise EmploymentRefused(
            _("works here until %(day)s: the leave ends then at the latest")
            % {"day": begun[-1].until_date},
            field="until_date",
        )


def already_away(other: Leave) -> str:
    if other.until_date is None:
        return _("is on leave from %(from)s on already") % {"from": other.from_date}
    return _("is on leave from %(from)s through %(until)s already") % {
        "from": other.from_date, "until": other.until_date,
    }  # fmt: skip


def _kept(employee: Employee, *, by: User) -> Employee:
    if not may_enter(by):
        raise EmploymentRefused(leaves_refused())
    return locked(employee, by=by)


def _held(leave: Leave, *, by: User) -> Leave:
    employee = _kept(leave.employee, by=by)
    held = employee.leaves.filter(pk=leave.pk).first()
    if held is None:
        raise EmploymentRefused(_("was taken back meanwhile"))
    held.employee = employee
    return held


def _refuse_misplaced(leave: Leave, *, until_field: str = "until_date") -> None:
    employee = leave.employee
    employed = stints(employee.memberships.values_list("from_date", "until_date"))
    try:
        refuse_outside(employed, from_date=leave.from_date, until_date=leave.until_date)
    except EmploymentRefused as refused:
        if refused.field == "until_date":
            refused.field = until_field
        raise
    others = employee.leaves.exclude(pk=leave.pk).filter(
        Q(until_date=None) | Q(until_date__gte=leave.from_date)
    )
    if leave.until_date:
        others = others.filter(from_date__lte=leave.until_date)
    clash = others.order_by("from_date").first()
    if clash:
        raise EmploymentRefused(
            already_away(clash), field="from_date" if leave.pk is None else until_field
        )


def _effects(leave: Leave, *, today: date, changed_from: date | None = None) -> Effects:
    return [
        _("%(name)s is on leave: %(leave)s.")
        % {"name": leave.employee.name, "leave": described(leave)},
        _("The pool's policy says which kinds of leave count for the bonus."),
        *of_a_past_date(changed_from or leave.from_date, today=today),
    ]
