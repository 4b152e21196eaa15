"""Acts on a pool's year: close it, propose to open it again or to bear its debt, and decide."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.forms.runs import ReasonForm, WriteOffForm
from incentives.models import Pool, PoolYearAct
from incentives.services.bonus_years import (
    PoolYear,
    close_and_tell,
    decide_act,
    pool_year,
    propose_reopening_and_tell,
    propose_write_off_and_tell,
    why_not_close,
)
from incentives.services.eligibility import BonusRefused
from people import second_factor
from people.money import money
from people.services.previews import Effects
from people.views.acts import look_then_act


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
@second_factor.shown_again
def close(request, code: str, year: int):
    found = _found(code, year)
    return _act(
        request, found, ReasonForm(request.POST or None), close_and_tell,
        title=_("Close %(year)s of pool %(pool)s"), button=_("Close the year"),
        lead=why_not_close(found, now=timezone.now()) or _in_the_pool(found),
    )  # fmt: skip


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
@second_factor.shown_again
def reopen(request, code: str, year: int):
    return _act(
        request, _found(code, year), ReasonForm(request.POST or None), propose_reopening_and_tell,
        title=_("Open %(year)s of pool %(pool)s again"), button=_("Propose"),
        lead=_("What went over comes back, and its days may be corrected in place."),
    )  # fmt: skip


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
@second_factor.shown_again
def write_off(request, code: str, year: int):
    found = _found(code, year)
    return _act(
        request, found, WriteOffForm(request.POST or None, pool=found.pool),
        propose_write_off_and_tell, title=_("The company bears a debt of pool %(pool)s, %(year)s"),
        button=_("Propose"), lead=_in_the_pool(found),
    )  # fmt: skip


def _found(code: str, year: int) -> PoolYear:
    pool = get_object_or_404(Pool, code=code)
    try:
        return pool_year(pool, year)
    except BonusRefused as unknown:
        raise Http404 from unknown


def _in_the_pool(found: PoolYear) -> str:
    amount = money(found.balance_minor, found.pool.currency)
    return _("In the pool: %(amount)s.") % {"amount": amount}


def _act(
    request, found: PoolYear, form: Form, act: Callable[..., Effects], *, title: str, button: str,
    lead: str,
) -> HttpResponse:  # fmt: skip
    named = {"pool": found.pool, "year": found.year.name}

    def done(**said) -> Effects:
        return act(found.pool, found.year.name, by=request.user, now=timezone.now(), **said)

    return look_then_act(
        request, form, done, title=title % named, button=button,
        back=reverse("pool", args=[found.pool.code, found.year.name]),
        back_text=_("Pool %(pool)s %(year)s") % named, lead=lead, private=True,
        refusals=(BonusRefused,),
    )  # fmt: skip


@login_required
@permission_required("incentives.approve_bonus", raise_exception=True)
@require_POST
@second_factor.shown_again
def decide(request, code: str, year: int, pk: int):
    act = get_object_or_404(PoolYearAct, pk=pk, pool__code=code, year=year)
    if not {"approve", "refuse"} & request.POST.keys():
        raise BadRequest("neither approve nor refuse")
    try:
        decided = decide_act(
            act, approve="approve" in request.POST, by=request.user, now=timezone.now()
        )
    except BonusRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, decided.get_state_display().capitalize())
    return redirect("pool", code, year)
