"""Round anniversaries of the day somebody began here, of those who agree to be named there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from cms.rules import round_anniversary, week_of
from cms.services.for_screens.pictures import faces
from people.models import Department, Employee, ShownTo
from people.services.calendars import subtree
from people.services.consents import Agreed, consents_of


@dataclass(frozen=True)
class Anniversary:
    """`face` is a picture, or empty where none may be shown."""

    employee_id: int
    name: str
    department: str
    years: int
    day: date
    face: str = ""


def anniversaries(
    shown_to: ShownTo, department: Department | None, *, today: date
) -> list[Anniversary]:
    """Of the week that a day lies in, in the order of the days; on a department's screen those of
    it and of the departments below. A few queries, however many there are."""
    first, last = week_of(today)
    rows = _who_began_in(first, last).with_place(today)
    places = subtree({department.pk}, on=today) if department else None
    found = [row for row in rows if places is None or _place(row) in places]
    agreed = consents_of([row.pk for row in found])
    named = [row for row in found if _reaches(agreed[row.pk].names, row, shown_to, department)]
    pictures = faces([row.number for row in _with_photo(named, agreed, shown_to, department)])
    kept = [(row, round_anniversary(row.hired_on, first=first, last=last)) for row in named]
    return sorted(
        (
            Anniversary(row.pk, row.name, _department_of(row), *when, pictures.get(row.number, ""))
            for row, when in kept if when
        ),
        key=lambda each: (each.day, -each.years, each.name, each.employee_id),
    )  # fmt: skip


def _who_began_in(first: date, last: date) -> QuerySet[Employee]:
    """In some year on one of these days; 29 February when the 28th is among them."""
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    asked = Q()
    for month, day in {(each.month, each.day) for each in days}:
        asked |= Q(hired_on__month=month, hired_on__day=day)
        if (month, day) == (2, 28):
            asked |= Q(hired_on__month=2, hired_on__day=29)
    return Employee.objects.here(last).filter(asked, hired_on__lt=first)


def _place(row: Employee) -> int | None:
    return row.now_in[0].department_id if row.now_in else None


def _department_of(row: Employee) -> str:
    return row.now_in[0].department.name if row.now_in else ""


def _reaches(
    how_far: ShownTo, row: Employee, shown_to: ShownTo, department: Department | None
) -> bool:
    """On a department's own screen also who agreed to stand before the department alone."""
    if how_far >= max(shown_to, ShownTo.STAFF):
        return True
    own = department is not None and _place(row) == department.pk
    return shown_to == ShownTo.TEAM and how_far == ShownTo.TEAM and own


def _with_photo(
    rows: Iterable[Employee], agreed: dict[int, Agreed], shown_to: ShownTo,
    department: Department | None,
) -> list[Employee]:  # fmt: skip
    return [row for row in rows if _reaches(agreed[row.pk].photo, row, shown_to, department)]
