"""Ballots: questions for whoever shows a credential. Who that is nobody asks, and no view below
reads a session or a user (surveys.middleware takes both away before)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from surveys.forms.ballots import CredentialForm, ReceiptForm
from surveys.models import Wave
from surveys.rules.questionnaire import BallotRefused
from surveys.services.asking import answers_from, languages_of, questionnaire
from surveys.services.station import (
    Credential,
    StationRefused,
    cast_ballot,
    is_in_the_box,
    launched_items,
    poll_of,
)

View = Callable[..., HttpResponse]
ELSEWHERE = gettext_lazy("This was sent from a page that is not ours, so nothing was counted.")


def knows_nobody(view: View) -> View:
    """Without a cookie there is none that another site could make a browser send along: what is
    sent carries its own right. Where the browser says that it comes from elsewhere, it is refused.
    """

    @csrf_exempt
    @sensitive_post_parameters()
    @wraps(view)
    def alone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not _comes_from_here(request):
            return refused(request, str(ELSEWHERE))
        return view(request, *args, **kwargs)

    return alone


def _comes_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "none")
    # Pages that send no referrer send this as "null", over plain HTTP too.
    origin = request.headers.get("Origin", "null")
    ours = ("null", f"{request.scheme}://{request.get_host()}")
    return site in ("same-origin", "none") and origin in ours


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """409 and not 403, which is written down with the time it happened."""
    return render(request, "surveys/ballot/refused.html", {"why": why}, status=409)


@knows_nobody
def ballot(request: HttpRequest) -> HttpResponse:
    """What this browser keeps; for whoever sends a credential, the questions, with what was
    answered so far where only the language changes."""
    form = CredentialForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "surveys/ballot/kept.html", {"form": form})
    credential: Credential = form.cleaned_data["credential"]
    try:
        poll = poll_of(credential, now=timezone.now())
    except StationRefused as why:
        return refused(request, str(why))
    return ask(request, poll, credential)


@require_POST
@knows_nobody
def cast(request: HttpRequest) -> HttpResponse:
    form = CredentialForm(request.POST)
    if not form.is_valid():
        return refused(request, _("This is no credential of a poll."))
    credential: Credential = form.cleaned_data["credential"]
    now = timezone.now()
    try:
        poll = poll_of(credential, now=now)
        receipt = cast_ballot(credential, answers_from(launched_items(poll), request.POST), now=now)
    except BallotRefused as wrong:
        return ask(request, poll, credential, wrong=wrong)
    except StationRefused as why:
        return refused(request, str(why))
    told = {"poll": poll, "receipt": receipt, "kiosk": _at_a_kiosk(request)}
    with translation.override(_language(request, poll)):
        return render(request, "surveys/ballot/cast.html", told)


@knows_nobody
def receipt(request: HttpRequest) -> HttpResponse:
    """Is my ballot in the box? Asked by the body of a post, so that no log knows the receipt."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    found = is_in_the_box(form.cleaned_data["receipt"]) if form.is_valid() else None
    return render(request, "surveys/ballot/receipt.html", {"form": form, "found": found})


def ask(
    request: HttpRequest, poll: Wave, credential: Credential, *,
    wrong: BallotRefused | None = None, kiosk: bool = False,
) -> HttpResponse:  # fmt: skip
    """The questions, for one credential."""
    language = _language(request, poll)
    answers = answers_from(launched_items(poll), request.POST)
    with translation.override(language):
        return render(
            request, "surveys/ballot/questions.html",
            {
                "poll": poll, "credential": credential, "wrong": wrong,
                "kiosk": kiosk or _at_a_kiosk(request), "language": language,
                "languages": [(code, name) for code, name in settings.LANGUAGES
                              if code in languages_of(poll)],
                "asked": questionnaire(poll, language=language, answers=answers, refused=wrong),
            },
        )  # fmt: skip


def _at_a_kiosk(request: HttpRequest) -> bool:
    return request.POST.get("kiosk") == "yes"


def _language(request: HttpRequest, poll: Wave) -> str:
    """The one chosen on the page before, else the browser's; there is no cookie to keep it in."""
    known = dict(settings.LANGUAGES)
    chosen = request.POST.get("language", "")
    return chosen if chosen in known else translation.get_language() or settings.LANGUAGE_CODE
