"""A story as a screen shows it: with its picture in it, and short enough to be read in passing."""

from typing import Any

from cms.services.for_screens.pictures import stored_picture
from cms.services.stories import stories_for
from people.models import ShownTo
from surveys.rules.acting import shortened


def story(shown_to: ShownTo, *, language: str, only: int | None = None) -> dict[str, Any] | None:
    """The newest story, or the one with this id, as `stories_for` gives it, with `picture`, or
    empty; None when there is none in which everybody agrees to be shown there."""
    if shown_to == ShownTo.NOBODY:
        return None
    for told in stories_for(shown_to, language=language, most=1, only=only):
        return {
            **told, "title": shortened(told["title"]), "summary": shortened(told["summary"]),
            "picture": stored_picture(told["image_file"]) if told["image_file"] else "",
        }  # fmt: skip
    return None
