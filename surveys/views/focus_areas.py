"""Focus areas of a poll: named, read, changed, removed."""

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.lists import show_list, turn_to_page
from people.views.keeping import keep
from surveys.forms.actions import FocusAreaForm
from surveys.models import FocusArea, Wave
from surveys.services import acting
from surveys.services.acting_reading import (
    actions_of,
    counted,
    focus_areas_of,
    polls_to_act_on,
)
from surveys.tables.actions import ActionTable, FocusAreaTable

sees_actions = permission_required("surveys.see_actions", raise_exception=True)
keeps_actions = permission_required("surveys.keep_actions", raise_exception=True)


def _poll(request: HttpRequest, code: str) -> Wave:
    return get_object_or_404(polls_to_act_on(request.user, now=timezone.now()), code=code)


def _area(request: HttpRequest, pk: int) -> FocusArea:
    return get_object_or_404(focus_areas_of(request.user, on=timezone.localdate()), pk=pk)


def kept_area(request: HttpRequest, pk: int) -> FocusArea:
    """One that whoever asks may act in."""
    area = _area(request, pk)
    if not rules.has_perm("surveys.keep_focus_area", request.user, area):
        raise PermissionDenied
    return area


@login_required
@sees_actions
@require_safe
def of_poll(request: HttpRequest, code: str) -> HttpResponse:
    """A poll's focus areas, and below them its actions."""
    wave, today = _poll(request, code), timezone.localdate()
    areas = counted(focus_areas_of(request.user, on=today).filter(wave=wave), on=today)
    table = FocusAreaTable(areas.order_by("pk"), prefix="area-")
    turn_to_page(request, table)
    may_add = request.user.has_perm("surveys.keep_actions")
    return show_list(
        request, ActionTable, actions_of(request.user, on=today).filter(focus__wave=wave),
        title=str(wave), template="surveys/poll_actions.html", today=today,
        shown={"wave": wave, "areas": table, "may_add": may_add},
    )  # fmt: skip


@login_required
@keeps_actions
def add(request: HttpRequest, code: str) -> HttpResponse:
    wave = _poll(request, code)
    form = FocusAreaForm(request.POST or None, wave=wave, for_user=request.user)
    return keep(
        request, form,
        lambda: acting.name_focus_area(wave, form.focus, by=request.user, now=timezone.now()),
        title=_("New focus area"), button=_("Name it"), back=reverse("poll-actions", args=[code]),
        back_text=str(wave), done=_("The focus area is kept. Plan what to do about it."),
        refusals=(acting.ActingRefused,), template="surveys/in_languages.html",
    )  # fmt: skip


@login_required
@sees_actions
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    area, today = _area(request, pk), timezone.localdate()
    keeps = rules.has_perm("surveys.keep_focus_area", request.user, area)
    return show_list(
        request, ActionTable, actions_of(request.user, on=today).filter(focus=area),
        title=str(area), template="surveys/focus_area.html", today=today,
        exclude=("focus", "department"), shown={"area": area, "keeps": keeps},
    )  # fmt: skip


@login_required
@keeps_actions
def change(request: HttpRequest, pk: int) -> HttpResponse:
    area = kept_area(request, pk)
    form = FocusAreaForm(
        request.POST or None, initial=FocusAreaForm.showing(area), wave=area.wave,
        for_user=request.user,
    )  # fmt: skip
    return keep(
        request, form,
        lambda: acting.change_focus_area(area, form.focus, by=request.user, now=timezone.now()),
        title=_("Change the focus area"), button=_("Keep"),
        back=reverse("focus-area", args=[area.pk]), back_text=str(area),
        done=_("The focus area is kept."), refusals=(acting.ActingRefused,),
        template="surveys/in_languages.html",
    )  # fmt: skip


@login_required
@keeps_actions
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """While nothing is planned in it."""
    area = kept_area(request, pk)
    code = area.wave.code
    try:
        acting.remove_focus_area(area, by=request.user, now=timezone.now())
    except acting.ActingRefused as refused:
        messages.error(request, str(refused))
        return redirect("focus-area", pk)
    messages.success(request, _("The focus area is removed."))
    return redirect("poll-actions", code)
