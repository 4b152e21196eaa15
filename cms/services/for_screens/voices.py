"""A customer's words, another each day."""

from datetime import date
from typing import Any

from cms.services.voices import voices_for
from people.models import ShownTo


def voice_of_the_day(
    shown_to: ShownTo, *, language: str, on: date, newest: int
) -> dict[str, Any] | None:
    """One of the so many newest, as `voices_for` gives it; the next one on the next day. None when
    no customer's consent reaches so far."""
    if shown_to == ShownTo.NOBODY:
        return None
    found = voices_for(shown_to, language=language, on=on, most=newest)
    return found[on.toordinal() % len(found)] if found else None
