"""Card statements: bringing them in, and what is left of them and of cases."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from empowerment.forms.cards import ApartForm, MatchForm, StatementForm
from empowerment.models import CardLine, CardMatch
from empowerment.services.card_months import card_months, statements
from empowerment.services.matching import MatchRefused, cases_without_line, match, take_apart
from empowerment.tables.cards import (
    CardLineTable,
    CardMonthTable,
    CardStatementTable,
    CaseWithoutLineTable,
)
from people.lists import Action, show_list
from people.services.drafts import upload
from people.services.importing import Options
from people.tasks import check_uploaded_file

SIBLINGS = ("card-statements", "card-months", "card-lines", "cases-without-line")


def _siblings(request: HttpRequest, own: str) -> list[Action]:
    texts = (
        _("Card statements"),
        _("By month"),
        _("Lines without a case"),
        _("Cases without a line"),
    )
    found = [
        (reverse(name), text)
        for name, text in zip(SIBLINGS, texts, strict=True)
        if name != own
    ]  # fmt: skip
    if own == "card-statements" and request.user.has_perm("empowerment.keep_cards"):
        found.insert(0, (reverse("import-card-lines"), _("Import a statement")))
    return found


@login_required
@permission_required("empowerment.see_cards", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, CardStatementTable, statements(), title=_("Card statements"),
        actions=_siblings(request, "card-statements"),
        shown={"back": reverse("empowerment-budgets"), "back_text": _("Empowerment money")},
        lead=_("A line is in one statement, whatever files it comes in."),
    )  # fmt: skip


@login_required
@permission_required("empowerment.see_cards", raise_exception=True)
def months(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, CardMonthTable, card_months(), title=_("Card statements by month"),
        actions=_siblings(request, "card-months"),
        lead=_("Payments of the card's bill and adjustments are no spending: they are counted and"
               " stand in no total but that of all lines."),
    )  # fmt: skip


@login_required
@permission_required("empowerment.see_cards", raise_exception=True)
def lines(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, CardLineTable, CardLine.objects.unmatched(), title=_("Lines without a case"),
        actions=_siblings(request, "card-lines"), exclude=("case",),
    )  # fmt: skip


@login_required
@permission_required("empowerment.see_cards", raise_exception=True)
def without_line(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, CaseWithoutLineTable, cases_without_line().for_list(),
        title=_("Cases without a line"), actions=_siblings(request, "cases-without-line"),
        lead=_("Goods and gestures are paid by card; refunds and waivers go through billing."),
    )  # fmt: skip


@login_required
@permission_required("empowerment.keep_cards", raise_exception=True)
def bring_in(request: HttpRequest) -> HttpResponse:
    """The file is checked as every other; what would change is seen before it does."""
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        draft = upload(
            "card-lines", file.read(), filename=file.name,
            options=Options(currency=form.cleaned_data["currency"]), by=request.user,
        )  # fmt: skip
        check_uploaded_file.enqueue(draft_id=draft.pk)
        return redirect("import", draft.pk)
    return render(request, "empowerment/import_cards.html", {"form": form})


@login_required
@permission_required("empowerment.see_cards", raise_exception=True)
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """A line and what it may be; a POST says which."""
    found = get_object_or_404(CardLine.objects.select_related("statement"), pk=pk)
    made = CardMatch.objects.select_related("case__customer", "made_by").filter(line=found).first()
    may_keep = request.user.has_perm("empowerment.keep_cards")
    form = None
    if may_keep and made is None and found.kind in (CardLine.Kind.PURCHASE, CardLine.Kind.REFUND):
        form = MatchForm(request.POST or None, line=found)
        if form.is_valid() and _matched(request, found, form):
            return redirect("card-lines")
    context = {
        "line": found, "match": made, "form": form,
        "apart": ApartForm() if may_keep and made else None,
    }  # fmt: skip
    return render(request, "empowerment/card_line.html", context)


def _matched(request: HttpRequest, found: CardLine, form: MatchForm) -> bool:
    said = form.cleaned_data
    chosen = said["chosen"]
    try:
        match(
            found, case=chosen.case, returned=chosen.returned, why=said["why"], by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except MatchRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    messages.success(request, _("The line is case %(case)s.") % {"case": chosen.case.pk})
    return True


@login_required
@permission_required("empowerment.keep_cards", raise_exception=True)
@require_POST
def apart(request: HttpRequest, pk: int) -> HttpResponse:
    """The line is not this case's; they are not put together by themselves again."""
    made = get_object_or_404(CardMatch.objects.select_related("line", "case__customer"), pk=pk)
    form = ApartForm(request.POST)
    if form.is_valid():
        try:
            take_apart(made, why=form.cleaned_data["why"], by=request.user, now=timezone.now())
        except MatchRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The line and the case are left again."))
            return redirect("card-line", made.line_id)
    context = {"line": made.line, "match": made, "form": None, "apart": form}
    return render(request, "empowerment/card_line.html", context)
