"""A day with every goal and why it did or did not hit; excusing a goal."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.filters import DayFilter
from incentives.forms.corrections import ExcuseForm
from incentives.models import DayVerdict, Metric, Pool, Restatement
from incentives.rules import Status
from incentives.services import recording
from incentives.services.closing import CloseRefused
from incentives.services.explaining import explain, judgement, rule_in_words
from incentives.services.reading import (
    company_verdict,
    due_goals,
    goals_of,
    missed_departments,
    verdict_of,
    versions_of,
)
from incentives.services.recording import RecordRefused
from incentives.tables import DayTable
from ledger.models import Transfer
from people.lists import show_list
from people.models import Department


@login_required
def index(request):
    days = DayVerdict.objects.of_company().latest_versions().select_related("pool")
    return show_list(request, DayTable, days, title=_("Days"), filters=DayFilter)


@login_required
def show(request, day: date):
    """By the headline's rule, or with ?pool=CODE by that pool's."""
    pool = _asked_pool(request)
    verdict = verdict_of(day, pool) if pool else company_verdict(day)
    if verdict is None:
        return _not_closed(request, day)
    goals = goals_of(verdict, now=timezone.now())
    earlier = list(versions_of(day, verdict.pool))[:-1]
    context = {
        "day": day,
        "verdict": verdict,
        "goals": goals,
        "sentence": explain(judgement(verdict), missed_departments(goals)),
        "rule": rule_in_words(judgement(verdict)),
        "versions": earlier,
        "was": judgement(earlier[-1]) if earlier else None,
        "others": DayVerdict.objects.filter(date=day)
        .exclude(pool=verdict.pool)
        .exclude(pool=None)
        .latest_versions()
        .select_related("pool"),
        "transfers": _transfers(verdict),
        "awaiting": Restatement.objects.filter(date=day, state=Restatement.State.AWAITING),
        "final": verdict.status == Status.FINAL,
    }
    return render(request, "incentives/day.html", context)


def _asked_pool(request) -> Pool | None:
    code = request.GET.get("pool")
    if code and "\x00" in code:  # PostgreSQL has no such text
        raise Http404
    return get_object_or_404(Pool, code=code) if code else None


def _not_closed(request, day: date):
    try:
        goals, problem = due_goals(day, now=timezone.now()), ""
    except CloseRefused as refused:
        goals, problem = [], str(refused)
    context = {"day": day, "goals": goals, "problem": problem}
    return render(request, "incentives/day_open.html", context)


def _transfers(verdict: DayVerdict):
    if verdict.pool is None:
        return Transfer.objects.none()
    accounts = verdict.pool.accounts()
    return (
        Transfer.objects.filter(
            Q(to_account__in=accounts) | Q(from_account__in=accounts), earned_day=verdict.date
        )
        .select_related("from_account", "to_account")
        .order_by("id")
    )


@login_required
@permission_required("incentives.excuse", raise_exception=True)
def excuse(request, day: date, department: str, metric: str):
    """Excuse a goal of a day that is not final yet."""
    department = get_object_or_404(Department, code=department)
    metric = get_object_or_404(Metric, code=metric)
    try:
        due = due_goals(day, now=timezone.now())
    except CloseRefused as refused:
        raise Http404 from refused
    if not any((g.department, g.metric) == (department, metric) for g in due):
        raise Http404
    form = ExcuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recording.excuse(
                day, department=department, metric=metric, by=request.user,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except RecordRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The goal is excused."))
            return redirect("day", day)
    context = {"form": form, "day": day, "department": department, "metric": metric}
    return render(request, "incentives/excuse.html", context)
