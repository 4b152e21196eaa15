"""What every screen is to be told, held in memory by each server: a poll costs a look-up.

Looked at again every two seconds by one number, read anew in full when that number has grown or
half a minute is over. While one thread reads, the others go on with what was read before.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from screens.models import Current, Screen, Snapshot
from screens.services.access import digest
from screens.services.current import Shown, bound_screens, refresh
from screens.services.freshness import change_now
from screens.services.manifest import Days, encoded, manifest

LOOKED_AT_EVERY = 2.0
READ_EVERY = 30.0


@dataclass(frozen=True)
class Told:
    """What one screen is told; `key` is its programme's. Revoked: no snapshot, and nothing else
    either."""

    screen_id: int
    revoked: bool
    key: str = ""
    snapshot: str = ""
    payload_id: int = 0
    body: bytes = b""
    etag: str = ""


@dataclass
class Standing:
    """By digest of the secret. `change`: the number it was read under."""

    change: int = -1
    looked_at: float = 0.0
    read_at: float = 0.0
    told: dict[str, Told] = field(default_factory=dict)

    def is_old(self, *, clock: float) -> bool:
        if clock - self.read_at >= READ_EVERY:
            return True
        if clock - self.looked_at < LOOKED_AT_EVERY:
            return False
        self.looked_at = clock
        return self.change != change_now()


_lock = threading.Lock()
_standing = Standing()


def told(secret: str) -> Told | None:
    """What the screen with this secret is to be told; None for a secret nobody knows."""
    if not secret:
        return None
    _follow()
    known = digest(secret)
    found = _standing.told.get(known)
    if found is None and Screen.objects.filter(secret_digest=known).exists():
        # Bound a moment ago, by another server.
        catch_up()
        found = _standing.told.get(known)
    return found


def _follow() -> None:
    first = _standing.change < 0
    if not _lock.acquire(blocking=first):
        return
    try:
        if _standing.is_old(clock=time.monotonic()):
            _read(now=timezone.now())
    finally:
        _lock.release()


def catch_up() -> None:
    """Read anew if something has changed since: of a thousand who ask at once, one reads."""
    with _lock:
        if _standing.change != change_now():
            _read(now=timezone.now())


def snapshot_for(secret: str, sha256: str) -> Snapshot | None:
    """The one that the screen with this secret is to show, by whichever server it was told so;
    None where it is another's, or has been replaced."""
    found = told(secret)
    if found is not None and found.snapshot != sha256:
        newer = Current.objects.filter(key=found.key, snapshot__sha256=sha256)
        snapshot = newer.values_list("snapshot", flat=True).first()
        if snapshot is not None and not found.revoked:
            return Snapshot.objects.filter(pk=snapshot).first()
        catch_up()
        found = told(secret)
    if found is None or found.revoked or found.snapshot != sha256:
        return None
    return Snapshot.objects.filter(pk=found.payload_id, sha256=sha256).first()


def _read(*, now: datetime) -> None:
    global _standing
    change, clock = change_now(), time.monotonic()
    screens = list(bound_screens())
    days = Days(now=now)
    encodings: dict[object, tuple[bytes, str]] = {}
    found = {
        screen.secret_digest: Told(screen.pk, revoked=True)
        for screen in screens
        if screen.revoked_at and screen.secret_digest
    }
    for shown in refresh([each for each in screens if not each.revoked_at], now=now):
        found[shown.screen.secret_digest or ""] = _told(shown, days, encodings)
    _standing = Standing(change, clock, clock, found)


def _told(shown: Shown, days: Days, encodings: dict[object, tuple[bytes, str]]) -> Told:
    """Screens that are alike share their bytes."""
    screen, snapshot = shown.screen, shown.current.snapshot
    alike = (
        snapshot.pk, shown.programme.key, screen.site_id, screen.lit_from, screen.lit_until,
        screen.only_working_days,
    )  # fmt: skip
    if alike not in encodings:
        encodings[alike] = encoded(manifest(shown, days))
    body, etag = encodings[alike]
    return Told(
        screen.pk, revoked=False, key=shown.programme.key, snapshot=snapshot.sha256,
        payload_id=snapshot.pk, body=body, etag=etag,
    )  # fmt: skip


def forget() -> None:
    """As after a start; for whoever changes the database from outside, as tests do."""
    global _standing
    with _lock:
        _standing = Standing()
