"""What an editor is writing, as a screen would show it: with its audience, its consents and its
languages, and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from screens.models import Emergency, Playlist, Screen
from screens.services.building import Loop, loop_of
from screens.services.looking import shape_of
from screens.services.programme import Because, Programme, restricted, zone_of


@dataclass(frozen=True)
class Preview:
    """`loop` with what was left out of it."""

    screen: Screen
    loop: Loop
    width: int
    height: int


def preview_of(written: Playlist | Emergency, screen: Screen, *, now: datetime) -> Preview:
    """As it is written just now, saved or not, whatever else is scheduled for the screen."""
    width, height = shape_of(screen)
    return Preview(screen, loop_of(_programme(written, screen), now=now), width, height)


def _programme(written: Playlist | Emergency, screen: Screen) -> Programme:
    playlist = written if isinstance(written, Playlist) else None
    emergency = written if isinstance(written, Emergency) else None
    chosen = restricted(playlist).items() if playlist else ()
    return Programme(
        because=Because.EMERGENCY if emergency else Because.OWN, playlist=playlist,
        emergency=emergency, shown_to=screen.shown_to, department=screen.department,
        languages=tuple(screen.spoken), zone=zone_of(screen),
        only=frozenset(slide for slide, screens in chosen if screen.pk in screens),
    )  # fmt: skip


def screens_to_preview() -> Sequence[Screen]:
    """All there are; before the first is paired, one as most will be."""
    known = Screen.objects.filter(revoked_at=None).select_related("site", "department", "contact")
    return list(known) or [Screen(name="")]
