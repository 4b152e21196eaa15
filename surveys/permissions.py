"""Who may do what with polls and what follows from them."""

import rules
from django.utils import timezone

from people.models import Employee, Role, User
from people.permissions import has_role, is_active_account
from surveys.models import Action, FocusArea, Wave
from surveys.services.acting import may_keep


@rules.predicate
def is_employee(user: User) -> bool:
    return isinstance(getattr(user, "employee", None), Employee)


@rules.predicate
def holds_the_staff_key(user: User, wave: Wave) -> bool:
    return user.pk == wave.staff_holder_id


# HR makes polls, keeps one of the two keys, seals together with the other, and releases.
rules.add_perm("surveys.keep_polls", has_role(Role.HR))
rules.add_perm("surveys.see_polls", has_role(Role.HR, Role.AUDITOR))
rules.add_perm("surveys.hold_staff_key", is_active_account & holds_the_staff_key)
# Two people type what is on paper; the staff representative of that poll may be one of them.
rules.add_perm("surveys.count_paper", has_role(Role.HR) | (is_active_account & holds_the_staff_key))
rules.add_perm("surveys.vote", is_active_account & is_employee)
# Results of the company are everybody's; those of a department its people's and its leads'.
rules.add_perm("surveys.see_results", is_active_account)
rules.add_perm("surveys.see_all_results", has_role(Role.HR, Role.EXECUTIVE, Role.AUDITOR))
rules.add_perm("surveys.keep_actions", has_role(Role.HR, Role.LEAD))


@rules.predicate
def acts_for(user: User, area: FocusArea) -> bool:
    return may_keep(user, area.department_id, on=timezone.localdate())


@rules.predicate
def owns_action(user: User, action: Action) -> bool:
    return action.owner.user_id == user.pk


# Leads name and plan for the departments they lead, HR for all; owners say how far theirs are.
rules.add_perm("surveys.see_actions", has_role(Role.HR, Role.LEAD, Role.EXECUTIVE, Role.AUDITOR))
rules.add_perm("surveys.keep_focus_area", is_active_account & acts_for)
rules.add_perm("surveys.own_actions", is_active_account & is_employee)
rules.add_perm("surveys.own_action", is_active_account & owns_action)
