"""Correcting a final day: form, preview, and a second person when money moves."""

import hashlib
import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.filters import RestatementFilter
from incentives.forms.corrections import RestateForm
from incentives.models import Metric, Restatement
from incentives.services.reading import goal_as_it_stands
from incentives.services.restatement_effects import PoolEffect, effects_on_people
from incentives.services.restating import (
    Correction,
    RestateRefused,
    correction_of,
    decide,
    moves_money,
    preview,
    propose,
)
from incentives.tables import RestatementTable
from people import second_factor
from people.lists import show_list
from people.models import Department
from people.services.salary_looks import log_looks

LOOK = "correction of a day"
MAY_SEE = ("incentives.propose_restatement", "incentives.approve_restatement", "incentives.audit")


@login_required
@permission_required("incentives.propose_restatement", raise_exception=True)
def restate(request, day: date, department: str, metric: str):
    """First the preview, then, with `confirm` of just what was seen, the correction."""
    department = get_object_or_404(Department, code=department)
    metric = get_object_or_404(Metric, code=metric)
    form = RestateForm(request.POST or None, metric=metric)
    looked, seen = None, ""
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        correction = Correction(day, department, metric, said["kind"], said["new_scaled"])
        try:
            looked = preview(correction, by=request.user)
            seen = _fingerprint(correction, looked)
            if "confirm" in request.POST:
                if request.POST.get("seen") == seen:
                    return _proposed(request, correction, said["reason"])
                form.add_error(None, _("This is not what you have looked at; look again."))
            context = _effects_shown(request, correction)
        except RestateRefused as refused:
            form.add_error(None, str(refused))
    context |= {
        "goal": goal_as_it_stands(day, department, metric, now=timezone.now()),
        "form": form, "day": day, "department": department, "metric": metric, "preview": looked,
        "seen": seen, "moves_money": bool(looked) and moves_money(looked),
    }  # fmt: skip
    return render(request, "incentives/restate.html", context)


@transaction.atomic
def _effects_shown(request, correction: Correction) -> dict[str, Any]:
    """Whose bonus changes; of whose amounts are shown the log says so first."""
    effects = effects_on_people(correction, by=request.user, now=timezone.now())
    sees_people = request.user.has_perm("incentives.see_bonus_of_people")
    if sees_people:
        log_looks(_listed(effects), where=LOOK, by=request.user)
    return {"effects": effects, "sees_people": sees_people}


def _listed(effects: list[PoolEffect]) -> set[int]:
    return {each.employee_id for effect in effects for each in effect.first_people}


def _fingerprint(correction: Correction, looked: dict) -> str:
    """Of what is shown: a field edited, or a day changed, after looking has to be looked at."""
    text = json.dumps([correction.kind, correction.new_scaled, looked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _proposed(request, correction: Correction, reason: str):
    made = propose(correction, reason=reason, by=request.user, now=timezone.now())
    if made.state == Restatement.State.APPLIED:
        messages.success(request, _("The day is corrected."))
        return redirect("day", correction.day)
    messages.info(request, _("Money moves: somebody else has to approve this correction."))
    return redirect("restatement", made.pk)


@login_required
def index(request):
    _may_see(request.user)
    found = Restatement.objects.select_related(
        "department", "metric", "made_by__employee", "decided_by__employee"
    )
    return show_list(
        request, RestatementTable, found, title=_("Corrections of final days"),
        filters=RestatementFilter, lead=_("To correct a day, open it and choose the goal."),
    )  # fmt: skip


def _may_see(user) -> None:
    if not any(user.has_perm(permission) for permission in MAY_SEE):
        raise PermissionDenied


@login_required
def show(request, pk: int):
    _may_see(request.user)
    found = get_object_or_404(Restatement, pk=pk)
    awaiting, now = found.state == Restatement.State.AWAITING, timezone.now()
    goal = goal_as_it_stands(found.date, found.department, found.metric, now=now)
    context = {
        "restatement": found,
        "awaiting": awaiting,
        "goal": goal if awaiting else None,
        "own": found.made_by_id == request.user.pk,
    }
    if awaiting:
        context |= _effects_of_waiting(request, found)
    return render(request, "incentives/restatement.html", context)


def _effects_of_waiting(request, found: Restatement) -> dict[str, Any]:
    """Nothing where the day has changed since: the approval will say so."""
    try:
        return _effects_shown(request, correction_of(found))
    except RestateRefused:
        return {}


@login_required
@permission_required("incentives.approve_restatement", raise_exception=True)
@require_POST
@second_factor.shown_again
def decide_restatement(request, pk: int):
    found = get_object_or_404(Restatement, pk=pk)
    if not {"approve", "refuse"} & request.POST.keys():
        raise BadRequest("neither approve nor refuse")
    try:
        decided = decide(
            found, approve="approve" in request.POST, by=request.user, now=timezone.now()
        )
    except RestateRefused as refused:
        messages.error(request, str(refused))
        return redirect("restatement", pk)
    messages.success(request, decided.get_state_display().capitalize())
    return redirect("day", decided.date)
