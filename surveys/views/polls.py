"""The company's polls: the list, each poll's page, and how a poll begins."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.lists import show_list
from people.views.keeping import keep
from surveys.forms.drafting import NOTHING, CopyForm, NewPollForm
from surveys.models import Wave
from surveys.services.actions_taken import copy_and_ask
from surveys.services.asking import questionnaire
from surveys.services.drafting import (
    DraftRefused,
    begin,
    discard,
    reworded_since,
    trend_breaks,
)
from surveys.services.inviting import RemindRefused, remind, reminded_on
from surveys.services.standing import polls, stage_of
from surveys.services.starters import begin_from
from surveys.tables.polls import PollTable
from surveys.views.library import keeps_polls, sees_polls


@sees_polls
def index(request: HttpRequest) -> HttpResponse:
    links = [(reverse("library"), _("Library of questions"))]
    if request.user.has_perm("surveys.keep_polls"):
        links.insert(0, (reverse("new-poll"), _("New poll")))
    return show_list(
        request, PollTable, polls(), title=_("Polls"), actions=links,
        lead=_("Made, launched and sealed by HR together with a representative of the staff."),
    )  # fmt: skip


@keeps_polls
def new(request: HttpRequest) -> HttpResponse:
    form = NewPollForm(request.POST or None)
    earlier = Wave.objects.annotate(asks=Count("items")).filter(asks__gt=0)

    def act() -> Wave:
        said = form.cleaned_data
        if said["begins"] == NOTHING:
            return begin(said["code"], said["name"], by=request.user)
        return begin_from(
            said["begins"], said["code"], said["name"], by=request.user, now=timezone.now()
        )

    response = keep(
        request, form, act, title=_("New poll"), button=_("Make the draft"),
        back=reverse("polls"), back_text=_("Polls"), refusals=(DraftRefused,),
        done=_("The draft is there. Nobody sees it yet."),
        template="surveys/making/new.html", shown={"earlier": earlier},
    )  # fmt: skip
    return _to_the_draft(form, response)


@keeps_polls
def copy_of(request: HttpRequest, code: str) -> HttpResponse:
    wave = get_object_or_404(Wave, code=code)
    reworded = reworded_since(wave)
    form = CopyForm(request.POST or None, reworded=reworded)
    about_trends = (
        _("Some questions were put differently since: their trend lines break unless you keep the"
          " old wording.")
        if reworded
        else _("No question was put differently since: every trend line goes on.")
    )  # fmt: skip
    kept = _("The same questions, sections and smallest groups, without times and keys.")
    response = keep(
        request, form,
        lambda: copy_and_ask(
            wave, form.cleaned_data["code"], form.cleaned_data["name"], keep=form.kept,
            by=request.user, now=timezone.now(),
        ),
        title=_("Copy “%(poll)s”") % {"poll": wave}, button=_("Make the draft"),
        back=reverse("poll", args=[code]), back_text=str(wave), refusals=(DraftRefused,),
        done=_("The draft is there. Nobody sees it yet."), lead=f"{kept} {about_trends}",
    )  # fmt: skip
    return _to_the_draft(form, response)


def _to_the_draft(form: Form, response: HttpResponse) -> HttpResponse:
    """The new poll's page once it is there."""
    made = isinstance(response, HttpResponseRedirect)
    return redirect("poll", form.cleaned_data["code"]) if made else response


@sees_polls
def show(request: HttpRequest, code: str) -> HttpResponse:
    wave = get_object_or_404(
        polls().select_related("staff_holder__employee", "hr_holder__employee", "copied_from"),
        code=code,
    )
    now = timezone.now()
    is_draft = wave.state == Wave.State.DRAFT
    keeps = request.user.has_perm("surveys.keep_polls")
    is_open = wave.state == Wave.State.OPEN and wave.opens_at <= now < wave.closes_at
    asked = questionnaire(wave, language=get_language() or settings.LANGUAGE_CODE)
    breaks = trend_breaks(wave)
    context = {
        "wave": wave, "stage": stage_of(wave, now=now), "asked": asked, "breaks": breaks,
        "sections": [
            (section, [(item, breaks.get(item.number)) for block in section.blocks
                       for item in block.items])
            for section in asked.sections
        ],
        "keeps": keeps, "changes": keeps and is_draft,
        "may_remind": keeps and is_open and not reminded_on(wave, now=now),
        "was_reminded": keeps and is_open and reminded_on(wave, now=now),
    }  # fmt: skip
    return render(request, "surveys/making/poll.html", context)


@keeps_polls
@require_POST
def remind_all(request: HttpRequest, code: str) -> HttpResponse:
    wave = get_object_or_404(Wave, code=code)
    try:
        count = remind(wave, by=request.user, now=timezone.now())
    except RemindRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(count)s people are reminded: everybody.") % {"count": count})
    return redirect("poll", code)


@keeps_polls
def throw_away(request: HttpRequest, code: str) -> HttpResponse:
    wave = get_object_or_404(Wave, code=code)
    if request.method == "POST":
        try:
            discard(wave, by=request.user)
        except DraftRefused as refused:
            messages.error(request, str(refused))
            return redirect("poll", code)
        messages.success(request, _("The draft is gone."))
        return redirect("polls")
    return render(request, "surveys/making/discard.html", {"wave": wave})
