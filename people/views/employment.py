"""HR's acts: somebody joins, changes, moves, is paid, leaves, comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.forms.employment import (
    ComeBackForm,
    DescribeForm,
    JoinForm,
    JoinWithPayForm,
    LeaveAndMarkForm,
    LeaveForm,
    MoveForm,
    PayForm,
)
from people.models import Employee
from people.services import employment, employment_effects
from people.services.employment import EmploymentRefused
from people.views.people import find_person


@dataclass(frozen=True)
class Act:
    """A form about one employee. With `effects` they are shown, and confirmed, first."""

    title: str
    button: str
    form: forms.Form
    do: Callable[[dict[str, Any]], object]
    effects: Callable[[dict[str, Any]], list[str]] = lambda _said: []


def keeps_people(view):
    return login_required(permission_required("people.keep_people", raise_exception=True)(view))


def somebody_else(request, number: str) -> Employee:
    """Nobody changes the own employment, not even by asking."""
    employee = find_person(request.user, number)
    if employee.user_id == request.user.pk:
        raise PermissionDenied
    return employee


@keeps_people
def join(request):
    sets_salaries = request.user.has_perm("people.see_salaries")
    form = (JoinWithPayForm if sets_salaries else JoinForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            employee = employment.join(
                said["number"], described=form.described, place=form.place,
                hired_on=said["hired_on"], pay=said.get("pay"), by=request.user,
            )  # fmt: skip
        except EmploymentRefused as refused:
            form.add_error(_field(form, refused), str(refused))
        else:
            messages.success(request, _("%(name)s has joined.") % {"name": employee})
            return redirect("person", employee.number)
    act = Act(_("Somebody joins"), _("Add"), form, employment.join)
    return _page(request, act, back=reverse("people"), back_text=_("Colleagues"))


@keeps_people
def describe(request, number: str):
    employee = somebody_else(request, number)
    form = DescribeForm(request.POST or None, initial=DescribeForm.showing(employee))
    return _acted(
        request, employee,
        Act(
            _("Change the details of %(name)s"), _("Keep"), form,
            lambda _said: employment.describe(employee, described=form.described, by=request.user),
        ),
    )  # fmt: skip


@keeps_people
def move(request, number: str):
    employee = somebody_else(request, number)
    held = employment.last_membership(employee)
    initial = {"department": held.department.code, "fte": held.fte_bp / 100} if held else {}
    form = MoveForm(request.POST or None, initial=initial)
    return _acted(
        request, employee,
        Act(
            _("Another department or share for %(name)s"), _("Move"), form,
            lambda said: employment.move(
                employee, place=form.place, from_date=said["from_date"], by=request.user
            ),
            _of_a_past_date,
        ),
    )  # fmt: skip


@login_required
@permission_required("people.see_salaries", raise_exception=True)
def pay(request, number: str):
    employee = somebody_else(request, number)
    form = PayForm(request.POST or None)
    return _acted(
        request, employee,
        Act(
            _("Another salary for %(name)s"), _("Set the salary"), form,
            lambda said: employment.set_salary(
                employee, pay=said["pay"], from_date=said["from_date"], by=request.user
            ),
            _of_a_past_date,
        ),
    )  # fmt: skip


@keeps_people
def leave(request, number: str):
    employee = somebody_else(request, number)
    today = timezone.localdate()
    marks = request.user.has_perm("people.keep_leaves") and employee.good_leaver is None
    asked = LeaveAndMarkForm if marks else LeaveForm
    form = asked(request.POST or None, initial={"last_day": employee.left_on})
    return _acted(
        request, employee,
        Act(
            _("%(name)s leaves"), _("Set the last day"), form,
            lambda said: employment.leave(
                employee, last_day=said["last_day"], today=today, by=request.user,
                good_leaver=said.get("good_leaver"),
            ),
            lambda said: _of_leaving(employee, said, today=today),
        ),
    )  # fmt: skip


@keeps_people
def come_back(request, number: str):
    employee = somebody_else(request, number)
    form = ComeBackForm(request.POST or None)
    today = timezone.localdate()
    return _acted(
        request, employee,
        Act(
            _("%(name)s comes back"), _("Let them come back"), form,
            lambda said: employment.come_back(
                employee, place=form.place, from_date=said["from_date"], by=request.user
            ),
            lambda said: employment_effects.of_coming_back(
                employee, said["from_date"], today=today
            ),
        ),
    )  # fmt: skip


def _of_leaving(employee: Employee, said: dict, *, today: date) -> list[str]:
    lines = employment_effects.of_leaving(employee, said["last_day"], today=today)
    if said["last_day"] and "good_leaver" in said:
        lines += employment_effects.of_marking(employee, said["good_leaver"])
    return lines


def _of_a_past_date(said: dict) -> list[str]:
    return employment_effects.of_a_past_date(said["from_date"], today=timezone.localdate())


def _acted(request, employee: Employee, act: Act):
    """The form; where there are effects, these; once confirmed, the change."""
    effects: list[str] = []
    if request.method == "POST" and act.form.is_valid():
        effects = act.effects(act.form.cleaned_data)
        if not effects or "confirmed" in request.POST:
            effects = []
            try:
                changed = act.do(act.form.cleaned_data)
            except EmploymentRefused as refused:
                act.form.add_error(_field(act.form, refused), str(refused))
            else:
                _tell(request, changed=changed is not False)
                return redirect("person", employee.number)
    return _page(
        request, act, back=reverse("person", args=[employee.number]), back_text=employee.name,
        effects=effects,
    )  # fmt: skip


def _tell(request, *, changed: bool) -> None:
    if changed:
        messages.success(request, _("Changed."))
    else:
        messages.info(request, _("Nothing has changed."))


def _field(form: forms.Form, refused: EmploymentRefused) -> str | None:
    return refused.field if refused.field in form.fields else None


def _page(request, act: Act, *, back: str, back_text: str, effects: list[str] | None = None):
    context = {
        "title": act.title % {"name": back_text}, "button": act.button, "form": act.form,
        "back": back, "back_text": back_text, "effects": effects,
    }  # fmt: skip
    return render(request, "people/act.html", context)
