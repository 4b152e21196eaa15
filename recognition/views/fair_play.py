"""Cases of fair play: for HR who decides, for auditors who read, and for those concerned."""

from datetime import date

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import second_factor
from people.lists import show_list
from people.models import User
from people.services.previews import act_once_seen
from recognition.filters import FairPlayFilter
from recognition.forms.fair_play import AppealForm, DecisionForm
from recognition.models import CaseStep, FairPlayCase, Nomination
from recognition.services import deciding, fair_play
from recognition.services.deciding import BY_CODE, Act, acts_for, decide_and_say
from recognition.services.explaining import explained
from recognition.services.fair_play import FairPlayRefused, for_executives
from recognition.services.noticing import share_across
from recognition.services.visibility import Reader, Shown, reader_of, show
from recognition.tables.fair_play import FairPlayTable

MOST_SHOWN = 100
"""Nominations of a case on its page; a group that gave more is known by these."""
State = FairPlayCase.State


@login_required
@permission_required("recognition.list_cases", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    found = _listed(request.user).prefetch_related("people")
    return show_list(
        request, FairPlayTable, found.annotate(count=Count("nominations", distinct=True)),
        title=_("Fair play"), filters=FairPlayFilter, lead=_lead(),
        template="recognition/fair_play.html",
    )  # fmt: skip


def _listed(user: User) -> QuerySet[FairPlayCase]:
    """Nobody finds in the list what is about themself: that is on a page of their own."""
    sees_all = rules.has_perm("recognition.see_cases", user)
    found = FairPlayCase.objects.all() if sees_all else for_executives()
    return found.exclude(people__user=user)


def _lead() -> str:
    across, praised = share_across(now=timezone.now())
    if not praised:
        return ""
    return _("Of all praise in the last twelve months, %(share)s%% went to another department.") % {
        "share": round(100 * across / praised)
    }


@login_required
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it for who decides or audits; for those concerned what is held against them."""
    found = get_object_or_404(FairPlayCase, pk=pk)
    if found.people.filter(user=request.user).exists():
        return _own_case(request, found, AppealForm())
    _must_see(request.user, found)
    may_decide = rules.has_perm("recognition.decide_case", request.user, found)
    context = {
        "case": found, "sentences": explained([found])[found.pk],
        "concerned": found.people.order_by("sort_key", "number"),
        "shown": _shown(found.nominations.all(), Reader(sees_all=True)),
        "count": found.nominations.count(),
        "steps": found.steps.select_related("made_by__employee"),
        "acts": acts_for(found) if may_decide else [],
        "waits_for_others": bool(acts_for(found)) and not may_decide,
    }  # fmt: skip
    return render(request, "recognition/fair_play_case.html", context)


def _must_see(user: User, found: FairPlayCase) -> None:
    """Http404 for who has nothing to do with it; who took a step in it still reads it."""
    seen = (
        rules.has_perm("recognition.see_cases", user)
        or rules.has_perm("recognition.decide_case", user, found)
        or (
            rules.has_perm("recognition.list_cases", user)
            and found.steps.filter(made_by=user).exclude(what=CaseStep.What.REPORTED).exists()
        )
    )
    if not seen:
        raise Http404


def _shown(nominations: QuerySet[Nomination], reader: Reader) -> list[Shown]:
    found = nominations.select_related("giver", "behaviour").order_by("-pk")
    return show(found[:MOST_SHOWN], reader)


@login_required
@second_factor.shown_again
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The effects first, then, with a reason, the act."""
    found, chosen = get_object_or_404(FairPlayCase, pk=pk), BY_CODE.get(act)
    if chosen is None or not rules.has_perm("recognition.decide_case", request.user, found):
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, found, chosen, form):
        return redirect("fair-play-case", pk)
    context = {
        "case": found, "act": chosen, "form": form, "sentences": explained([found])[pk],
        "effects": chosen.effects(found), "seen": deciding.digest_for(chosen, found),
        "fits": found.state in chosen.states,
    }  # fmt: skip
    return render(request, "recognition/decide_case.html", context)


def _decided(request: HttpRequest, found: FairPlayCase, act: Act, form: DecisionForm) -> bool:
    try:
        looked = act_once_seen(
            lambda: decide_and_say(
                found, act, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            ),
            seen=request.POST.get("seen", ""),
        )
    except FairPlayRefused as refused:
        form.add_error(None, str(refused))
        return False
    if not looked.done:
        form.add_error(None, _("It has changed since you looked: look at what happens now."))
        return False
    messages.success(request, _("Done. Those concerned are told."))
    return True


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What is or was held against oneself. A pattern nobody has acted on is not held against
    anybody yet."""
    found = list(_acted_on().filter(people__user=request.user))
    sentences = explained(found)
    cases = [(each, sentences[each.pk]) for each in found]
    return render(request, "recognition/my_fair_play.html", {"cases": cases})


def _acted_on() -> QuerySet[FairPlayCase]:
    return FairPlayCase.objects.exclude(state=State.OPEN)


def _own_case(request: HttpRequest, found: FairPlayCase, form: AppealForm) -> HttpResponse:
    if found.state == State.OPEN:
        raise Http404
    today: date = timezone.localdate()
    own = found.nominations.of_person(request.user.employee)
    withdrawn = Q(state=Nomination.State.WITHDRAWN)
    own = own.exclude(withdrawn & ~Q(giver=request.user.employee))
    hidden = (CaseStep.What.REPORTED, CaseStep.What.NOTICED)
    context = {
        "case": found, "sentences": explained([found])[found.pk], "form": form,
        "shown": _shown(own, reader_of(request.user, on=today)),
        "steps": found.steps.exclude(what__in=hidden), "may_appeal": found.state == State.REMOVED,
        "reply": found.reply if found.reply and found.reply.employee.user == request.user else None,
    }  # fmt: skip
    return render(request, "recognition/my_case.html", context)


@login_required
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FairPlayCase, pk=pk, people__user=request.user)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            fair_play.appeal(
                found, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            )
        except FairPlayRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your appeal is with somebody who did not remove it."))
            return redirect(reverse("fair-play-case", args=[pk]))
    return _own_case(request, found, form)
