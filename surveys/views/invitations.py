"""Somebody's polls: what is promised, and the one moment in which a ballot is handed out."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_POST

from people.services.pins import SHARED_SESSION
from surveys.models import Invitation, Wave
from surveys.services.proving import promised_to
from surveys.services.station import StationRefused, claim


def votes(view):
    return login_required(permission_required("surveys.vote", raise_exception=True)(view))


def own_invitations(request: HttpRequest) -> QuerySet[Invitation]:
    """Of launched polls; others' answer 404."""
    launched = Invitation.objects.exclude(wave__state=Wave.State.DRAFT)
    return launched.filter(employee=request.user.employee).select_related(
        "cell", "wave__hr_holder__employee", "wave__staff_holder__employee"
    )


@votes
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    invited = list(own_invitations(request).order_by("-wave__closes_at", "wave__code"))
    open_now = [each for each in invited if is_open(each.wave, now)]
    past = [each for each in invited if each not in open_now]
    return render(request, "surveys/station/mine.html", {"open_now": open_now, "past": past})


def is_open(wave: Wave, now) -> bool:
    return wave.state == Wave.State.OPEN and wave.opens_at <= now < wave.closes_at


@votes
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, get_object_or_404(own_invitations(request), wave__code=code))


def _page(request: HttpRequest, invited: Invitation, *, why: str = "", status: int = 200):
    opened = is_open(invited.wave, timezone.now())
    again = invited.wave.level == Wave.Level.CONFIDENTIAL
    told = {
        "poll": invited.wave, "promised": promised_to(invited), "why": why,
        "is_open": opened, "may_claim": opened and (again or not invited.claimed),
        "shared": request.session.get(SHARED_SESSION),
    }  # fmt: skip
    return render(request, "surveys/station/invitation.html", told, status=status)


@votes
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """The answer is the only place where the credential ever stands beside somebody: it is not
    kept, here or on the way. Asked again, it says so."""
    invited = get_object_or_404(own_invitations(request), wave__code=code)
    try:
        credential = claim(invited.wave, by=request.user, now=timezone.now())
    except StationRefused as refused:
        invited.refresh_from_db(fields=["claimed"])
        return _page(request, invited, why=str(refused), status=409)
    address = f"{settings.BASE_URL}{reverse('ballot')}#{credential}"
    drawn = segno.make_qr(address, error="l").svg_data_uri(
        border=2, light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    shared = request.session.get(SHARED_SESSION)
    told = {
        "poll": invited.wave, "credential": credential, "drawn": drawn, "shared": shared,
        "language": translation.get_language(),
    }  # fmt: skip
    response = render(request, "surveys/station/taken.html", told)
    response["Cache-Control"] = "no-store"
    return response
