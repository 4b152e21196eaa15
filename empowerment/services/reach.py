"""Whom a limit reaches, and what holds for each of them before and after it is set.

People are counted by where they stand, as far as limits tell them apart: of 100,000 employees
there are a few dozen kinds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from empowerment.models import Limit
from empowerment.rules.limits import Line, Scope, nearest_first
from people.models import Membership, Placement, Role, RoleAssignment


@dataclass(frozen=True)
class Standing:
    """Where somebody stands, as far as it matters to limits."""

    employee_id: int | None
    grade: str
    roles: frozenset[str]
    department_id: int
    site_id: int


@dataclass(frozen=True)
class Holding:
    """What somebody may spend by one measure; without an amount there is no limit."""

    amount_minor: int | None
    days: int | None = None


@dataclass(frozen=True)
class Change:
    """For so many people one amount takes the place of another; `own` when it is oneself."""

    before: Holding
    after: Holding
    people: int
    own: bool = False


@dataclass(frozen=True)
class Reach:
    """Whom a limit is for, and for whom of them something changes, the most people first."""

    people: int
    changes: tuple[Change, ...]

    @property
    def changed(self) -> int:
        return sum(change.people for change in self.changes)

    @property
    def only_oneself(self) -> bool:
        return self.changed > 0 and all(change.own for change in self.changes)

    def raises_own(self, *, needed: bool) -> bool:
        """Whether oneself may spend more then; `needed`: without such a limit nothing is spent."""
        without = 0 if needed else inf

        def most(held: Holding) -> float:
            return without if held.amount_minor is None else held.amount_minor

        return any(each.own and most(each.after) > most(each.before) for each in self.changes)


def reach_of(limit: Limit, *, own_id: int | None) -> Reach:
    """Whom a limit that is not kept yet is for on its first day; `own_id` is who sets it."""
    beside = list(begun(on=limit.from_date, measure=limit.measure, currency=limit.currency))
    reached = Counter[Standing]()
    changes = Counter[tuple[Holding, Holding, bool]]()
    for standing, people in _standings([*beside, limit], limit.from_date, own_id).items():
        if not reaches(limit, standing):
            continue
        reached[standing] += people
        before, after = _held(beside, standing), _held([*beside, limit], standing)
        if before != after:
            is_own = standing.employee_id is not None and standing.employee_id == own_id
            changes[before, after, is_own] += people
    made = (
        Change(before, after, people, own) for (before, after, own), people in changes.most_common()
    )
    return Reach(reached.total(), tuple(made))


def begun(*, on: date, **what: object) -> Iterable[Limit]:
    """Limits that have begun on a day, in the order in which they were to hold."""
    return Limit.objects.filter(from_date__lte=on, **what).order_by("from_date", "pk")


def reaches(limit: Limit, standing: Standing) -> bool:
    """Whether a limit is for somebody who stands there."""
    if limit.scope == Scope.PERSON:
        return limit.employee_id == standing.employee_id
    if limit.scope == Scope.GRADE:
        return limit.grade == standing.grade
    if limit.scope == Scope.ROLE:
        return limit.role == Role.EMPLOYEE or limit.role in standing.roles
    if limit.scope == Scope.DEPARTMENT:
        return limit.department_id == standing.department_id
    return limit.scope == Scope.EVERYBODY or limit.site_id == standing.site_id


def line_of(limit: Limit) -> Line:
    return Line(
        limit.pk or 0, limit.measure, limit.scope, limit.currency, limit.amount_minor, limit.days,
        limit.role,
    )  # fmt: skip


def _held(limits: Sequence[Limit], standing: Standing) -> Holding:
    order = nearest_first(line_of(each) for each in limits if reaches(each, standing))
    return Holding(order[0].amount_minor, order[0].days) if order else Holding(None)


def _standings(limits: Sequence[Limit], day: date, own_id: int | None) -> Counter[Standing]:
    """How many people stand where on a day, told apart as far as these limits do."""
    named = {each.employee_id for each in limits} | {own_id}
    grades = {each.grade for each in limits}
    roles = _roles({each.role for each in limits if each.role}, day)
    sites = dict(Placement.objects.on(day).values_list("department", "site"))
    here = Membership.objects.on(day).filter(employee__erased_at=None).order_by()
    found = Counter[Standing]()
    for employee_id, user_id, grade, department_id in here.values_list(
        "employee", "employee__user", "employee__job_title", "department"
    ):
        if department_id in sites:
            found[
                Standing(
                    employee_id if employee_id in named else None,
                    grade if grade in grades else "", roles.get(user_id, frozenset()),
                    department_id, sites[department_id],
                )
            ] += 1  # fmt: skip
    return found


def _roles(names: set[str], day: date) -> dict[int | None, frozenset[str]]:
    """By login, which of these roles somebody has."""
    held = defaultdict(set)
    given = RoleAssignment.objects.on(day).filter(role__in=names)
    for user_id, role in given.values_list("user", "role"):
        held[user_id].add(role)
    return {user_id: frozenset(roles) for user_id, roles in held.items()}
