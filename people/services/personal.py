"""Everything that is kept about one person, in parts that each app registers.

A part is a list of rows. Never in it: secrets, even as digests, and other people's values.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import Promise

from people.models import Employee, SalaryLook, User
from people.services import audit

Row = dict[str, Any]
WHERE = "personal data"


@dataclass(frozen=True)
class Part:
    """`name` is a file's name and a key, `title` is for people; `covers` names the foreign keys to
    a person that it follows, as `people.Salary.employee`."""

    name: str
    title: str | Promise
    collect: Callable[[Employee], list[Row]]
    covers: frozenset[str] = frozenset()


_parts: list[Part] = []


def register(*parts: Part) -> None:
    known = {part.name for part in _parts}
    _parts.extend(part for part in parts if part.name not in known)


def registered() -> list[Part]:
    return list(_parts)


def rows_of(
    name: str,
    title: str | Promise,
    model: type[models.Model],
    *fields: str,
    without: Iterable[str] = (),
) -> Part:
    """The rows in which one of these foreign keys to User or Employee is the person; all fields but
    `without`, what they point to by its name."""

    def collect(employee: Employee) -> list[Row]:
        wanted = Q(pk__in=[])
        for field in fields:
            related = model._meta.get_field(field).related_model
            person = employee if related is Employee else employee.user
            if person:
                wanted |= Q(**{field: person})
        named = [name for name in _foreign(model) if name not in without]
        # Blobs that nobody asked for stay where they are.
        found = model._default_manager.filter(wanted).defer(*without).order_by("pk")
        return [as_row(row, without=without) for row in found.select_related(*named)]

    return Part(name, title, collect, frozenset(f"{model._meta.label}.{f}" for f in fields))


def _foreign(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.many_to_one]


def as_row(row: models.Model, *, without: Iterable[str] = ()) -> Row:
    left_out = {"id", *without}
    fields = [field for field in row._meta.concrete_fields if field.name not in left_out]
    return {field.name: _plain(getattr(row, field.name)) for field in fields}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def everything_about(employee: Employee) -> dict[str, list[Row]]:
    """All parts by name."""
    return {part.name: part.collect(employee) for part in _parts}


@transaction.atomic
def export(employee: Employee, *, form: str, by: User) -> dict[str, list[Row]]:
    """What is handed out as a file, on the record; salaries among it, so that is a look as well."""
    if employee.user_id != by.pk:
        SalaryLook.objects.create(by=by, employee=employee, where=WHERE)
    audit.record(
        "export_personal_data", by=by, subject=f"employee:{employee.pk}", after={"form": form},
        person=employee,
    )  # fmt: skip
    return everything_about(employee)
