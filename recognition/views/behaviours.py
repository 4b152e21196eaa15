"""The list of service behaviours, which HR keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.forms.named import NamedForm, NewNamedForm
from people.lists import show_list
from people.services.named import NamedRefused
from people.views.keeping import keep
from recognition.models import Behaviour
from recognition.services.behaviours import BEHAVIOURS
from recognition.tables.levels import BehaviourTable
from recognition.views.levels import keeps_levels


@login_required
@permission_required("recognition.see_rules", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    may_add = request.user.has_perm("recognition.keep_levels")
    return show_list(
        request, BehaviourTable, Behaviour.objects.all(), title=_("Service behaviours"),
        lead=_("What the company wants to see, in its own words: who nominates chooses one."),
        actions=[(reverse("add-behaviour"), _("New behaviour"))] if may_add else [],
        shown={"back": reverse("award-levels"), "back_text": _("Levels of awards")},
    )  # fmt: skip


@keeps_levels
def add(request: HttpRequest) -> HttpResponse:
    form = NewNamedForm(request.POST or None)
    return keep(
        request, form,
        lambda: BEHAVIOURS.add(
            form.cleaned_data["code"], form.cleaned_data["name"], names=form.names,
            position=form.cleaned_data["position"], by=request.user,
        ),
        title=_("New behaviour"), button=_("Add"), back=reverse("behaviours"),
        back_text=_("Service behaviours"), done=_("The behaviour is kept."),
        refusals=(NamedRefused,),
    )  # fmt: skip


@keeps_levels
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Rename it or move it in the list."""
    behaviour = get_object_or_404(Behaviour, code=code)
    begun = {"name": behaviour.name, "position": behaviour.position}
    form = NamedForm(request.POST or None, initial=begun | NamedForm.showing_names(behaviour.names))
    return keep(
        request, form,
        lambda: BEHAVIOURS.change(
            behaviour, form.cleaned_data["name"], names=form.names,
            position=form.cleaned_data["position"], by=request.user,
        ),
        title=str(behaviour), button=_("Keep"), back=reverse("behaviours"),
        back_text=_("Service behaviours"), done=_("The behaviour is kept."),
        refusals=(NamedRefused,), template="recognition/behaviour.html",
        shown={"behaviour": behaviour},
    )  # fmt: skip


@keeps_levels
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Or let it be chosen again, when it was retired."""
    behaviour = get_object_or_404(Behaviour, code=code)
    on = None if behaviour.retired_on else timezone.localdate()
    try:
        BEHAVIOURS.retire(behaviour, on=on, by=request.user)
    except NamedRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Nobody chooses it any more.") if on else _("It can be chosen again.")
        )
    return redirect("behaviours")
