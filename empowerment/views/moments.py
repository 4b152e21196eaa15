"""The list of moments of truth, which HR keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from empowerment.models import MomentOfTruth
from empowerment.services.moments import MOMENTS
from empowerment.tables.moments import MomentTable
from people.forms.named import NamedForm, NewNamedForm
from people.lists import show_list
from people.services.named import NamedRefused
from people.views.keeping import keep


def keeps_moments(view):
    return login_required(
        permission_required("empowerment.keep_moments", raise_exception=True)(view)
    )


@login_required
@permission_required("empowerment.see_all_limits", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    may_add = request.user.has_perm("empowerment.keep_moments")
    return show_list(
        request, MomentTable, MomentOfTruth.objects.all(), title=_("Moments of truth"),
        lead=_("What goes wrong for customers, in the company's own words: who spends on a"
               " customer chooses one."),
        actions=[(reverse("add-moment"), _("New moment of truth"))] if may_add else [],
        shown={"back": reverse("limits"), "back_text": _("Empowerment limits")},
    )  # fmt: skip


@keeps_moments
def add(request: HttpRequest) -> HttpResponse:
    form = NewNamedForm(request.POST or None)
    return keep(
        request, form,
        lambda: MOMENTS.add(
            form.cleaned_data["code"], form.cleaned_data["name"], names=form.names,
            position=form.cleaned_data["position"], by=request.user,
        ),
        title=_("New moment of truth"), button=_("Add"), back=reverse("moments"),
        back_text=_("Moments of truth"), done=_("The moment of truth is kept."),
        refusals=(NamedRefused,),
    )  # fmt: skip


@keeps_moments
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Rename it or move it in the list."""
    moment = get_object_or_404(MomentOfTruth, code=code)
    begun = {"name": moment.name, "position": moment.position}
    form = NamedForm(request.POST or None, initial=begun | NamedForm.showing_names(moment.names))
    return keep(
        request, form,
        lambda: MOMENTS.change(
            moment, form.cleaned_data["name"], names=form.names,
            position=form.cleaned_data["position"], by=request.user,
        ),
        title=str(moment), button=_("Keep"), back=reverse("moments"),
        back_text=_("Moments of truth"), done=_("The moment of truth is kept."),
        refusals=(NamedRefused,), template="empowerment/moment.html", shown={"moment": moment},
    )  # fmt: skip


@keeps_moments
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Or let it be chosen again, when it was retired."""
    moment = get_object_or_404(MomentOfTruth, code=code)
    on = None if moment.retired_on else timezone.localdate()
    try:
        MOMENTS.retire(moment, on=on, by=request.user)
    except NamedRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Nobody chooses it any more.") if on else _("It can be chosen again.")
        )
    return redirect("moments")
