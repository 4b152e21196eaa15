"""What a draft is called, when it is open, and what it asks in which order."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.views.keeping import keep
from surveys.forms.drafting import (
    AboutForm,
    AddQuestionsForm,
    HolderForm,
    PutForm,
    SectionsForm,
)
from surveys.models import Wave, WaveItem
from surveys.services.drafting import (
    DraftRefused,
    add_questions,
    describe,
    move,
    name_holder,
    name_sections,
    put,
    take_out,
)
from surveys.views.library import keeps_polls

IN_LANGUAGES = "surveys/making/in_languages.html"


def _draft(code: str) -> Wave:
    return get_object_or_404(Wave, code=code)


def _keep(
    request: HttpRequest, wave: Wave, form: Form, act: Callable[[], object], **more
) -> HttpResponse:
    return keep(
        request, form, act, back=reverse("poll", args=[wave.code]), back_text=str(wave),
        refusals=(DraftRefused,), **{"button": _("Keep"), "done": _("The draft is kept.")} | more,
    )  # fmt: skip


@keeps_polls
def about(request: HttpRequest, code: str) -> HttpResponse:
    wave = _draft(code)
    form = AboutForm(request.POST or None, initial=AboutForm.showing_wave(wave))
    return _keep(
        request, wave, form, lambda: describe(wave, form.about, by=request.user),
        title=_("Name, times and promise"), template=IN_LANGUAGES,
        lead=_("A third level, at which even the running server could not link anybody, is not"
               " offered: see the proof page of an open poll for what remains to be trusted."),
    )  # fmt: skip


@keeps_polls
def sections(request: HttpRequest, code: str) -> HttpResponse:
    wave = _draft(code)
    form = SectionsForm(request.POST or None, sections=wave.sections)
    return _keep(
        request, wave, form, lambda: name_sections(wave, form.sections, by=request.user),
        title=_("Sections"), template=IN_LANGUAGES,
        lead=_("A title each, in every language. One without a title and without questions goes."),
    )  # fmt: skip


@keeps_polls
def holder(request: HttpRequest, code: str) -> HttpResponse:
    wave = _draft(code)
    own = getattr(wave.staff_holder, "employee", None)
    form = HolderForm(request.POST or None, initial={"employee": own.number if own else ""})
    return _keep(
        request, wave, form,
        lambda: name_holder(wave, form.cleaned_data["employee"], by=request.user),
        title=_("Representative of the staff"), done=_("They are told, and can take their key."),
        lead=_("Somebody the staff trusts, who is not of HR. They take a key that only they see;"
               " without it nobody opens the ballots. Name somebody else, and a key that was taken"
               " before is void."),
    )  # fmt: skip


@keeps_polls
def add(request: HttpRequest, code: str) -> HttpResponse:
    wave = _draft(code)
    form = AddQuestionsForm(request.POST or None, wave=wave)
    return _keep(
        request, wave, form,
        lambda: add_questions(
            wave, form.chosen, section=form.cleaned_data["section"], by=request.user
        ),
        title=_("Add questions"), button=_("Add"), template="surveys/making/add_questions.html",
        lead=_("From the library, in their newest wording, at the end of a section."),
    )  # fmt: skip


@keeps_polls
def question(request: HttpRequest, code: str, number: int) -> HttpResponse:
    wave = _draft(code)
    item = get_object_or_404(
        WaveItem.objects.select_related("wording__question"), wave=wave, number=number
    )
    begun = {
        "section": item.section, "wording": item.wording.number, "after": item.only_if or "",
        "answers": [str(answer) for answer in item.only_if_answers],
    }  # fmt: skip
    form = PutForm(request.POST or None, wave=wave, item=item, initial=begun)
    return _keep(
        request, wave, form,
        lambda: put(
            wave, number, section=form.cleaned_data["section"],
            wording=form.cleaned_data["wording"], after=form.cleaned_data["after"],
            answers=form.cleaned_data.get("answers", ()), by=request.user,
        ),
        title=f"{number}. {item.wording}",
        lead=_("To ask it only after some answers, choose the earlier question and keep: its"
               " answers are then here to choose."),
    )  # fmt: skip


@keeps_polls
@require_POST
def move_question(request: HttpRequest, code: str, number: int) -> HttpResponse:
    up = "up" in request.POST
    _done_or_said(request, lambda: move(_draft(code), number, up=up, by=request.user))
    return redirect(f"{reverse('poll', args=[code])}#asked")


@keeps_polls
@require_POST
def take_question_out(request: HttpRequest, code: str, number: int) -> HttpResponse:
    _done_or_said(request, lambda: take_out(_draft(code), number, by=request.user))
    return redirect(f"{reverse('poll', args=[code])}#asked")


def _done_or_said(request: HttpRequest, act: Callable[[], object]) -> None:
    try:
        act()
    except DraftRefused as refused:
        messages.error(request, str(refused))
