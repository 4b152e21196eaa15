"""HR's acts on leave, and the mark of a leaver."""

from functools import partial

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.forms.employment import LeaverField
from people.forms.leaves import EndLeaveForm, MarkLeaverForm, TakeBackForm, TakeLeaveForm
from people.models import Employee, Leave
from people.services import leaves
from people.services.employment import mark_leaver
from people.views.acts import asked, look_then_act
from people.views.employment import somebody_else


def keeps_leaves(view):
    return login_required(permission_required("people.keep_leaves", raise_exception=True)(view))


@keeps_leaves
def enter(request: HttpRequest, number: str) -> HttpResponse:
    employee = somebody_else(request, number)
    return _act(
        request, employee, asked(request, TakeLeaveForm),
        partial(leaves.take_leave, employee, today=timezone.localdate(), by=request.user),
        title=_("Leave of %(name)s"), button=_("Enter the leave"),
    )  # fmt: skip


@keeps_leaves
def end(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    employee = somebody_else(request, number)
    leave = _leave(employee, pk)
    return _act(
        request, employee, asked(request, EndLeaveForm, last_day=leave.until_date),
        partial(leaves.end_leave, leave, today=timezone.localdate(), by=request.user),
        title=_("Another last day of the leave of %(name)s"), button=_("Set the last day"),
        lead=leaves.described(leave),
    )  # fmt: skip


@keeps_leaves
def take_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    employee = somebody_else(request, number)
    leave = _leave(employee, pk)
    return _act(
        request, employee, asked(request, TakeBackForm),
        partial(leaves.take_back_leave, leave, today=timezone.localdate(), by=request.user),
        title=_("Take back a leave of %(name)s"), button=_("Take it back"), danger=True,
        lead=leaves.described(leave),
    )  # fmt: skip


@keeps_leaves
def mark(request: HttpRequest, number: str) -> HttpResponse:
    employee = somebody_else(request, number)
    return _act(
        request, employee,
        asked(request, MarkLeaverForm, good_leaver=LeaverField.showing(employee.good_leaver)),
        lambda good_leaver, why: mark_leaver(
            employee, good=good_leaver, why=why, by=request.user
        ),
        title=_("How %(name)s left"), button=_("Mark"),
    )  # fmt: skip


def _leave(employee: Employee, pk: int) -> Leave:
    return get_object_or_404(employee.leaves.select_related("employee"), pk=pk)


def _act(request: HttpRequest, employee: Employee, form, act, *, title: str, **more):
    return look_then_act(
        request, form, act, title=title % {"name": employee.name},
        back=reverse("person", args=[employee.number]), back_text=employee.name, private=True,
        **more,
    )  # fmt: skip
