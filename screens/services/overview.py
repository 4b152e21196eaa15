"""How all screens are just now, in a fixed number of questions to the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from screens.models import Contact, Current, Screen, Snapshot
from screens.rules.states import Said, State, Wanted, state_of
from screens.services.manifest import Days, build
from screens.services.programme import Content, Programme


@dataclass(frozen=True)
class Seen:
    """A screen as it is now. `date`: the business day on its glass, if it shows one; `programme`:
    what it is to show."""

    screen: Screen
    contact: Contact | None
    state: State
    date: date | None
    programme: Programme

    @property
    def last_heard(self) -> float:
        """To sort by; never is longest ago."""
        return self.contact.seen_at.timestamp() if self.contact else 0

    @property
    def day_or_none(self) -> str:
        """To sort by."""
        return str(self.date or "")

    @property
    def size(self) -> str:
        contact = self.contact
        return f"{contact.width} × {contact.height}" if contact and contact.width else ""


def known_screens() -> QuerySet[Screen]:
    """With all that a page says of them."""
    return Screen.objects.select_related("site", "department", "playlist", "contact")


def how_they_are(screens: Iterable[Screen], *, now: datetime) -> list[Seen]:
    """Read only: what was built last is what they should show."""
    screens = list(screens)
    content, days = Content(now=now), Days(now=now)
    built = _built()
    dates = _dates({contact.snapshot for contact in map(contact_of, screens) if contact})
    return [_seen(screen, content, days, built, dates, now=now) for screen in screens]


def contact_of(screen: Screen) -> Contact | None:
    return getattr(screen, "contact", None)


def _seen(
    screen: Screen, content: Content, days: Days, built: dict[str, Wanted],
    dates: dict[str, Any], *, now: datetime,
) -> Seen:  # fmt: skip
    programme, contact = content.programme_of(screen), contact_of(screen)
    state = state_of(
        _said(contact), built.get(programme.key, Wanted(build())),
        bound=screen.secret_digest is not None, revoked=screen.revoked_at is not None,
        lit=is_lit(screen, programme, days, now=now), now=now,
    )  # fmt: skip
    day = dates.get(contact.snapshot) if contact else None
    return Seen(screen, contact, state, day, programme)


def _said(contact: Contact | None) -> Said | None:
    if contact is None:
        return None
    painted = contact.painted_at is not None
    return Said(contact.seen_at, contact.build, contact.snapshot, painted)


def _built() -> dict[str, Wanted]:
    """By the programme's key."""
    rows = Current.objects.values_list("key", "snapshot__sha256", "snapshot__made_at")
    return {key: Wanted(build(), sha256, made_at) for key, sha256, made_at in rows}


def _dates(shas: set[str]) -> dict[str, date]:
    rows = Snapshot.objects.filter(sha256__in=shas).values_list("sha256", "date")
    return {sha256: day for sha256, day in rows if day}


def is_lit(screen: Screen, programme: Programme, days: Days, *, now: datetime) -> bool:
    """In an emergency always, as the shell does it."""
    if programme.emergency:
        return True
    return any(begin <= now < end for begin, end in lit_times(screen, days))


def lit_times(screen: Screen, days: Days) -> list[tuple[datetime, datetime]]:
    """From yesterday on, two weeks ahead."""
    return [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        for begin, end in days.lit(screen)
    ]
