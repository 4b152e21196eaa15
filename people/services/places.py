"""Where a department stands from a day on: what imports and pages of the organisation share."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from people import rules
from people.models import Department, Placement, Site

ONE_PLACE = "a_department_has_one_place_at_a_time"


class PlacesRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


def last_places() -> dict[str, Placement]:
    """Where each department stands, or stood last, by its casefolded code."""
    places = Placement.objects.select_related("department", "parent", "site")
    return {place.department.code.casefold(): place for place in places.order_by("from_date")}


def last_place(department: Department) -> Placement | None:
    places = department.placements.select_related("parent", "site")
    return places.order_by("from_date").last()


def is_closed(place: Placement | None, day: date) -> bool:
    return bool(place and place.until_date and place.until_date < day)


def first_closed_day(department: Department, *, since: date) -> date | None:
    """The first day from a day on, on which the department is not open; None when it stays open."""
    day = since
    for place in department.placements.order_by("from_date"):
        if place.from_date > day:
            break
        if place.until_date is None:
            return None
        day = max(day, place.until_date + timedelta(days=1))
    return day


def place_from(
    department: Department,
    held: Placement | None,
    parent: Department | None,
    site: Site,
    *,
    as_of: date,
) -> None:
    """The department stands here from a day on; the first place holds from the beginning.

    A closing that is planned stays planned.
    """
    same = held and (held.parent_id, held.site_id) == (parent and parent.pk, site.pk)
    if same and not is_closed(held, as_of):
        return
    until = None
    if is_closed(held, as_of):
        # Opened again from today on; the days on which it was closed stay closed.
        held = None
    elif held and held.from_date < as_of:
        until = held.until_date
        held.until_date = as_of - timedelta(days=1)
        held.save()
        held = None
    elif held is None:
        as_of = rules.BEGINNING
    held = held or Placement(department=department, from_date=as_of, until_date=until)
    held.parent, held.site = parent, site
    held.save()


@contextmanager
def one_place_at_a_time() -> Iterator[None]:
    """What only the database could see, in words. Raises PlacesRefused."""
    try:
        yield
    except IntegrityError as error:
        if ONE_PLACE not in str(error):
            raise
        raise PlacesRefused(
            _("Somebody else has just moved this department. Look at it again, then act.")
        ) from error


@dataclass(frozen=True)
class Circle:
    """On this day `department` would stand below `through`, and that one below it."""

    day: date
    department: Department
    through: Department


def first_circle(departments: Collection[int], *, since: date) -> Circle | None:
    """The first day from `since` on, on which one of these (ids) would stand below itself; places
    that are planned for later count."""
    places = list(
        Placement.objects.exclude(until_date__lt=since).select_related("department", "parent")
    )
    starts = {since, *(place.from_date for place in places if place.from_date > since)}
    for day in sorted(starts):
        in_force = {
            place.department_id: place
            for place in places
            if place.from_date <= day and not is_closed(place, day)
        }
        for pk in sorted(departments):
            through = _through(pk, in_force)
            if through:
                return Circle(day, in_force[pk].department, through)
    return None


def _through(department_id: int, in_force: dict[int, Placement]) -> Department | None:
    """The one directly below the department by which it stands below itself; None if it doesn't."""
    seen: set[int] = set()
    at = in_force.get(department_id)
    while at and at.parent_id and at.department_id not in seen:
        if at.parent_id == department_id:
            return at.department
        seen.add(at.department_id)
        at = in_force.get(at.parent_id)
    return None
