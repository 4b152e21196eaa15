"""The poll: what a thousand screens ask twice a minute. It is answered before the session and all
that follows it, from memory, so that it costs next to nothing."""

import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from people.models import SignInAttempt
from people.services import guessing, security_log
from screens.services import health
from screens.services.standing import Told, told

log = logging.getLogger(__name__)
COOKIE = settings.SCREEN_COOKIE_NAME
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503
PATH = "/screen/manifest.json"


def refused(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status, headers={"Cache-Control": "no-store"})


def known_screen(request: HttpRequest) -> Told | JsonResponse:
    """The screen that asks; else the answer: 410 revoked, 401 nobody's secret, 429 too many of
    those from one address."""
    secret = request.COOKIES.get(COOKIE, "")
    found = told(secret)
    if found and not found.revoked:
        return found
    if found:
        return refused("revoked", GONE)
    if not secret:
        return refused("unknown", 401)
    address = security_log.address_of(request)
    try:
        guessing.begin(secret, way=SignInAttempt.Way.SCREEN, address=address, user=None)
    except guessing.TooManyGuesses as too_many:
        answer = refused("too many", TOO_MANY)
        answer["Retry-After"] = str(60 * too_many.minutes)
        return answer
    security_log.note("unknown_screen", request)
    return refused("unknown", 401)


def answer_poll(request: HttpRequest) -> HttpResponse:
    """304 while nothing has changed. What the screen says of itself comes in a header."""
    try:
        known = known_screen(request)
    except (OperationalError, InterfaceError) as error:
        # Refused rather than told what was true when it could still be asked; in one line, as a
        # thousand screens go on asking.
        log.warning("a screen could not be answered: %s", error)
        return refused("no database", UNAVAILABLE)
    if isinstance(known, JsonResponse):
        return known
    said, now = request.headers.get("Screen-Report", ""), timezone.now()
    address = security_log.address_of(request)
    health.note(known.screen_id, health.read_report(said, now=now, address=address))
    headers = {"ETag": known.etag, "Cache-Control": "private, no-cache"}
    # A proxy that packs answers calls the tag weak; the bytes inside are the same.
    if request.headers.get("If-None-Match", "").removeprefix("W/") == known.etag:
        return HttpResponse(status=304, headers=headers)
    headers["Content-Length"] = str(len(known.body))
    return HttpResponse(known.body, content_type="application/json", headers=headers)
