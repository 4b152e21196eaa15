"""Cases on their way to accounting: what waits, the next file, and those made before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from empowerment.forms.accounting import ExportForm, FileForm
from empowerment.models import AccountingExport
from empowerment.services.accounting import (
    ExportRefused,
    export_cases,
    files,
    take_file,
    waiting,
)
from empowerment.tables.accounting import AccountingFileTable
from people import second_factor
from people.lists import show_list
from people.same_files import TYPES


@login_required
@permission_required("empowerment.see_accounting", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    may_export = request.user.has_perm("empowerment.export_cases")
    return _shown(request, may_export)


def _shown(
    request: HttpRequest, may_export: bool, posted: ExportForm | None = None
) -> HttpResponse:
    today = timezone.localdate()
    forms = [
        (each, _form(each.currency, posted, today) if may_export else None) for each in waiting()
    ]
    return show_list(
        request, AccountingFileTable, files(), title=_("Files for accounting"),
        template="empowerment/accounting.html", shown={"waiting": forms},
        exclude=() if may_export else ("take",),
    )  # fmt: skip


def _form(currency: str, posted: ExportForm | None, today) -> ExportForm:
    if posted is not None and posted.data.get("currency") == currency:
        return posted
    initial = {"currency": currency, "through": today}
    return ExportForm(initial=initial, auto_id=f"{currency}-%s")


@login_required
@permission_required("empowerment.export_cases", raise_exception=True)
@require_POST
@second_factor.shown_again
def make(request: HttpRequest) -> HttpResponse:
    """The next file; it is taken from the list, as often as needed."""
    form = ExportForm(request.POST)
    if "currency" in form.errors:
        raise BadRequest("no currency")
    if not form.is_valid():
        return _shown(request, may_export=True, posted=form)
    try:
        made = export_cases(**form.cleaned_data, by=request.user, now=timezone.now())
    except ExportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("File %(number)s is made.") % {"number": made.pk})
    return redirect("accounting")


@login_required
@permission_required("empowerment.export_cases", raise_exception=True)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """A file as it was made; that somebody takes it is logged."""
    found = get_object_or_404(AccountingExport, pk=pk)
    chosen = FileForm(request.POST)
    if not chosen.is_valid():
        raise BadRequest("neither csv nor xlsx")
    form = chosen.cleaned_data["form"]
    response = HttpResponse(take_file(found, form, by=request.user), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="cases-{found.pk}.{form}"'
    return response
