"""The circle on a day: those employed, and who of them was recognised in the twelve months before.

One query counts by department, job and tenure, one reads where departments stand; what stands
above them is added up here.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)

from people.models import Employee, Employees, Placement
from people.small_groups import Total
from recognition.models import Nomination, Nominee
from recognition.rules.awards import months_before
from recognition.rules.circle import LONG_HERE, Group, roll_up, since

COMPANY = "company"


class Slice(NamedTuple):
    """How many of one department (None: of none), job title and tenure band; how many inside."""

    department: int | None
    job: str
    band: int
    total: int
    inside: int


@dataclass(frozen=True)
class Place:
    """Where an open department stands: ids of the one above, if any, and of the site."""

    parent: int | None
    site: int


Key = tuple[Hashable, ...]
"""Names a group: (COMPANY,), ("site", 3), ("own", 7), ("below", 7), ("tenure", 2),
("job", "Clerk"), ("site-tenure", 3, 2) or ("site-job", 3, "Clerk"). None is no department,
or no site."""


@dataclass(frozen=True)
class Circle:
    """Everybody on a day, by slices, and the departments open on it. `groups` holds every cut."""

    day: date
    slices: tuple[Slice, ...]
    places: Mapping[int, Place]

    @cached_property
    def groups(self) -> dict[Key, Group]:
        return self.groups_of(lambda _department: True)

    @property
    def company(self) -> Group:
        return self.groups[(COMPANY,)]

    def groups_of(self, counts: Callable[[int | None], bool]) -> dict[Key, Group]:
        """The cuts of those in the departments for which `counts` is true."""
        found: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        for each in self.slices:
            if counts(each.department):
                site = self.site_of(each.department)
                for key in (
                    ("own", each.department), ("site-tenure", site, each.band),
                    ("site-job", site, each.job),
                ):  # fmt: skip
                    found[key][0] += each.total
                    found[key][1] += each.inside
        return self._summed({key: Group(*numbers) for key, numbers in found.items()})

    def site_of(self, department: int | None) -> int | None:
        place = self.places.get(department) if department is not None else None
        return place.site if place else None

    def _summed(self, found: dict[Key, Group]) -> dict[Key, Group]:
        """With what follows from the small groups: sites, tenure, jobs, and departments above."""
        sums: dict[Key, Group] = defaultdict(Group, found)
        sums[(COMPANY,)] = Group()
        own = {}
        for key, group in found.items():
            if key[0] == "own":
                own[key[1]] = group
                sums[(COMPANY,)] += group
            else:
                sums["site", key[1]] += group if key[0] == "site-job" else Group()
                sums[str(key[0]).removeprefix("site-"), key[2]] += group
        placed = {pk: group for pk, group in own.items() if pk is not None}
        parents = {pk: place.parent for pk, place in self.places.items()}
        below = roll_up(placed, parents)  # type: ignore[arg-type]
        return dict(sums) | {("below", pk): group for pk, group in below.items()}

    def totals(self) -> list[Total[Key]]:
        """Which groups are the sum of which others, for small_groups.kept_back."""
        parts: dict[tuple[Key, str], list[Key]] = defaultdict(list)
        for key in self.groups:
            for total, cut in self._sums_with(key):
                parts[total, cut].append(key)
        return [(total, found) for (total, _cut), found in parts.items()]

    def _sums_with(self, key: Key) -> list[tuple[Key, str]]:
        """What a group is a part of, and in which way of cutting it."""
        match key:
            case ("site" | "tenure" | "job" as cut, _):
                return [((COMPANY,), str(cut))]
            case ("site-tenure", site, band):
                return [(("site", site), "tenure"), (("tenure", band), "site")]
            case ("site-job", site, job):
                return [(("site", site), "job"), (("job", job), "site")]
            case ("own", None):
                return [(("site", None), "own"), ((COMPANY,), "department")]
            case ("own", int(department)):
                own_site = ("site", self.site_of(department))
                return [(own_site, "own"), (("below", department), "department")]
            case ("below", int(department)):
                place = self.places.get(department)
                if place and place.parent in self.places:
                    return [(("below", place.parent), "department")]
                return [((COMPANY,), "department")]
        return []


def circle_on(day: date) -> Circle:
    """Those employed on a day; inside are those recognised in the twelve months before."""
    return counted_on(day, inside=recognised(day))


def giving_on(day: date) -> Circle:
    """Those employed on a day; inside are those who praised somebody in the twelve months."""
    return counted_on(day, inside=counting(day).values("giver"))


def counting(day: date) -> QuerySet[Nomination]:
    """What counts for the circle on a day."""
    return Nomination.objects.counting(since=since(day), through=day)


def recognised(day: date) -> QuerySet:
    """Ids of the employees whom praise of the twelve months names."""
    return Nominee.objects.filter(nomination__in=counting(day)).values("employee")


def employed_on(day: date) -> Employees:
    """Who has begun, has not left and is not erased."""
    return Employee.objects.here(day).filter(hired_on__lte=day)


def company_on(day: date) -> Group:
    """The circle of the company alone, without its parts."""
    counted = employed_on(day).aggregate(
        total=Count("pk"), inside=Count("pk", filter=Q(pk__in=recognised(day)))
    )
    return Group(**counted)


def counted_on(day: date, *, inside: QuerySet) -> Circle:
    """Those employed on a day in slices; `inside` are ids of employees."""
    in_force = Q(memberships__until_date=None) | Q(memberships__until_date__gte=day)
    rows = (
        employed_on(day)
        .annotate(
            place=FilteredRelation(
                "memberships", condition=Q(in_force, memberships__from_date__lte=day)
            ),
            band=_band(day),
        )
        .order_by()
        .values_list("place__department", "job_title", "band")
        .annotate(total=Count("pk"), inside=Count("pk", filter=Q(pk__in=inside)))
    )
    places = Placement.objects.on(day).values_list("department", "parent", "site")
    return Circle(
        day,
        tuple(map(Slice._make, rows)),
        {department: Place(parent, site) for department, parent, site in places},
    )


def _band(day: date) -> Case:
    """rules.circle.band_of in SQL; a property test holds them equal."""
    bands = [
        When(hired_on__lte=months_before(day, 12 * years), then=Value(band))
        for band, years in enumerate(LONG_HERE, start=1)
    ]
    return Case(*reversed(bands), default=Value(0), output_field=IntegerField())


def praise_between(day: date) -> dict[int, Group]:
    """By department of the giver: praise given in the twelve months, and how much of it went to
    other departments. Praise from or for somebody without a department is left out."""
    placed = Nominee.objects.filter(nomination__in=counting(day), department__isnull=False)
    given = placed.filter(nomination__giver_department__isnull=False).order_by()
    elsewhere = ~Q(department=F("nomination__giver_department"))
    counted = given.values_list("nomination__giver_department").annotate(
        total=Count("pk"), inside=Count("pk", filter=elsewhere)
    )
    return {department: Group(total, inside) for department, total, inside in counted}
