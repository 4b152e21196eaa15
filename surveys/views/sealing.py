"""The seal: HR and the staff representative give their codes, both at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from surveys.forms.sealing import CodesForm
from surveys.models import Wave
from surveys.rules.sealing import SealingRefused
from surveys.services import sealing
from surveys.services.reading import rate_so_far


@sensitive_post_parameters()
@sensitive_variables("form")
@login_required
def seal(request: HttpRequest, code: str) -> HttpResponse:
    """For both of those who hold a key, whoever of them is signed in. What was typed is never sent
    back."""
    wave = get_object_or_404(Wave.objects.exclude(state=Wave.State.DRAFT), code=code)
    if not (
        request.user.has_perm("surveys.keep_polls")
        or request.user.has_perm("surveys.hold_staff_key", wave)
    ):
        raise PermissionDenied
    if wave.closes_at is None or wave.opens_at is None:
        raise Http404
    now = timezone.now()
    is_closed = wave.state == Wave.State.OPEN and wave.closes_at <= now
    form = CodesForm(request.POST if request.method == "POST" and is_closed else None)
    if form.is_valid():
        codes = form.cleaned_data["first"], form.cleaned_data["second"]
        try:
            ballots = sealing.seal(wave, codes, by=request.user, now=now)
        except SealingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _sealed(ballots))
            return redirect("seal-poll", code=wave.code)
    context = {
        "wave": wave, "form": form, "is_closed": is_closed, "is_open": wave.state == "open",
        "rate": rate_so_far(wave),
    }  # fmt: skip
    response = render(request, "surveys/sealing/seal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _sealed(ballots: int) -> str:
    return ngettext(
        "Sealed: %(n)s ballot was counted. Ballots and keys are destroyed.",
        "Sealed: %(n)s ballots were counted. Ballots and keys are destroyed.",
        ballots,
    ) % {"n": ballots}
