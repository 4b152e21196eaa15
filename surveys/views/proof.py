"""What anybody invited may check for themselves."""

import json

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from surveys.models import Wave
from surveys.services.proving import Promised, checks, policy_of, promised_to, shapes
from surveys.views.invitations import own_invitations


@login_required
@require_GET
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """For those invited, and for who may see all polls. Others' answer 404."""
    sees_all = rules.has_perm("surveys.see_polls", request.user)
    if not sees_all and not rules.has_perm("surveys.vote", request.user):
        raise PermissionDenied
    invited = None
    if getattr(request.user, "employee", None):
        invited = own_invitations(request).filter(wave__code=code).first()
    launched = Wave.objects.exclude(state=Wave.State.DRAFT).filter(code=code)
    poll = invited.wave if invited else launched.first()
    if poll is None or not (invited or sees_all):
        raise Http404
    # As its digest was taken: whoever copies this line and hashes it gets the same.
    written = json.dumps(policy_of(poll), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    told = {
        "poll": poll, "checks": checks(poll), "shapes": shapes(), "written": written,
        "promised": promised_to(invited) if invited else Promised(None, False),
    }  # fmt: skip
    return render(request, "surveys/station/proof.html", told)
