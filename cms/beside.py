"""Lines on a day's results page that apps above know. Each registers its own in AppConfig.ready,
so that the page knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from people.models import User


@dataclass(frozen=True)
class Line:
    """A sentence, and where it leads."""

    text: str
    address: str


LineMaker = Callable[[User, date], Iterable[Line]]
"""What an app tells this person of a posted day; nothing to whom it is not for."""

_makers: dict[str, LineMaker] = {}


def register(name: str, maker: LineMaker) -> None:
    _makers[name] = maker


def lines_beside(day: date, *, user: User) -> list[Line]:
    return [line for maker in _makers.values() for line in maker(user, day)]
