"""Why is this, or is this not, on that screen now? In words of the active language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.weeks import working_week
from screens.models import Screen, Showing
from screens.rules.dayparts import NotNow
from screens.services.building import Loop, loop_of
from screens.services.manifest import Days
from screens.services.overview import is_lit, lit_times
from screens.services.programme import Because, Considered, Content, Passed, Programme


@dataclass(frozen=True)
class PlaylistLine:
    """A playlist that was thought of: when it is to stand there, and why it does not."""

    name: str
    when: str
    shown: bool
    why: str


@dataclass(frozen=True)
class SlideLine:
    """`number` counts in the playlist from 1; `why` is empty where it is shown."""

    number: int
    label: str
    why: str

    @property
    def shown(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Answer:
    """`local`: now by the screen's clock; `light` says until when it is lit, or asleep."""

    screen: Screen
    programme: Programme
    because: str
    lit: bool
    light: str
    local: datetime
    playlists: list[PlaylistLine]
    slides: list[SlideLine]


def why(screen: Screen, *, now: datetime) -> Answer:
    days, programme = Days(now=now), Content(now=now).programme_of(screen)
    return Answer(
        screen=screen, programme=programme, because=_because(programme),
        lit=is_lit(screen, programme, days, now=now),
        light=_light(screen, programme, days, now=now), local=now.astimezone(programme.zone),
        playlists=[_playlist(each, programme) for each in _thought(programme)],
        slides=list(_slides(programme, now=now)),
    )  # fmt: skip


def _because(programme: Programme) -> str:
    name = programme.playlist.name if programme.playlist else ""
    if programme.because == Because.EMERGENCY:
        text = _("The emergency “%(name)s” takes the place of everything until it is ended.")
        return text % {"name": programme.emergency}
    if programme.because == Because.SCHEDULED:
        text = _("“%(name)s” is scheduled for now, which goes before the screen's own playlist.")
        return text % {"name": name}
    if programme.because == Because.OWN:
        return _("It shows its own playlist, “%(name)s”: nothing else is scheduled for now.") % {
            "name": name
        }
    return _("No playlist has anything for it now, so it shows the name of the house.")


def _light(screen: Screen, programme: Programme, days: Days, *, now: datetime) -> str:
    if programme.emergency:
        return _("Lit, at whatever hour, while there is an emergency.")
    for begin, end in lit_times(screen, days):
        if begin <= now < end:
            return _("Lit until %(clock)s.") % {"clock": end.strftime("%H:%M")}
        if begin > now:
            return _("Asleep until %(day)s, %(clock)s.") % {
                "day": begin.date().isoformat(), "clock": begin.strftime("%H:%M"),
            }  # fmt: skip
    return _("Asleep: no working day is known in the next two weeks.")


def _thought(programme: Programme) -> list[Considered]:
    """Those for other screens tell nobody anything: left out."""
    return [each for each in programme.considered if each.why_not != Passed.OTHER_SCREENS]


def _playlist(considered: Considered, programme: Programme) -> PlaylistLine:
    shown = considered.why_not is None and programme.emergency is None
    when = when_of(considered.showing) if considered.showing else _("the screen's own")
    why_not = _why_not(considered.why_not)
    if considered.why_not is None and programme.emergency:
        why_not = _("The emergency goes before it.")
    return PlaylistLine(considered.playlist.name, when, shown, why_not)


def _why_not(reason: NotNow | Passed | None) -> str:
    if reason is None:
        return ""
    return {
        NotNow.OTHER_WEEKDAY: _("Not on this weekday."),
        NotNow.TOO_EARLY: _("Later today."),
        NotNow.TOO_LATE: _("Its part of the day is over."),
        NotNow.NOT_YET: _("Its first day is to come."),
        NotNow.OVER: _("Its last day is over."),
        Passed.OUTRANKED: _("Another one goes before it."),
        Passed.EMPTY: _("It has no slides."),
        Passed.OTHER_SCREENS: _("For other screens."),
    }[reason]


def when_of(showing: Showing) -> str:
    """ "Monday to Friday, 08:00–10:00, until 2026-12-24" """
    parts = [working_week(showing.weekdays)] if showing.weekdays else []
    clocks = (showing.from_time, showing.until_time)
    if any(clocks):
        parts.append("–".join(clock.strftime("%H:%M") if clock else "…" for clock in clocks))
    days = (showing.first_day, showing.last_day)
    if any(days):
        parts.append(" – ".join(day.isoformat() if day else "…" for day in days))
    return ", ".join(parts) or _("always")


def _slides(programme: Programme, *, now: datetime) -> Iterator[SlideLine]:
    """In the playlist's order, each with why it is not shown, in a language or in any."""
    if programme.playlist is None:
        return
    loops = {
        language: loop_of(replace(programme, languages=(language,)), now=now)
        for language in programme.languages
    }
    for number, child in enumerate(programme.playlist.slides, start=1):
        if child.block.only_on(child.value) and str(child.id) not in programme.only:
            yield SlideLine(number, str(child.block.label), _("Chosen for other screens only."))
        else:
            yield SlideLine(number, str(child.block.label), _left_out(number, loops))


def _left_out(number: int, loops: dict[str, Loop]) -> str:
    """In the reader's language where it was left out in that one; where it is left out in some
    languages only, these are named."""
    whys = {
        language: left_out.why
        for language, loop in loops.items()
        for left_out in loop.left_out
        if left_out.number == number
    }
    if not whys:
        return ""
    said = whys.get(get_language() or "", next(iter(whys.values())))
    if len(whys) == len(loops):
        return said
    names = dict(settings.LANGUAGES)
    return _("%(why)s (only in: %(languages)s)") % {
        "why": said, "languages": ", ".join(str(names[language]) for language in whys),
    }  # fmt: skip
