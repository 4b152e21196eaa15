"""Awards: the list, raising praise to one, voting, taking back, certificates."""

from collections.abc import Iterable
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import second_factor
from people.lists import Action, show_list
from people.models import User
from people.services.fonts import MissingCharacters
from people.views.acts import look_then_act
from people.views.keeping import keep
from recognition.filters import AwardFilter, ToRaiseFilter
from recognition.forms.awards import RaiseForm, VoteForm, WhyForm
from recognition.models import Award, AwardLevel, Nomination
from recognition.permissions import sees_all_praise
from recognition.services import awards
from recognition.services.award_reading import (
    ENDED,
    awards_for,
    certified,
    headings,
    levels_for,
    page_of,
    raise_and_tell,
    to_raise,
    waits_for_vote_of,
)
from recognition.services.awards import AwardRefused, conflict
from recognition.services.certificates import certificate_pdf
from recognition.services.visibility import Reader, reader_of, show
from recognition.tables.awards import AwardTable, ToRaiseTable


@login_required
@permission_required("recognition.see_wall", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    user, today, names = request.user, timezone.localdate(), {}
    sees_all = sees_all_praise(user)
    reader = reader_of(user, on=today, sees_all=sees_all)

    def name(rows: Iterable[Award]) -> None:
        names.update(_named(rows, user, reader, today))

    return show_list(
        request, AwardTable, awards_for(user, on=today, sees_all=sees_all), title=_("Awards"),
        filters=AwardFilter, actions=_links(user, today), looked_at=name, names=names,
        template="recognition/awards.html",
        shown={"waiting": _waiting(user, today), "reader_sees_all": sees_all},
        lead=_("Praise that leads and panels have raised."),
    )  # fmt: skip


def _named(rows: Iterable[Award], user: User, reader: Reader, today: date) -> dict[int, str]:
    """Whom the awards are about; who decides on one, or raised it, knows while it is praise."""
    found = list(rows)
    deciding = {each.pk for each in waits_for_vote_of(user, on=today)}
    known = [
        each for each in found
        if each.nomination.state not in ENDED
        and (each.pk in deciding or each.raised_by_id == user.pk)
    ]  # fmt: skip
    others = [each for each in found if each not in known]
    return headings([each.nomination for each in others], reader) | headings(
        [each.nomination for each in known], Reader(sees_all=True)
    )


def _waiting(user: User, today: date) -> list[Award]:
    waiting = waits_for_vote_of(user, on=today).select_related("level", "nomination__behaviour")
    return list(waiting.order_by("pk"))


def _links(user: User, today: date) -> list[Action]:
    """To what leads and panels raise, and to what HR and finance keep."""
    links: list[Action] = []
    if to_raise(user, on=today).exists():
        links.append((reverse("to-raise"), _("Raise praise to an award")))
    for name, text, right in (
        ("award-levels", _("Levels and panels"), "recognition.see_rules"),
        ("recognition-budgets", _("Budgets"), "recognition.see_budgets"),
        ("rewards", _("Rewards for payroll"), "recognition.see_rewards"),
    ):
        if user.has_perm(right):
            links.append((reverse(name), text))
    return links


@login_required
@permission_required("recognition.raise_awards", raise_exception=True)
def to_raise_index(request: HttpRequest) -> HttpResponse:
    """What somebody may raise."""
    user, today, names = request.user, timezone.localdate(), {}
    reader = reader_of(user, on=today)

    def name(rows: Iterable[Nomination]) -> None:
        names.update(headings(list(rows), reader))

    found = to_raise(user, on=today).select_related("giver", "behaviour")
    return show_list(
        request, ToRaiseTable, found, title=_("Praise for your people"), filters=ToRaiseFilter,
        lead=_("Choose what you want to raise to an award."), looked_at=name, names=names,
    )  # fmt: skip


@login_required
@permission_required("recognition.raise_awards", raise_exception=True)
def raise_award(request: HttpRequest, pk: int) -> HttpResponse:
    """What it does first; money asks for the second factor again."""
    nomination = get_object_or_404(Nomination.objects.published(), pk=pk)
    levels = levels_for(request.user, nomination, on=timezone.localdate())
    if not levels:
        raise Http404
    refused = conflict(nomination, request.user.employee)
    if refused:
        return render(request, "recognition/no_award.html", _praise(request, nomination, refused))
    form = RaiseForm(request.POST or None, levels=levels)
    pays = form.is_valid() and _pays(form.cleaned_data["level"])
    return (_raise_with_money if pays else _raise)(request, nomination, form)


def _pays(level: AwardLevel) -> bool:
    return bool(level.amount_minor) and level.decides == AwardLevel.Decides.LEAD


def _praise(request: HttpRequest, nomination: Nomination, refused: str) -> dict:
    [shown] = show([nomination], reader_of(request.user, on=timezone.localdate()))
    return {"shown": shown, "refused": refused}


def _raise(request: HttpRequest, nomination: Nomination, form: RaiseForm) -> HttpResponse:
    return look_then_act(
        request, form,
        lambda **said: raise_and_tell(nomination, **said, by=request.user, now=timezone.now()),
        title=_("Raise to an award"), button=_("Raise"), back=reverse("awards"),
        back_text=_("Awards"), private=True, refusals=(AwardRefused,),
        lead=_praise(request, nomination, "")["shown"].story,
    )  # fmt: skip


_raise_with_money = second_factor.shown_again(_raise)


def _found(request: HttpRequest, pk: int) -> Award:
    """One that this person finds; recipients of a granted one always do."""
    user, today = request.user, timezone.localdate()
    return get_object_or_404(awards_for(user, on=today, sees_all=sees_all_praise(user)), pk=pk)


@login_required
@permission_required("recognition.see_wall", raise_exception=True)
def show_award(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk), VoteForm())


def _page(request: HttpRequest, award: Award, form: VoteForm) -> HttpResponse:
    page = page_of(
        award, request.user, on=timezone.localdate(), sees_all=sees_all_praise(request.user),
        keeps=request.user.has_perm("recognition.keep_levels"),
    )  # fmt: skip
    return render(request, "recognition/award.html", {"page": page, "form": form})


@login_required
@permission_required("recognition.raise_awards", raise_exception=True)
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Any vote on money may be the one that pays."""
    award = _found(request, pk)
    return (_vote_on_money if award.amount_minor else _vote)(request, award)


def _vote(request: HttpRequest, award: Award) -> HttpResponse:
    form = VoteForm(request.POST)
    if not form.is_valid():
        return _page(request, award, form)
    try:
        voted = awards.vote(award, **form.cleaned_data, by=request.user, now=timezone.now())
    except AwardRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _voted(voted))
    return redirect("awards")


_vote_on_money = second_factor.shown_again(_vote)


def _voted(award: Award) -> str:
    if award.state == Award.State.PROPOSED:
        return _("Your vote is kept; others are still to vote.")
    return _("Your vote has decided it: %(state)s.") % {"state": award.get_state_display()}


@login_required
@permission_required("recognition.keep_levels", raise_exception=True)
@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """When nobody of the panel is left to vote."""
    award = _found(request, pk)
    return (_count_money if award.amount_minor else _count)(request, award)


def _count(request: HttpRequest, award: Award) -> HttpResponse:
    try:
        counted = awards.count_again(award, by=request.user, now=timezone.now())
    except AwardRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, counted.get_state_display().capitalize())
    return redirect("award", award.pk)


_count_money = second_factor.shown_again(_count)


@login_required
@permission_required("recognition.see_wall", raise_exception=True)
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    award = _found(request, pk)
    if not awards.may_recall(award, by=request.user):
        raise Http404
    return (_recall_money if award.budget_id else _recall)(request, award)


def _recall(request: HttpRequest, award: Award) -> HttpResponse:
    form = WhyForm(request.POST or None)
    return keep(
        request, form,
        lambda: awards.recall(
            award, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        ),
        title=_("Take the award back"), button=_("Take back"), back=reverse("awards"),
        back_text=_("Awards"), done=_("The award does not count any more."),
        lead=_("The praise stays. Money that was paid comes back into its budget; what payroll"
               " knows of is taken off with its next file."),
        refusals=(AwardRefused,),
    )  # fmt: skip


_recall_money = second_factor.shown_again(_recall)


@login_required
@permission_required("recognition.see_wall", raise_exception=True)
def certificate(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """For who won it, their leads and HR; where no font has a character, a page that says so."""
    award = get_object_or_404(
        Award.objects.select_related("level", "raised_by__employee", "nomination__giver",
                                     "nomination__behaviour"),
        pk=pk, nomination__state=Nomination.State.PUBLISHED,
    )  # fmt: skip
    keeps = request.user.has_perm("recognition.keep_levels")
    people = certified(award, request.user, on=timezone.localdate(), sees_all=keeps)
    employee = next((each for each in people if each.number == number), None)
    if employee is None:
        raise Http404
    try:
        content = certificate_pdf(award, employee)
    except MissingCharacters as missing:
        context = {"award": award, "problem": str(missing)}
        return render(request, "recognition/certificate_not_printed.html", context, status=422)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"award-{award.pk}-{employee.number}.pdf"
    )
    return response
