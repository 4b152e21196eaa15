"""Departments to choose from, and which stand below one."""

from dataclasses import dataclass
from datetime import date

from people.models import Department
from people.services.calendars import subtree


@dataclass(frozen=True)
class Below:
    """A department by its name, and the codes of it and of all below it."""

    name: str
    codes: frozenset[str]


def choices() -> list[tuple[str, str]]:
    """(code, name) of every department, by name."""
    return list(Department.objects.order_by("name", "code").values_list("code", "name"))


def department_and_below(code: str, *, on: date) -> Below | None:
    """By the placements of a day; None when there is no such department."""
    department = Department.objects.filter(code=code).first()
    if department is None:
        return None
    ids = subtree({department.pk}, on=on)
    codes = Department.objects.filter(pk__in=ids).values_list("code", flat=True)
    return Below(department.name, frozenset(codes))
