"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import rules
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from people.models import User
from people.today import COMPANY, NEEDS_ME, Card
from surveys.models import Action, Invitation, Wave
from surveys.services.acting_reading import own_actions, polls_without_focus
from surveys.services.standing import stage_of

SOON = timedelta(days=14)
MOST_SHOWN = 3


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    if rules.has_perm("surveys.vote", request.user):
        yield from _ballots_to_take(request.user, now)
    yield from _keys_to_take(request.user)
    if rules.has_perm("surveys.own_actions", request.user):
        yield from _my_actions(request.user, now)
    if rules.has_perm("surveys.keep_polls", request.user):
        yield from _polls_to_keep(now)
        yield from _actions(now)
    if rules.has_perm("surveys.see_results", request.user):
        yield from _results_lately(now)


def _ballots_to_take(user: User, now: datetime) -> Iterator[Card]:
    """Polls that somebody has not taken a ballot of; whether one was cast nobody knows."""
    waiting = Invitation.objects.filter(
        employee=user.employee, claimed=False, wave__state=Wave.State.OPEN,
        wave__opens_at__lte=now, wave__closes_at__gt=now,
    )  # fmt: skip
    polls = [each.wave for each in waiting.select_related("wave").order_by("wave__closes_at")]
    if polls:
        yield Card(NEEDS_ME, "surveys/cards/ballots.html", {"polls": polls})


def _my_actions(user: User, now: datetime) -> Iterator[Card]:
    """What is overdue or due soon, the most urgent first."""
    today = timezone.localdate(now)
    due = own_actions(user).under_way().filter(due_on__lte=today + SOON)
    found = [(each, each.is_overdue(on=today)) for each in due.order_by("due_on", "pk")]
    if found:
        facts = {"count": len(found), "actions": found[:MOST_SHOWN]}
        yield Card(NEEDS_ME, "surveys/cards/my_actions.html", facts)


def _actions(now: datetime) -> Iterator[Card]:
    """For HR: what is overdue, and polls that nothing was done about."""
    late = Action.objects.overdue(timezone.localdate(now)).count()
    polls = list(polls_without_focus(now=now)[:MOST_SHOWN])
    if late or polls:
        yield Card(NEEDS_ME, "surveys/cards/actions.html", {"late": late, "polls": polls})


def _polls_to_keep(now: datetime) -> Iterator[Card]:
    """What waits to be launched, sealed or released; below it, what is open."""
    waves = Wave.objects.exclude(state=Wave.State.RELEASED).order_by("opens_at", "pk")
    for place, found in ((NEEDS_ME, waves.exclude(_open_at(now))),
                         (COMPANY, waves.filter(_open_at(now)))):  # fmt: skip
        polls = [(wave, stage_of(wave, now=now)) for wave in found[:MOST_SHOWN]]
        if polls:
            yield Card(place, "surveys/cards/polls.html", {"polls": polls})


def _open_at(now: datetime) -> Q:
    return Q(state=Wave.State.OPEN, closes_at__gt=now)


def _keys_to_take(user: User) -> Iterator[Card]:
    """For whoever keeps the staff's key of a draft, until it is taken."""
    waves = list(Wave.objects.filter(state="draft", staff_holder=user, staff_key=None)[:MOST_SHOWN])
    if waves:
        yield Card(NEEDS_ME, "surveys/cards/keys.html", {"polls": waves})


def _results_lately(now: datetime) -> Iterator[Card]:
    """Polls whose results everybody reads since a short while."""
    lately = Wave.objects.filter(
        state=Wave.State.RELEASED, release__shown_at__gt=now - SOON, release__shown_at__lte=now
    )
    polls = list(lately[:MOST_SHOWN])
    if polls:
        yield Card(COMPANY, "surveys/cards/results.html", {"polls": polls})
