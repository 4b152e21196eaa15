"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import rules
from django.http import HttpRequest
from django.utils import timezone

from empowerment.models import Case
from empowerment.permissions import waiting_for
from empowerment.services.allowances import SpendingRefused, allowances
from empowerment.services.outcomes import count_questions
from empowerment.services.reporting import report_reader
from empowerment.services.reviewing import reviews_of
from empowerment.services.room import room_told
from empowerment.services.unused_power import power_for
from people.models import Employee, Role, User
from people.permissions import roles_of
from people.today import COMPANY, MINE, NEEDS_ME, Card

LATELY = timedelta(days=3)
RECEIPTS_FOR = timedelta(days=30)
MOST_SHOWN = 3
MOST_COUNTED = 50


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    if rules.has_perm("empowerment.decide_cases", request.user):
        yield from _asked(request.user)
    if rules.has_perm("empowerment.review_cases", request.user):
        yield from _reviews(request.user, now)
    if rules.has_perm("empowerment.spend", request.user):
        yield from _questions(request.user, now)
        yield from _receipts(request.user.employee, now)
        yield from _decided(request.user, now)
        yield from _spend(request.user, now)
    if Role.EXECUTIVE in roles_of(request.user):
        yield from _power(request.user, timezone.localdate(now))


def _power(user: User, today: date) -> Iterator[Card]:
    """For executives, in one line, whether people use what they may."""
    power = power_for(report_reader(user, on=today), today=today).total
    if power and power.people:
        yield Card(COMPANY, "empowerment/cards/power.html", {"power": power})


def _asked(user: User) -> Iterator[Card]:
    """What waits for an answer, the most urgent first."""
    waiting = waiting_for(user).select_related("employee").order_by("decide_by", "pk")
    first = list(waiting[: MOST_SHOWN + 1])
    if first:
        count = len(first) if len(first) <= MOST_SHOWN else waiting.count()
        facts = {"count": count, "cases": first[:MOST_SHOWN]}
        yield Card(NEEDS_ME, "empowerment/cards/asked.html", facts)


def _decided(user: User, now: datetime) -> Iterator[Card]:
    """What somebody asked for and was decided in the last days."""
    own = user.employee.cases.filter(decided_at__gt=now - LATELY).select_related("customer")
    cases = list(own.order_by("-decided_at")[:MOST_SHOWN])
    if cases:
        yield Card(MINE, "empowerment/cards/decided.html", {"cases": cases})


def _questions(user: User, now: datetime) -> Iterator[Card]:
    """Customers somebody is asked about."""
    count = count_questions(user, now=now)
    if count:
        yield Card(NEEDS_ME, "empowerment/cards/outcomes.html", {"count": count})


def _reviews(user: User, now: datetime) -> Iterator[Card]:
    """Cases to look at after the fact."""
    waiting = reviews_of(user, on=timezone.localdate(now)).filter(reviewed_at=None)
    cases = waiting.order_by("case").values_list("case", flat=True).distinct()
    found = len(cases[: MOST_COUNTED + 1])
    if found:
        facts = {"count": min(found, MOST_COUNTED), "more": found > MOST_COUNTED}
        yield Card(NEEDS_ME, "empowerment/cards/reviews.html", facts)


def _receipts(employee: Employee, now: datetime) -> Iterator[Card]:
    since = timezone.localdate(now) - RECEIPTS_FOR
    missing = Case.objects.without_receipt().filter(employee=employee, spent_on__gt=since)
    count = missing.count()
    if count:
        cases = missing.select_related("customer")[:MOST_SHOWN]
        yield Card(NEEDS_ME, "empowerment/cards/receipts.html", {"cases": cases, "count": count})


def _spend(user: User, now: datetime) -> Iterator[Card]:
    """Only to whom somebody has set what they may spend."""
    try:
        found = allowances(user, now=now)
    except SpendingRefused:
        return
    if any(not each.missing for each in found):
        room = room_told(found, named=False)
        yield Card(MINE, "empowerment/cards/spend.html", {"room": room})
