"""The newest announcement of the pages, short enough for a screen."""

from cms.services.announcing import announcements_for
from surveys.rules.acting import shortened


def newest_announcement(*, language: str) -> dict[str, str] | None:
    """`title`, `text` and the day it was published on, ISO; None before the first."""
    for newest in announcements_for(language=language, most=1):
        return {
            "title": shortened(newest["title"]), "text": shortened(newest["summary"]),
            "published_on": newest["published_on"],
        }  # fmt: skip
    return None
