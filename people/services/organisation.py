"""Reading the organisation as it stands on a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from django.db.models import Count

from people.models import Department, Membership, Placement, Role, RoleAssignment, Site


@dataclass
class Branch:
    """A department in the tree: its people, those below included in `heads_below`.

    `has_below` opens a level under it; `closes` levels end after it.
    """

    department: Department
    site: Site
    heads: int
    leads: list[str]
    heads_below: int = 0
    has_below: bool = False
    closes: range = field(default_factory=lambda: range(0))


def heads_on(day: date) -> dict[int, int]:
    """Number of members by department id."""
    counted = Membership.objects.on(day).values("department").annotate(heads=Count("pk"))
    return dict(counted.values_list("department", "heads"))


def leads_on(day: date, *, departments: set[int] | None = None) -> dict[int, list[str]]:
    """Names of leads by department id; of all departments or of these."""
    leads = RoleAssignment.objects.on(day).filter(role=Role.LEAD)
    if departments is not None:
        leads = leads.filter(department__in=departments)
    found: dict[int, list[str]] = defaultdict(list)
    for lead in leads.select_related("user__employee"):
        if lead.department_id:
            found[lead.department_id].append(lead.user.display_name)
    return {department: sorted(names) for department, names in found.items()}


def tree_on(day: date) -> list[Branch]:
    """All departments open on a day, each followed by those below it.

    One below a department that is closed that day stands at the top.
    """
    heads, leads = heads_on(day), leads_on(day)
    places = Placement.objects.on(day).select_related("department", "site")
    branches, parents = {}, {}
    for place in places.order_by("department__name", "department__code"):
        pk = place.department_id
        branches[pk] = Branch(place.department, place.site, heads.get(pk, 0), leads.get(pk, []))
        parents[pk] = place.parent_id
    below = defaultdict(list)
    for pk, parent in parents.items():
        below[parent if parent in branches else None].append(pk)
    return _in_order(branches, below)


def _in_order(branches: dict[int, Branch], below: dict[int | None, list[int]]) -> list[Branch]:
    """Depth first without recursion: a tree may be deeper than Python's stack."""
    ordered: list[tuple[int, int]] = []
    waiting = [(pk, 0) for pk in reversed(below[None])]
    while waiting:
        pk, depth = waiting.pop()
        ordered.append((pk, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(pk, []))]
    for (pk, depth), (_next, after) in zip_longest(ordered, ordered[1:], fillvalue=(0, 0)):
        branches[pk].has_below = after > depth
        branches[pk].closes = range(max(depth - after, 0))
    _count_below(branches, below, [pk for pk, _depth in ordered])
    return [branches[pk] for pk, _depth in ordered]


def _count_below(
    branches: dict[int, Branch], below: dict[int | None, list[int]], ordered: list[int]
) -> None:
    for pk in reversed(ordered):
        own = branches[pk]
        own.heads_below = own.heads + sum(branches[c].heads_below for c in below.get(pk, []))
