"""Enter a case: what may be spent, the three fields, and the ways on where it is too much."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from empowerment.forms.amounts import typed
from empowerment.forms.spending import SpendForm
from empowerment.models import Case
from empowerment.rules.limits import Measure, room
from empowerment.services.allowances import Allowance, SpendingRefused, allowances
from empowerment.services.asking import ask
from empowerment.services.receipts import add_receipt
from empowerment.services.room import asked_for_more, nothing_set, room_told, told
from empowerment.services.spending import BeyondLimits, spend
from people.dates import moment
from people.money import money

JSON = "application/json"
MOST_LOOKS, WITHIN_SECONDS = 60, 60
"""Typing asks for a customer's allowance a few times; trying out references takes many more."""


def spends(view):
    return login_required(permission_required("empowerment.spend", raise_exception=True)(view))


@spends
def new(request: HttpRequest) -> HttpResponse:
    """The form; its own script asks for JSON, so that without a network nothing typed is lost."""
    now = timezone.now()
    posted = _posted(request)
    reference = (posted or request.GET).get("reference" if posted else "customer", "")
    if reference and _looks_too_often(request):
        return _page(request, refused=_("That was very often. Wait a minute and try again."))
    try:
        found = allowances(request.user, reference=reference, now=now)
    except SpendingRefused as refused:
        return _page(request, refused=str(refused))
    said = room_told(found, named=bool(reference.strip()))
    currencies = [each.currency for each in found if not each.missing]
    if not currencies:
        return _page(request, refused=said)
    form = SpendForm(
        posted, request.FILES or None, initial={"key": uuid4(), "reference": reference},
        currencies=currencies, today=timezone.localdate(now),
    )  # fmt: skip
    if not form.fields["moment"].queryset.exists():
        return _page(
            request, refused=_("Your HR department has not yet said what the money is for.")
        )
    beyond: dict[str, Any] | None = None
    if form.is_valid():
        try:
            return _on_to(request, _entered(request, form, now=now))
        except BeyondLimits as refused:
            beyond = _ways_on(request, form, refused, now=now)
            form.add_error("amount", str(refused))
            if "ask" in request.POST:
                form.add_error(
                    "reason", _("Say why the customer needs it, so that a lead can decide.")
                )
        except SpendingRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return _page(request, form=form, said=said, beyond=beyond)


def _looks_too_often(request: HttpRequest) -> bool:
    """Counted a person: what is left on a customer says what colleagues have spent there."""
    asked = f"allowance-{request.user.pk}"
    if cache.add(asked, 1, WITHIN_SECONDS):
        return False
    try:
        return cache.incr(asked) > MOST_LOOKS
    except ValueError:
        # Over between the two.
        return False


def _page(request: HttpRequest, **context) -> HttpResponse:
    return render(request, "empowerment/spend.html", context)


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; a button that offers a smaller amount stands for having typed it."""
    if request.method != "POST":
        return None
    posted = request.POST.copy()
    if "instead" in posted:
        posted["amount"] = posted["instead"]
    return posted


def _entered(request: HttpRequest, form: SpendForm, *, now: datetime) -> Case:
    act = ask if "ask" in request.POST and form.wanted.reason.strip() else spend
    case = act(form.wanted, by=request.user, now=now)
    image = form.cleaned_data["receipt"]
    if image and case.state in (Case.State.APPROVED, Case.State.ASKED):
        add_receipt(case, image, by=request.user, now=now)
    return case


def _on_to(request: HttpRequest, case: Case) -> HttpResponse:
    """To the case, with what became of it; a case that had waited in the browser is told there."""
    said, address = _outcome(case), reverse("case", args=[case.pk])
    if "waited" not in request.POST:
        messages.success(request, said)
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"next": address, "said": said})
    return redirect(address)


def _outcome(case: Case) -> str:
    words = {"amount": money(case.amount_minor, case.currency), "customer": case.customer}
    if case.state == Case.State.ASKED:
        words["until"] = moment(case.decide_by)
        return _("Asked: %(amount)s for %(customer)s, to be decided by %(until)s.") % words
    if case.spent_on:
        return _("Approved: %(amount)s for %(customer)s.") % words
    words["state"] = case.get_state_display()
    return _("%(amount)s for %(customer)s: %(state)s.") % words


def _ways_on(
    request: HttpRequest, form: SpendForm, refused: BeyondLimits, *, now: datetime
) -> dict[str, Any]:
    """Why it is too much, in figures, what may be spent at once, and who can say more. A lead
    cannot go beyond what the department has: then nobody is asked."""
    wanted = form.wanted
    at_once = room(refused.checks)
    budgeted = next((c for c in refused.checks if c.measure == Measure.DEPARTMENT), None)
    within_budget = bool(budgeted and budgeted.allows(wanted.amount_minor))
    return {
        "reasons": [told(check, wanted.currency) for check in refused.broken]
        or [nothing_set(Allowance(wanted.currency, tuple(refused.checks)).missing)],
        "amount": money(wanted.amount_minor, wanted.currency),
        "at_once": money(at_once, wanted.currency) if at_once else "",
        "instead": typed(at_once, wanted.currency),
        "asked": asked_for_more(request.user, now=now) if within_budget else None,
    }  # fmt: skip


@spends
@require_GET
def allowance(request: HttpRequest) -> HttpResponse:
    """What the form's script shows once a customer is named: the room left, and of whose money
    it was taken nothing."""
    reference = request.GET.get("customer", "")
    if reference and _looks_too_often(request):
        return JsonResponse({"said": ""}, status=429)
    try:
        found = allowances(request.user, reference=reference, now=timezone.now())
    except SpendingRefused as refused:
        return JsonResponse({"said": str(refused)})
    return JsonResponse({"said": room_told(found, named=bool(reference.strip()))})
