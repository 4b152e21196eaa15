"""The circle: shares for those who lead, names for HR and the leads of those concerned."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import Table

from people.lists import show_list, turn_to_page
from people.models import Department, Site
from recognition.charts import month_chart
from recognition.filters import GiverFilter, UnrecognisedFilter
from recognition.forms.circle import AtSiteForm
from recognition.permissions import circle_reader, departments_known
from recognition.services import circle_people, circle_reading
from recognition.services.circle import circle_on, giving_on
from recognition.services.circle_months import picture
from recognition.services.circle_reading import Read, Row
from recognition.tables.circle import (
    CutTable,
    DepartmentCutTable,
    GiverTable,
    GivingTable,
    JobCutTable,
    SiteCutTable,
    TenureCutTable,
    UnrecognisedTable,
)

LONG = 30
"""Rows from which on a cut is folded away."""

sees_circle = permission_required("recognition.see_circle", raise_exception=True)
sees_people = permission_required("recognition.see_unrecognised", raise_exception=True)


@login_required
@sees_circle
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    day = timezone.localdate()
    reader = circle_reader(request.user, on=day)
    form = AtSiteForm(request.GET)
    site = form.cleaned_data["site"] if form.is_valid() else None
    shown = circle_reading.read(circle_on(day), reader)
    months = picture(site, sees_all=reader.sees_all, now=timezone.now())
    context = {
        "form": form, "day": day, "site": site, "head": _head(shown, site),
        "cuts": _cuts(request, shown, site), "months": months,
        "chart": month_chart(months),
        "by_name": request.user.has_perm("recognition.see_unrecognised"),
    }  # fmt: skip
    return render(request, "recognition/circle.html", context)


def _head(shown: Read, site: Site | None) -> Row | None:
    """The company, or the site asked for; None where nobody works."""
    key = ("site", site.pk) if site else ("company",)
    return shown.row(key, "") if key in shown.circle.groups else None


def _cuts(request: HttpRequest, shown: Read, site: Site | None) -> list[tuple[str, Table, bool]]:
    """Each with its title, and whether it is folded away as long and not asked for."""
    departments = circle_reading.departments(shown, site=site)
    alone = () if any(row.own for row in departments) else ("own",)
    cuts = [
        (_("Departments, with those below"),
         DepartmentCutTable(departments, prefix="department-", order_by="-group", exclude=alone)),
        (_("Time here"), TenureCutTable(circle_reading.tenures(shown, site=site), prefix="here-")),
        (_("Job titles"),
         JobCutTable(circle_reading.jobs(shown, site=site), prefix="job-", order_by="-total")),
    ]  # fmt: skip
    if site is None:
        sites = SiteCutTable(circle_reading.sites(shown), prefix="site-", order_by="-group")
        cuts.insert(0, (_("Sites"), sites))
    return [_turned(request, title, table) for title, table in cuts]


def _turned(request: HttpRequest, title: str, table: CutTable) -> tuple[str, CutTable, bool]:
    turn_to_page(request, table)
    asked = any(name.startswith(table.prefix) for name in request.GET)
    return title, table, len(table.rows) > LONG and not asked


@login_required
@sees_circle
@require_safe
def department(request: HttpRequest, code: str) -> HttpResponse:
    """One department with those below: for its leads and HR always, for others where it is not
    hidden."""
    day = timezone.localdate()
    found = get_object_or_404(Department, code=code)
    reader = circle_reader(request.user, on=day)
    shown = circle_reading.read(circle_on(day), reader)
    rows = {row.code: row for row in circle_reading.departments(shown)}
    row = rows.get(found.code)
    if row is None or row.group is None:
        raise Http404
    sees = reader.sees_all or found.pk in reader.led
    months = picture(found, sees_all=sees, now=timezone.now())
    context = {
        "department": found, "day": day, "row": row, "months": months,
        "chart": month_chart(months), "by_name": sees,
    }  # fmt: skip
    return render(request, "recognition/circle_of_department.html", context)


@login_required
@sees_people
@require_safe
def unrecognised(request: HttpRequest) -> HttpResponse:
    """By name, for HR and for the leads of those who are named."""
    day = timezone.localdate()
    known = departments_known(request.user, on=day)
    people = circle_people.working_in(circle_people.unrecognised(day), known, on=day)
    return show_list(
        request, UnrecognisedTable, people.with_place(day), title=_("Not in the circle yet"),
        lead=_("Who has not been recognised in the last 12 months, the longest here first. Go and"
               " see what they do for customers: somebody always has seen it."),
        filters=UnrecognisedFilter, counted=False, may_export=known is None,
        shown={"back": reverse("circle"), "back_text": _("The circle")}, own=_own(request),
    )  # fmt: skip


@login_required
@sees_circle
@require_safe
def giving(request: HttpRequest) -> HttpResponse:
    """Who gives, in shares by department; names are a page further, for those who may."""
    day = timezone.localdate()
    shown = circle_reading.read(giving_on(day), circle_reader(request.user, on=day))
    table = GivingTable(circle_reading.giving_by_department(shown), order_by="-group")
    turn_to_page(request, table)
    context = {
        "day": day, "head": _head(shown, None), "across": circle_reading.across_company(day),
        "table": table, "by_name": request.user.has_perm("recognition.see_unrecognised"),
    }  # fmt: skip
    return render(request, "recognition/giving.html", context)


@login_required
@sees_people
@require_safe
def givers(request: HttpRequest) -> HttpResponse:
    day = timezone.localdate()
    known = departments_known(request.user, on=day)
    people = circle_people.working_in(circle_people.givers(day), known, on=day)
    return show_list(
        request, GiverTable, people.with_place(day), title=_("Who praises colleagues"),
        lead=_("Who never praises has perhaps never been shown how: ask, before you remind."),
        filters=GiverFilter, counted=False, may_export=known is None,
        shown={"back": reverse("circle-giving"), "back_text": _("Who praises")}, own=_own(request),
    )  # fmt: skip


def _own(request: HttpRequest) -> int | None:
    employee = getattr(request.user, "employee", None)
    return employee.pk if employee else None


@login_required
@sees_people
@require_POST
def put_off(request: HttpRequest, number: str) -> HttpResponse:
    """Do not remind me of this colleague for a while."""
    day = timezone.localdate()
    here = circle_people.employed_on(day)
    known = departments_known(request.user, on=day)
    employee = get_object_or_404(circle_people.working_in(here, known, on=day), number=number)
    circle_people.put_off(employee, by=request.user, now=timezone.now())
    return redirect("today")
