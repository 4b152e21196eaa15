"""Power that is not used: how many of those who may put customers right have done so lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from empowerment.models import Case, Limit
from empowerment.rules.limits import Line, Scope, Used, checks_of, in_force, room
from empowerment.services.reporting import TOTAL, ReportReader
from people.models import Employee, Membership, Placement, Role, RoleAssignment
from people.small_groups import kept_back

WINDOW = timedelta(days=90)


@dataclass(frozen=True)
class Power:
    """Of a department: people with an allowance and how many of them have used it; cases entered
    and how many of them were asked for above the limits."""

    people: int = 0
    used: int = 0
    cases: int = 0
    asked: int = 0

    def __add__(self, other: "Power") -> "Power":
        return Power(
            self.people + other.people, self.used + other.used, self.cases + other.cases,
            self.asked + other.asked,
        )  # fmt: skip

    @property
    def used_bp(self) -> int | None:
        return 10_000 * self.used // self.people if self.people else None

    @property
    def asked_bp(self) -> int | None:
        return 10_000 * self.asked // self.cases if self.cases else None


def power_by_department(today: date) -> dict[int, Power]:
    """By department id, of those who have an allowance there today."""
    since = today - WINDOW
    spent = Case.objects.spent().filter(employee=OuterRef("employee"), spent_on__gt=since)
    members = Membership.objects.on(today).filter(employee__in=Employee.objects.here(today))
    rows = members.annotate(used=Exists(spent)).values_list(
        "employee", "employee__user", "employee__job_title", "department", "used"
    )
    allowed = _Allowed(today)
    found: dict[int, Power] = defaultdict(Power)
    for employee, user, grade, department, used in rows:
        if allowed(employee, user, grade, department):
            found[department] += Power(people=1, used=int(used))
    for department, cases, asked in _cases(since):
        found[department] += Power(cases=cases, asked=asked)
    return dict(found)


def _cases(since: date) -> list[tuple[int, int, int]]:
    """By department, cases of the last days, also those that were declined or wait."""
    lately = Q(spent_on__gt=since) | Q(spent_on=None, entered_at__date__gt=since)
    asked = Q(spent_on=None) | Q(decided_by__isnull=False)
    rows = Case.objects.filter(lately).order_by().values_list("department")
    return list(rows.annotate(n=Count("pk"), asked=Count("pk", filter=asked)))


class _Allowed:
    """Whether somebody may spend anything, worked out once for all alike."""

    def __init__(self, today: date):
        limits = Limit.objects.filter(from_date__lte=today).order_by("from_date", "pk")
        self.limits = list(limits)
        self.sites = dict(Placement.objects.on(today).values_list("department", "site"))
        self.roles: dict[int, set[str]] = defaultdict(set)
        for user, role in RoleAssignment.objects.on(today).values_list("user", "role"):
            self.roles[user].add(role)
        self.own = {each.employee_id for each in self.limits if each.scope == Scope.PERSON}
        self.known: dict[tuple, bool] = {}

    def __call__(self, employee: int, user: int | None, grade: str, department: int) -> bool:
        roles = frozenset({Role.EMPLOYEE.value} | self.roles.get(user or 0, set()))
        alone = employee if employee in self.own else None
        key = (alone, grade, roles, department)
        if key not in self.known:
            self.known[key] = self._has_room(alone, grade, roles, department)
        return self.known[key]

    def _has_room(
        self, employee: int | None, grade: str, roles: frozenset[str], department: int
    ) -> bool:
        mine = {
            Scope.PERSON: lambda each: each.employee_id == employee,
            Scope.GRADE: lambda each: each.grade == grade,
            Scope.ROLE: lambda each: each.role in roles,
            Scope.DEPARTMENT: lambda each: each.department_id == department,
            Scope.SITE: lambda each: each.site_id == self.sites.get(department),
            Scope.EVERYBODY: lambda each: True,
        }
        lines = in_force(
            Line(
                each.pk, each.measure, each.scope, each.currency, each.amount_minor, each.days,
                each.role,
            )
            for each in self.limits if mine[Scope(each.scope)](each)
        )  # fmt: skip
        by_currency: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            by_currency[line.currency].append(line)
        return any(room(checks_of(each, Used())) for each in by_currency.values())


@dataclass(frozen=True)
class PowerSeen:
    """By department, None where it is kept back, and in total."""

    by_department: dict[int, Power | None]
    total: Power | None


def power_for(reader: ReportReader, *, today: date) -> PowerSeen:
    """As somebody may read it: never by person, and of fewer than five nothing."""
    found = power_by_department(today)
    if reader.departments is not None:
        found = {key: each for key, each in found.items() if key in reader.departments}
    sizes = {key: each.people for key, each in found.items()}
    hidden = kept_back({**sizes, TOTAL: sum(sizes.values())}, [(TOTAL, list(sizes))])
    shown = {key: None if key in hidden else each for key, each in found.items()}
    return PowerSeen(shown, None if TOTAL in hidden else sum(found.values(), start=Power()))
