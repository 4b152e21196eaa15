"""The launch: both keys, the checklist, and what the questions look like to those invited."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from people import second_factor
from surveys.models import Wave
from surveys.services.asking import languages_of, questionnaire
from surveys.services.checklist import Mend, faults
from surveys.services.forecast import forecast
from surveys.services.launching import LaunchRefused, launch, take_half
from surveys.views.library import keeps_polls, sees_polls

DEVICES = ("phone", "kiosk")


@keeps_polls
@second_factor.shown_again
def launching(request: HttpRequest, code: str) -> HttpResponse:
    """The checklist; posted, the launch."""
    wave = get_object_or_404(Wave.objects.select_related("staff_holder__employee"), code=code)
    now = timezone.now()
    if request.method == "POST":
        try:
            launch(wave, by=request.user, now=now)
        except LaunchRefused as refused:
            for fault in refused.faults:
                messages.error(request, fault)
            return redirect("launch-poll", code)
        messages.success(request, _("The poll is launched, and everybody invited is told."))
        return redirect("poll", code)
    if wave.state != Wave.State.DRAFT:
        return redirect("poll", code)
    found = [(fault.text, _mended(fault.mend, code)) for fault in faults(wave, now=now)]
    context = {
        "wave": wave, "faults": found,
        "foreseen": forecast(wave, on=timezone.localdate(now)),
    }  # fmt: skip
    return render(request, "surveys/making/launch.html", context)


def _mended(mend: Mend, code: str) -> tuple[str, object] | None:
    """Where a fault is mended, and what the link says."""
    ways = {
        Mend.ABOUT: ("describe-poll", _("Name, times and promise")),
        Mend.QUESTIONS: ("poll", _("Questions")),
        Mend.HOLDER: ("poll-holder", _("Representative of the staff")),
    }
    if mend == Mend.LIBRARY:
        return reverse("library"), _("Library of questions")
    if mend in ways:
        name, text = ways[mend]
        return reverse(name, args=[code]), text
    return None


@keeps_polls
@require_POST
@second_factor.shown_again
def take_hr_key(request: HttpRequest, code: str) -> HttpResponse:
    wave = get_object_or_404(Wave, code=code)
    if wave.staff_holder_id == request.user.pk:
        raise PermissionDenied
    return _key_taken(request, wave, otherwise="launch-poll")


@login_required
@second_factor.shown_again
def take_second_key(request: HttpRequest, code: str) -> HttpResponse:
    """Of whoever keeps the staff's key, and nobody else: for others there is no such page."""
    wave = get_object_or_404(Wave, code=code)
    if not request.user.has_perm("surveys.hold_staff_key", wave):
        raise Http404
    if request.method == "POST":
        return _key_taken(request, wave, otherwise="take-second-key")
    return render(request, "surveys/making/second_key.html", {"wave": wave})


def _key_taken(request: HttpRequest, wave: Wave, *, otherwise: str) -> HttpResponse:
    """The page with the code. It is in this answer only: not in the session, nor in a message or
    an address, and browsers are told not to keep the page."""
    try:
        code = take_half(wave, by=request.user)
    except LaunchRefused as refused:
        messages.error(request, str(refused))
        return redirect(otherwise, wave.code)
    context = {"wave": wave, "code": code}
    response = render(request, "surveys/making/key.html", context)
    add_never_cache_headers(response)
    return response


@sees_polls
@require_GET
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """As it will be asked, in a language and on a device. Nothing can be sent from here."""
    wave = get_object_or_404(Wave, code=code)
    languages = languages_of(wave) or [settings.LANGUAGE_CODE]
    own = get_language() or settings.LANGUAGE_CODE
    # Not "language", which is the reader's own for every page.
    language = request.GET.get("in", own)
    device = request.GET.get("device", DEVICES[0])
    if language not in languages:
        language = languages[0]
    context = {
        "wave": wave, "questionnaire": questionnaire(wave, language=language),
        "languages": [(each, name) for each, name in settings.LANGUAGES if each in languages],
        "language": language, "device": device if device in DEVICES else DEVICES[0],
        "devices": [("phone", pgettext("device", "Phone")), ("kiosk", _("Kiosk"))],
    }  # fmt: skip
    return render(request, "surveys/making/preview.html", context)
