"""Who may do what with praise, awards and cases."""

from datetime import date

import rules

from people.models import Employee, Role, User
from people.permissions import has_role, is_active_account, led_departments, roles_of
from recognition.models import FairPlayCase
from recognition.services.circle_reading import CircleReader
from recognition.services.fair_play import hr_for, reporters


@rules.predicate
def is_employee(user: User) -> bool:
    return isinstance(getattr(user, "employee", None), Employee)


rules.add_perm("recognition.see_wall", is_active_account)
rules.add_perm("recognition.nominate", is_active_account & is_employee)
rules.add_perm("recognition.set_policy", has_role(Role.HR))
rules.add_perm("recognition.keep_levels", has_role(Role.HR))
# By which rules praise and awards are given: auditors read them.
rules.add_perm("recognition.see_rules", has_role(Role.HR, Role.AUDITOR))
# HR decides on doubts; auditors read them.
rules.add_perm("recognition.see_cases", has_role(Role.HR, Role.AUDITOR))
# Executives have the last word where HR can't: docs/fair-play.md.
rules.add_perm("recognition.list_cases", has_role(Role.HR, Role.AUDITOR, Role.EXECUTIVE))


@rules.predicate
def decides_case(user: User, case: FairPlayCase) -> bool:
    """HR, unless it is about them or they removed what is appealed against; then an executive."""
    if case.people.filter(user=user).exists() or user.pk in reporters(case):
        return False
    is_appeal = case.state == FairPlayCase.State.APPEALED
    if is_appeal and case.decided_by_id == user.pk:
        return False
    roles = roles_of(user)
    if Role.HR in roles:
        return True
    return Role.EXECUTIVE in roles and (is_appeal or not hr_for(case))


rules.add_perm("recognition.decide_case", is_active_account & decides_case)
rules.add_perm("recognition.see_all_praise", has_role(Role.HR, Role.AUDITOR))
rules.add_perm("recognition.raise_awards", is_active_account & is_employee)
rules.add_perm("recognition.fund", has_role(Role.FINANCE))
rules.add_perm("recognition.see_budgets", has_role(Role.FINANCE, Role.HR, Role.LEAD, Role.AUDITOR))
rules.add_perm("recognition.export_rewards", has_role(Role.FINANCE))
rules.add_perm("recognition.see_rewards", has_role(Role.FINANCE, Role.AUDITOR))
rules.add_perm("recognition.see_circle", has_role(Role.LEAD, Role.HR, Role.EXECUTIVE, Role.AUDITOR))
rules.add_perm("recognition.see_unrecognised", has_role(Role.LEAD, Role.HR))
rules.add_perm("recognition.keep_webhooks", has_role(Role.ADMINISTRATOR))


def sees_all_praise(user: User) -> bool:
    return bool(roles_of(user) & {Role.HR, Role.AUDITOR})


def departments_known(user: User, *, on: date) -> set[int] | None:
    """The departments in which somebody reads who was never recognised; None: all (HR)."""
    return None if Role.HR in roles_of(user) else led_departments(user, on=on)


def circle_reader(user: User, *, on: date) -> CircleReader:
    """How somebody reads the shares of groups: HR knows all, a lead the own departments."""
    known = departments_known(user, on=on)
    return CircleReader(frozenset(known or ()), sees_all=known is None)
