"""Rewards on their way to payroll: what waits, the next file, and those made before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import second_factor
from people.lists import show_list
from people.same_files import TYPES
from recognition.forms.budgets import ExportForm, FileForm
from recognition.models import RewardExport
from recognition.services.reward_files import (
    ExportRefused,
    export_rewards,
    files,
    take_file,
    waiting,
)
from recognition.tables.money import RewardFileTable


@login_required
@permission_required("recognition.see_rewards", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    may_export = request.user.has_perm("recognition.export_rewards")
    return show_list(
        request, RewardFileTable, files(), title=_("Rewards for payroll"),
        template="recognition/rewards.html",
        shown={"waiting": waiting(), "may_export": may_export},
        exclude=() if may_export else ("take",),
    )  # fmt: skip


@login_required
@permission_required("recognition.export_rewards", raise_exception=True)
@require_POST
@second_factor.shown_again
def export(request: HttpRequest) -> HttpResponse:
    """The next file; it is taken from the list, as often as needed."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no currency")
    try:
        made = export_rewards(
            currency=form.cleaned_data["currency"], by=request.user, now=timezone.now()
        )
    except ExportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("File %(number)s is made.") % {"number": made.pk})
    return redirect("rewards")


@login_required
@permission_required("recognition.export_rewards", raise_exception=True)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """A file as it was made; that somebody takes it is logged."""
    found = get_object_or_404(RewardExport, pk=pk)
    chosen = FileForm(request.POST)
    if not chosen.is_valid():
        raise BadRequest("neither csv nor xlsx")
    form = chosen.cleaned_data["form"]
    response = HttpResponse(take_file(found, form, by=request.user), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="rewards-{found.pk}.{form}"'
    return response
