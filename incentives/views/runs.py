"""Bonus runs: the list, a run with its departments and spreads, and what is done with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.filters import RunFilter, RunPeopleFilter
from incentives.forms.runs import DraftRunForm, ReasonForm
from incentives.models import BonusRun, BonusShare
from incentives.run_links import links_of
from incentives.services import bonus_runs
from incentives.services.bonus_runs import (
    ContentChanged,
    may_become_void,
    terms_of_run,
    why_not_approve,
)
from incentives.services.eligibility import BonusRefused
from incentives.services.explaining import bonus_terms_in_words
from incentives.services.readiness import obstacle
from incentives.services.run_reading import (
    grouped,
    leads_word,
    members,
    steps,
    what_becomes_void,
    what_it_shares,
    years_to_share,
)
from incentives.services.run_reading import spreads as spreads_of
from incentives.services.splitting import share_out
from incentives.statement_page import shown_statement
from incentives.tables import RunPeopleTable, RunTable
from people import second_factor
from people.lists import show_list
from people.services.salary_looks import log_looks

State = BonusRun.State
WHERE = "bonus run"


def runs_payouts(view):
    return login_required(permission_required("incentives.run_bonus", raise_exception=True)(view))


def sees_runs(view):
    return login_required(
        permission_required("incentives.see_bonus_runs", raise_exception=True)(view)
    )


def find_run(pk: int) -> BonusRun:
    """With its pool and who has acted; an estimate is not found, it is everybody's own."""
    runs = BonusRun.objects.exclude(state=State.ESTIMATE).select_related(
        "pool", "made_by__employee", "proposed_by__employee", "approved_by__employee",
        "voided_by__employee",
    )  # fmt: skip
    return get_object_or_404(runs, pk=pk)


@sees_runs
def index(request):
    runs = BonusRun.objects.exclude(state=State.ESTIMATE).select_related("pool").defer("days")
    return show_list(
        request, RunTable, runs, title=_("Bonus runs"), filters=RunFilter,
        lead=_("A bonus run shares a pool's year out: drafted, proposed, approved by somebody else,"
               " paid."),
        actions=_links_of_finance(request.user),
    )  # fmt: skip


def _links_of_finance(user) -> list[tuple[str, str]]:
    links = (
        ("draft-bonus-run", _("Share a year out"), "incentives.run_bonus"),
        ("bonus-questions", _("Questions about statements"), "incentives.see_bonus_of_people"),
        ("payroll-layouts", _("Payroll layouts"), "incentives.run_bonus"),
    )
    return [(reverse(name), text) for name, text, right in links if user.has_perm(right)]


@runs_payouts
def draft(request):
    """First what would be shared, then, with the digest of just that, the draft."""
    form = DraftRunForm(
        request.POST or None, years=years_to_share(today=timezone.localdate()),
        initial={"year": request.GET.get("year", "")},
    )  # fmt: skip
    sharing = None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["year"]
        try:
            if "seen" in request.POST:
                return _drafted(request, chosen, seen=request.POST["seen"])
            sharing = share_out(chosen.pool, chosen.year, as_of=timezone.localdate())
        except BonusRefused as refused:
            form.add_error(None, str(refused))
    context = {
        "title": _("Share a year out"), "form": form, "back": reverse("bonus-runs"),
        "back_text": _("Bonus runs"), "again": request.path,
        "lead": _("Choose the year; what everybody gets is computed and shown before anything is"
                  " kept."),
        "button": _("Make the draft") if sharing else _("Compute"),
        "effects": sharing and what_it_shares(sharing), "seen": sharing and sharing.sha256,
    }  # fmt: skip
    return render(request, "people/act.html", context)


def _drafted(request, chosen, *, seen: str) -> HttpResponse:
    run = bonus_runs.draft(
        chosen.pool, chosen.year, by=request.user, now=timezone.now(), seen_sha256=seen
    )
    messages.success(request, _("The draft is made. Look at it, then propose it."))
    return redirect("bonus-run", run.pk)


@sees_runs
def show(request, pk: int):
    return _page(request, find_run(pk))


def _page(request: HttpRequest, run: BonusRun, *, status: int = 200, **more) -> HttpResponse:
    user = request.user
    pending = run.state in (State.DRAFT, State.PROPOSED)
    people = members(run.shares, on=run.last)
    context = {
        "run": run,
        "steps": steps(run),
        "terms": bonus_terms_in_words(terms_of_run(run), run.currency),
        "obstacle": obstacle(run.pool, run, now=timezone.now()) if pending else None,
        "leads": leads_word(run),
        "departments": grouped(people, lambda member: member.department),
        "spreads": spreads_of(people),
        "links": links_of(run, user=user),
        "own_share": run.shares.filter(employee__user=user).exists(),
        **_acts(run, user),
        **more,
    }
    context.setdefault("send_back_form", ReasonForm(prefix="back"))
    return render(request, "incentives/run.html", context, status=status)


def _acts(run: BonusRun, user) -> dict[str, bool | str]:
    """What this person may do with the run as it stands; `refusal` says why not approve."""
    runs_it = user.has_perm("incentives.run_bonus")
    decides = user.has_perm("incentives.approve_bonus") and run.state == State.PROPOSED
    return {
        "may_propose": runs_it and run.state == State.DRAFT,
        "may_decide": decides,
        "refusal": why_not_approve(run, by=user) if decides else "",
        "may_void": runs_it and may_become_void(run),
    }


@runs_payouts
@require_POST
def compute(request, pk: int):
    """Compute a draft anew."""
    run = find_run(pk)
    before = run.content_sha256
    try:
        again = bonus_runs.compute_again(run, by=request.user, now=timezone.now())
    except BonusRefused as refused:
        messages.error(request, str(refused))
    else:
        same = again.content_sha256 == before
        messages.success(
            request,
            _("Computed again: nothing is different.") if same else _("Computed again."),
        )
    return redirect("bonus-run", pk)


@runs_payouts
@require_POST
@second_factor.shown_again
def propose(request, pk: int):
    try:
        bonus_runs.propose(find_run(pk), by=request.user, now=timezone.now())
    except BonusRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Proposed. Somebody else approves it now."))
    return redirect("bonus-run", pk)


@login_required
@permission_required("incentives.approve_bonus", raise_exception=True)
@require_POST
@second_factor.shown_again
def approve(request, pk: int):
    """Just the content whose digest comes along; what has changed since is said."""
    run = find_run(pk)
    try:
        bonus_runs.approve(
            run, seen_sha256=request.POST.get("seen_sha256", ""), by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except ContentChanged as changed:
        return _page(request, run, status=409, changes=changed.changes)
    except BonusRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Approved. Everybody finds the own statement now."))
    return redirect("bonus-run", pk)


@login_required
@permission_required("incentives.approve_bonus", raise_exception=True)
@require_POST
@second_factor.shown_again
def send_back(request, pk: int):
    run = find_run(pk)
    form = ReasonForm(request.POST, prefix="back")
    if not form.is_valid():
        return _page(request, run, send_back_form=form)
    try:
        bonus_runs.send_back(run, reason=form.cleaned_data["reason"], by=request.user)
    except BonusRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Sent back: it is a draft again."))
    return redirect("bonus-run", pk)


@runs_payouts
@second_factor.shown_again
def void(request, pk: int):
    """What would happen, then, with a reason, the act."""
    run = find_run(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _voided(request, run, form.cleaned_data["reason"])
        except BonusRefused as refused:
            form.add_error(None, str(refused))
    context = {"run": run, "form": form, "effects": what_becomes_void(run)}
    return render(request, "incentives/void_run.html", context)


def _voided(request, run: BonusRun, reason: str) -> HttpResponse:
    if request.POST.get("seen") != run.state:
        raise BonusRefused(_("Something has changed meanwhile: please look again."))
    bonus_runs.void(run, reason=reason, by=request.user, now=timezone.now())
    messages.success(request, _("The run is void."))
    return redirect("bonus-run", run.pk)


@login_required
@permission_required("incentives.see_bonus_of_people", raise_exception=True)
@transaction.atomic
def people(request, pk: int):
    """Everybody's share; whoever is shown, on the page or in the file, is logged as looked at."""
    run = find_run(pk)
    shares = BonusShare.objects.in_list(run)
    return show_list(
        request, RunPeopleTable, shares, filters=RunPeopleFilter,
        title=_("Shares of %(year)s, pool %(pool)s") % {"year": run.year, "pool": run.pool},
        lead=_("Each of these shares tells about a salary: who was shown to you stands in the"
               " log."),
        actions=[(reverse("bonus-run", args=[run.pk]), _("Back to the run"))],
        exclude=() if run.policy["manager_factor"] else ("factor_bp",),
        looked_at=lambda rows: log_looks(
            (share.employee_id for share in rows), where=WHERE, by=request.user
        ),
    )  # fmt: skip


@login_required
@permission_required("incentives.see_bonus_of_people", raise_exception=True)
@transaction.atomic
def person(request, pk: int, number: str):
    run = find_run(pk)
    shares = run.shares.select_related("employee", "department", "run__pool")
    share = get_object_or_404(shares, employee__number=number)
    log_looks([share.employee_id], where=WHERE, by=request.user)
    context = {"run": run, "share": share, **shown_statement(share)}
    return render(request, "incentives/run_person.html", context)
