"""What leads, and everybody else, will read of a poll: known from its launch on, whoever answers
what. Both the staff who are asked and HR before it shows the results read it here."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from people.models import Placement, Role, RoleAssignment, User
from surveys.models import Cell, Hidden, Invitation, Release, Wave
from surveys.rules.cells import above, comment_cells
from surveys.rules.suppression import Fate, Measure, Tree
from surveys.services.reading import in_order, name_of


@dataclass(frozen=True)
class Foreseen:
    """A cell and who reads it because of a department that they lead. `scores` and `rate`: whether
    they are shown if everybody answers everything."""

    cell: Cell
    name: str
    leads: list[str]
    scores: Fate
    rate: Fate


def own_cell(user: User, wave: Wave) -> Cell | None:
    """The smallest cell of whoever is invited."""
    invited = Invitation.objects.filter(wave=wave, employee__user=user).select_related("cell")
    found = invited.first()
    return found.cell if found else None


def foreseen(wave: Wave, cells: Collection[Cell], *, on: date) -> list[Foreseen]:
    """Of these of its cells, if everybody answers everything."""
    every = list(wave.cells.all())
    tree = Tree([cell.path for cell in every])
    by_path = {cell.path: cell for cell in every}
    people = [by_path[path].invited for path in tree.paths]
    scores = tree.plan([Measure(people)], fewest=wave.fewest_scores)
    rates = tree.plan([Measure(people)], fewest=wave.fewest_rates)
    leads = leads_of({cell.department_id for cell in cells if cell.department_id}, on=on)
    return [
        Foreseen(
            cell, name_of(cell, every), leads.get(cell.department_id or 0, []),
            scores[tree.place[cell.path]], rates[tree.place[cell.path]],
        )
        for cell in cells
    ]  # fmt: skip


def on_the_way(wave: Wave, cell: Cell) -> list[Cell]:
    """A cell and those that it is a part of, the whole company first."""
    paths = [cell.path]
    while (path := above(paths[-1])) is not None:
        paths.append(path)
    return list(wave.cells.filter(path__in=paths).order_by("number"))


def told_in(wave: Wave, cell: Cell) -> Cell | None:
    """Under which cell the comments of a smallest cell are kept if everybody answers; None where
    nobody's are."""
    cells = {each.path: each for each in wave.cells.all()}
    invited = {path: each.invited for path, each in cells.items() if each.is_atom and each.invited}
    found = comment_cells(invited, fewest=wave.fewest_comments) or {}
    return cells.get(found.get(cell.path, ""))


def leads_of(departments: Collection[int], *, on: date) -> dict[int, list[str]]:
    """By department, the names of who leads it, or one that it is a part of, on that day."""
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    named: Mapping[int, list[str]] = defaultdict(list)
    held = RoleAssignment.objects.on(on).filter(role=Role.LEAD, user__is_active=True)
    for each in held.exclude(department=None).select_related("user__employee"):
        named[each.department_id or 0].append(each.user.display_name)
    found: dict[int, list[str]] = {}
    for department in departments:
        names: list[str] = []
        upper: int | None = department
        while upper is not None:
            names += [name for name in named.get(upper, []) if name not in names]
            upper = parents.get(upper)
        found[department] = names
    return found


@dataclass(frozen=True)
class Preview:
    """What is known of a sealed poll's cell without its figures. `shown` of so many questions."""

    cell: Cell
    name: str
    leads: list[str]
    shown: int
    rate: str
    """Why the response rate is hidden; empty where it is shown."""


def preview(wave: Wave, *, on: date) -> tuple[int, list[Preview]]:
    """How many questions are counted, and what of each cell is kept to be shown."""
    cells = in_order(wave.cells.all())
    release = Release.objects.get(wave=wave)
    asked = sum(len(line["items"]) for line in release.report["figures"])
    hidden: dict[int, int] = defaultdict(int)
    rates: dict[int, str] = {}
    for cell, item, why in Hidden.objects.filter(cell__wave=wave).values_list(
        "cell", "item", "why"
    ):
        if item is None:
            rates[cell] = why
        else:
            hidden[cell] += 1
    leads = leads_of({cell.department_id for cell in cells if cell.department_id}, on=on)
    return asked, [
        Preview(
            cell, name_of(cell, cells), leads.get(cell.department_id or 0, []),
            asked - hidden[cell.pk], rates.get(cell.pk, ""),
        )
        for cell in cells
    ]  # fmt: skip
