"""The log of changes, written in the change's transaction: failing to log fails the change.

What is personal is encrypted under a key per person, and the key is destroyed when the person is
erased. After the commit, entries are sealed into a chain of digests over what is stored, which
therefore stays whole when a key is gone. See docs/decisions/0010.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from cryptography.fernet import Fernet, InvalidToken
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from people.models import AuditEntry, AuditSeal, Employee, PersonKey, User
from people.services.retrying import retried

_SEALING = 9501
ENCRYPTED = "encrypted"
SETTLED_AFTER = timedelta(hours=1)


def record(
    action: str,
    *,
    by: User,
    subject: str,
    before: Any = None,
    after: Any = None,
    why: str = "",
    person: Employee | None = None,
) -> AuditEntry:
    """Log one change; `before` and `after` are JSON values, encrypted when about a `person`."""
    [entry] = record_many(
        action, by=by, changes=[(subject, before, after)], why=why, people=[person]
    )
    return entry


def record_many(
    action: str,
    *,
    by: User,
    changes: Iterable[tuple[str, Any, Any]],
    why: str = "",
    people: Iterable[Employee | None] | None = None,
) -> list[AuditEntry]:
    """Log changes as (subject, before, after) in one write; `people` says whom each is about."""
    changes = list(changes)
    about = list(people) if people is not None else [None] * len(changes)
    locks = _locks({person.pk for person in about if person})
    entries = []
    for (subject, before, after), person in zip(changes, about, strict=True):
        lock = locks[person.pk] if person else None
        entries.append(
            AuditEntry(
                action=action, by=by, subject=subject, person=person,
                before=_closed(before, lock), after=_closed(after, lock),
                why=_closed(why, lock) if lock and why else why,
            )
        )  # fmt: skip
    made = AuditEntry.objects.bulk_create(entries, batch_size=2000)
    transaction.on_commit(seal, robust=True)
    return made


def _locks(employee_ids: set[int]) -> dict[int, Fernet]:
    """Each person's key, made when there is none yet."""
    held = dict(_keys(employee_ids))
    new = [
        PersonKey(employee_id=pk, key=Fernet.generate_key().decode())
        for pk in sorted(employee_ids - held.keys())
    ]
    if new:
        PersonKey.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)
        # Somebody else may have made one in the same moment: theirs is the one that is kept.
        held |= _keys({row.employee_id for row in new})
    return {pk: Fernet(key.encode()) for pk, key in held.items()}


def _keys(employee_ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ordered = sorted(employee_ids)
    for start in range(0, len(ordered), 5000):
        rows = PersonKey.objects.filter(employee_id__in=ordered[start : start + 5000])
        found |= dict(rows.values_list("employee_id", "key"))
    return found


def _closed(value: Any, lock: Fernet | None) -> Any:
    if lock is None or value is None:
        return value
    token = lock.encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()
    return {ENCRYPTED: token} if not isinstance(value, str) else f"{ENCRYPTED}:{token}"


@dataclass(frozen=True)
class OpenedEntry:
    """An entry as people read it; `erased` when its person's key is gone."""

    entry: AuditEntry
    before: Any
    after: Any
    why: str
    erased: bool


def opened(entries: Iterable[AuditEntry]) -> list[OpenedEntry]:
    """Entries with their personal values decrypted."""
    entries = list(entries)
    keys = _keys({entry.person_id for entry in entries if entry.person_id})
    found = []
    for entry in entries:
        key = keys.get(entry.person_id or 0)
        lock = Fernet(key.encode()) if key else None
        values = [_opened(value, lock) for value in (entry.before, entry.after, entry.why)]
        erased = entry.person_id is not None and lock is None
        found.append(OpenedEntry(entry, values[0], values[1], values[2] or "", erased))
    return found


def _opened(value: Any, lock: Fernet | None) -> Any:
    token = None
    if isinstance(value, dict) and set(value) == {ENCRYPTED}:
        token = value[ENCRYPTED]
    elif isinstance(value, str) and value.startswith(f"{ENCRYPTED}:"):
        token = value.partition(":")[2]
    if token is None:
        return value
    if lock is None:
        return None
    try:
        return json.loads(lock.decrypt(token.encode()))
    except InvalidToken:
        return None


def destroy_key(employee: Employee) -> None:
    """From now on nobody can read what the log holds about this person."""
    PersonKey.objects.filter(employee=employee).update(key="")


# The chain


@retried
@transaction.atomic
def seal() -> AuditSeal | None:
    """Append a link over all entries that no link covers yet; None when there are none."""
    _one_at_a_time()
    last = AuditSeal.objects.order_by("-id").first()
    waiting = list(_not_sealed(last).order_by("pk"))
    if not waiting:
        return None
    return AuditSeal.objects.create(
        ranges=as_ranges(entry.pk for entry in waiting),
        gaps=_gaps(last, [entry.pk for entry in waiting]),
        sha256=_digest(last.sha256 if last else "", waiting),
    )


def _one_at_a_time() -> None:
    """On SQLite a writing transaction is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])


def _through(link: AuditSeal | None) -> int:
    """The highest id that a link or those before it have seen."""
    if link is None:
        return 0
    return max([link.ranges[-1][1], *(last for _first, last, _seen in link.gaps)])


def _not_sealed(last: AuditSeal | None) -> QuerySet[AuditEntry]:
    wanted = Q(pk__gt=_through(last))
    for first, through, _seen in last.gaps if last else []:
        wanted |= Q(pk__range=(first, through))
    return AuditEntry.objects.filter(wanted)


def _gaps(last: AuditSeal | None, sealed: list[int]) -> list[list]:
    """What is missing below the highest id after sealing these; given up after an hour, as no
    transaction lasts that long."""
    now = timezone.now()
    young = str(now - SETTLED_AFTER)
    found = []
    for first, through, seen in last.gaps if last else []:
        if seen > young:
            inside = [pk for pk in sealed if first <= pk <= through]
            found += [[*span, seen] for span in _missing(first, through, inside)]
    begin = _through(last) + 1
    new = [pk for pk in sealed if pk >= begin]
    if new:
        found += [[*span, str(now)] for span in _missing(begin, new[-1], new)]
    return found


def _missing(first: int, last: int, present: list[int]) -> list[list[int]]:
    """The ranges of first..last that are not in `present`, which ascends."""
    spans, begin = [], first
    for pk in [*present, last + 1]:
        if pk > begin:
            spans.append([begin, pk - 1])
        begin = pk + 1
    return spans


def as_ranges(ids: Iterable[int]) -> list[list[int]]:
    """[1, 2, 3, 7] as [[1, 3], [7, 7]]; the ids must ascend."""
    ranges: list[list[int]] = []
    for pk in ids:
        if ranges and ranges[-1][1] == pk - 1:
            ranges[-1][1] = pk
        else:
            ranges.append([pk, pk])
    return ranges


def _digest(previous: str, entries: Iterable[AuditEntry]) -> str:
    """SHA-256, in hex, over the link before and every entry as it is stored."""
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        stored = [
            entry.pk, entry.at.isoformat(), entry.by_id, entry.action, entry.subject,
            entry.person_id, entry.before, entry.after, entry.why,
        ]  # fmt: skip
        written = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest.update(written.encode() + b"\n")
    return digest.hexdigest()


@dataclass(frozen=True)
class ChainReport:
    """What `verify` found: `head` is the newest digest, to be kept elsewhere as a witness."""

    entries: int
    seals: int
    head: str
    faults: list[str]


def verify() -> ChainReport:
    """Compute the whole chain anew. Entries edited, removed, slipped in or reordered are faults."""
    seal()
    faults, previous = [], ""
    seen: set[int] = set()
    for link in AuditSeal.objects.order_by("pk").iterator():
        entries = list(_entries_of(link))
        expected = sum(last - first + 1 for first, last in link.ranges)
        if len(entries) != expected:
            faults.append(f"link {link.pk}: {expected - len(entries)} of {expected} entries gone")
        if _digest(previous, entries) != link.sha256:
            faults.append(f"link {link.pk}: entries {link.ranges} or the links before were altered")
        seen.update(entry.pk for entry in entries)
        previous = link.sha256
    total = AuditEntry.objects.count()
    if total != len(seen):
        faults.append(f"{total - len(seen)} entries are covered by no link")
    return ChainReport(total, AuditSeal.objects.count(), previous, faults)


def _entries_of(link: AuditSeal) -> Iterator[AuditEntry]:
    for first, last in cast("list[list[int]]", link.ranges):
        yield from AuditEntry.objects.filter(pk__range=(first, last)).order_by("pk")
