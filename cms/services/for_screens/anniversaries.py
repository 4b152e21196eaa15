"""Round anniversaries of the day somebody began here, of those who agree to be named there."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from cms.rules import round_anniversary, week_of
from cms.services.for_screens.pictures import faces
from people.models import Department, Employee, ShownTo
from people.services.calendars import subtree
from people.services.consents import consents_of


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
    found = _round_ones(department, today)
    agreed = consents_of([row.pk for row, _years, _day in found])

    def reached(row: Employee, how_far: ShownTo) -> bool:
        return _reaches(how_far, row, shown_to, department)

    named = [each for each in found if reached(each[0], agreed[each[0].pk].names)]
    pictures = faces([row.number for row, *_ in named if reached(row, agreed[row.pk].photo)])
    told = [
        Anniversary(
            row.pk, row.name, _department_of(row), years, day, pictures.get(row.number, "")
        )
        for row, years, day in named
    ]  # fmt: skip
    return sorted(told, key=lambda each: (each.day, -each.years, each.name, each.employee_id))


def _round_ones(department: Department | None, today: date) -> list[tuple[Employee, int, date]]:
    """Whose anniversary it is, how many years and on which day."""
    first, last = week_of(today)
    places = subtree({department.pk}, on=today) if department else None
    found = []
    for row in _who_began_in(first, last, today):
        kept = round_anniversary(row.hired_on, first=first, last=last)
        if kept and (places is None or _place(row) in places):
            found.append((row, *kept))
    return found


def _who_began_in(first: date, last: date, today: date) -> QuerySet[Employee]:
    """In some year on one of these days, 29 February when the 28th is among them; with the place of
    today."""
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    asked = Q()
    for month, day in {(each.month, each.day) for each in days}:
        asked |= Q(hired_on__month=month, hired_on__day=day)
        if (month, day) == (2, 28):
            asked |= Q(hired_on__month=2, hired_on__day=29)
    return Employee.objects.here(last).with_place(today).filter(asked, hired_on__lt=first)


def _place(row: Any) -> int | None:
    return row.now_in[0].department_id if row.now_in else None


def _department_of(row: Any) -> str:
    return row.now_in[0].department.name if row.now_in else ""


def _reaches(
    how_far: ShownTo, row: Employee, shown_to: ShownTo, department: Department | None
) -> bool:
    """On a department's own screen also who agreed to stand before the department alone."""
    if how_far >= max(shown_to, ShownTo.STAFF):
        return True
    own = department is not None and _place(row) == department.pk
    return shown_to == ShownTo.TEAM and how_far == ShownTo.TEAM and own
