"""Who may do what with figures, targets, days and pools."""

from datetime import date

import rules
from django.db.models import Q, QuerySet
from django.utils import timezone

from incentives.models import HeldFigure
from people.models import Role, User
from people.permissions import has_role, is_active_account, led_departments, roles_of

rules.add_perm("incentives.see_results", is_active_account)
rules.add_perm("incentives.enter_figures", has_role(Role.LEAD, Role.ADMINISTRATOR))
rules.add_perm("incentives.import_results", has_role(Role.LEAD, Role.HR, Role.ADMINISTRATOR))
rules.add_perm("incentives.set_targets", has_role(Role.HR, Role.ADMINISTRATOR))
rules.add_perm(
    "incentives.back_test", has_role(Role.HR, Role.ADMINISTRATOR, Role.EXECUTIVE, Role.FINANCE)
)
rules.add_perm(
    "incentives.propose_restatement", has_role(Role.HR, Role.FINANCE, Role.ADMINISTRATOR)
)
rules.add_perm("incentives.approve_restatement", has_role(Role.FINANCE, Role.EXECUTIVE))
rules.add_perm("incentives.excuse", has_role(Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR))
rules.add_perm(
    "incentives.confirm_figures", has_role(Role.LEAD, Role.HR, Role.FINANCE, Role.ADMINISTRATOR)
)
# Who keeps salaries does not run payouts (rules, 15): whoever is HR too only looks.
runs_payouts = has_role(Role.FINANCE) & ~has_role(Role.HR)
rules.add_perm("incentives.run_bonus", runs_payouts)
rules.add_perm(
    "incentives.approve_bonus", runs_payouts | (has_role(Role.EXECUTIVE) & ~has_role(Role.HR))
)
rules.add_perm("incentives.adjust_bonus", has_role(Role.LEAD))
rules.add_perm("incentives.see_bonus_runs", has_role(Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR))
rules.add_perm("incentives.see_bonus_of_people", has_role(Role.FINANCE))
rules.add_perm(
    "incentives.compare_bonus",
    has_role(Role.FINANCE, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR, Role.AUDITOR),
)
rules.add_perm("incentives.see_replay", has_role(Role.FINANCE, Role.AUDITOR))
rules.add_perm("incentives.set_bonus_policy", has_role(Role.HR, Role.ADMINISTRATOR))
rules.add_perm("incentives.audit", has_role(Role.AUDITOR))


def own_departments(user: User, *, on: date) -> set[int] | None:
    """Departments somebody enters figures for on a day; None: all (administrators)."""
    return None if Role.ADMINISTRATOR in roles_of(user) else led_departments(user, on=on)


def held_for(user: User) -> QuerySet[HeldFigure]:
    """The figures waiting for confirmation that somebody may see."""
    own = own_departments(user, on=timezone.localdate())
    waiting = HeldFigure.objects.filter(state=HeldFigure.State.WAITING)
    if own is not None and not rules.has_perm("incentives.propose_restatement", user):
        waiting = waiting.filter(Q(department__in=own) | Q(made_by=user))
    return waiting.select_related("department", "metric", "made_by").order_by("date", "pk")
