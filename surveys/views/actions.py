"""Actions: on a board for who leads them, in a list for who owns them, and one by one."""

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.lists import show_list
from people.views.keeping import keep
from surveys.forms.actions import ActionForm, ProgressForm
from surveys.models import Action
from surveys.services import acting
from surveys.services.acting_reading import actions_of, own_actions, polls_to_act_on
from surveys.tables.actions import ActionTable
from surveys.views.focus_areas import keeps_actions, kept_area, sees_actions

MOST_IN_A_STATE = 30
MOST_POLLS = 12
ENDED = (Action.State.DONE, Action.State.DROPPED)


@login_required
@sees_actions
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """By state; what is overdue stands first, as it was due first."""
    today, now = timezone.localdate(), timezone.now()
    seen = actions_of(request.user, on=today)
    columns = []
    for state in Action.State:
        order = ("-due_on", "-pk") if state in ENDED else ("due_on", "pk")
        found = list(seen.filter(state=state).order_by(*order)[: MOST_IN_A_STATE + 1])
        shown = [(each, each.is_overdue(on=today)) for each in found[:MOST_IN_A_STATE]]
        columns.append((state.label, shown, len(found) > MOST_IN_A_STATE))
    polls = list(polls_to_act_on(request.user, now=now)[:MOST_POLLS])
    context = {
        "columns": columns, "polls": polls,
        "late": seen.overdue(today).count(),
        "keeps": request.user.has_perm("surveys.keep_actions"),
    }  # fmt: skip
    return render(request, "surveys/actions.html", context)


@login_required
@permission_required("surveys.own_actions", raise_exception=True)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, ActionTable, own_actions(request.user), title=_("My actions"),
        lead=_("What you took on after polls. Say how far each is: colleagues read it where it is"
               " published."),
        today=timezone.localdate(), exclude=("owner",),
    )  # fmt: skip


def _action(request: HttpRequest, pk: int) -> Action:
    """Of those somebody sees, or their own; 404 for others."""
    found = Action.objects.select_related(
        "focus__wave__release", "focus__department", "focus__theme", "owner"
    )
    action = get_object_or_404(found, pk=pk)
    sees = rules.has_perm("surveys.see_actions", request.user) and (
        actions_of(request.user, on=timezone.localdate()).filter(pk=pk).exists()
    )
    if not sees and not rules.has_perm("surveys.own_action", request.user, action):
        raise Http404
    return action


def _kept_action(request: HttpRequest, pk: int) -> Action:
    action = _action(request, pk)
    if not rules.has_perm("surveys.keep_focus_area", request.user, action.focus):
        raise PermissionDenied
    return action


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    action = _action(request, pk)
    context = {
        "action": action, "late": action.is_overdue(on=timezone.localdate()),
        "keeps": rules.has_perm("surveys.keep_focus_area", request.user, action.focus),
        "owns": rules.has_perm("surveys.own_action", request.user, action),
        "sees": rules.has_perm("surveys.see_actions", request.user),
        "shown": acting.is_shown(action.focus.wave, now=timezone.now()),
    }  # fmt: skip
    return render(request, "surveys/action.html", context)


@login_required
@keeps_actions
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan something in a focus area."""
    area = kept_area(request, pk)
    form = ActionForm(request.POST or None)
    return keep(
        request, form,
        lambda: acting.plan_action(area, form.plan, by=request.user, now=timezone.now()),
        title=_("New action"), button=_("Plan it"), back=reverse("focus-area", args=[pk]),
        back_text=str(area), done=_("The action is planned, and its owner is told."),
        refusals=(acting.ActingRefused,), template="surveys/in_languages.html",
    )  # fmt: skip


@login_required
@keeps_actions
def change(request: HttpRequest, pk: int) -> HttpResponse:
    action = _kept_action(request, pk)
    form = ActionForm(request.POST or None, initial=ActionForm.showing(action))
    return keep(
        request, form,
        lambda: acting.change_action(action, form.plan, by=request.user, now=timezone.now()),
        title=_("Change the action"), button=_("Keep"), back=reverse("action", args=[pk]),
        back_text=str(action), done=_("The action is kept."), refusals=(acting.ActingRefused,),
        template="surveys/in_languages.html",
    )  # fmt: skip


@login_required
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """Its owner says how far it is."""
    action = _action(request, pk)
    if not rules.has_perm("surveys.own_action", request.user, action):
        raise PermissionDenied
    form = ProgressForm(request.POST or None, initial=ProgressForm.showing(action))
    return keep(
        request, form,
        lambda: acting.tell_progress(
            action, form.progress, dids=form.said_in("did"), by=request.user, now=timezone.now()
        ),
        title=_("How far is it?"), lead=str(action), button=_("Keep"),
        back=reverse("action", args=[pk]), back_text=str(action),
        done=_("Thank you: the action is kept."), refusals=(acting.ActingRefused,),
        template="surveys/in_languages.html",
    )  # fmt: skip


@login_required
@keeps_actions
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _publish(request, pk, is_published=True, done=_("Everybody reads it on the page now."))


@login_required
@keeps_actions
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _publish(request, pk, is_published=False, done=_("The page does not show it any more."))


def _publish(request: HttpRequest, pk: int, *, is_published: bool, done: str) -> HttpResponse:
    action = _kept_action(request, pk)
    try:
        acting.publish(action, is_published=is_published, by=request.user, now=timezone.now())
    except acting.ActingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("action", pk)
