"""Tell those concerned of new praise: each nomination waits until that is done, and once.

What is told, the messages that go outside and the mark `told_at` are one transaction: a process
that dies leaves the nomination waiting. Praise that ended before anybody was told is told to
nobody; praise that is held waits for what HR decides.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from people.models import Employee, Placement, Role, RoleAssignment, ShownTo, User
from people.services.consents import Agreed, consents_of
from people.services.notices import News, tell_all
from people.services.retrying import retried
from recognition.models import Nomination, Nominee
from recognition.services import notices
from recognition.services.delivering import queue_nominations

PORTION = 100


def tell_waiting(*, now: datetime, most: int = 500) -> int:
    """Tell of what waits, the oldest first; returns of how many nominations.

    Any number of processes may do this at the same time: each takes what no other has taken.
    """
    done = 0
    while done < most:
        taken = _tell_portion(now=now, size=min(PORTION, most - done))
        if not taken:
            break
        done += taken
    return done


@retried
@transaction.atomic
def _tell_portion(*, now: datetime, size: int) -> int:
    waiting = Nomination.objects.filter(told_at=None).exclude(state=Nomination.State.HELD)
    # SQLite locks by itself: a writing transaction is alone.
    free = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True)
    portion = list(free.select_related("giver", "behaviour").order_by("pk")[:size])
    published = [each for each in portion if each.state == Nomination.State.PUBLISHED]
    if published:
        _tell_of(published, on=timezone.localdate(now))
        queue_nominations(published, now=now)
    Nomination.objects.filter(pk__in=[each.pk for each in portion]).update(told_at=now)
    return len(portion)


@dataclass(frozen=True)
class Told:
    """What telling of some nominations needs to know."""

    nominees: dict[int, list[Nominee]]
    agreed: dict[int, Agreed]
    leads: dict[int, list[User]]
    """By department."""


def _tell_of(nominations: list[Nomination], *, on: date) -> None:
    rows = Nominee.objects.filter(nomination__in=nominations).order_by("pk")
    nominees: dict[int, list[Nominee]] = defaultdict(list)
    for row in rows.select_related("employee__user", "employee__manager__user"):
        nominees[row.nomination_id].append(row)
    named = [row for each in nominees.values() for row in each]
    told = Told(
        nominees,
        agreed=consents_of({row.employee_id for row in named}),
        leads=nearest_leads({row.department_id for row in named if row.department_id}, on=on),
    )
    tell_all(notices.NOMINATED, (news for each in nominations for news in _to_praised(each, told)))
    tell_all(notices.COLLEAGUE, (news for each in nominations for news in _to_leads(each, told)))


def _to_praised(nomination: Nomination, told: Told) -> Iterator[News]:
    rows = told.nominees[nomination.pk]
    facts = {
        "giver": nomination.giver.name, "behaviour": notices.spoken(nomination.behaviour),
        "others": len(rows) - 1,
    }  # fmt: skip
    key = notices.key_of(nomination.pk, "praised")
    for row in rows:
        if row.employee.user:
            path = f"{notices.page_of(nomination.pk)}#replies"
            yield News(row.employee.user, key, facts, path)


def _to_leads(nomination: Nomination, told: Told) -> Iterator[News]:
    """Who leads or manages somebody it names, and may read that; not who is in it themself."""
    rows = told.nominees[nomination.pk]
    in_it = {nomination.giver.user_id, *(row.employee.user_id for row in rows)}
    people: Counter[User] = Counter()
    for row in rows:
        if min(told.agreed[row.employee_id].names, nomination.audience) >= ShownTo.TEAM:
            people.update(_leads_of(row, nomination, told))
    behaviour = notices.spoken(nomination.behaviour)
    key = notices.key_of(nomination.pk, "colleague")
    for user, count in people.items():
        if user.pk not in in_it:
            facts = {"n": count, "behaviour": behaviour}
            yield News(user, key, facts, notices.page_of(nomination.pk))


def _leads_of(row: Nominee, nomination: Nomination, told: Told) -> set[User]:
    """A manager elsewhere reads only what all colleagues read."""
    found = set(told.leads.get(row.department_id or 0, []))
    manager: Employee | None = row.employee.manager
    if manager and manager.user and nomination.shown_to >= ShownTo.STAFF:
        found.add(manager.user)
    return found


def nearest_leads(department_ids: Collection[int], *, on: date) -> dict[int, list[User]]:
    """By department: who leads it on a day, else who leads the nearest above it that has leads.

    Who leads the whole company is not told of everybody.
    """
    places = {pk: pk for pk in department_ids}
    found: dict[int, list[User]] = {}
    while places:
        leads = defaultdict(list)
        held = RoleAssignment.objects.on(on).filter(role=Role.LEAD, department__in=places.values())
        for assignment in held.select_related("user").order_by("pk"):
            leads[assignment.department_id].append(assignment.user)
        found |= {pk: leads[above] for pk, above in places.items() if above in leads}
        left = {pk: above for pk, above in places.items() if above not in leads}
        places = _one_higher(left, on=on)
    return found


def _one_higher(places: dict[int, int], *, on: date) -> dict[int, int]:
    held = Placement.objects.on(on).filter(department__in=places.values(), parent__isnull=False)
    parents = dict(held.values_list("department", "parent"))
    return {pk: parents[above] for pk, above in places.items() if above in parents}
