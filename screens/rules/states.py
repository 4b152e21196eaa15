"""How a screen is, from what it last said of itself and what it was told to show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENT = timedelta(minutes=3)
"""Six polls that did not come: no network, or no power."""
FOLLOWS = timedelta(minutes=2)
"""A screen asks every half minute and may be fetching; after this it should show what is new."""


class State(StrEnum):
    """What needs somebody stands first."""

    OFFLINE = "offline"
    STALE = "stale"
    OLD_BUILD = "old build"
    WAITING = "waiting"
    REVOKED = "revoked"
    ASLEEP = "asleep"
    LIVE = "live"

    @property
    def urgency(self) -> int:
        """0 needs somebody most."""
        return list(State).index(self)


@dataclass(frozen=True)
class Said:
    """A screen's last words. `snapshot`: what stands on its glass, or is about to; `painted`: it
    does stand there."""

    seen_at: datetime
    build: str
    snapshot: str
    painted: bool


@dataclass(frozen=True)
class Wanted:
    """What it should show. `snapshot` is empty where nothing was built for it yet; `since` is when
    these bytes were made."""

    build: str
    snapshot: str = ""
    since: datetime | None = None


def state_of(
    said: Said | None, wanted: Wanted, *, bound: bool, revoked: bool, lit: bool, now: datetime
) -> State:
    """`bound`: a device has its secret. Outside its hours a screen may be switched off, so that
    its silence means nothing."""
    if revoked:
        return State.REVOKED
    if not bound:
        return State.WAITING
    if not lit:
        return State.ASLEEP
    if said is None or now - said.seen_at > SILENT:
        return State.OFFLINE
    if not said.painted or _lags(said, wanted):
        return State.STALE
    return State.LIVE if said.build == wanted.build else State.OLD_BUILD


def _lags(said: Said, wanted: Wanted) -> bool:
    if not wanted.snapshot or said.snapshot == wanted.snapshot:
        return False
    return wanted.since is None or said.seen_at - wanted.since > FOLLOWS
