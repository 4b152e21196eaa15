"""The wall of recognition, one nomination, and what colleagues say to it."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recognition.forms.wall import ReplyForm, ReportForm, WallFilterForm
from recognition.models import Nomination, Reply
from recognition.permissions import is_employee, sees_all_praise
from recognition.services import fair_play, replies
from recognition.services.award_reading import levels_for
from recognition.services.fair_play import FairPlayRefused
from recognition.services.replies import ReplyRefused
from recognition.services.visibility import Reader, Shown, reader_of
from recognition.services.wall import nomination_for, page_of_wall

LARGEST = 2**63 - 1
"""The last number that a database gives."""

may_read = permission_required("recognition.see_wall", raise_exception=True)


@login_required
@may_read
def wall(request: HttpRequest) -> HttpResponse:
    form = WallFilterForm(request.GET)
    before = _before(request)
    filters = form.filters(today=timezone.localdate())
    # As a colleague, whatever the role: praise that is for those concerned is not to be leafed
    # through. HR and auditors open a single one, from a case or an award.
    reader = reader_of(request.user, on=timezone.localdate())
    page = page_of_wall(reader, filters, before=before)
    context = {
        "form": form, "page": page, "newest": before is None, "may_speak": _may_speak(request),
        "older": page.older and _query(request, before=page.older),
        "newest_address": f"?{_query(request)}", "back": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "recognition/wall.html", context)


@login_required
@may_read
def nomination(request: HttpRequest, pk: int) -> HttpResponse:
    return _page_of(request, _found(request, pk), ReplyForm(initial={"key": uuid4()}))


@login_required
@may_read
@require_POST
def cheer(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _found(request, pk)
    try:
        replies.cheer(shown.nomination, _reader(request), by=request.user, now=timezone.now())
    except ReplyRefused as refused:
        messages.error(request, str(refused))
    if "wall" in request.POST:
        back = QueryDict(request.POST["wall"]).urlencode()
        return redirect(f"{reverse('wall')}?{back}#nomination-{pk}")
    return redirect("nomination", pk)


@login_required
@may_read
@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _found(request, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page_of(request, shown, form)
    try:
        said = replies.reply(
            shown.nomination, _reader(request), by=request.user, now=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
    except ReplyRefused as refused:
        form.add_error(None, str(refused))
        return _page_of(request, shown, form)
    return redirect(f"{reverse('nomination', args=[pk])}#reply-{said.pk}")


@login_required
@may_read
@require_POST
def withdraw_reply(request: HttpRequest, pk: int, reply_pk: int) -> HttpResponse:
    said = _reply_found(request, pk, reply_pk)
    if said.employee.user_id != request.user.pk:
        raise Http404
    try:
        replies.withdraw_reply(said, by=request.user)
    except ReplyRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Your reply is taken back."))
    return redirect("nomination", pk)


@login_required
@may_read
def report(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _found(request, pk)
    effects = [
        _("It is hidden from the wall until HR has decided, unless HR has looked at it before."),
        _("Those whom it concerns see that it is held and answer. They do not learn who reported."),
    ]
    return _report(
        request, lambda **said: fair_play.report(shown.nomination, **said), effects=effects,
        title=_("Report a nomination"), back=reverse("nomination", args=[pk]), story=shown.story,
    )  # fmt: skip


@login_required
@may_read
def report_reply(request: HttpRequest, pk: int, reply_pk: int) -> HttpResponse:
    said = _reply_found(request, pk, reply_pk)
    shown, _older = replies.replies_to(_found(request, pk), _reader(request), before=reply_pk + 1)
    effects = [
        _("It is hidden until HR has decided, unless HR has looked at it before."),
        _("Who wrote it sees that it is held and answers, but does not learn who reported it."),
    ]
    return _report(
        request, lambda **words: fair_play.report_reply(said, **words), effects=effects,
        title=_("Report a reply"), back=reverse("nomination", args=[pk]), story=shown[-1].text,
    )  # fmt: skip


def _report(request: HttpRequest, act, *, back: str, **shown) -> HttpResponse:
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        except FairPlayRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Thank you. HR looks at it and decides."))
            return redirect("wall")
    return render(request, "recognition/report.html", {"form": form, "back": back, **shown})


def _page_of(request: HttpRequest, shown: Shown, form: ReplyForm) -> HttpResponse:
    reader, told = _reader(request), shown.nomination
    held = told.state == Nomination.State.HELD
    said, earlier = replies.replies_to(shown, reader, before=_before(request))
    concerned = told.about_reader
    context = {
        "shown": shown, "held": held, "replies": said, "earlier": earlier, "form": form,
        "cheering": replies.cheering_for(told, reader, today=timezone.localdate()),
        "concerned": concerned, "sees_reference": concerned or reader.sees_all,
        "may_speak": _may_speak(request) and not held,
        "gave_it": told.giver_id == reader.employee_id,
        "may_raise": not (held or concerned) and bool(
            levels_for(request.user, told, on=timezone.localdate())
        ),
    }  # fmt: skip
    return render(request, "recognition/nomination.html", context)


def _reader(request: HttpRequest) -> Reader:
    """Who asks; worked out once a request."""
    if not hasattr(request, "reader_of_praise"):
        request.reader_of_praise = reader_of(
            request.user, on=timezone.localdate(), sees_all=sees_all_praise(request.user)
        )
    return request.reader_of_praise


def _found(request: HttpRequest, pk: int) -> Shown:
    shown = nomination_for(_reader(request), pk) if pk <= LARGEST else None
    if shown is None:
        raise Http404
    return shown


def _reply_found(request: HttpRequest, pk: int, reply_pk: int) -> Reply:
    """A reply that is shown, below a nomination that the reader may see."""
    shown = _found(request, pk)
    if reply_pk > LARGEST:
        raise Http404
    published = shown.nomination.replies.filter(state=Reply.State.PUBLISHED)
    return get_object_or_404(published.select_related("employee"), pk=reply_pk)


def _may_speak(request: HttpRequest) -> bool:
    return is_employee(request.user)


def _before(request: HttpRequest) -> int | None:
    """The number that the address asks for; whatever is no number asks for the newest."""
    asked = request.GET.get("before", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < len(str(LARGEST))):
        return None
    return int(asked)


def _query(request: HttpRequest, **more: object) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    for name, value in more.items():
        query[name] = str(value)
    return query.urlencode()
