"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import rules
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from people.models import Employee, Role, User
from people.permissions import led_departments, roles_of
from people.today import COMPANY, MINE, NEEDS_ME, Card
from recognition.models import FairPlayCase, Nomination
from recognition.services.award_reading import waits_for_vote_of
from recognition.services.circle_people import reminders
from recognition.services.circle_reading import standing
from recognition.services.fair_play import for_executives

LATELY = timedelta(days=30)


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    yield from _votes(request.user, now)
    if rules.has_perm("recognition.list_cases", request.user):
        yield from _cases(request.user)
    if rules.has_perm("recognition.nominate", request.user):
        since = timezone.localdate(now) - LATELY
        about_me = Nomination.objects.published().filter(
            nominees__employee=request.user.employee, published_on__gt=since
        )
        yield Card(MINE, "recognition/cards/nominate.html", {"received": about_me.count()})
        yield from _held_against(request.user.employee, now)
    roles = roles_of(request.user)
    if Role.LEAD in roles:
        yield from _reminders(request.user, timezone.localdate(now))
    if roles & {Role.HR, Role.EXECUTIVE}:
        yield from _circle(now, in_full=Role.HR in roles)


def _votes(user: User, now: datetime) -> Iterator[Card]:
    """Awards before a panel on which somebody sits."""
    count = waits_for_vote_of(user, on=timezone.localdate(now)).count()
    if count:
        yield Card(NEEDS_ME, "recognition/cards/votes.html", {"count": count})


def _reminders(user: User, today: date) -> Iterator[Card]:
    """Of whom in the own departments nothing was told for a year."""
    found = reminders(user, led_departments(user, on=today), on=today)
    if found:
        yield Card(MINE, "recognition/cards/reminders.html", {"reminders": found})


def _circle(now: datetime, *, in_full: bool) -> Iterator[Card]:
    """The company against the 40% line; HR reads where it is going, executives one line."""
    found = standing(now=now)
    if found:
        facts = {"standing": found, "in_full": in_full}
        yield Card(COMPANY, "recognition/cards/circle.html", facts)


def _cases(user: User) -> Iterator[Card]:
    """For who may decide one of them."""
    decides = Role.HR in roles_of(user)
    waiting = FairPlayCase.objects.waiting() if decides else for_executives()
    others_decide = Q(state=FairPlayCase.State.APPEALED, decided_by=user) | Q(people__user=user)
    count = waiting.exclude(pk__in=FairPlayCase.objects.filter(others_decide)).count()
    if count and roles_of(user) & {Role.HR, Role.EXECUTIVE}:
        yield Card(NEEDS_ME, "recognition/cards/cases.html", {"count": count})


def _held_against(employee: Employee, now: datetime) -> Iterator[Card]:
    """What is hidden of theirs, or was removed lately and can be appealed."""
    states = FairPlayCase.State
    doubted = Q(state=states.HELD) | Q(state=states.REMOVED, decided_at__gt=now - LATELY)
    cases = list(employee.fair_play_cases.filter(doubted).order_by("-pk"))
    if cases:
        yield Card(NEEDS_ME, "recognition/cards/held.html", {"cases": cases})
