"""What was asked for above the limits: what waits, deciding on it, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.forms.cases import APPROVE, DecisionForm
from empowerment.models import Case
from empowerment.permissions import waiting_for
from empowerment.services.allowances import SpendingRefused
from empowerment.services.asking import budget_left
from empowerment.services.asking import decide as decide_on
from empowerment.services.asking import withdraw as take_back
from empowerment.services.explaining import explained
from empowerment.tables.cases import AskedCaseTable
from empowerment.views.cases import case_for
from people import second_factor
from people.lists import show_list


@login_required
@permission_required("empowerment.decide_cases", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, AskedCaseTable, waiting_for(request.user).for_list(), now=timezone.now(),
        title=_("Waits for my answer"),
        lead=_("What colleagues ask for above their limits. Nobody decides on their own case."),
    )  # fmt: skip


@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """To approve is to spend: it asks for the second factor again."""
    approves = request.POST.get("answer") == APPROVE
    return (_decide_on_money if approves else _decide)(request, pk)


def _decide(request: HttpRequest, pk: int) -> HttpResponse:
    case = case_for(request, pk, "empowerment.decide_case")
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, case, form):
        return redirect("case", pk)
    case = case_for(request, pk, "empowerment.decide_case")
    waits, now = case.state == Case.State.ASKED, timezone.now()
    context = {
        "case": case, "form": form, "waits": waits, "explanation": explained(case),
        "budget_left": budget_left(case, now=now) if waits else None,
        "overdue": waits and case.decide_by <= now,
    }  # fmt: skip
    return render(request, "empowerment/decide.html", context)


_decide_on_money = second_factor.shown_again(_decide)


def _decided(request: HttpRequest, case: Case, form: DecisionForm) -> bool:
    approves = form.cleaned_data["answer"] == APPROVE
    try:
        decide_on(
            case, approve=approves, reason=form.cleaned_data["reason"], by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except SpendingRefused as refused:
        form.add_error(refused.field or None, str(refused))
        return False
    done = (
        _("Approved. Whoever asked is told.") if approves else _("Declined. Whoever asked is told.")
    )
    messages.success(request, done)
    return True


@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    case, refused = case_for(request, pk, "empowerment.own_case"), ""
    if request.method == "POST":
        try:
            take_back(case, by=request.user, now=timezone.now())
        except SpendingRefused as no:
            refused = str(no)
        else:
            messages.success(request, _("The request is taken back."))
            return redirect("case", pk)
    waits = case.state == Case.State.ASKED and not refused
    context = {"case": case, "waits": waits, "refused": refused}
    return render(request, "empowerment/withdraw.html", context)
