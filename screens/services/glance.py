"""What an editor is told of slides that nobody can read in passing."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from screens.rules.glance import TooMuch, Wordy, too_wordy


def glance_warnings(slides: Iterable[Any]) -> list[str]:
    """Of the slides of a playlist, as a stream field gives them (`block`, `value`): a sentence for
    each reason, with the slide's number and kind. Each language is read for itself."""
    found: list[str] = []
    for number, slide in enumerate(slides, start=1):
        named = _("Slide %(n)s, %(kind)s") % {"n": number, "kind": slide.block.label}
        found += [f"{named}: {_said(each)}" for each in _reasons(slide.block, slide.value)]
    return found


def _reasons(block: Any, value: Any) -> list[Wordy]:
    seconds = value.get("seconds") or 0
    versions = [block.text_to_read(value), *block.other_versions(value)]
    reasons = [reason for texts in versions for reason in too_wordy(texts, seconds=seconds)]
    return list(dict.fromkeys(reasons))


def _said(wordy: Wordy) -> str:
    if wordy.why == TooMuch.LONG:
        return _(
            "a text is longer than three lines of five words: cut it, so that it is read in"
            " passing."
        )
    return _(
        "its texts take about %(needed)s seconds to read from five metres: cut them or show it"
        " longer."
    ) % {"needed": wordy.needed}
