"""Inviting colleagues, one or many, and helping with devices and second factors."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.forms.access import InviteManyForm, ReasonForm
from people.models import Employee, Invitation
from people.services.access import (
    AccessRefused,
    invite_anew,
    invite_many,
    reset_second_factor,
    sign_out_everywhere,
)
from people.services.fonts import MissingCharacters
from people.services.invitations import NotInvited
from people.services.slips import Slip, slips_pdf
from people.views.employment import keeps_people, somebody_else


def _as_pdf(slips: list[Slip]) -> HttpResponse:
    response = HttpResponse(slips_pdf(slips), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="invitations.pdf"'
    return response


@keeps_people
@require_POST
def invite(request, number: str):
    """By mail, or with a slip, which comes as a PDF; an earlier link is worthless then."""
    employee = somebody_else(request, number)
    way = Invitation.Way.SLIP if "slip" in request.POST else Invitation.Way.MAIL
    try:
        with transaction.atomic():
            slip = invite_anew(employee, way=way, by=request.user)
            if way == Invitation.Way.SLIP:
                return _as_pdf([slip])
    except (NotInvited, MissingCharacters) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The invitation is on its way."))
    return redirect("person", number)


@keeps_people
def invite_all(request):
    """Everybody without an account in a department or at a site; first it says how many."""
    form = InviteManyForm(request.POST or None)
    waiting: list[Employee] = []
    if request.method == "POST" and form.is_valid():
        waiting = list(form.waiting(today=timezone.localdate()))
        if waiting and "confirmed" in request.POST:
            return _invited(request, waiting)
        if not waiting:
            messages.info(request, _("Everybody there has an account or an invitation."))
    effects = _effects(waiting) if waiting else []
    return render(request, "people/invite.html", {"form": form, "effects": effects})


def _effects(waiting: list[Employee]) -> list[str]:
    mailed = sum(bool(employee.email) for employee in waiting)
    return [
        _("Invitations by mail: %(n)s.") % {"n": mailed},
        _("Slips to print, in one PDF: %(n)s.") % {"n": len(waiting) - mailed},
    ]


def _invited(request, waiting: list[Employee]):
    try:
        with transaction.atomic():
            slips = invite_many(waiting, by=request.user)
            if slips:
                return _as_pdf(slips)
    except (NotInvited, MissingCharacters) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The invitations are on their way."))
    return redirect("people")


def _with_reason(request, number: str, *, title: str, button: str, act):
    employee = somebody_else(request, number)
    form: forms.Form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(employee, reason=form.cleaned_data["reason"], by=request.user)
        except AccessRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Done."))
            return redirect("person", number)
    context = {
        "title": title % {"name": employee.name}, "button": button, "form": form,
        "back": f"/people/{number}/", "back_text": employee.name,
    }  # fmt: skip
    return render(request, "people/act.html", context)


@keeps_people
def sign_out(request, number: str):
    return _with_reason(
        request, number, title=_("Sign out %(name)s everywhere"), button=_("End all sessions"),
        act=sign_out_everywhere,
    )  # fmt: skip


@login_required
@permission_required("people.reset_second_factor", raise_exception=True)
def second_factor(request, number: str):
    return _with_reason(
        request, number, title=_("Reset the second factor of %(name)s"),
        button=_("Reset the second factor"), act=reset_second_factor,
    )  # fmt: skip
