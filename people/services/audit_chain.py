"""The log's chain: each link's digest covers the link before and the entries it seals, as stored.

Sealing comes after the commit and waits for nobody, so entries with lower ids may still come: a
link also says which ids are awaited. See docs/decisions/0009.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from people.models import AuditEntry, AuditSeal
from people.services.retrying import retried

_SEALING = 9501
SETTLED_AFTER = timedelta(hours=1)
PORTION = 2000
FIELDS = ("pk", "at", "by_id", "action", "subject", "person_id", "before", "after", "why")

Row = tuple[Any, ...]
"""An entry as it is stored, in the order of FIELDS."""
Span = list[int]
"""[first id, last id]"""
Awaited = list[Any]
"""[first id, last id, when they were first missed]; the last one is open: [first id, None, ""]."""

EVERYTHING: list[Awaited] = [[1, None, ""]]


@retried
@transaction.atomic
def seal() -> AuditSeal | None:
    """Append a link over all entries that no link covers yet; None when there are none."""
    _one_at_a_time()
    last = AuditSeal.objects.order_by("-id").first()
    awaited = last.gaps if last else EVERYTHING
    digest, ids = hashlib.sha256((last.sha256 if last else "").encode()), []
    for row in _in_portions(AuditEntry.objects.filter(_among(awaited))):
        _add(digest, row)
        ids.append(row[0])
    if not ids:
        return None
    ranges, gaps = as_ranges(ids), _still_awaited(awaited, ids, now=timezone.now())
    _add(digest, (ranges, gaps))
    return AuditSeal.objects.create(ranges=ranges, gaps=gaps, sha256=digest.hexdigest())


def _one_at_a_time() -> None:
    """On SQLite a writing transaction is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])


def _rows(entries: QuerySet[AuditEntry]) -> Iterator[Row]:
    return entries.order_by("pk").values_list(*FIELDS).iterator(chunk_size=PORTION)


def _in_portions(entries: QuerySet[AuditEntry]) -> Iterator[Row]:
    """As a rule a few, in one question; a cursor would ask three times."""
    last = 0
    while True:
        rows = list(entries.filter(pk__gt=last).order_by("pk").values_list(*FIELDS)[:PORTION])
        yield from rows
        if len(rows) < PORTION:
            return
        last = rows[-1][0]


def _among(awaited: list[Awaited]) -> Q:
    wanted = Q()
    for first, last, _since in awaited:
        wanted |= Q(pk__gte=first) if last is None else Q(pk__range=(first, last))
    return wanted


def _still_awaited(awaited: list[Awaited], ids: list[int], *, now: datetime) -> list[Awaited]:
    """What may come after these ids: no transaction lasts longer than an hour, so what has been
    missed for so long was rolled back."""
    said, given_up = now.isoformat(timespec="seconds"), now - SETTLED_AFTER
    found: list[Awaited] = []
    for first, last, since in awaited:
        begin, end = bisect_left(ids, first), None if last is None else bisect_right(ids, last)
        came = ids[begin:end]
        if last is None:
            last = came[-1] if came else first - 1
            found += [[*span, said] for span in missing(first, last, came)]
            found.append([last + 1, None, ""])
        elif datetime.fromisoformat(since) > given_up:
            found += [[*span, since] for span in missing(first, last, came)]
    return found


def missing(first: int, last: int, present: list[int]) -> list[Span]:
    """The spans of first..last that are not in `present`, which ascends."""
    ends = [first - 1, *present, last + 1]
    return [[before + 1, after - 1] for before, after in pairwise(ends) if after - before > 1]


def as_ranges(ids: Iterable[int]) -> list[Span]:
    """[1, 2, 3, 7] as [[1, 3], [7, 7]]; the ids must ascend."""
    ranges: list[Span] = []
    for pk in ids:
        if ranges and ranges[-1][1] == pk - 1:
            ranges[-1][1] = pk
        else:
            ranges.append([pk, pk])
    return ranges


def _add(digest: Any, row: Row) -> None:
    written = json.dumps(
        row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=datetime.isoformat
    )
    digest.update(written.encode() + b"\n")


@dataclass(frozen=True)
class ChainReport:
    """What `verify` found: `head` is the newest digest, to be kept elsewhere as a witness."""

    entries: int
    links: int
    head: str
    faults: list[str]

    @property
    def ok(self) -> bool:
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **vars(self)}


class _Reading:
    """All entries, read once in the order of their ids; those that no link has asked for yet are
    kept, as a later link may cover them."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[Row] = []
        self._rows = self._counted()
        self._ahead = next(self._rows, None)

    def _counted(self) -> Iterator[Row]:
        for row in _rows(AuditEntry.objects.all()):
            self.count += 1
            yield row

    def take(self, first: int, last: int) -> Iterator[Row]:
        begin = bisect_left(self._kept, first, key=_id_of)
        end = bisect_right(self._kept, last, key=_id_of)
        yield from self._kept[begin:end]
        del self._kept[begin:end]
        while self._ahead and self._ahead[0] <= last:
            row, self._ahead = self._ahead, next(self._rows, None)
            if row[0] < first:
                self._kept.append(row)
            else:
                yield row

    def left_over(self) -> Iterator[int]:
        yield from map(_id_of, self._kept)
        while self._ahead:
            yield self._ahead[0]
            self._ahead = next(self._rows, None)


def _id_of(row: Row) -> int:
    return row[0]


def verify(*, witness: str = "") -> ChainReport:
    """Compute the whole chain anew. Entries edited, removed, slipped in or reordered are faults;
    that the newest links were cut off shows only against a `witness`, an earlier report's head."""
    seal()
    head = AuditSeal.objects.order_by("-pk").first()
    # What is written from now on is none of this reading's business.
    links = AuditSeal.objects.filter(pk__lte=head.pk if head else 0).order_by("pk")
    awaited = head.gaps if head else EVERYTHING
    entries, previous, count, faults = _Reading(), "", 0, []
    for link in links.iterator():
        faults += _faults_of(link, previous, entries)
        previous, count = link.sha256, count + 1
        if previous == witness:
            witness = ""
    stray = (pk for pk in entries.left_over() if not _is_awaited(pk, awaited))
    faults += [f"entries {_named(span)} are covered by no link" for span in as_ranges(stray)]
    if witness:
        faults.append(f"{witness} is in no link: links were removed, or the chain was made anew")
    return ChainReport(entries.count, count, previous, faults)


def _faults_of(link: AuditSeal, previous: str, entries: _Reading) -> list[str]:
    digest, gone = hashlib.sha256(previous.encode()), []
    try:
        for first, last in link.ranges:
            present = []
            for row in entries.take(first, last):
                _add(digest, row)
                present.append(row[0])
            gone += missing(first, last, present)
    except (TypeError, ValueError):
        return [f"link {link.pk}: it can't be read"]
    _add(digest, (link.ranges, link.gaps))
    if gone:
        return [f"link {link.pk}: entries {_named(span)} are gone" for span in gone]
    if digest.hexdigest() != link.sha256:
        covered = ", ".join(map(_named, link.ranges))
        return [f"link {link.pk}: it, one of the entries {covered} or a link before was altered"]
    return []


def _is_awaited(pk: int, awaited: list[Awaited]) -> bool:
    return any(first <= pk and (last is None or pk <= last) for first, last, _since in awaited)


def _named(span: Span) -> str:
    first, last = span
    return str(first) if first == last else f"{first}-{last}"
