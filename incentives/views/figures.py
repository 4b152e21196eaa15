"""Entering yesterday's figures, and confirming implausible ones."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from incentives.forms.figures import FiguresForm
from incentives.models import Result
from incentives.permissions import held_for, own_departments
from incentives.services import recording
from incentives.services.closing import CloseRefused
from incentives.services.reading import due_goals
from incentives.services.recording import RecordRefused
from people.models import Department
from people.services.calendars import company_yesterday


def asked_day(request) -> date:
    """?date=2026-11-20, else the company's yesterday; what is recorded names its day."""
    said = request.POST if request.method == "POST" else request.GET
    try:
        return date.fromisoformat(said.get("date", ""))
    except ValueError as error:
        if request.method == "POST":  # figures for a day nobody named would land on another
            raise BadRequest("date is missing or unreadable") from error
        return company_yesterday(timezone.now()) or timezone.localdate()


@login_required
@permission_required("incentives.enter_figures", raise_exception=True)
def enter(request, code: str = ""):
    """Figures of my departments, or of one of them; somebody else's is not found."""
    day = asked_day(request)
    own = own_departments(request.user, on=day)
    if code:
        department = get_object_or_404(Department, code=code)
        if own is not None and department.pk not in own:
            raise Http404
        own = {department.pk}
    goals, problem = [], ""
    try:
        goals = [
            goal for goal in due_goals(day, now=timezone.now())
            if own is None or goal.department.pk in own
        ]  # fmt: skip
    except CloseRefused as refused:
        problem = str(refused)
    form = FiguresForm(request.POST or None, goals=goals, day=day)
    if request.method == "POST" and not problem and form.is_valid() and _record(request, form):
        return redirect(f"{request.path}?date={day}")
    context = {"form": form, "day": day, "problem": problem, "code": code}
    return render(request, "incentives/figures.html", context)


def _record(request, form: FiguresForm) -> bool:
    try:
        outcome = recording.record(
            form.figures, by=request.user, source=Result.Source.FORM, hold_implausible=True
        )
    except RecordRefused as refused:
        for position, message in refused.problems:
            form.add_error(form.field_of(position), message)
        return False
    kept = outcome.created + outcome.updated - outcome.held
    if kept:
        text = ngettext("%(n)s figure recorded.", "%(n)s figures recorded.", kept)
        messages.success(request, text % {"n": kept})
    if outcome.held:
        text = ngettext(
            "%(n)s figure is outside the plausible range and waits for somebody else to confirm"
            " it.",
            "%(n)s figures are outside the plausible range and wait for somebody else to confirm"
            " them.",
            outcome.held,
        )
        messages.warning(request, text % {"n": outcome.held})
    if not kept and not outcome.held:
        messages.info(request, _("Nothing has changed."))
    return True


@login_required
@permission_required("incentives.confirm_figures", raise_exception=True)
def held(request):
    return render(request, "incentives/held.html", {"held": held_for(request.user)})


@login_required
@permission_required("incentives.confirm_figures", raise_exception=True)
@require_POST
def decide_held(request, pk: int):
    figure = get_object_or_404(held_for(request.user), pk=pk)
    if not {"confirm", "refuse"} & request.POST.keys():
        raise BadRequest("neither confirm nor refuse")
    try:
        recording.decide_held(figure, confirm="confirm" in request.POST, by=request.user)
    except RecordRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Decided."))
    return redirect("held-figures")
