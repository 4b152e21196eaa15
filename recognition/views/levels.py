"""Levels of awards and their panels, which HR keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.lists import show_list
from people.views.keeping import keep
from recognition.forms.levels import EndSeatForm, LevelForm, NewLevelForm, SeatForm
from recognition.models import AwardLevel, PanelMember
from recognition.services.levels import (
    LevelRefused,
    add_level,
    change_level,
    retire_level,
    revive_level,
    terms_of,
)
from recognition.services.panels import PanelRefused, end_seat, seat
from recognition.tables.levels import LevelTable, PanelTable


def sees_rules(view):
    return login_required(permission_required("recognition.see_rules", raise_exception=True)(view))


def keeps_levels(view):
    return login_required(
        permission_required("recognition.keep_levels", raise_exception=True)(view)
    )


@sees_rules
def index(request: HttpRequest) -> HttpResponse:
    links = [
        (reverse("recognition-policy"), _("Limits")), (reverse("behaviours"), _("Behaviours")),
    ]  # fmt: skip
    if request.user.has_perm("recognition.keep_levels"):
        links.insert(0, (reverse("add-award-level"), _("New level")))
    return show_list(
        request, LevelTable, AwardLevel.objects.all(), title=_("Levels of awards"), actions=links,
        lead=_("What an award is worth, who decides, and how payroll taxes it. A change counts for"
               " awards that are raised from then on; money comes from budgets that finance"
               " funds."),
    )  # fmt: skip


@keeps_levels
def add(request: HttpRequest) -> HttpResponse:
    form = NewLevelForm(request.POST or None)
    return keep(
        request, form,
        lambda: add_level(form.cleaned_data["code"], form.terms, by=request.user),
        title=_("New level"), button=_("Add"), back=reverse("award-levels"),
        back_text=_("Levels of awards"), done=_("The level is kept."), refusals=(LevelRefused,),
    )  # fmt: skip


@sees_rules
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The level and its panel."""
    level = get_object_or_404(AwardLevel, code=code)
    seats = level.panel.select_related("employee")
    return show_list(
        request, PanelTable, seats, title=str(level), template="recognition/level.html",
        shown={
            "level": level, "keeps": request.user.has_perm("recognition.keep_levels"),
            "by_panel": level.decides == AwardLevel.Decides.PANEL,
        },
        exclude=() if request.user.has_perm("recognition.keep_levels") else ("end",),
    )  # fmt: skip


@keeps_levels
def change(request: HttpRequest, code: str) -> HttpResponse:
    level = get_object_or_404(AwardLevel, code=code)
    form = LevelForm(request.POST or None, initial=LevelForm.showing(terms_of(level)))
    return keep(
        request, form, lambda: change_level(level, form.terms, by=request.user),
        title=_("Change %(level)s") % {"level": level}, button=_("Keep"),
        back=reverse("award-level", args=[code]), back_text=str(level),
        done=_("The level is kept."), refusals=(LevelRefused,),
        lead=_("Awards that were raised before keep their amount and tax class."),
    )  # fmt: skip


@keeps_levels
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Or give it again, when it was retired."""
    level = get_object_or_404(AwardLevel, code=code)
    if level.retired_on:
        revive_level(level, by=request.user)
        messages.success(request, _("It is given again."))
    else:
        retire_level(level, by=request.user, on=timezone.localdate())
        messages.success(request, _("It is not given any more; what is before its panel stays."))
    return redirect("award-level", code)


@keeps_levels
def add_seat(request: HttpRequest, code: str) -> HttpResponse:
    level = get_object_or_404(AwardLevel, code=code)
    form = SeatForm(request.POST or None)
    return keep(
        request, form, lambda: seat(level, **form.cleaned_data, by=request.user),
        title=_("New seat on the panel of %(level)s") % {"level": level}, button=_("Add"),
        back=reverse("award-level", args=[code]), back_text=str(level),
        done=_("The seat is kept."), refusals=(PanelRefused,),
    )  # fmt: skip


@keeps_levels
def end(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(PanelMember.objects.select_related("level", "employee"), pk=pk)
    form = EndSeatForm(request.POST or None)
    return keep(
        request, form, lambda: end_seat(member, **form.cleaned_data, by=request.user),
        title=_("%(name)s leaves the panel") % {"name": member.employee}, button=_("Keep"),
        back=reverse("award-level", args=[member.level.code]), back_text=str(member.level),
        done=_("The last day is kept."), refusals=(PanelRefused,),
        lead=_("Votes that were given stay. When nobody is left to vote on an award, its page"
               " lets HR have the votes counted as they are."),
    )  # fmt: skip
