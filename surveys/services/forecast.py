"""What can be known of a poll before its launch: who would be invited, how long it takes, and
which groups would stay hidden even if everybody answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from surveys.models import Wave
from surveys.rules.burden import minutes
from surveys.rules.suppression import Fate, Measure, Tree
from surveys.services.asking import languages_of
from surveys.services.launching import register_of
from surveys.services.station import items_of


@dataclass(frozen=True)
class Group:
    """A reporting cell to be; `depth` 0 is everybody. `fate` of its scores if all answer."""

    name: str
    depth: int
    invited: int
    fate: Fate


@dataclass(frozen=True)
class Forecast:
    questions: int
    languages: list[str]
    minutes: int
    groups: list[Group]

    @property
    def invited(self) -> int:
        return self.groups[0].invited

    @property
    def hidden(self) -> int:
        return sum(group.fate != Fate.SHOWN for group in self.groups)


def forecast(wave: Wave, *, on: date) -> Forecast:
    items = items_of(wave)
    return Forecast(len(items), languages_of(wave), minutes(items), list(_groups(wave, on=on)))


def _groups(wave: Wave, *, on: date) -> Iterator[Group]:
    cells = {cell.path: cell for cell in register_of(wave, on=on).cells}
    tree = Tree(list(cells))
    people = [cells[path].invited for path in tree.paths]
    fates = tree.plan([Measure(people)], fewest=wave.fewest_scores)
    for path, fate in zip(tree.paths, fates, strict=True):
        yield Group(cells[path].name, path.count("."), cells[path].invited, fate)
