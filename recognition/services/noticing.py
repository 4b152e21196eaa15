"""Looks through a year of praise once a day and opens a case for what looks unfair.

Nothing is hidden and nobody is told but HR: a pattern is a question. The figures behind each are
kept as facts, and explaining.py makes the sentence in the reader's language.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from people.models import AuditEntry, Employee, User
from people.services import audit
from recognition.models import FairPlayCase, Nomination, Nominee
from recognition.rules.fair_play.bursts import Gift, bursts
from recognition.rules.fair_play.copied import Story, copies
from recognition.rules.fair_play.rings import Praise, rings
from recognition.rules.fair_play.second_accounts import Between, Person, second_accounts
from recognition.services.fair_play import Finding, concerned_by_each, notice

Kind = FairPlayCase.Kind
WINDOW = timedelta(days=365)
FRESH = timedelta(days=92)
"""What was copied, or came in a burst, longer ago is not asked about any more."""
GOING_ON = (Nomination.State.PUBLISHED, Nomination.State.HELD)


def notice_of_day(*, by: User, now: datetime) -> list[FairPlayCase]:
    """As `notice_patterns`, once a day however often it is called; nothing where nobody praised."""
    subject = f"fair-play:{timezone.localdate(now)}"
    if AuditEntry.objects.filter(subject=subject).exists() or not Nomination.objects.exists():
        return []
    return notice_patterns(by=by, now=now, subject=subject)


def notice_patterns(*, by: User, now: datetime, subject: str = "fair-play") -> list[FairPlayCase]:
    """Open a case for each pattern in the last year's praise of which no case tells yet.

    A pattern is known while at least half of its nominations are in a case of its kind, whatever
    became of that: one more of the same is no new case, a habit that goes on is.
    """
    found = list(_patterns(now))
    with transaction.atomic():
        new = notice(_unknown(found), by=by, now=now)
        audit.record("look_for_patterns", by=by, subject=subject,
                     after={"found": len(found), "new": [case.pk for case in new]})  # fmt: skip
    return new


def share_across(*, now: datetime) -> tuple[int, int]:
    """How many colleagues were praised from another department in the last year, and how many in
    all of whom both departments are known."""
    named = Nominee.objects.filter(
        nomination__state=Nomination.State.PUBLISHED, nomination__published_at__gt=now - WINDOW,
        department__isnull=False, nomination__giver_department__isnull=False,
    )  # fmt: skip
    across = ~Q(department=F("nomination__giver_department"))
    counted = named.aggregate(n=Count("pk"), across=Count("pk", filter=across))
    return counted["across"], counted["n"]


def _patterns(now: datetime) -> Iterator[Finding]:
    praise, moments = _praise_of_year(now), _moments(now)
    fresh = {pk for pk, (at, *_more) in moments.items() if at > now - FRESH}
    yield from _rings(praise)
    yield from _copies(now, fresh=fresh)
    yield from _bursts(moments, fresh=fresh)
    yield from _second_accounts(praise)


def _praise_of_year(now: datetime) -> list[Praise]:
    named = Nominee.objects.filter(
        nomination__state__in=GOING_ON, nomination__published_at__gt=now - WINDOW
    )
    rows = named.order_by("nomination", "pk").values_list(
        "nomination", "nomination__giver", "employee", "nomination__published_on",
        "nomination__giver_department", "department",
    )  # fmt: skip
    return [Praise(*row) for row in rows.iterator()]


def _moments(now: datetime) -> dict[int, tuple[datetime, int, int | None]]:
    """By nomination: when, by whom, from which department."""
    found = Nomination.objects.filter(state__in=GOING_ON, published_at__gt=now - WINDOW)
    rows = found.order_by("pk").values_list("pk", "published_at", "giver", "giver_department")
    return {pk: (at, giver, department) for pk, at, giver, department in rows.iterator()}


def _rings(praise: Iterable[Praise]) -> Iterator[Finding]:
    praise = list(praise)
    by_giver: dict[int, list[Praise]] = defaultdict(list)
    for each in praise:
        by_giver[each.giver].append(each)
    for ring in rings(praise):
        members = set(ring.people)
        inside = {
            each.nomination
            for who in ring.people
            for each in by_giver[who]
            if each.nominee in members
        }
        facts = {
            "inside": ring.inside, "given": ring.given, "received": ring.received,
            "usual_percent": round(100 * ring.usual), "members": list(ring.people),
        }  # fmt: skip
        kind = Kind.PAIR if len(members) == 2 else Kind.RING
        yield _finding(kind, facts, inside)


def _copies(now: datetime, *, fresh: set[int]) -> Iterator[Finding]:
    told = Nomination.objects.filter(state__in=GOING_ON, published_at__gt=now - WINDOW)
    rows = told.order_by("pk").values_list("pk", "giver", "story")
    for found in copies(Story(*row) for row in rows.iterator()):
        if not fresh.isdisjoint(found.nominations):
            facts = {
                "count": len(found.nominations), "alike_percent": round(100 * found.alike),
                "members": list(found.givers),
            }  # fmt: skip
            yield _finding(Kind.COPIED, facts, found.nominations)


def _bursts(
    moments: dict[int, tuple[datetime, int, int | None]], *, fresh: set[int]
) -> Iterator[Finding]:
    gifts = (
        Gift(pk, giver, department, timezone.localtime(at))
        for pk, (at, giver, department) in moments.items()
    )
    for found in bursts(gifts):
        if not fresh.isdisjoint(found.nominations):
            facts = {
                "count": len(found.nominations), "first": found.first.isoformat(),
                "usual": round(found.usual, 1), "days_left": found.days_left,
                "members": list(found.givers),
            }  # fmt: skip
            yield _finding(Kind.BURST, facts, found.nominations)


def _second_accounts(praise: Iterable[Praise]) -> Iterator[Finding]:
    between = {Between(each.nomination, each.giver, each.nominee) for each in praise}
    for found in second_accounts(sorted(between), _people()):
        facts = {
            "signs": list(found.signs), "count": len(found.nominations),
            "members": list(found.people),
        }  # fmt: skip
        yield _finding(Kind.SECOND_ACCOUNT, facts, found.nominations)


def _people() -> dict[int, Person]:
    sessions: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    seen = UserSession.objects.values_list("user", "ip", "user_agent", "last_seen_at")
    for user_id, ip, agent, at in seen:
        sessions[user_id].append((f"{ip} {agent}", at))
    people = Employee.objects.filter(erased_at=None).values_list("pk", "name", "email", "user")
    return {
        pk: Person(pk, name, mail, tuple(sessions.get(user_id, ())))
        for pk, name, mail, user_id in people
    }


def _finding(kind: str, facts: dict[str, Any], nominations: Iterable[int]) -> Finding:
    ids = sorted(nominations)
    digest = hashlib.sha256(repr(ids).encode()).hexdigest()[:24]
    return Finding(Kind(kind), f"{kind}:{digest}", facts, ids, ())


def _unknown(found: Collection[Finding]) -> list[Finding]:
    known = _in_cases()
    new = [each for each in found if not _is_known(each, known)]
    concerned = concerned_by_each([each.nominations for each in new])
    return [
        Finding(each.kind, each.key, each.facts, each.nominations, people)
        for each, people in zip(new, concerned, strict=True)
    ]


def _in_cases() -> set[tuple[str, int]]:
    """(kind, nomination) of all patterns noticed before; a pair that grew is a ring."""
    rows = FairPlayCase.nominations.through.objects.exclude(fairplaycase__kind=Kind.REPORTED)
    return {
        (_family(kind), nomination)
        for kind, nomination in rows.values_list("fairplaycase__kind", "nomination")
    }


def _family(kind: str) -> str:
    return Kind.RING if kind == Kind.PAIR else kind


def _is_known(finding: Finding, known: Collection[tuple[str, int]]) -> bool:
    family = _family(finding.kind)
    seen = Counter((family, each) in known for each in finding.nominations)
    return seen[True] >= seen[False]
