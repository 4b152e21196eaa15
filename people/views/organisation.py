"""The organisation on a day: its tree, its list, one department, and what changes them."""

from datetime import date
from functools import partial

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import rules
from people.filters import OrganisationFilter
from people.forms.places import (
    CloseForm,
    DepartmentForm,
    MergeForm,
    MoveForm,
    NameForm,
    OnDayForm,
)
from people.lists import show_list, turn_to_page
from people.models import Department, Membership, Placement
from people.permissions import visible_people
from people.services import departments
from people.services.organisation import leads_on, tree_on
from people.services.places import is_closed, last_place
from people.tables import MemberTable, OrganisationTable
from people.views.acts import asked, look_then_act

may_keep = permission_required("people.keep_places", raise_exception=True)


def _day(request: HttpRequest) -> tuple[date, OnDayForm]:
    """The day in ?on=, or today; the form says what is wrong with it."""
    today = timezone.localdate()
    form = OnDayForm(request.GET if "on" in request.GET else {"on": today})
    return (form.is_valid() and form.cleaned_data["on"]) or today, form


def _keeps(request: HttpRequest) -> bool:
    return request.user.has_perm("people.keep_places")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    day, form = _day(request)
    context = {"day": day, "form": form, "tree": tree_on(day), "may_keep": _keeps(request)}
    return render(request, "people/organisation.html", context)


@login_required
def as_list(request: HttpRequest) -> HttpResponse:
    day, _form = _day(request)
    return show_list(
        request, OrganisationTable, _departments_on(day), title=_("Departments"),
        filters=OrganisationFilter, day=day, leads=leads_on(day),
        actions=[(f"{reverse('organisation')}?on={day}", _("As a tree"))],
    )  # fmt: skip


def _departments_on(day: date) -> QuerySet[Department]:
    place = Placement.objects.on(day).filter(department=OuterRef("pk"))
    members = Membership.objects.on(day).filter(department=OuterRef("pk")).order_by()
    return Department.objects.annotate(
        site=Subquery(place.values("site__name")[:1]),
        parent=Subquery(place.values("parent__name")[:1]),
        heads=Coalesce(
            Subquery(members.values("department").annotate(n=Count("pk")).values("n")), 0
        ),
    ).filter(pk__in=Placement.objects.on(day).values("department"))


@login_required
def show(request: HttpRequest, code: str) -> HttpResponse:
    department = get_object_or_404(Department, code=code)
    day, form = _day(request)
    places = list(department.placements.select_related("parent", "site").order_by("-from_date"))
    place = next((p for p in places if p.from_date <= day and not is_closed(p, day)), None)
    members = Membership.objects.on(day).filter(department=department).select_related("employee")
    table = MemberTable(members.filter(employee__in=visible_people(request.user)))
    turn_to_page(request, table)
    below = Department.objects.filter(
        pk__in=Placement.objects.on(day).filter(parent=department).values("department")
    )
    context = {
        "department": department, "day": day, "form": form, "place": place, "places": places,
        "beginning": rules.BEGINNING, "table": table, "below": below.order_by("name", "code"),
        "heads": members.count(),
        "leads": leads_on(day, departments={department.pk}).get(department.pk, []),
        "may_keep": _keeps(request),
    }  # fmt: skip
    return render(request, "people/department.html", context)


@login_required
@may_keep
def add(request: HttpRequest) -> HttpResponse:
    form = asked(request, DepartmentForm, from_date=timezone.localdate())
    return look_then_act(
        request, form, partial(departments.add_department, by=request.user),
        title=_("Add a department"), button=_("Add the department"), back=reverse("organisation"),
        back_text=_("Organisation"),
    )  # fmt: skip


@login_required
@may_keep
def rename(request: HttpRequest, code: str) -> HttpResponse:
    department = get_object_or_404(Department, code=code)
    return _act(
        request, department, asked(request, NameForm, name=department.name),
        departments.rename_department, button=_("Rename the department"),
        title=_("Rename %(name)s") % {"name": department.name},
    )  # fmt: skip


@login_required
@may_keep
def move(request: HttpRequest, code: str) -> HttpResponse:
    department = get_object_or_404(Department, code=code)
    today, held = timezone.localdate(), last_place(department)
    known = {"parent": held.parent_id, "site": held.site_id} if held else {}
    closed = is_closed(held, today)
    title = _("Open %(name)s again") if closed else _("Move %(name)s")
    return _act(
        request, department, asked(request, MoveForm, from_date=today, **known),
        departments.move_department, title=title % {"name": department.name},
        button=_("Open it again") if closed else _("Move the department"),
    )  # fmt: skip


@login_required
@may_keep
def merge(request: HttpRequest, code: str) -> HttpResponse:
    department = get_object_or_404(Department, code=code)
    return _act(
        request, department, asked(request, MergeForm), departments.merge_department,
        title=_("Merge %(name)s into another department") % {"name": department.name},
        button=_("Merge the departments"), danger=True,
        lead=_("Its colleagues move, what stands below it moves along, and it closes."),
    )  # fmt: skip


@login_required
@may_keep
def close(request: HttpRequest, code: str) -> HttpResponse:
    department = get_object_or_404(Department, code=code)
    return _act(
        request, department, asked(request, CloseForm), departments.close_department,
        title=_("Close %(name)s") % {"name": department.name}, button=_("Close the department"),
        danger=True,
    )  # fmt: skip


def _act(request: HttpRequest, department: Department, form: Form, act, **shown) -> HttpResponse:
    back = reverse("department-in-organisation", args=[department.code])
    act = partial(act, department, by=request.user)
    return look_then_act(request, form, act, back=back, back_text=department.name, **shown)
