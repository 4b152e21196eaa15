"""Finance has the statements of a run made, watches how far they are, and takes the bundle."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from incentives.models import BonusRun
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_batches import has_bundle, progress_of, start, take_bundle
from incentives.tasks import enqueue_statements

NAMED = 200
"""People without a statement whom the page names; more than these have one cause in common."""


def _run(pk: int) -> BonusRun:
    return get_object_or_404(BonusRun.objects.select_related("pool"), pk=pk)


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
def of_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(pk)
    batch = run.statement_batches.select_related("run").first()
    progress = progress_of(batch) if batch else None
    context = {
        "run": run, "batch": batch, "progress": progress,
        "under_way": batch is not None and batch.finished_at is None,
        "has_bundle": batch is not None and has_bundle(batch),
        "missing": progress.missing[:NAMED] if progress else [],
    }  # fmt: skip
    return render(request, "incentives/statements_of_run.html", context)


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
@require_POST
def make(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        batch = start(_run(pk), by=request.user, now=timezone.now())
    except BonusRefused as refused:
        messages.error(request, str(refused))
    else:
        enqueue_statements(batch)
    return redirect("statements-of-run", pk)


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
@require_POST
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(pk)
    batch = run.statement_batches.select_related("run__pool").first()
    try:
        path = take_bundle(batch, by=request.user)
    except BonusRefused as refused:
        messages.error(request, str(refused))
        return redirect("statements-of-run", pk)
    name = f"statements-{run.pool.code}-{run.year}.pdf"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
