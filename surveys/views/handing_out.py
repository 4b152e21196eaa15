"""For staff without e-mail: HR prints slips or hands out paper; two people count paper in."""

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from people.services.fonts import MissingCharacters
from surveys.forms.ballots import CredentialForm
from surveys.forms.station import PaperForm, WhoForm
from surveys.models import Wave
from surveys.rules.questionnaire import BallotRefused
from surveys.services.asking import answers_from, questionnaire
from surveys.services.paper import Counted, count_in, hand_out_paper, waiting_for_paper
from surveys.services.poll_printing import paper_pdf, poll_slips_pdf
from surveys.services.slips import slips_for
from surveys.services.station import Credential, StationRefused, items_of, poll_of


def keeps_polls(view):
    return login_required(permission_required("surveys.keep_polls", raise_exception=True)(view))


def _open_poll(code: str) -> Wave:
    return get_object_or_404(Wave, code=code, state=Wave.State.OPEN)


def _as_pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@keeps_polls
def slips(request: HttpRequest, code: str) -> HttpResponse:
    poll = _open_poll(code)
    form = WhoForm(request.POST if request.method == "POST" else None, wave=poll)
    if form.is_valid():
        try:
            with transaction.atomic():
                made = slips_for(poll, form.employees, by=request.user)
                return _as_pdf(poll_slips_pdf(poll, made), f"slips-{poll.code}")
        except (StationRefused, MissingCharacters) as refused:
            form.add_error(None, str(refused))
    return render(request, "surveys/station/slips.html", {"poll": poll, "form": form})


@keeps_polls
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """First it says of which groups how many get paper; then they are noted as having it."""
    poll = _open_poll(code)
    form = PaperForm(request.POST if request.method == "POST" else None, wave=poll)
    waiting = waiting_for_paper(poll, form.employees) if form.is_valid() else []
    if waiting and "confirmed" in request.POST:
        try:
            with transaction.atomic():
                made = hand_out_paper(poll, form.employees, by=request.user, now=timezone.now())
                content = paper_pdf(poll, made, language=form.cleaned_data["language"])
            return _as_pdf(content, f"ballots-{poll.code}")
        except (StationRefused, MissingCharacters) as refused:
            form.add_error(None, str(refused))
            waiting = []
    if form.is_valid() and not waiting:
        form.add_error(None, _("Nobody is invited there."))
    told = {"poll": poll, "form": form, "waiting": waiting,
            "is_enough": all(each.is_enough for each in waiting)}  # fmt: skip
    return render(request, "surveys/station/paper.html", told)


@login_required
@sensitive_post_parameters()
def count(request: HttpRequest, code: str) -> HttpResponse:
    """The code on a sheet, then what is ticked on it. Whose sheet it is nobody knows."""
    poll = get_object_or_404(Wave, code=code)
    if not rules.has_perm("surveys.count_paper", request.user, poll):
        raise PermissionDenied
    form = CredentialForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _count_page(request, poll, form)
    credential: Credential = form.cleaned_data["credential"]
    try:
        if poll_of(credential, now=timezone.now()) != poll:
            raise StationRefused(_("This sheet is of another poll."))
        if "counted" not in request.POST:
            return _sheet(request, poll, credential)
        return _count(request, poll, credential)
    except StationRefused as refused:
        form.add_error("credential", str(refused))
        return _count_page(request, poll, form)


def _count(request: HttpRequest, poll: Wave, credential: Credential) -> HttpResponse:
    answers = answers_from(items_of(poll), request.POST)
    try:
        became = count_in(credential, answers, by=request.user, now=timezone.now())
    except BallotRefused as wrong:
        return _sheet(request, poll, credential, wrong=wrong)
    if became is Counted.DIFFERS:
        return _sheet(request, poll, credential, differs=True)
    said = {
        Counted.FIRST: _("Kept as a digest. Somebody else types the same sheet, then it counts."),
        Counted.CAST: _("Both of you typed the same: the ballot is cast. Keep the sheet sealed."),
    }
    messages.success(request, said[became])
    return redirect("count-paper", poll.code)


def _count_page(request: HttpRequest, poll: Wave, form: CredentialForm) -> HttpResponse:
    return render(request, "surveys/station/count.html", {"poll": poll, "form": form})


def _sheet(
    request: HttpRequest, poll: Wave, credential: Credential, *,
    wrong: BallotRefused | None = None, differs: bool = False,
) -> HttpResponse:  # fmt: skip
    language = translation.get_language()
    asked = questionnaire(
        poll, language=language, answers=answers_from(items_of(poll), request.POST), refused=wrong
    )
    told = {"poll": poll, "credential": credential, "asked": asked, "wrong": wrong,
            "differs": differs}  # fmt: skip
    return render(request, "surveys/station/count_sheet.html", told)
