"""Recognition budgets: what is in them, and finance putting money in."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import second_factor
from people.lists import show_list
from people.models import Role
from people.permissions import roles_of
from people.views.acts import look_then_act
from recognition.filters import BudgetFilter
from recognition.forms.budgets import FundForm
from recognition.services.budget_reading import budgets_for, grants_of
from recognition.services.funding import fund_and_tell
from recognition.services.rewards import BudgetRefused
from recognition.tables.money import BudgetTable, GrantTable

SEE_ALL = {Role.FINANCE, Role.HR, Role.AUDITOR}


def _budgets(request: HttpRequest):
    sees_all = bool(roles_of(request.user) & SEE_ALL)
    return budgets_for(request.user, on=timezone.localdate(), sees_all=sees_all)


@login_required
@permission_required("recognition.see_budgets", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    may_fund = request.user.has_perm("recognition.fund")
    links = [(reverse("fund-recognition"), _("Fund a budget"))] if may_fund else []
    if request.user.has_perm("recognition.see_rewards"):
        links.append((reverse("rewards"), _("Rewards for payroll")))
    return show_list(
        request, BudgetTable, _budgets(request), title=_("Recognition budgets"),
        filters=BudgetFilter, actions=links,
        lead=_("An award is paid by the budget of the department or of the nearest above it that"
               " has one, else by the company's. A budget never gives more than it holds."),
    )  # fmt: skip


@login_required
@permission_required("recognition.see_budgets", raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A budget and what was put into it."""
    budget = get_object_or_404(_budgets(request), pk=pk)
    return show_list(
        request, GrantTable, grants_of(budget),
        title=_("Recognition budget %(year)s: %(whose)s") % {
            "year": budget.year, "whose": budget.department or _("the company"),
        },
        template="recognition/budget.html", shown={"budget": budget},
    )  # fmt: skip


@login_required
@permission_required("recognition.fund", raise_exception=True)
@second_factor.shown_again
def fund(request: HttpRequest) -> HttpResponse:
    form = FundForm(request.POST or None)
    return look_then_act(
        request, form,
        lambda **_said: fund_and_tell(form.funding, by=request.user, now=timezone.now()),
        title=_("Fund a recognition budget"), button=_("Fund"),
        back=reverse("recognition-budgets"), back_text=_("Recognition budgets"), private=True,
        refusals=(BudgetRefused,),
    )  # fmt: skip
