"""The file for payroll, who is still to be confirmed, and how payroll systems want their files."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from incentives.forms.payroll import PayrollForm, PayrollLayoutForm
from incentives.models import BonusRun, PayrollLayout
from incentives.services.eligibility import BonusRefused
from incentives.services.payroll import PayrollFile, export_payroll, why_not_export
from incentives.services.payroll_files import shares_to_confirm, shares_to_pay
from incentives.services.payroll_layouts import (
    LayoutRefused,
    all_layouts,
    preview,
    refuse_layout,
    save_layout,
    standard_layout,
)
from incentives.tables import PayrollLayoutTable, UnconfirmedTable
from people.lists import show_list

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    found = BonusRun.objects.exclude(state=BonusRun.State.ESTIMATE).select_related("pool")
    run = get_object_or_404(found, pk=pk)
    form = PayrollForm(request.POST or None, layouts=all_layouts())
    if request.method == "POST" and form.is_valid():
        try:
            return _download(export_payroll(run, by=request.user, **form.chosen()))
        except BonusRefused as refused:
            form.add_error(None, str(refused))
    to_confirm = shares_to_confirm(run).select_related("employee", "department")
    facts = {
        "run": run, "form": form, "refusal": why_not_export(run),
        "to_pay": shares_to_pay(run).count(), "to_confirm": to_confirm.count(),
        "without_share": run.shares.filter(share_minor=0).count(),
    }  # fmt: skip
    return show_list(
        request, UnconfirmedTable, to_confirm,
        title=_("Payroll of %(year)s, pool %(pool)s") % {"year": run.year, "pool": run.pool},
        template="incentives/payroll.html", may_export=False, shown=facts,
    )  # fmt: skip


def _download(made: PayrollFile) -> HttpResponse:
    response = HttpResponse(made.content, content_type=TYPES[made.name.rpartition(".")[2]])
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=made.name
    )
    return response


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
def layouts(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, PayrollLayoutTable, all_layouts(), title=_("Payroll layouts"),
        lead=_("How each payroll system wants its file: its columns are mapped once."),
        actions=[(reverse("add-payroll-layout"), _("New layout"))],
    )  # fmt: skip


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
def add_layout(request: HttpRequest) -> HttpResponse:
    """Begins as the standard one, under another name."""
    begun = standard_layout()
    begun.name = ""
    return _edit(request, begun, title=_("New payroll layout"))


@login_required
@permission_required("incentives.run_bonus", raise_exception=True)
def edit_layout(request: HttpRequest, pk: int) -> HttpResponse:
    layout = get_object_or_404(PayrollLayout, pk=pk)
    return _edit(request, layout, title=_("Payroll layout %(name)s") % {"name": layout})


def _edit(request: HttpRequest, layout: PayrollLayout, *, title: str) -> HttpResponse:
    first_lines = "" if request.method == "POST" else preview(layout)
    form = PayrollLayoutForm(request.POST or None, instance=layout)
    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                save_layout(form.layout(), by=request.user)
                messages.success(request, _("The layout is kept."))
                return redirect("payroll-layouts")
            refuse_layout(form.layout())
            first_lines = preview(layout)
        except LayoutRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    context = {"form": form, "title": title, "first_lines": first_lines}
    return render(request, "incentives/payroll_layout.html", context)
