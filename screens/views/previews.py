"""The preview of a playlist or an emergency inside Wagtail, one mode a screen."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from screens.models import Screen
from screens.services.manifest import build
from screens.services.previewing import preview_of, screens_to_preview


def modes() -> list[tuple[str, str]]:
    """By the screen's number, since names change while somebody writes."""
    return [(_mode(screen), _said(screen)) for screen in screens_to_preview()]


def _mode(screen: Screen) -> str:
    return str(screen.pk or "")


def _said(screen: Screen) -> str:
    return _("As %(name)s shows it") % {"name": screen.name} if screen.pk else _("As screens do")


def sizes() -> list[dict[str, Any]]:
    """Of common screens; in each the slides keep the shape of the screen that was chosen."""
    return [
        {
            "name": "landscape", "icon": "desktop", "device_width": 1920,
            "label": _("As wide as a screen in landscape"),
        },
        {
            "name": "portrait", "icon": "mobile-alt", "device_width": 1080,
            "label": _("As wide as a screen in portrait"),
        },
    ]  # fmt: skip


def serve(written: Any, request: HttpRequest, mode: str) -> HttpResponse:
    screen = next((each for each in screens_to_preview() if _mode(each) == mode), None)
    if screen is None:
        raise Http404
    preview = preview_of(written, screen, now=timezone.now())
    context = {"preview": preview, "screen": screen, "said": _said(screen), "build": build()}
    return render(request, "screens/preview.html", context)
