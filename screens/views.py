"""The screen's shell, its manifest and the snapshots; nobody logs in here."""

from datetime import timedelta

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from cms.models import DaySnapshot
from screens.models import Screen
from screens.services.access import COOKIE, screen_of
from screens.services.manifest import etag, manifest

GONE = 410


def _screen(request) -> Screen | None:
    return screen_of(request.COOKIES.get(COOKIE, ""))


def _refusal(request) -> HttpResponse | None:
    """A revoked screen is told so; a signed-in colleague may look as a screen does."""
    screen = _screen(request)
    if screen and screen.revoked_at:
        return JsonResponse({"error": "revoked"}, status=GONE)
    if screen or request.user.is_authenticated:
        return None
    return JsonResponse({"error": "unknown"}, status=403)


@require_GET
def open_screen(request, secret: str):
    """The link an administrator opens once on the screen; the secret moves into a cookie."""
    screen = screen_of(secret)
    if screen is None or screen.revoked_at:
        raise Http404
    response = redirect("screen")
    response.set_cookie(
        COOKIE,
        secret,
        max_age=timedelta(days=3650),
        path="/screen/",
        httponly=True,
        secure=request.is_secure(),
        # Lax: the link is often clicked in a mail, and Strict would not send it on arrival.
        samesite="Lax",
    )
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@cache_control(no_cache=True)
def shell(request):
    screen = _screen(request)
    refusal = _refusal(request)
    if refusal:
        return render(
            request,
            "screens/unknown.html",
            {"language": translation.get_language()},
            status=refusal.status_code,
        )
    language = screen.spoken[0] if screen else translation.get_language()
    with translation.override(language):
        return render(request, "screens/shell.html", {"language": language})


@require_GET
def show_manifest(request):
    refusal = _refusal(request)
    if refusal:
        return refusal
    screen = _screen(request)
    content = manifest(now=timezone.now())
    content["language"] = screen.spoken[0] if screen else translation.get_language()
    tag = etag(content)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
    return JsonResponse(content, headers={"ETag": tag, "Cache-Control": "no-cache"})


@require_GET
def show_snapshot(request, sha256: str):
    refusal = _refusal(request)
    if refusal:
        return refusal
    snapshot = DaySnapshot.objects.filter(sha256=sha256).first()
    if snapshot is None:
        raise Http404
    return HttpResponse(
        snapshot.payload,
        content_type="application/json",
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )
