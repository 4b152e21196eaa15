"""From a programme to bytes: each slide is rendered once, for all screens that are alike.

The same facts give the same bytes: nothing in them says when they were made.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from screens.models import Emergency, Playlist
from screens.services.programme import Because, Programme
from screens.slides import BRAND, EMERGENCY
from screens.slides.base import Facts, LeftOut, Slide, View

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LeftOutSlide:
    """A slide of a playlist that is not shown, and why, in words of the active language."""

    number: int
    label: str
    why: str


@dataclass
class Loop:
    """`slides` as they stand in the bytes; what was left out of them; ids of who is named."""

    slides: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[LeftOutSlide] = field(default_factory=list)
    people: set[int] = field(default_factory=set)

    @property
    def date(self) -> date | None:
        """The newest business day that is shown."""
        days = [each["date"] for each in self.slides if each["date"]]
        return date.fromisoformat(max(days)) if days else None

    def canonical(self) -> tuple[str, str]:
        """The bytes as text, and their SHA-256."""
        text = json.dumps(
            {"slides": self.slides}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return text, sha256(text.encode()).hexdigest()


def loop_of(programme: Programme, *, now: datetime) -> Loop:
    """All slides in the first language, then all in the next."""
    loop = Loop()
    with timezone.override(programme.zone):
        for language in programme.languages:
            view = View(programme.shown_to, programme.department, language, now, programme.zone)
            with translation.override(language):
                _add_language(loop, programme, view)
    return loop


def _add_language(loop: Loop, programme: Programme, view: View) -> None:
    before = len(loop.slides)
    if programme.because == Because.EMERGENCY and programme.emergency:
        value = words_of(programme.emergency, view.language)
        _add(loop, EMERGENCY, value, view, number=1, slide_id="emergency")
    elif programme.playlist:
        for number, child in _slides_for(programme.playlist, programme):
            _add(loop, child.block, child.value, view, number=number, slide_id=str(child.id))
    if len(loop.slides) == before:
        _add(loop, BRAND, {"seconds": 30}, view, number=0, slide_id="brand")


def _slides_for(playlist: Playlist, programme: Programme) -> Iterator[tuple[int, Any]]:
    for number, child in enumerate(playlist.slides, start=1):
        if not child.block.only_on(child.value) or str(child.id) in programme.only:
            yield number, child


def _add(
    loop: Loop, block: Slide, value: Mapping[str, Any], view: View, *, number: int, slide_id: str
) -> None:
    try:
        facts = block.facts(value, view)
        html = block.rendered(value, facts)
    except LeftOut as left_out:
        loop.left_out.append(LeftOutSlide(number, str(block.label), str(left_out)))
    except Exception:
        # One slide must not take the others from the walls.
        log.exception("slide %s of kind %s is broken", slide_id, block.kind)
        why = _("It is broken; the log says where.")
        loop.left_out.append(LeftOutSlide(number, str(block.label), why))
    else:
        loop.slides.append(_plain(block, value, facts, html, view, slide_id))
        loop.people |= facts.people


def _plain(
    block: Slide, value: Mapping[str, Any], facts: Facts, html: str, view: View, slide_id: str
) -> dict[str, Any]:
    return {
        "id": f"{slide_id}.{view.language}",
        "kind": block.kind,
        "lang": view.language,
        "seconds": value.get("seconds") or 15,
        "date": facts.date,
        "personal": facts.personal,
        "html": html,
    }


def words_of(emergency: Emergency, language: str) -> dict[str, Any]:
    """In the language, else as it was first written."""
    said = next((text for text in emergency.texts.all() if text.language == language), emergency)
    return {"title": said.title, "text": said.text, "seconds": 30}
