"""What is kept about people: the log of changes, one's own data, and forgetting somebody."""

import csv
import io
import json
import zipfile

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import second_factor
from people.filters import AuditFilter
from people.forms.privacy import EraseForm
from people.lists import harmless, show_list
from people.models import Employee
from people.permissions import log_for
from people.services import erasing, personal
from people.services.pins import SHARED_SESSION
from people.tables import AuditTable
from people.views.people import find_person


@login_required
@permission_required("people.see_log", raise_exception=True)
def log(request):
    return show_list(
        request, AuditTable, log_for(request.user), title=_("Log of changes"), filters=AuditFilter
    )


@login_required
def my_data(request):
    employee = getattr(request.user, "employee", None)
    if employee is None:
        raise Http404
    return _data(request, employee)


@login_required
@permission_required("people.export_personal_data", raise_exception=True)
def person_data(request, number: str):
    return _data(request, find_person(request.user, number))


def _data(request, employee: Employee):
    """What is kept, counted; posting `form` json or csv hands it out."""
    shared = bool(request.session.get(SHARED_SESSION))
    if request.method == "POST":
        # The file would stay behind on a device that others use.
        if shared:
            raise PermissionDenied
        return _file(request, employee, request.POST.get("form", ""))
    kept = personal.everything_about(employee)
    parts = [(part.title, len(kept[part.name])) for part in personal.registered()]
    context = {"employee": employee, "parts": [part for part in parts if part[1]], "shared": shared}
    return render(request, "people/personal_data.html", context)


def _file(request, employee: Employee, form: str) -> HttpResponse:
    if form not in ("json", "csv"):
        raise Http404
    kept = personal.export(employee, form=form, by=request.user)
    if form == "json":
        text = json.dumps(kept, ensure_ascii=False, indent=1, default=str)
        response = HttpResponse(text, content_type="application/json")
    else:
        response = HttpResponse(_zipped(kept), content_type="application/zip")
    ending = "json" if form == "json" else "zip"
    response["Content-Disposition"] = f'attachment; filename="personal-data.{ending}"'
    return response


def _zipped(kept: dict[str, list[personal.Row]]) -> bytes:
    """A CSV file for each part that has rows."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in kept.items():
            if rows:
                archive.writestr(f"{name}.csv", _csv(rows))
    return held.getvalue()


def _csv(rows: list[personal.Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value):
    if isinstance(value, dict | list):
        return harmless(json.dumps(value, ensure_ascii=False))
    return harmless(value)


@login_required
@permission_required("people.erase_people", raise_exception=True)
@second_factor.shown_again
def erase_person(request, number: str):
    """The effect first; then, with the number typed and a reason, for good."""
    employee, now = find_person(request.user, number), timezone.now()
    form = EraseForm(request.POST or None, employee=employee)
    refused = erasing.refusal(employee, now=now)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            erased = erasing.erase(employee, why=form.cleaned_data["why"], by=request.user, now=now)
        except erasing.ErasureRefused as error:
            refused = str(error)
        else:
            messages.success(request, _("Erased: now %(name)s.") % {"name": erased.name})
            return redirect("person", erased.number)
    context = {"employee": employee, "form": form, "refused": refused}
    if not refused:
        context |= {"effects": _effects(employee), "mentions": erasing.mentions(employee)}
    return render(request, "people/erase.html", context)


def _effects(employee: Employee) -> list[str]:
    traces = sum(found.count() for found in erasing.traces_of(employee))
    return [
        _("The name becomes “Former colleague %(n)s”, the number “erased-%(n)s”.")
        % {"n": employee.pk},
        _("Nickname, photo, e-mail, job title, manager and language are removed."),
        _("Praise about this person alone and what they wrote is emptied; their name goes from"
          " what is about several."),
        _("The account is closed for good; password, PIN, second factor and passkeys are removed."),
        ngettext(
            "%(n)s trace is deleted: devices, sign-ins, notices, mails, invitations.",
            "%(n)s traces are deleted: devices, sign-ins, notices, mails, invitations.",
            traces,
        ) % {"n": traces},
        _("Why somebody was on leave is forgotten; the days stay."),
        _("All uploaded files of employees and leave are emptied; what they changed stays."),
        _("Nobody can read any longer what the log of changes says about this person."),
        _("Departments, salaries and all money stay as they are, under the new name."),
        _("This can't be taken back, and backups keep the old state until they run out."),
    ]  # fmt: skip
