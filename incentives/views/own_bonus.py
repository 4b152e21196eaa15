"""Everybody's own bonus: so far, and as it was decided; questions about it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.forms.questions import QuestionForm
from incentives.models import BonusShare
from incentives.services import questions
from incentives.services.own_bonus import own_share, own_shares, so_far, why_no_share
from incentives.services.questions import QuestionRefused
from incentives.services.statement_pdf import statement_pdf
from incentives.services.statements import statement_of
from incentives.statement_page import shown_statement
from people.models import Employee
from people.services.calendars import company_yesterday
from people.services.fonts import MissingCharacters


@login_required
def index(request):
    """Every year and pool of one's own, and why there is none."""
    employee, now = _employee(request), timezone.now()
    shares = own_shares(employee)
    estimates = so_far(shares, day=company_yesterday(now))
    context = {
        "estimates": estimates,
        "decided": [share for share in shares if share.run.is_decided()],
        "why_none": "" if estimates else why_no_share(employee, now=now),
    }
    return render(request, "incentives/my_bonus.html", context)


@login_required
def show(request, code: str, year: int):
    return _statement(request, _own(request, code, year), QuestionForm())


@login_required
@require_POST
def ask(request, code: str, year: int):
    share = _own(request, code, year)
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            questions.ask(share, form.cleaned_data["text"], by=request.user, now=timezone.now())
        except QuestionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your question is with finance."))
            return redirect("my-statement", code, year)
    return _statement(request, share, form)


@login_required
def pdf(request, code: str, year: int):
    """The statement as a file; where no font has a character, a page that says so."""
    share = _own(request, code, year)
    statement = statement_of(share)
    try:
        content = statement_pdf(statement, made_at=_made_at(share))
    except MissingCharacters as missing:
        context = {"share": share, "problem": str(missing), "ask": statement.ask}
        return render(request, "incentives/statement_not_printed.html", context, status=422)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{year}.pdf"'
    return response


def _made_at(share: BonusShare) -> datetime:
    return share.run.approved_at or share.run.made_at


def _employee(request: HttpRequest) -> Employee:
    """Whoever is signed in; an account without a person has no bonus."""
    employee = getattr(request.user, "employee", None)
    if employee is None:
        raise Http404
    return employee


def _own(request: HttpRequest, code: str, year: int) -> BonusShare:
    """The own share of a pool and year; nobody else's is ever found here."""
    share = own_share(_employee(request), code, year)
    if share is None:
        raise Http404
    return share


def _statement(request: HttpRequest, share: BonusShare, form: QuestionForm) -> HttpResponse:
    context = {
        **shown_statement(share),
        "share": share,
        "form": form,
        "may_ask": questions.may_ask(share, on=timezone.localdate()),
        "questions": share.questions.select_related("answered_by__employee").order_by("-pk"),
        "answered_within": questions.ANSWERED_WITHIN.days,
    }
    return render(request, "incentives/my_statement.html", context)
