"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import date, datetime

import rules
from django.http import HttpRequest

from incentives.models import Restatement
from incentives.permissions import held_for
from incentives.rules import GoalState
from incentives.services.closing import CloseRefused
from incentives.services.reading import due_goals
from people.models import Employee, Role, User
from people.permissions import led_departments, roles_of
from people.services.calendars import company_yesterday
from people.today import MINE, NEEDS_ME, Card


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    user = request.user
    day = company_yesterday(now)
    if day and Role.LEAD in roles_of(user):
        yield from _awaited(user, day, now)
    if rules.has_perm("incentives.confirm_figures", user):
        yield from _held(user)
    if rules.has_perm("incentives.approve_restatement", user):
        yield from _to_approve(user)
    employee = getattr(user, "employee", None)
    if employee:
        yield from _department(employee, day, now)


def _awaited(user: User, day: date, now: datetime) -> Iterator[Card]:
    own = led_departments(user, on=day)
    goals = [goal for goal in _due(day, now) if goal.department.pk in own]
    awaited = [goal for goal in goals if goal.state == GoalState.AWAITED]
    if awaited:
        facts = {"day": day, "awaited": awaited}
        yield Card(NEEDS_ME, "incentives/cards/awaited.html", facts)


def _due(day: date, now: datetime) -> list:
    try:
        return due_goals(day, now=now)
    except CloseRefused:
        return []


def _held(user: User) -> Iterator[Card]:
    count = held_for(user).exclude(made_by=user).count()
    if count:
        yield Card(NEEDS_ME, "incentives/cards/held.html", {"count": count})


def _to_approve(user: User) -> Iterator[Card]:
    waiting = Restatement.objects.filter(state=Restatement.State.AWAITING)
    count = waiting.exclude(made_by=user).count()
    if count:
        yield Card(NEEDS_ME, "incentives/cards/to_approve.html", {"count": count})


def _department(employee: Employee, day: date | None, now: datetime) -> Iterator[Card]:
    """How one's own department did yesterday, and the place of one's bonus."""
    membership = employee.memberships.select_related("department").last()
    if membership is None or day is None:
        return
    goals = [g for g in _due(day, now) if g.department.pk == membership.department_id]
    facts = {"department": membership.department, "day": day, "goals": goals}
    yield Card(MINE, "incentives/cards/my_department.html", facts)
    yield Card(MINE, "incentives/cards/my_bonus.html")
