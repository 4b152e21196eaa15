"""What screens say of themselves with each poll: gathered in memory and written for all of them at
once, so that a thousand polls are a few writes."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from django.db import transaction

from people.services.retrying import retried
from screens.models import Contact, Painted, Screen, Snapshot

WRITTEN_EVERY = 10.0
LONGEST = 1_000
"""Letters of a report that are read at all."""


@dataclass(frozen=True)
class Report:
    """A screen's own words: which build runs, which snapshot stands on the glass, which slide was
    last painted, how large it is, what went wrong."""

    seen_at: datetime
    build: str = ""
    snapshot: str = ""
    item: str = ""
    painted: bool = False
    width: int = 0
    height: int = 0
    error: str = ""
    address: str | None = None


def read_report(text: str, *, now: datetime, address: str | None) -> Report:
    """From `build=…&snapshot=…&item=…&painted=1&size=1920x1080&error=…`; what can't be read is left
    out: a report is no reason to refuse a screen its figures."""
    pairs = parse_qsl(text[:LONGEST])
    # PostgreSQL stores no NUL: one screen that says one would lose the words of all others.
    said = {name: "".join(filter(str.isprintable, value)) for name, value in pairs}
    width, _x, height = said.get("size", "").partition("x")
    return Report(
        seen_at=now, build=said.get("build", "")[:64], snapshot=said.get("snapshot", "")[:64],
        item=said.get("item", "")[:100], painted=said.get("painted") == "1",
        width=_pixels(width), height=_pixels(height), error=said.get("error", "")[:300],
        address=address,
    )  # fmt: skip


def _pixels(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


_lock = threading.Lock()
_waiting: dict[int, Report] = {}
_written_at = 0.0


def note(screen_id: int, report: Report) -> None:
    """Kept until the next writing; the newest of each screen."""
    global _written_at
    with _lock:
        _waiting[screen_id] = report
        clock = time.monotonic()
        if clock - _written_at < WRITTEN_EVERY:
            return
        _written_at = clock
        reports = dict(_waiting)
        _waiting.clear()
    write(reports)


def write_now() -> None:
    """Whatever waits, at once."""
    with _lock:
        reports = dict(_waiting)
        _waiting.clear()
    write(reports)


@retried
@transaction.atomic
def write(reports: dict[int, Report]) -> None:
    """What screens said, and when each was first seen with a day on its glass. Screens that are
    gone meanwhile are left out."""
    if not reports:
        return
    here = set(Screen.objects.filter(pk__in=reports).values_list("pk", flat=True))
    rows = [_contact(pk, report) for pk, report in reports.items() if pk in here]
    Contact.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["screen"],
        update_fields=[
            "seen_at", "build", "snapshot", "item", "painted_at", "width", "height", "error",
            "address",
        ],
    )  # fmt: skip
    _note_painted(here, reports)


def _contact(screen_id: int, report: Report) -> Contact:
    return Contact(
        screen_id=screen_id, seen_at=report.seen_at, build=report.build, snapshot=report.snapshot,
        item=report.item, painted_at=report.seen_at if report.painted else None,
        width=report.width, height=report.height, error=report.error, address=report.address,
    )  # fmt: skip


def _note_painted(here: Iterable[int], reports: dict[int, Report]) -> None:
    painted = {pk: reports[pk] for pk in here if reports[pk].painted}
    shas = {report.snapshot for report in painted.values()}
    rows = Snapshot.objects.filter(sha256__in=shas).values_list("sha256", "date")
    days = {sha256: date for sha256, date in rows if date}
    Painted.objects.bulk_create(
        [
            Painted(screen_id=pk, date=days[report.snapshot], at=report.seen_at)
            for pk, report in painted.items()
            if report.snapshot in days
        ],
        ignore_conflicts=True,
    )
