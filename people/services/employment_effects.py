"""What a change of employment will do, in lines to be read before it is confirmed."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.dates import short_day
from people.models import Employee, Role, RoleAssignment


def of_a_past_date(day: date, *, today: date) -> list[str]:
    """Heads are counted by memberships: what is final stays, what is not yet is counted anew."""
    if day >= today:
        return []
    return [
        _(
            "%(day)s is in the past. Days that are not final yet are counted with this change;"
            " final days keep their head counts and their money until somebody corrects them."
        )
        % {"day": short_day(day)}
    ]


def of_leaving(employee: Employee, last_day: date | None, *, today: date) -> list[str]:
    if last_day is None:
        stays = _("%(name)s stays: the last day is taken back.") % {"name": employee.name}
        return [stays, *_of_leave(employee, last_day)]
    lines = [_("The last day is %(day)s.") % {"day": short_day(last_day)}]
    planned = employee.memberships.filter(from_date__gt=last_day).count()
    if planned:
        text = ngettext(
            "%(n)s planned move after that day is removed.",
            "%(n)s planned moves after that day are removed.",
            planned,
        )
        lines.append(text % {"n": planned})
    lines += _of_leave(employee, last_day)
    lines += _of_the_account(employee, last_day, today=today)
    reports = employee.reports.here(today).count()
    if reports:
        text = ngettext(
            "%(n)s colleague has %(name)s as manager and needs another one.",
            "%(n)s colleagues have %(name)s as manager and need another one.",
            reports,
        )
        lines.append(text % {"n": reports, "name": employee.name})
    return lines + of_a_past_date(last_day, today=today)


def _of_leave(employee: Employee, last_day: date | None) -> list[str]:
    lines = []
    if last_day and employee.leaves.reaching_past(last_day).exists():
        lines.append(_("Leave ends with the last day; leave that would begin later is removed."))
    later = employee.left_on and (last_day is None or last_day > employee.left_on)
    if later and employee.leaves.filter(until_date=employee.left_on).exists():
        lines.append(_("Leave that ended with the former last day stays ended."))
    return lines


def of_marking(employee: Employee, good: bool | None) -> list[str]:
    """What it means for the bonus, without amounts: those are known when the year is shared."""
    texts = {
        True: _("%(name)s keeps what was earned on the days worked."),
        False: _("%(name)s counts as never eligible: each of those days belongs to the others."),
        None: _(
            "It is not said how %(name)s left. Until it is, %(name)s counts as never eligible."
        ),
    }
    return [
        texts[good] % {"name": employee.name},
        _("That is so in pools whose policy keeps good leavers; it may also keep all, or none."),
    ]


def _of_the_account(employee: Employee, last_day: date, *, today: date) -> list[str]:
    if employee.user is None:
        return []
    lines = [
        _("The account is closed and every device signed out at once.")
        if last_day < today
        else _("The account is closed and every device signed out the day after.")
    ]
    roles = employee.user.role_assignments.exclude(until_date__lte=last_day)
    ending = [named(role) for role in roles.select_related("department")]
    if ending:
        lines.append(_("These roles end with it: %(roles)s.") % {"roles": ", ".join(ending)})
    return lines


def named(assignment: RoleAssignment) -> str:
    """“lead of Claims”, “finance”."""
    role = Role(assignment.role).label
    if assignment.department is None:
        return str(role)
    return _("%(role)s of %(department)s") % {
        "role": role, "department": assignment.department.name,
    }  # fmt: skip


def of_coming_back(employee: Employee, from_date: date, *, today: date) -> list[str]:
    lines = [
        _("%(name)s works here again from %(day)s.")
        % {"name": employee.name, "day": short_day(from_date)},
        _("The last salary holds again; set another one if it has changed."),
    ]
    if employee.good_leaver is not None:
        lines.append(_("What was said about how %(name)s left is forgotten.") % {"name": employee})
    if employee.user:
        lines.append(_("The account works again at once. Its former roles stay ended."))
    return lines + of_a_past_date(from_date, today=today)
