"""The library of questions and its themes, which HR keeps."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.forms.named import NamedForm, NewNamedForm
from people.lists import show_list
from people.services.named import NamedRefused
from people.views.keeping import keep
from surveys.filters import QuestionFilter
from surveys.forms.library import QuestionForm, WordingForm
from surveys.models import Question, Theme
from surveys.services.asking import choices_of
from surveys.services.library import THEMES, LibraryRefused, add_question, reword, said_in
from surveys.services.standing import questions
from surveys.tables.library import QuestionTable, ThemeTable, WordingTable


def sees_polls(view):
    return login_required(permission_required("surveys.see_polls", raise_exception=True)(view))


def keeps_polls(view):
    return login_required(permission_required("surveys.keep_polls", raise_exception=True)(view))


@sees_polls
def index(request: HttpRequest) -> HttpResponse:
    links = [(reverse("poll-themes"), _("Themes"))]
    if request.user.has_perm("surveys.keep_polls"):
        links.insert(0, (reverse("add-library-question"), _("New question")))
    return show_list(
        request, QuestionTable, questions(), title=_("Library of questions"),
        filters=QuestionFilter, actions=links,
        lead=_("Questions that are asked again tell what has changed. Another wording asks"
               " something else: its trend line breaks there."),
        shown={"back": reverse("polls"), "back_text": _("Polls")},
    )  # fmt: skip


@keeps_polls
def add(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST or None)
    return keep(
        request, form,
        lambda: add_question(form.question, by=request.user, now=timezone.now()),
        title=_("New question"), button=_("Add"), back=reverse("library"),
        back_text=_("Library of questions"), done=_("The question is kept."),
        refusals=(LibraryRefused,), template="surveys/making/in_languages.html",
        lead=_("Kind and answers stay for good: another scale is another question."),
    )  # fmt: skip


@sees_polls
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Every wording it had, and in which polls it was asked."""
    question = get_object_or_404(Question.objects.select_related("theme"), code=code)
    wordings = question.wordings.select_related("made_by__employee")
    newest = wordings.order_by("-number").first()
    language = get_language() or settings.LANGUAGE_CODE
    return show_list(
        request, WordingTable, wordings, title=str(newest or code),
        template="surveys/making/library_question.html",
        shown={"question": question, "choices": choices_of(newest, language) if newest else [],
               "newest": newest, "keeps": request.user.has_perm("surveys.keep_polls")},
    )  # fmt: skip


@keeps_polls
def put_anew(request: HttpRequest, code: str) -> HttpResponse:
    question = get_object_or_404(Question, code=code)
    newest = question.wordings.select_related("question").order_by("-number").first()
    said = said_in(newest) if newest else {}
    form = WordingForm(request.POST or None, initial=WordingForm.showing_said(said))
    return keep(
        request, form,
        lambda: reword(question, form.said, by=request.user, now=timezone.now()),
        title=_("Put “%(code)s” differently") % {"code": code}, button=_("Keep the new wording"),
        back=reverse("library-question", args=[code]), back_text=str(newest or code),
        done=_("The wording is kept. Polls that were launched keep the one they had."),
        refusals=(LibraryRefused,), template="surveys/making/in_languages.html",
        lead=_("Another wording asks something else: its trend line breaks at the first poll that"
               " uses it, and the two sides of the break are not compared."),
    )  # fmt: skip


@sees_polls
def themes(request: HttpRequest) -> HttpResponse:
    may_add = request.user.has_perm("surveys.keep_polls")
    return show_list(
        request, ThemeTable, Theme.objects.all(), title=_("Themes of questions"),
        lead=_("What several questions are about together: a theme's score is the mean of its"
               " questions' shares of favourable answers."),
        actions=[(reverse("add-poll-theme"), _("New theme"))] if may_add else [],
        shown={"back": reverse("library"), "back_text": _("Library of questions")},
    )  # fmt: skip


@keeps_polls
def add_theme(request: HttpRequest) -> HttpResponse:
    form = NewNamedForm(request.POST or None)
    return keep(
        request, form,
        lambda: THEMES.add(
            form.cleaned_data["code"], form.cleaned_data["name"], names=form.names,
            position=form.cleaned_data["position"], by=request.user,
        ),
        title=_("New theme"), button=_("Add"), back=reverse("poll-themes"),
        back_text=_("Themes of questions"), done=_("The theme is kept."),
        refusals=(NamedRefused,),
    )  # fmt: skip


@keeps_polls
def change_theme(request: HttpRequest, code: str) -> HttpResponse:
    """Rename it or move it in the list."""
    theme = get_object_or_404(Theme, code=code)
    begun = {"name": theme.name, "position": theme.position}
    form = NamedForm(request.POST or None, initial=begun | NamedForm.showing_names(theme.names))
    return keep(
        request, form,
        lambda: THEMES.change(
            theme, form.cleaned_data["name"], names=form.names,
            position=form.cleaned_data["position"], by=request.user,
        ),
        title=str(theme), button=_("Keep"), back=reverse("poll-themes"),
        back_text=_("Themes of questions"), done=_("The theme is kept."),
        refusals=(NamedRefused,), template="surveys/making/theme.html", shown={"theme": theme},
    )  # fmt: skip


@keeps_polls
@require_POST
def retire_theme(request: HttpRequest, code: str) -> HttpResponse:
    """Or let it be chosen again, when it was retired."""
    theme = get_object_or_404(Theme, code=code)
    on = None if theme.retired_on else timezone.localdate()
    try:
        THEMES.retire(theme, on=on, by=request.user)
    except NamedRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Nobody chooses it any more.") if on else _("It can be chosen again.")
        )
    return redirect("poll-themes")
