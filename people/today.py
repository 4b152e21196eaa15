"""The first page: cards by role. Each app registers what it knows in AppConfig.ready, and no app
knows another's cards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

NEEDS_ME, YESTERDAY, MINE, COMPANY = range(4)
"""Where a card stands: what needs me now comes first."""


@dataclass(frozen=True)
class Card:
    """One thing worth knowing this morning. `template` gets `card` and what `facts` holds."""

    place: int
    template: str
    facts: dict[str, Any] = field(default_factory=dict)


CardMaker = Callable[[HttpRequest, datetime], Iterable[Card]]
"""What an app shows this person at this moment; nothing when it has nothing to say."""

_makers: dict[str, CardMaker] = {}


def register(name: str, maker: CardMaker) -> None:
    _makers[name] = maker


def cards_for(request: HttpRequest, *, now: datetime) -> list[Card]:
    """All cards for this person, what needs them first; within a place in order of the apps."""
    found = [card for maker in _makers.values() for card in maker(request, now)]
    return sorted(found, key=lambda card: card.place)
