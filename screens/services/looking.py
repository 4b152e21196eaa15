"""The shell's look, in a frame of a screen's shape: for a colleague who wants to see what stands
on a wall without going there."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from screens.models import Screen
from screens.services.building import Loop, loop_of
from screens.services.manifest import PARTS, SHELL
from screens.services.programme import Content

UNITS = re.compile(r"(?<=[\d.])(vh|vw|vmin|vmax)\b")
IN_A_FRAME = {"vh": "cqh", "vw": "cqw", "vmin": "cqmin", "vmax": "cqmax"}
SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}


@dataclass(frozen=True)
class Look:
    """`slides` as a device is given them; `width` and `height` are those of the device, or, when
    it has said none, of a common one."""

    screen: Screen
    slides: list[dict[str, Any]]
    width: int
    height: int


def look_at(screen: Screen, *, now: datetime) -> Look:
    """Built as for the screen: with its audience, its consents and its languages, and kept
    nowhere."""
    loop: Loop = loop_of(Content(now=now).programme_of(screen), now=now)
    return Look(screen, loop.slides, *shape_of(screen))


def shape_of(screen: Screen) -> tuple[int, int]:
    """Width and height in pixels, as the device has said, else as most have them."""
    contact = getattr(screen, "contact", None)
    if contact and contact.width and contact.height:
        return contact.width, contact.height
    return SIZES[screen.orientation]


@lru_cache(maxsize=2)
def framed_css(build: str) -> str:
    """The shell's own style sheets, measured by a frame in place of the window: what is looked at
    is what devices are given, and nobody has to keep a second sheet like it."""
    whole = "\n".join((SHELL / name).read_text(encoding="utf-8") for name in PARTS["css"])
    framed = UNITS.sub(lambda unit: IN_A_FRAME[unit[1]], whole)
    framed = framed.replace("@media (orientation:", "@container glass (orientation:")
    return re.sub(r"(?m)^(html, )?body\b(?=[\s.{])", ".glass-body", framed)
