"""What a screen shows now, looked at from elsewhere; and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from screens.services.explaining import why
from screens.services.looking import framed_css, look_at
from screens.services.manifest import build
from screens.views.keeping import may_keep, may_see, one


@login_required
@may_keep
@require_safe
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """One slide of the loop; `?slide=` counts from 1, `?in=` keeps to one of its languages."""
    found = look_at(one(pk), now=timezone.now())
    language = request.GET.get("in", "")
    slides = [each for each in found.slides if each["lang"] == language] or found.slides
    number = _number(request, of=len(slides))
    context = {
        "look": found, "screen": found.screen, "slide": slides[number - 1], "number": number,
        "of": len(slides), "build": build(), "language": language,
        "previous": _address(number - 1 or len(slides), language),
        "next": _address(number % len(slides) + 1, language),
    }  # fmt: skip
    return render(request, "screens/look.html", context)


def _number(request: HttpRequest, *, of: int) -> int:
    said = request.GET.get("slide", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 1
    return number if 1 <= number <= of else 1


def _address(number: int, language: str) -> str:
    return "?" + urlencode({"slide": number, **({"in": language} if language else {})})


@login_required
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The shell's style for the frame; another build has another address."""
    return HttpResponse(
        framed_css(build()), content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "private, max-age=86400"},
    )  # fmt: skip


@login_required
@may_see
@require_safe
def reasons(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "screens/why.html", {"answer": why(one(pk), now=timezone.now())})
