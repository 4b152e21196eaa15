"""The directory, a person's page, and who saw whose salary."""

from datetime import date

from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.beside import acts_beside
from people.filters import DirectoryFilter, StaffFilter
from people.lists import show_list
from people.models import Employee, Photo, SalaryLook
from people.permissions import knows_in_full, may_see_photo, visible_people
from people.services import consents
from people.services.access import account_state
from people.tables import DirectoryTable, SalaryLookTable, StaffTable

WHERE = "person page"


@login_required
def index(request):
    user = request.user
    keeps = user.has_perm("people.see_everybody")
    joins = user.has_perm("people.keep_people")
    return show_list(
        request,
        StaffTable if keeps else DirectoryTable,
        visible_people(user).with_place(timezone.localdate()),
        title=_("Colleagues"),
        filters=StaffFilter if keeps else DirectoryFilter,
        actions=[
            (reverse("join"), _("Somebody joins")),
            (reverse("invite-many"), _("Invite many")),
        ]
        if joins
        else [],
        counted=False,
        may_export=user.has_perm("people.export_people"),
    )


def find_person(user, number: str) -> Employee:
    people = visible_people(user).select_related("manager", "user__pin")
    return get_object_or_404(people, number=number)


@login_required
def show(request, number: str):
    return _shown(request, find_person(request.user, number))


@login_required
@permission_required("people.see_salaries", raise_exception=True)
@require_POST
@transaction.atomic
def salary(request, number: str):
    """The page with the salaries; who asked for them stands in the log before they are seen."""
    employee = find_person(request.user, number)
    SalaryLook.objects.create(by=request.user, employee=employee, where=WHERE)
    return _shown(request, employee, salaries=employee.salaries.order_by("-from_date"))


def _shown(request, employee: Employee, **more):
    user, today = request.user, timezone.localdate()
    context = {
        "employee": employee,
        "own": employee.user_id == user.pk,
        "places": employee.memberships.select_related("department").order_by("-from_date"),
        "place": employee.memberships.on(today).select_related("department").first(),
        "reports": employee.reports.here(today).order_by("sort_key"),
        "left": employee.has_left(on=today),
        "offered": acts_beside(employee, user=user, on=today),
        "has_photo": _sees_a_photo(user, employee, on=today),
        **more,
    }
    if user.has_perm("people.see_consents"):
        context |= {"given": consents.given_by(employee), "default": consents.by_default()}
    if knows_in_full(user, employee):
        context |= {"in_full": True, "account": account_state(employee, now=timezone.now())}
        context["roles"] = roles_of_person(employee)
    if user.has_perm("people.keep_leaves"):
        context["leaves"] = employee.leaves.order_by("-from_date")
    return render(request, "people/person.html", context)


def _sees_a_photo(user, employee: Employee, *, on: date) -> bool:
    kept = Photo.objects.to_show(on).filter(employee=employee)
    return kept.exists() and may_see_photo(user, employee, on=on)


def roles_of_person(employee: Employee):
    if employee.user is None:
        return []
    found = employee.user.role_assignments.select_related("department", "made_by__employee")
    return found.order_by("-from_date", "-id")


@login_required
def salary_looks(request, number: str):
    """For the person themself, and for those who watch over it."""
    employee = get_object_or_404(Employee, number=number)
    if employee.user_id != request.user.pk and not request.user.has_perm("people.see_salary_looks"):
        raise Http404
    return _looks(request, employee.salary_looks, _("Who saw the salary of %(name)s"), employee)


@login_required
@permission_required("people.see_salary_looks", raise_exception=True)
def all_salary_looks(request):
    return _looks(request, SalaryLook.objects, _("Who saw whose salary"))


def _looks(request, looks, title: str, employee: Employee | None = None):
    return show_list(
        request,
        SalaryLookTable,
        looks.select_related("by__employee", "employee"),
        title=title % {"name": employee} if employee else title,
        exclude=("employee",) if employee else (),
    )
