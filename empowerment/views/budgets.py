"""Departments' monthly budgets."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.services.budget_reading import budget_months
from empowerment.tables.budgets import BudgetMonthTable
from people.lists import show_list
from people.models import Role
from people.permissions import led_departments, roles_of

SEE_ALL = {Role.FINANCE, Role.AUDITOR}


@login_required
@permission_required("empowerment.see_budgets", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    """All departments for finance, the own for a lead."""
    sees_all = bool(roles_of(request.user) & SEE_ALL)
    led = None if sees_all else led_departments(request.user, on=timezone.localdate())
    links = []
    if request.user.has_perm("empowerment.see_cards"):
        links = [
            (reverse("accounting"), _("Files for accounting")),
            (reverse("card-statements"), _("Card statements")),
        ]
    if request.user.has_perm("empowerment.set_budgets"):
        links.append((reverse("set-limit"), _("Set a department's limit")))
    return show_list(
        request, BudgetMonthTable, budget_months(led), title=_("Empowerment money"), actions=links,
        lead=_("What a department may spend on customers in a month is its limit; what comes back"
               " may be spent again."),
    )  # fmt: skip
