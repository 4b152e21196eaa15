"""The replay file of a bonus run, and the script that recomputes it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from incentives.models import BonusRun
from incentives.services.eligibility import BonusRefused
from incentives.services.replaying import hand_out_replay, why_no_replay

SCRIPT = settings.ROOT / "docs" / "replay" / "replay.py"


def _run(pk: int) -> BonusRun:
    found = BonusRun.objects.exclude(state=BonusRun.State.ESTIMATE).select_related("pool")
    return get_object_or_404(found, pk=pk)


@login_required
@permission_required("incentives.see_replay", raise_exception=True)
def show(request, pk: int):
    run = _run(pk)
    context = {"run": run, "not_yet": why_no_replay(run), "file": _file_name(run)}
    return render(request, "incentives/replay.html", context)


@login_required
@permission_required("incentives.see_replay", raise_exception=True)
@require_POST
def download(request, pk: int):
    run = _run(pk)
    try:
        lines = hand_out_replay(run, by=request.user)
    except BonusRefused as refused:
        messages.error(request, str(refused))
        return redirect("bonus-replay", pk)
    response = StreamingHttpResponse(lines, content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(run)}"'
    return response


def _file_name(run: BonusRun) -> str:
    return f"bonus-{run.pool.code}-{run.year}-{run.pk}.jsonl"


@login_required
@permission_required("incentives.see_replay", raise_exception=True)
def script(request):
    return FileResponse(SCRIPT.open("rb"), as_attachment=True, content_type="text/x-python")
