"""Praising a colleague, what one gave and received, and taking one's own praise back."""

from typing import Any
from uuid import uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from people.lists import show_list
from people.models import ShownTo
from people.services.previews import act_once_seen, digest_of
from recognition.filters import OwnPraiseFilter, colleagues_like
from recognition.forms.nominating import NominationForm, WithdrawForm
from recognition.models import Nomination
from recognition.services.nominating import NominationRefused, nominate
from recognition.services.withdrawing import what_comes_back, withdraw_and_say
from recognition.tables.praise import OwnPraiseTable

JSON = "application/json"


def nominates(view):
    return login_required(permission_required("recognition.nominate", raise_exception=True)(view))


@nominates
def new(request: HttpRequest) -> HttpResponse:
    """The form; its own script asks for JSON, so that without a network nothing typed is lost."""
    if request.method == "POST" and not {"find", "remove"} & request.POST.keys():
        form = NominationForm(request.POST, today=timezone.localdate())
        if form.is_valid() and _nominated(request, form):
            return _on_to(request, reverse("my-nominations"))
    else:
        form = NominationForm(initial=_typed(request), today=timezone.localdate())
    said = request.POST.get("search", "")
    found = _found(request, said)
    chosen = {each.pk for each in form.chosen}
    context = {
        "form": form, "search": said, "found": [each for each in found if each.pk not in chosen],
        "looked": bool(said.strip()),
    }  # fmt: skip
    return render(request, "recognition/nominate.html", context)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: what a link asks for, or what was typed before a look-up."""
    if request.method == "POST":
        removed = request.POST.get("remove")
        numbers = [each for each in request.POST.getlist("nominees") if each != removed]
        return {**request.POST.dict(), "nominees": numbers}
    own = request.user.employee.number
    return {
        "key": uuid4(), "nominees": [each for each in request.GET.getlist("to") if each != own],
        "behaviour": request.GET.get("behaviour"), "happened_on": timezone.localdate(),
        "audience": int(ShownTo.STAFF),
    }  # fmt: skip


def _nominated(request: HttpRequest, form: NominationForm) -> bool:
    try:
        made = nominate(form.praise, by=request.user, now=timezone.now())
    except NominationRefused as refused:
        form.add_error(refused.field or None, str(refused))
        return False
    names = ", ".join(each.employee.name for each in made.nominees.select_related("employee"))
    messages.success(request, _("Published: your nomination of %(names)s.") % {"names": names})
    return True


def _on_to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"next": address})
    return redirect(address)


def _found(request: HttpRequest, said: str):
    return colleagues_like(said, giver=request.user.employee, on=timezone.localdate())


@nominates
@require_GET
def colleagues(request: HttpRequest) -> JsonResponse:
    """Whom the form's script offers while somebody types: names and departments, no addresses."""
    found = _found(request, request.GET.get("q", ""))
    people = [
        {
            "number": each.number, "name": each.name, "known_as": each.known_as,
            "department": each.now_in[0].department.name if each.now_in else "",
        }
        for each in found
    ]  # fmt: skip
    return JsonResponse({"people": people})


@nominates
def mine(request: HttpRequest) -> HttpResponse:
    own = request.user.employee
    return show_list(
        request, OwnPraiseTable, Nomination.objects.of(own).for_list(), own=own,
        title=_("My nominations"), filters=OwnPraiseFilter,
        actions=[(reverse("nominate"), _("Nominate")), (reverse("nominate-qr"), _("QR code"))],
    )  # fmt: skip


@nominates
def qr(request: HttpRequest) -> HttpResponse:
    """A page to print and hang up beside a shared device; a camera finds the form."""
    address = settings.BASE_URL + reverse("nominate")
    code = segno.make_qr(address, error="m")
    drawn = code.svg_data_uri(border=2, light="#fff", omitsize=True, svgclass=None, lineclass=None)
    return render(request, "recognition/qr.html", {"address": address, "drawn": drawn})


@nominates
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What comes back is shown first, and it happens as it was shown. Others' answer 404."""
    own = Nomination.objects.filter(giver=request.user.employee).for_list()
    nomination = get_object_or_404(own, pk=pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _taken_back(request, nomination, form):
        return redirect("my-nominations")
    effects = what_comes_back(nomination)
    context = {
        "nomination": nomination, "form": form, "effects": effects, "seen": digest_of(effects),
    }  # fmt: skip
    return render(request, "recognition/withdraw.html", context)


def _taken_back(request: HttpRequest, nomination: Nomination, form: WithdrawForm) -> bool:
    try:
        looked = act_once_seen(
            lambda: withdraw_and_say(
                nomination, by=request.user, now=timezone.now(), **form.cleaned_data
            ),
            seen=request.POST.get("seen", ""),
        )
    except NominationRefused as refused:
        form.add_error(None, str(refused))
        return False
    if looked.done:
        messages.success(request, _("Your nomination is withdrawn."))
    else:
        messages.warning(request, _("Something has changed meanwhile: please look again."))
    return looked.done
