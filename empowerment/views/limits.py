"""Limits: what holds, setting them, what changed with them, and one's own."""

from datetime import date
from functools import partial

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.filters.limits import LimitFilter
from empowerment.forms.limits import CompareForm, LimitForm
from empowerment.models import Limit
from empowerment.permissions import READ_ALL
from empowerment.services.allowances import SpendingRefused
from empowerment.services.comparing import replay, side_of
from empowerment.services.limit_effect import FEW, LONGEST_WINDOW, effect_of, spenders_of
from empowerment.services.limit_reading import history_of, limits_for, now_and_later
from empowerment.services.limit_telling import set_limit_and_tell
from empowerment.services.limits import LimitRefused
from empowerment.services.own_limits import own_limits
from empowerment.tables.limits import LimitTable
from people import second_factor
from people.lists import show_list
from people.models import User
from people.permissions import roles_of
from people.small_groups import FEWEST
from people.views.acts import asked, look_then_act

MOST_EFFECTS = 2
"""So many changes are counted on one page; each has a page of its own."""


@login_required
@permission_required("empowerment.see_all_limits", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    """What holds now and what begins later."""
    today = timezone.localdate()
    return show_list(
        request, LimitTable, now_and_later(limits_for(request.user, on=today), on=today),
        title=_("Empowerment limits"), filters=LimitFilter, actions=_links(request), today=today,
        lead=_("What may be spent on a customer without asking. Of several limits for somebody the"
               " nearest holds, and all that hold are checked together."),
    )  # fmt: skip


def _links(request: HttpRequest) -> list[tuple[str, str]]:
    offered = [
        ("empowerment.set_a_limit", "set-limit", _("Set a limit")),
        ("empowerment.compare_limits", "compare-limits", _("Compare two limits")),
        ("empowerment.see_all_limits", "site-currencies", _("Currencies")),
        ("empowerment.see_all_limits", "moments", _("Moments of truth")),
    ]
    return [(reverse(name), text) for needs, name, text in offered if request.user.has_perm(needs)]


@login_required
@permission_required("empowerment.set_a_limit", raise_exception=True)
@second_factor.shown_again
def new(request: HttpRequest) -> HttpResponse:
    form = asked(request, partial(LimitForm, by=request.user))
    return look_then_act(
        request, form,
        lambda **_said: set_limit_and_tell(form.new, by=request.user, now=timezone.now()),
        title=_("Set a limit"), button=_("Set the limit"), back=reverse("limits"),
        back_text=_("Empowerment limits"), private=True, refusals=(LimitRefused,),
        lead=_("It holds from a day on, until the next one for the same people. What was decided"
               " before stays."),
    )  # fmt: skip


@login_required
@permission_required("empowerment.see_all_limits", raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A limit's line of history, with what changed from this one backwards."""
    today = timezone.localdate()
    limit = get_object_or_404(limits_for(request.user, on=today), pk=pk)
    history = history_of(limit)
    counted = [each for each in history if each.first <= limit.from_date][:MOST_EFFECTS]
    is_told = _is_told(request.user, limit, today=today)
    effects = {each: effect_of(each, today=today) for each in counted} if is_told else {}
    return render(
        request, "empowerment/limit.html",
        {
            "limit": limit, "today": today, "longest": LONGEST_WINDOW, "few": FEW,
            "fewest": FEWEST, "is_told": is_told,
            "lines": [(each, each in effects, effects.get(each)) for each in history],
        },
    )  # fmt: skip


def _is_told(user: User, limit: Limit, *, today: date) -> bool:
    """Of fewer than five who spent, only who sees their cases reads what they spent together."""
    if roles_of(user) & READ_ALL:
        return True
    spenders = spenders_of(limit, today=today)
    return not spenders or spenders >= FEWEST


@login_required
@permission_required("empowerment.compare_limits", raise_exception=True)
def compare(request: HttpRequest) -> HttpResponse:
    """Two limits side by side, and which cases would have been within under each."""
    today = timezone.localdate()
    chosen = request.GET if {"one", "other"} <= request.GET.keys() else None
    form = CompareForm(
        chosen, limits=limits_for(request.user, on=today), initial=request.GET.dict()
    )
    compared = {}
    if form.is_valid():
        one, other = form.cleaned_data["one"], form.cleaned_data["other"]
        compared = (
            {}
            if not all(_is_told(request.user, each, today=today) for each in (one, other))
            else {
                "sides": [side_of(each, today=today) for each in (one, other)],
                "replay": replay(one, other, today=today),
            }
        )
    context = {"form": form, "longest": LONGEST_WINDOW, "few": FEW, "fewest": FEWEST, **compared}
    return render(request, "empowerment/compare_limits.html", context)


@login_required
@permission_required("empowerment.see_limits", raise_exception=True)
def mine(request: HttpRequest) -> HttpResponse:
    """What one may spend, how much is left of it, and why."""
    try:
        own, refused = own_limits(request.user, now=timezone.now()), ""
    except SpendingRefused as refusal:
        own, refused = [], str(refusal)
    return render(request, "empowerment/my_limits.html", {"own": own, "refused": refused})
