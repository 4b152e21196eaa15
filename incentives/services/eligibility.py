"""Who earns on which days of a pool's year, read in a handful of queries for everybody at once.

Days are indexes of the year: 0 is its first day. What holds of a person is cut into spans in which
department, salary and full-time share stay the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from incentives.models import Pool, PoolPolicy
from incentives.rules import FiscalYear
from incentives.rules.bonus import keeps_days
from incentives.services.bonus_policies import Terms
from people.models import Leave, Membership, Placement, Salary
from people.services.calendars import subtree

NAMED = 5


class BonusRefused(Exception):
    """No bonus was computed or decided; the message says why and what to do."""


class Stretch(NamedTuple):
    """First and last day, both in force."""

    first: int
    last: int


class Span(NamedTuple):
    """A stretch with one department, one full-time annual salary in minor units, one share."""

    first: int
    last: int
    department_id: int
    annual_minor: int
    fte_bp: int

    @property
    def weight(self) -> int:
        return self.annual_minor * self.fte_bp


@dataclass(frozen=True)
class Eligible:
    """Somebody who earns on some day. `salary_days` is Σ days × salary × full-time share over the
    `days` employed in the year, in scope or not; `year_end` is salary × share on the last one."""

    employee_id: int
    number: str
    spans: list[Span]
    salary_days: int
    days: int
    year_end: int

    @property
    def department_id(self) -> int:
        return self.spans[-1].department_id


Paid = tuple[int, int, str]
"""(first day, full-time annual salary in minor units, currency)"""


class Year:
    """A fiscal year as indexes of days."""

    def __init__(self, year: FiscalYear) -> None:
        self.first, self.last, self.length = year.first, year.last, year.days

    def index(self, day: date) -> int:
        return (day - self.first).days

    def day(self, index: int) -> date:
        return self.first + timedelta(days=index)

    def stretch(self, first: date, last: date | None) -> Stretch:
        """Cut to the year; empty (last before first) when it lies outside."""
        until = self.length - 1 if last is None else min(self.index(last), self.length - 1)
        return Stretch(max(self.index(first), 0), until)


def eligible_people(pool: Pool, year: FiscalYear, terms: Terms, *, as_of: date) -> list[Eligible]:
    """Everybody with a day in the pool's scope, by employee number.

    Who has left by `as_of`, before the year's end, counts by the terms for leavers. Raises
    BonusRefused for a salary in another currency.
    """
    days = Year(year)
    scope = scopes(pool, days)
    salaries = _salaries(days)
    away = _away(days, terms.excluded_leave)
    found: list[Eligible] = []
    foreign: list[str] = []
    gone_before = min(as_of, year.last)
    for employee_id, theirs in groupby(_memberships(days), key=attrgetter("employee_id")):
        memberships = list(theirs)
        last = memberships[-1]
        if not last.keeps_days(terms, gone_before=gone_before):
            continue
        number = last.number
        paid = salaries.get(employee_id, [])
        spans = list(_spans(memberships, paid, pool.currency, days))
        own = [
            span._replace(first=first, last=last)
            for span, _currency in spans
            for first, last in _remaining(span, scope, away.get(employee_id, ()))
        ]
        if not own:
            continue
        if any(currency not in ("", pool.currency) for _span, currency in _kept(spans, own)):
            foreign.append(number)
        found.append(_eligible(employee_id, number, own, spans, pool.currency))
    if foreign:
        _refuse_foreign(pool, sorted(foreign))
    return sorted(found, key=lambda person: person.number)


def _kept(spans: list[tuple[Span, str]], own: list[Span]) -> Iterator[tuple[Span, str]]:
    """Those of the spans of which something earns."""
    for span, currency in spans:
        if any(span.first <= each.first <= span.last for each in own):
            yield span, currency


def _eligible(
    employee_id: int, number: str, own: list[Span], spans: list[tuple[Span, str]], currency: str
) -> Eligible:
    paid = [span for span, its in spans if its == currency]
    return Eligible(
        employee_id,
        number,
        own,
        salary_days=sum((span.last - span.first + 1) * span.weight for span in paid),
        days=sum(span.last - span.first + 1 for span in paid),
        year_end=paid[-1].weight if paid else 0,
    )


def _refuse_foreign(pool: Pool, numbers: list[str]) -> None:
    more = len(numbers) - NAMED
    named = ", ".join(numbers[:NAMED]) + (f" (+{more})" if more > 0 else "")
    raise BonusRefused(
        _(
            "Pool %(pool)s is in %(currency)s, but these employees in its scope are paid in another"
            " currency: %(numbers)s. Narrow the pool's scope, or correct their salaries."
        )
        % {"pool": pool, "currency": pool.currency, "numbers": named}
    )


class Member(NamedTuple):
    """A membership with what is known of its employee: `left_on` and `good_leaver` are of the last
    employment, `good_leaver_then` of one that ended with this membership before a return."""

    employee_id: int
    number: str
    department_id: int
    from_date: date
    until_date: date | None
    fte_bp: int
    good_leaver_then: bool | None
    left_on: date | None
    good_leaver: bool | None

    @property
    def last_day(self) -> date | None:
        return min(filter(None, (self.until_date, self.left_on)), default=None)

    def keeps_days(self, terms: Terms, *, gone_before: date) -> bool:
        """Whether the year's last membership is still in force on that day, or else ended so that
        the days count. Coming back after the year does not undo how one left in it."""
        last_day = self.last_day
        if last_day is None or last_day >= gone_before:
            return True
        good = self.good_leaver if last_day == self.left_on else self.good_leaver_then
        return keeps_days(terms.leavers, good=good)


def _memberships(days: Year) -> Iterator[Member]:
    """Of those employed in the year, by employee, the earliest first."""
    rows = (
        Membership.objects.filter(
            Q(until_date=None) | Q(until_date__gte=days.first),
            Q(employee__left_on=None) | Q(employee__left_on__gte=days.first),
            from_date__lte=days.last,
            employee__hired_on__lte=days.last,
        )
        .order_by("employee_id", "from_date")
        .values_list(
            "employee_id", "employee__number", "department_id", "from_date", "until_date",
            "fte_bp", "good_leaver", "employee__left_on", "employee__good_leaver",
        )
    )  # fmt: skip
    return (Member(*row) for row in rows.iterator(chunk_size=5000))


def _salaries(days: Year) -> dict[int, list[Paid]]:
    """Each from a day of the year on, by employee; an earlier one from the first day."""
    found: dict[int, list[Paid]] = defaultdict(list)
    rows = Salary.objects.filter(from_date__lte=days.last).order_by("employee_id", "from_date")
    for employee_id, from_date, annual_minor, currency in rows.values_list(
        "employee_id", "from_date", "annual_minor", "currency"
    ).iterator(chunk_size=5000):
        first = max(days.index(from_date), 0)
        own = found[employee_id]
        if own and own[-1][0] == first:
            own.pop()
        own.append((first, annual_minor, currency))
    return found


def _away(days: Year, kinds: list[str]) -> dict[int, list[Stretch]]:
    """Stretches of leave that earns nothing, by employee, the earliest first."""
    found: dict[int, list[Stretch]] = defaultdict(list)
    if not kinds:
        return found
    rows = Leave.objects.filter(
        Q(until_date=None) | Q(until_date__gte=days.first),
        kind__in=kinds,
        from_date__lte=days.last,
    ).order_by("employee_id", "from_date")
    for employee_id, first, last in rows.values_list("employee_id", "from_date", "until_date"):
        found[employee_id].append(days.stretch(first, last))
    return found


def _spans(
    memberships: Iterable[Member], paid: list[Paid], currency: str, days: Year
) -> Iterator[tuple[Span, str]]:
    """Memberships cut where the salary changes, each with its currency ("" while unpaid)."""
    steps = paid if paid and paid[0][0] == 0 else [(0, 0, ""), *paid]
    ends = [*(first - 1 for first, _minor, _its in steps[1:]), days.length - 1]
    for member in memberships:
        first, last = days.stretch(member.from_date, member.last_day)
        for (begins, annual_minor, its), ends_on in zip(steps, ends, strict=True):
            begin, end = max(first, begins), min(last, ends_on)
            if begin <= end:
                yield Span(begin, end, member.department_id, annual_minor, member.fte_bp), its


Scope = list[tuple[Stretch, frozenset[int] | None]]
"""Stretches of the year with the departments in the pool's scope; None: all of them."""


def _remaining(span: Span, scope: Scope, away: Iterable[Stretch]) -> list[Stretch]:
    """What of a span lies in the scope and not in an excluded leave."""
    left = [
        Stretch(max(span.first, first), min(span.last, last))
        for (first, last), departments in scope
        if departments is None or span.department_id in departments
        if max(span.first, first) <= min(span.last, last)
    ]
    for leave in away:
        left = [part for stretch in left for part in _without(stretch, leave)]
    return left


def _without(stretch: Stretch, leave: Stretch) -> list[Stretch]:
    before = Stretch(stretch.first, min(stretch.last, leave.first - 1))
    after = Stretch(max(stretch.first, leave.last + 1), stretch.last)
    if leave.first > stretch.last or leave.last < stretch.first:
        return [stretch]
    return [part for part in (before, after) if part.first <= part.last]


def scopes(pool: Pool, days: Year) -> Scope:
    """The departments in a pool's scope over the year, cut where policy or placements change."""
    policies = list(pool.policies.filter(from_date__lte=days.last).order_by("from_date"))
    if _everybody_all_year(policies, days):
        return [(Stretch(0, days.length - 1), None)]
    begins = {0} | {days.index(day) for day in _changes(policies) if days.first < day <= days.last}
    ordered = sorted(begins)
    ends = [*(begin - 1 for begin in ordered[1:]), days.length - 1]
    return [
        (Stretch(begin, end), _departments_on(pool, days.day(begin)))
        for begin, end in zip(ordered, ends, strict=True)
    ]


def _everybody_all_year(policies: list[PoolPolicy], days: Year) -> bool:
    begun = bool(policies) and policies[0].from_date <= days.first
    return begun and all(policy.scope_id is None for policy in policies)


def _changes(policies: list[PoolPolicy]) -> Iterator[date]:
    """The days from which policy or placements may be others."""
    yield from (policy.from_date for policy in policies)
    for first, last in Placement.objects.values_list("from_date", "until_date").distinct():
        yield first
        if last:
            yield last + timedelta(days=1)


def _departments_on(pool: Pool, day: date) -> frozenset[int] | None:
    policy = pool.policy_on(day)
    if policy is None:
        return frozenset()
    if policy.scope_id is None:
        return None
    return frozenset(subtree({policy.scope_id}, on=day))
