"""What became of customers: one tap each, and files of the customer system."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from empowerment.forms.outcomes import OutcomeFileForm, OutcomeForm
from empowerment.models import Case, Outcome
from empowerment.services import outcomes
from empowerment.services.outcomes import OutcomeRefused
from people.services.drafts import upload
from people.services.importing import Options
from people.tasks import check_uploaded_file

ON_A_PAGE = 20
"""Questions at a time: a phone's page that ends."""


@login_required
@permission_required("empowerment.spend", raise_exception=True)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    due = outcomes.questions(request.user, now=now)
    context = {
        "questions": due[:ON_A_PAGE], "more": len(due) - ON_A_PAGE,
        "answered": outcomes.answered(request.user, now=now)[:ON_A_PAGE],
        "choices": Outcome,
    }  # fmt: skip
    return render(request, "empowerment/outcomes.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(Case.objects.select_related("employee", "customer"), pk=pk)
    now = timezone.now()
    if not outcomes.may_answer(request.user, case, today=timezone.localdate(now)):
        raise Http404
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["outcome"][0])
        return redirect("outcomes")
    said = Outcome(form.cleaned_data["outcome"])
    try:
        outcomes.answer(case, said, by=request.user, now=now)
    except OutcomeRefused as refused:
        messages.error(request, str(refused))
    else:
        facts = {"customer": case.customer, "outcome": said.label}
        messages.success(request, _("%(customer)s: %(outcome)s. Thank you.") % facts)
    return redirect("outcomes")


@login_required
@permission_required("empowerment.import_outcomes", raise_exception=True)
def import_file(request: HttpRequest) -> HttpResponse:
    """Check a file first; what it would change is on the page of every imported file."""
    sent = request.method == "POST"
    form = OutcomeFileForm(request.POST if sent else None, request.FILES if sent else None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        draft = upload(
            "outcomes", file.read(), filename=file.name, options=Options(), by=request.user
        )
        check_uploaded_file.enqueue(draft_id=draft.pk)
        return redirect("import", draft.pk)
    return render(request, "empowerment/import_outcomes.html", {"form": form})
