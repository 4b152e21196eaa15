"""Cases: the lists, one with what explains it, and money that comes back."""

import rules
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.filters.cases import CaseFilter, OwnCaseFilter
from empowerment.forms.cases import CancelForm, GiveBackForm
from empowerment.models import Case, CaseStep, Receipt
from empowerment.permissions import listed_cases
from empowerment.services.allowances import SpendingRefused
from empowerment.services.explaining import explained
from empowerment.services.giving_back import GivenBack, cancel_and_say, give_back_and_say
from empowerment.services.outcomes import asks_outcome
from empowerment.tables.cases import CaseTable, OwnCaseTable
from people.lists import Action, show_list
from people.money import money
from people.views.acts import look_then_act

ANSWERS = (CaseStep.What.APPROVED, CaseStep.What.DECLINED)


@login_required
@permission_required("empowerment.list_cases", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    links = []
    if request.user.has_perm("empowerment.decide_cases"):
        links.append((reverse("asked-cases"), _("Waits for my answer")))
    if request.user.has_perm("empowerment.review_cases"):
        links.append((reverse("reviews"), _("Cases to look at")))
    return show_list(
        request, CaseTable, listed_cases(request.user).for_list(), title=_("Cases"),
        filters=CaseFilter, actions=links, counted=False,
    )  # fmt: skip


@login_required
@permission_required("empowerment.spend", raise_exception=True)
def mine(request: HttpRequest) -> HttpResponse:
    own = Case.objects.filter(employee=request.user.employee).for_list()
    return show_list(
        request, OwnCaseTable, own, title=_("My cases"), filters=OwnCaseFilter, counted=False,
        lead=_("What you spent to put customers right, and what you asked for."),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, and why it was within the limits or not."""
    found = case_for(request, pk, "empowerment.see_case")
    steps = list(found.steps.select_related("made_by__employee"))
    answers = (step for step in steps if step.what in ANSWERS and step.text)
    context = {
        "case": found, "explanation": explained(found), "acts": _acts(request, found),
        "steps": steps, "answer": next(answers, None),
        "asks_outcome": asks_outcome(request.user, found, today=timezone.localdate()),
    }  # fmt: skip
    return render(request, "empowerment/case.html", context)


def case_for(request: HttpRequest, pk: int, permission: str) -> Case:
    """One with which this person may do what the permission says; Http404 for any other."""
    found = get_object_or_404(Case.objects.for_page(), pk=pk)
    if not rules.has_perm(permission, request.user, found):
        raise Http404
    return found


def _acts(request: HttpRequest, case: Case) -> list[Action]:
    """What this person may do with it now."""
    offered = []
    if case.state == Case.State.ASKED:
        offered = [
            ("empowerment.decide_case", "decide-asked-case", _("Decide")),
            ("empowerment.own_case", "withdraw-case", _("Take the request back")),
        ]
    elif case.state == Case.State.APPROVED and case.net_minor:
        offered = [
            ("empowerment.give_back", "give-case-back", _("Money came back")),
            ("empowerment.give_back", "cancel-case", _("Cancel the case")),
        ]
    elif case.state == Case.State.DECLINED and rules.has_perm(
        "empowerment.own_case", request.user, case
    ):
        return [(reverse("spend"), _("Put it right in another way"))]
    if Receipt.objects.filter(case=case).exists():
        offered.append(("empowerment.see_case", "case-receipt", _("Look at the receipt")))
    elif not case.no_receipt and case.state in (Case.State.APPROVED, Case.State.ASKED):
        offered.append(("empowerment.own_case", "case-receipt", _("Add the receipt")))
    return [
        (reverse(name, args=[case.pk]), text)
        for permission, name, text in offered
        if rules.has_perm(permission, request.user, case)
    ]


@login_required
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    case = case_for(request, pk, "empowerment.give_back")
    form = GiveBackForm(request.POST or None, case=case)
    return _look_then_act(
        request, case, form, give_back_and_say, title=_("Money came back"), button=_("Give back")
    )


@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    case = case_for(request, pk, "empowerment.give_back")
    return _look_then_act(
        request, case, CancelForm(request.POST or None), cancel_and_say, title=_("Cancel a case"),
        button=_("Cancel the case"), danger=True,
    )  # fmt: skip


def _look_then_act(request: HttpRequest, case: Case, form, act, **said) -> HttpResponse:
    def do(key, reason: str, amount: int = 0):
        back = GivenBack(key, amount, reason)
        return act(case, back, by=request.user, now=timezone.now())

    whole = {"amount": money(case.net_minor, case.currency), "customer": case.customer}
    return look_then_act(
        request, form, do, back=reverse("case", args=[case.pk]), back_text=_("The case"),
        lead=_("%(amount)s was spent on customer %(customer)s.") % whole, private=True,
        refusals=(SpendingRefused,), **said,
    )  # fmt: skip
