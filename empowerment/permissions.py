"""Who may do what with cases, limits and the money behind them."""

import rules
from django.db.models import Q
from django.utils import timezone

from empowerment.models import Case
from empowerment.models.cases import Cases
from empowerment.services.asking import answers
from empowerment.services.giving_back import may_give_back
from empowerment.services.reviewing import may_answer, may_look
from people.models import Employee, Role, User
from people.permissions import has_role, is_active_account, led_departments, roles_of

READ_ALL = frozenset({Role.FINANCE, Role.AUDITOR})


@rules.predicate
def is_employee(user: User) -> bool:
    return isinstance(getattr(user, "employee", None), Employee)


@rules.predicate
def is_own(user: User, case: Case) -> bool:
    return case.employee.user_id == user.pk


@rules.predicate
def leads(user: User, case: Case) -> bool:
    return case.department_id in led_departments(user, on=timezone.localdate())


@rules.predicate
def is_asked_as_executive(user: User, case: Case) -> bool:
    """Also when it is decided: who comes second reads what was decided."""
    was_asked = case.decide_by is not None and case.asked_of_id is None
    return was_asked and Role.EXECUTIVE in roles_of(user)


@rules.predicate
def has_decided(user: User, case: Case) -> bool:
    return case.decided_by_id == user.pk


@rules.predicate
def gives_back(user: User, case: Case) -> bool:
    return may_give_back(case, by=user, on=timezone.localdate())


@rules.predicate
def looks_at(user: User, case: Case) -> bool:
    return case.spent_on is not None and may_look(user, case, on=timezone.localdate())


@rules.predicate
def has_been_written_to(_user: User, case: Case) -> bool:
    return may_answer(case)


@rules.predicate
def answers_request(user: User, case: Case) -> bool:
    return answers(case, by=user, on=timezone.localdate())


@rules.predicate
def reads_all(user: User, case: Case) -> bool:
    return bool(roles_of(user) & READ_ALL)


rules.add_perm("empowerment.spend", is_active_account & is_employee)
# What was spent on which customer: whoever spent it, their leads, finance and auditors.
rules.add_perm(
    "empowerment.see_case",
    is_active_account
    & (is_own | leads | is_asked_as_executive | has_decided | reads_all | looks_at),
)
rules.add_perm("empowerment.decide_case", is_active_account & answers_request)
rules.add_perm("empowerment.decide_cases", has_role(Role.LEAD, Role.EXECUTIVE))
rules.add_perm("empowerment.own_case", is_active_account & is_own)
rules.add_perm("empowerment.give_back", is_active_account & gives_back)
rules.add_perm("empowerment.list_cases", has_role(Role.LEAD, Role.FINANCE, Role.AUDITOR))
# Executives look where all leads of a case have spent or approved it themselves.
rules.add_perm("empowerment.review_cases", has_role(Role.LEAD, Role.EXECUTIVE))
rules.add_perm("empowerment.review_case", is_active_account & looks_at)
rules.add_perm(
    "empowerment.comment_case", is_active_account & (looks_at | (is_own & has_been_written_to))
)
rules.add_perm("empowerment.see_limits", is_active_account & is_employee)
rules.add_perm(
    "empowerment.see_all_limits",
    has_role(Role.HR, Role.FINANCE, Role.LEAD, Role.EXECUTIVE, Role.AUDITOR),
)
rules.add_perm("empowerment.compare_limits", has_role(Role.HR, Role.FINANCE, Role.AUDITOR))
# HR sets people's, finance departments'; the service tells which.
rules.add_perm("empowerment.set_a_limit", has_role(Role.HR, Role.FINANCE))
rules.add_perm("empowerment.set_limits", has_role(Role.HR))
rules.add_perm("empowerment.set_budgets", has_role(Role.FINANCE))
rules.add_perm("empowerment.keep_moments", has_role(Role.HR))
rules.add_perm(
    "empowerment.see_reports",
    has_role(Role.LEAD, Role.HR, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR),
)
# Leads have a list of their own; these read counts of every department.
rules.add_perm(
    "empowerment.see_reviews_of_all",
    has_role(Role.HR, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR),
)
rules.add_perm("empowerment.import_outcomes", has_role(Role.HR, Role.FINANCE))
rules.add_perm("empowerment.see_budgets", has_role(Role.FINANCE, Role.LEAD, Role.AUDITOR))
rules.add_perm("empowerment.keep_cards", has_role(Role.FINANCE))
rules.add_perm("empowerment.see_cards", has_role(Role.FINANCE, Role.AUDITOR))


def listed_cases(user: User) -> Cases:
    """Those of the own departments and below for leads; all of them for finance and auditors."""
    if roles_of(user) & READ_ALL:
        return Case.objects.all()
    return Case.objects.filter(department__in=led_departments(user, on=timezone.localdate()))


def waiting_for(user: User) -> Cases:
    """What waits for somebody's answer: asked of the departments they lead or, where it was passed
    on, of their leads or of executives; never their own."""
    today = timezone.localdate()
    led, roles = led_departments(user, on=today), roles_of(user)
    own = {each.department_id for each in user.role_assignments.on(today) if each.role == Role.LEAD}
    mine = Q(department__in=led) & ~Q(asked_of__in=led - own)
    if Role.EXECUTIVE in roles:
        mine |= Q(asked_of=None)
    return Case.objects.waiting().filter(mine).exclude(employee__user=user)


rules.add_perm("empowerment.see_accounting", has_role(Role.FINANCE, Role.AUDITOR))
rules.add_perm("empowerment.export_cases", has_role(Role.FINANCE))
