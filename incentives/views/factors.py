"""A lead's factors for the own departments of a bonus that is still a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.forms.factors import FactorsForm
from incentives.models import BonusRun
from incentives.rules import BASIS
from incentives.services.adjusting import adjust
from incentives.services.bonus_runs import terms_of_run
from incentives.services.eligibility import BonusRefused
from incentives.services.factors import (
    OwnDepartment,
    envelope,
    own_department,
    proposable,
    spread,
    with_factors,
)
from people.models import Department, User
from people.permissions import led_departments


@login_required
@permission_required("incentives.adjust_bonus", raise_exception=True)
def index(request, pk: int):
    """The own departments of a run, proposed or not."""
    run = get_object_or_404(with_factors(), pk=pk)
    own = proposable(run, led_departments(request.user, on=run.through))
    if not own:
        raise Http404
    context = {"run": run, "own": own, "is_draft": run.state == BonusRun.State.DRAFT}
    return render(request, "incentives/factors.html", context)


@login_required
@permission_required("incentives.adjust_bonus", raise_exception=True)
def of_department(request, pk: int, department: str):
    """Look (also by the script, while somebody writes) and propose; read only after the draft."""
    run = get_object_or_404(with_factors(), pk=pk)
    own = own_department(run, _led(request.user, run, department), by=request.user)
    may_change = run.state == BonusRun.State.DRAFT
    if not own.members:
        raise Http404
    form = FactorsForm(
        request.POST if request.method == "POST" and may_change else None,
        own=own, terms=terms_of_run(run), may_change=may_change,
    )  # fmt: skip
    if form.is_bound and form.is_valid() and "propose" in request.POST:
        done = _propose(request, run, own, form)
        if done:
            return done
    return render(request, "incentives/factors_of_department.html", _shown(run, own, form))


def _led(user: User, run: BonusRun, code: str) -> Department:
    department = get_object_or_404(Department, code=code)
    if department.pk not in led_departments(user, on=run.through):
        raise Http404
    return department


def _propose(request, run: BonusRun, own: OwnDepartment, form: FactorsForm) -> HttpResponse | None:
    try:
        adjust(
            run, own.department, form.factors, by=request.user, now=timezone.now(), seen=own.seen
        )
    except BonusRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(
        request, _("%(department)s is proposed.") % {"department": own.department.name}
    )
    return redirect("factors", run.pk)


def _shown(run: BonusRun, own: OwnDepartment, form: FactorsForm) -> dict:
    form.errors  # noqa: B018  what was written is read by it
    terms = terms_of_run(run)
    carried = envelope(own, form.chosen, terms=terms)
    return {
        "run": run, "own": own, "form": form, "envelope": carried,
        "is_draft": run.state == BonusRun.State.DRAFT,
        "spreads": spread(own, form.chosen, BASIS + carried.carried_bp),
        "low_bp": BASIS - terms.manager_band_bp, "high_bp": BASIS + terms.manager_band_bp,
    }  # fmt: skip
