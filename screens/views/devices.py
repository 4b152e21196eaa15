"""What a device on a wall asks for: the shell, a code, its manifest and its snapshot. It carries
its own cookies and nobody's session (screens.middleware)."""

import json
from datetime import timedelta

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from people.services import security_log
from screens.polling import COOKIE, GONE, TOO_MANY, answer_poll, known_screen, refused
from screens.services import pairing
from screens.services.manifest import build, shell_html
from screens.services.standing import snapshot_for, told

PAIRING_COOKIE = f"{COOKIE}-pairing"
# What browsers allow at most; the shell's page renews it.
YEAR = timedelta(days=400)


@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The same for every device; who may see what is asked by what it loads."""
    html = shell_html(translation.get_language(), build=build())
    response = HttpResponse(html, headers={"Cache-Control": "no-cache"})
    secret = request.COOKIES.get(COOKIE, "")
    if secret and told(secret):
        _hand_over(request, response, COOKIE, secret, lives=YEAR)
    return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the path that it may look after and no other."""
    script = (settings.ROOT / "static" / "screen" / "worker.js").read_bytes()
    return HttpResponse(
        script, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Answered before most of the middleware already (screens.middleware); here for its address."""
    return answer_poll(request)


@require_GET
def snapshot(request: HttpRequest, sha256: str) -> HttpResponse:
    """The screen's own, and no other's."""
    known = known_screen(request)
    if isinstance(known, JsonResponse):
        return known
    found = snapshot_for(request.COOKIES.get(COOKIE, ""), sha256)
    if found is None:
        return refused("not this screen's", 404)
    return HttpResponse(
        found.payload, content_type="application/json",
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )  # fmt: skip


@csrf_exempt
@require_POST
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """A code for the display, and in a cookie the secret to ask with. No page of ours could be
    tricked into this: it carries no rights."""
    width, height = _size(request)
    try:
        asked = pairing.ask(
            width=width, height=height, browser=request.headers.get("User-Agent", ""),
            address=security_log.address_of(request), now=timezone.now(),
        )  # fmt: skip
    except pairing.PairingRefused as why:
        return refused(str(why), TOO_MANY)
    link = settings.BASE_URL + reverse("pair-screen") + "?" + urlencode({"code": asked.code})
    answer = JsonResponse(
        {
            "code": pairing.spelled(asked.code), "expires_at": asked.expires_at.isoformat(),
            "ask_every": pairing.ASK_EVERY, "where": settings.BASE_URL + reverse("pair-screen"),
            "qr": segno.make(link, error="m").svg_data_uri(border=2, scale=8),
        },
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip
    _hand_over(request, answer, PAIRING_COOKIE, asked.secret, lives=pairing.LIVES)
    return answer


def _size(request: HttpRequest) -> tuple[int, int]:
    """Of the display, as it says; 0 where it says nothing that can be read."""
    try:
        said = json.loads(request.body[:1_000])
        width, height = int(said["width"]), int(said["height"])
    except (ValueError, TypeError, KeyError, OverflowError):
        return 0, 0
    return min(max(width, 0), 100_000), min(max(height, 0), 100_000)


@require_GET
def collect(request: HttpRequest) -> HttpResponse:
    """Asked every few seconds; answers 202 while nobody has approved."""
    now = timezone.now()
    try:
        secret = pairing.collect(request.COOKIES.get(PAIRING_COOKIE, ""), now=now)
    except pairing.PairingRefused:
        return refused("over", GONE)
    if secret is None:
        return JsonResponse({}, status=202, headers={"Cache-Control": "no-store"})
    answer = JsonResponse({"paired": True}, headers={"Cache-Control": "no-store"})
    _hand_over(request, answer, COOKIE, secret, lives=YEAR)
    answer.delete_cookie(PAIRING_COOKIE, path=reverse("screen"))
    return answer


def _hand_over(
    request: HttpRequest, response: HttpResponse, name: str, secret: str, *, lives: timedelta
) -> None:
    response.set_cookie(
        name, secret, max_age=lives, path=reverse("screen"), httponly=True,
        secure=request.is_secure(), samesite="Strict",
    )  # fmt: skip
