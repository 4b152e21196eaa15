"""What a screen is to show at a moment, and why: an emergency before what is scheduled, that before
its own playlist, and a slide of the house where there is nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from people.models import Department, ShownTo
from screens.models import Emergency, Playlist, Screen, Showing
from screens.rules.dayparts import NotNow, Part, holds


class Because(StrEnum):
    EMERGENCY = "emergency"
    SCHEDULED = "scheduled"
    OWN = "own"
    NOTHING_ELSE = "nothing else"


class Passed(StrEnum):
    """Why a showing does not stand on a screen, beside the parts of the day."""

    OTHER_SCREENS = "other screens"
    OUTRANKED = "outranked"
    EMPTY = "empty"


@dataclass(frozen=True)
class Considered:
    """A playlist that might have been shown; `why_not` is None of the one that is."""

    playlist: Playlist
    showing: Showing | None
    why_not: NotNow | Passed | None


@dataclass(frozen=True)
class Programme:
    """Of one screen at one moment. Screens with the same `key` show the same bytes."""

    because: Because
    playlist: Playlist | None
    emergency: Emergency | None
    shown_to: ShownTo
    department: Department | None
    languages: tuple[str, ...]
    zone: ZoneInfo
    only: frozenset[str]
    """Ids of slides that stand on chosen screens only, this one among them."""
    considered: tuple[Considered, ...] = field(default=(), compare=False)

    @property
    def key(self) -> str:
        """What the bytes depend on, apart from time."""
        parts = (
            self.because, self.playlist and self.playlist.pk,
            self.emergency and self.emergency.pk, self.shown_to,
            self.department and self.department.pk, self.languages, str(self.zone),
            sorted(self.only),
        )  # fmt: skip
        return f"{self.because}:{sha256(repr(parts).encode()).hexdigest()}"


class Content:
    """What editors have put live, read once for as many screens as there are."""

    def __init__(self, *, now: datetime):
        self.now = now
        self.playlists = {
            each.pk: each
            for each in Playlist.objects.filter(live=True).prefetch_related("showings__screens")
        }
        ending = Q(ends_at=None) | Q(ends_at__gt=now)
        live = Emergency.objects.filter(ending, live=True).order_by("-last_published_at", "-pk")
        self.emergencies = list(live.prefetch_related("screens", "texts"))
        self._restricted = {pk: restricted(playlist) for pk, playlist in self.playlists.items()}

    def programme_of(self, screen: Screen) -> Programme:
        emergency = next(
            (each for each in self.emergencies if _is_on(each.screens.all(), screen)), None
        )
        considered = self._considered(screen)
        shown = next((each for each in considered if each.why_not is None), None)
        because = _because(emergency, shown)
        playlist = shown.playlist if shown and emergency is None else None
        return Programme(
            because=because, playlist=playlist, emergency=emergency, shown_to=screen.shown_to,
            department=screen.department, languages=tuple(screen.spoken), zone=zone_of(screen),
            only=self._only(playlist, screen), considered=tuple(considered),
        )  # fmt: skip

    def _considered(self, screen: Screen) -> list[Considered]:
        """Every showing in the order in which it would be taken, the newest first, and the screen's
        own at the end; the first that holds is shown."""
        local = self.now.astimezone(zone_of(screen))
        found: list[Considered] = []
        taken = False
        showings = [s for playlist in self.playlists.values() for s in playlist.showings.all()]
        for showing in sorted(showings, key=lambda each: -each.pk):
            playlist = self.playlists[showing.playlist_id]
            why_not = _why_not(showing, playlist, screen, local=local)
            if why_not is None and taken:
                why_not = Passed.OUTRANKED
            taken = taken or why_not is None
            found.append(Considered(playlist, showing, why_not))
        own = self.playlists.get(screen.playlist_id or 0)
        if own:
            empty = None if own.slides else Passed.EMPTY
            found.append(Considered(own, None, Passed.OUTRANKED if taken else empty))
        return found

    def _only(self, playlist: Playlist | None, screen: Screen) -> frozenset[str]:
        if playlist is None:
            return frozenset()
        restricted_to = self._restricted[playlist.pk]
        return frozenset(slide for slide, ids in restricted_to.items() if screen.pk in ids)


def _because(emergency: Emergency | None, shown: Considered | None) -> Because:
    if emergency:
        return Because.EMERGENCY
    if shown is None:
        return Because.NOTHING_ELSE
    return Because.SCHEDULED if shown.showing else Because.OWN


def _why_not(
    showing: Showing, playlist: Playlist, screen: Screen, *, local: datetime
) -> NotNow | Passed | None:
    if not _is_on(showing.screens.all(), screen):
        return Passed.OTHER_SCREENS
    if not playlist.slides:
        return Passed.EMPTY
    return holds(
        Part(
            showing.weekdays, showing.from_time, showing.until_time, showing.first_day,
            showing.last_day,
        ),
        local=local,
    )  # fmt: skip


def _is_on(chosen: Sequence[Screen], screen: Screen) -> bool:
    """Nothing chosen: on all of them."""
    ids = {each.pk for each in chosen}
    return not ids or screen.pk in ids


def restricted(playlist: Playlist) -> dict[str, frozenset[int]]:
    """Of slides that stand on chosen screens only, by id of the block."""
    found = {}
    for child in playlist.slides:
        ids = child.block.only_on(child.value)
        if ids:
            found[str(child.id)] = ids
    return found


def zone_of(screen: Screen) -> ZoneInfo:
    """Of its site; of the company where it belongs to none."""
    if screen.site is None:
        return ZoneInfo(timezone.get_default_timezone_name())
    return ZoneInfo(screen.site.time_zone)
