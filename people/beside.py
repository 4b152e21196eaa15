"""Acts offered on a colleague's page. Each app registers its own in AppConfig.ready, so that the
page of a person knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from people.models import Employee, User


@dataclass(frozen=True)
class Act:
    """An address and what its button says."""

    address: str
    text: str


ActMaker = Callable[[User, Employee, date], Iterable[Act]]
"""What an app lets this user do for this person on a day; nothing when there is nothing to do."""

_makers: dict[str, ActMaker] = {}


def register(name: str, maker: ActMaker) -> None:
    _makers[name] = maker


def acts_beside(employee: Employee, *, user: User, on: date) -> list[Act]:
    return [act for maker in _makers.values() for act in maker(user, employee, on)]
