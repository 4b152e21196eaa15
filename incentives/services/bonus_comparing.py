"""Look before you leap: two sharings side by side. Nothing is written by looking.

Who may see persons sees each; everybody else groups of at least five, so that no group is one
person's salary in disguise.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incentives.models import BonusRun, Pool
from incentives.rules import BASIS
from incentives.services.bonus_policies import Terms
from incentives.services.bonus_runs import factors_of
from incentives.services.eligibility import BonusRefused
from incentives.services.splitting import Share, Sharing, share_out
from people.models import Department, Employee

SMALLEST_GROUP = 5
MOST_BARS = 12
LOOK = "bonus comparison"
TENURE = (1, 3, 5, 10)
"""Whole years of service at which a band ends."""


@dataclass(frozen=True)
class Claim:
    """What one side gives a person, in minor units; `fte_bp` on the last day that counts."""

    department_id: int
    share_minor: int
    cap_minor: int
    fte_bp: int

    @property
    def is_capped(self) -> bool:
        return self.share_minor == self.cap_minor > 0


@dataclass(frozen=True)
class Side:
    """One of two sharings, amounts in minor units; `people` by employee."""

    title: str
    currency: str
    last: date
    balance_minor: int
    carried_minor: int
    people: dict[int, Claim]

    @property
    def shared_minor(self) -> int:
        return self.balance_minor - self.carried_minor

    @property
    def capped(self) -> int:
        return sum(claim.is_capped for claim in self.people.values())


@dataclass(frozen=True)
class Change:
    """What the second side changes for one person; an amount is None where they have no share."""

    employee_id: int
    number: str
    name: str
    department: str
    currency: str
    part_time: bool
    years: int
    before: Claim | None
    after: Claim | None

    @property
    def before_minor(self) -> int | None:
        return self.before.share_minor if self.before else None

    @property
    def after_minor(self) -> int | None:
        return self.after.share_minor if self.after else None

    @property
    def change_minor(self) -> int:
        return (self.after_minor or 0) - (self.before_minor or 0)

    @property
    def capped_before(self) -> bool:
        return bool(self.before and self.before.is_capped)

    @property
    def capped_after(self) -> bool:
        return bool(self.after and self.after.is_capped)


Which = Callable[[Change], bool]
WHO: dict[str, Which] = {
    "gain": lambda change: change.change_minor > 0,
    "lose": lambda change: change.change_minor < 0,
    "capped": lambda change: change.capped_after,
    "enter": lambda change: change.before is None,
    "fall_out": lambda change: change.after is None,
}
"""By which people are counted and picked out."""


@dataclass(frozen=True)
class Group:
    """People together: how many, what both sides give them in minor units, how many of each WHO."""

    title: str
    people: int
    before_minor: int
    after_minor: int
    capped_before: int
    counts: dict[str, int]

    @property
    def change_minor(self) -> int:
        return self.after_minor - self.before_minor

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title, "people": self.people, "before_minor": self.before_minor,
            "after_minor": self.after_minor, "capped_before": self.capped_before, **self.counts,
        }  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """How many people change by more than `low_minor` through `high_minor`, towards zero
    excluded; 0 and 0 are those whose share stays."""

    low_minor: int
    high_minor: int
    people: int


@dataclass(frozen=True)
class Comparison:
    before: Side
    after: Side
    changes: list[Change]
    """By employee number."""

    @property
    def currency(self) -> str:
        return self.after.currency

    def total(self) -> Group:
        return _group(_("everybody"), self.changes)

    def by_department(self, *, smallest: int = 1) -> list[Group]:
        return _groups(self.changes, lambda change: change.department, smallest=smallest)

    def by_hours(self, *, smallest: int = 1) -> list[Group]:
        def hours(change: Change) -> str:
            return _("part time") if change.part_time else _("full time")

        return _groups(self.changes, hours, smallest=smallest)

    def by_tenure(self, *, smallest: int = 1) -> list[Group]:
        found = {years: tenure_band(years) for years in {change.years for change in self.changes}}
        ordered = sorted(self.changes, key=lambda change: change.years)
        return _groups(ordered, lambda change: found[change.years], smallest=smallest, sort=False)


def compare_terms(pool: Pool, year: int, terms: Terms, *, as_of: date) -> Comparison:
    """A pool's year by its own terms, or as it was decided, against the same by other terms.

    Raises BonusRefused.
    """
    run = BonusRun.objects.live().filter(pool=pool, year=year).first()
    factors = factors_of(run) if run else {}
    after = share_out(pool, year, as_of=as_of, terms=terms, factors=factors)
    if run and run.is_decided():
        before = side_of_run(run)
    else:
        own = share_out(pool, year, as_of=as_of, factors=factors)
        before = side_of_sharing(own, _("%(pool)s by its terms") % {"pool": _name(pool, year)})
    other = _("%(pool)s by other terms") % {"pool": _name(pool, year)}
    return compare(before, side_of_sharing(after, other))


def compare_runs(before: BonusRun, after: BonusRun) -> Comparison:
    """Two runs as they are stored, of whatever pools and years. Raises BonusRefused."""
    return compare(side_of_run(before), side_of_run(after))


def _name(pool: Pool, year: int) -> str:
    return f"{pool.code} {year}"


def side_of_sharing(sharing: Sharing, title: str) -> Side:
    return Side(
        title, sharing.pool.currency, sharing.year.last, sharing.balance_minor,
        sharing.carried_minor, {share.employee_id: _claim(share) for share in sharing.shares},
    )  # fmt: skip


def _claim(share: Share) -> Claim:
    return Claim(share.department_id, share.share_minor, share.cap_minor, _fte_bp(share.working))


def side_of_run(run: BonusRun) -> Side:
    rows = run.shares.values_list(
        "employee_id", "department_id", "share_minor", "cap_minor", "working"
    )
    people = {
        employee_id: Claim(department_id, share_minor, cap_minor, _fte_bp(working))
        for employee_id, department_id, share_minor, cap_minor, working in rows.iterator()
    }
    title = f"{_name(run.pool, run.year)}, {run.get_state_display()}"
    return Side(title, run.currency, run.last, run.balance_minor, run.carried_minor, people)


def _fte_bp(working: dict[str, Any]) -> int:
    *_rest, fte_bp = working["spans"][-1]
    return fte_bp


def compare(before: Side, after: Side) -> Comparison:
    """Raises BonusRefused for sides in two currencies."""
    if before.currency != after.currency:
        raise BonusRefused(
            _("%(one)s is in %(its)s and %(other)s in %(others)s: they can't be compared.")
            % {"one": before.title, "its": before.currency, "other": after.title,
               "others": after.currency}
        )  # fmt: skip
    return Comparison(before, after, list(_changes(before, after)))


def _changes(before: Side, after: Side) -> Iterator[Change]:
    departments = dict(Department.objects.values_list("pk", "name"))
    wanted = before.people.keys() | after.people.keys()
    staff = Employee.objects.order_by("number").values_list("pk", "number", "name", "hired_on")
    for pk, number, name, hired_on in staff.iterator(chunk_size=5000):
        if pk not in wanted:
            continue
        then, now = before.people.get(pk), after.people.get(pk)
        place = now or then
        assert place
        yield Change(
            pk, number, name, departments[place.department_id], after.currency,
            part_time=place.fte_bp < BASIS, years=_years(hired_on, after.last), before=then,
            after=now,
        )  # fmt: skip


def _years(since: date, until: date) -> int:
    """Whole years of service."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def tenure_band(years: int) -> str:
    last = 0
    for end in TENURE:
        if years < end:
            return _("%(from)s to under %(to)s years") % {"from": last, "to": end}
        last = end
    return _("%(from)s years or more") % {"from": last}


def _group(title: str, changes: list[Change]) -> Group:
    return Group(
        title,
        len(changes),
        sum(change.before_minor or 0 for change in changes),
        sum(change.after_minor or 0 for change in changes),
        sum(change.capped_before for change in changes),
        {who: sum(map(which, changes)) for who, which in WHO.items()},
    )


def _groups(
    changes: Iterable[Change], title: Callable[[Change], str], *, smallest: int, sort: bool = True
) -> list[Group]:
    members: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        members[title(change)].append(change)
    titles = sorted(members) if sort else list(members)
    return [_group(each, its) for each, its in _large_enough(members, titles, smallest)]


def _large_enough(
    members: dict[str, list[Change]], titles: list[str], smallest: int
) -> Iterator[tuple[str, list[Change]]]:
    """Small groups as one, with the next larger one when they are too few even so: what is left
    out could else be worked out from the total. Of two alike the last by name, as on a run's page
    (run_reading.grouped): were it the other one there, both pages would tell of the small. Then
    those join them whose sums would tell of a few."""
    rest = sorted(sorted(titles, reverse=True), key=lambda each: len(members[each]))
    joined: list[str] = []
    together: list[Change] = []

    def join(each: str) -> None:
        rest.remove(each)
        joined.append(each)
        together.extend(members[each])

    while rest and (len(members[rest[0]]) < smallest or 0 < len(together) < smallest):
        join(rest[0])
    for each in [title for title in rest if tells_of_a_few(members[title], smallest)]:
        join(each)
    while rest and tells_of_a_few(together, smallest):
        join(rest[0])
    yield from ((each, members[each]) for each in titles if each not in joined)
    if len(together) >= smallest and not tells_of_a_few(together, smallest):
        yield pgettext("groups of people", "smaller ones together"), together


def tells_of_a_few(changes: Iterable[Change], smallest: int) -> bool:
    """Whether fewer gain, lose, keep their share, get one or get none any more: all others change
    in one proportion, which other groups show, and what these few have is the rest."""
    kinds = Counter(
        (change.before is None, change.after is None, (change.change_minor > 0) -
         (change.change_minor < 0)) for change in changes
    )  # fmt: skip
    return any(count < smallest for count in kinds.values())


def bars(comparison: Comparison, *, smallest: int = 1) -> list[Bar]:
    """How the changes spread, the greatest loss first, in steps of 1, 2 or 5 with zeros."""
    changes = [change.change_minor for change in comparison.changes]
    if len(changes) < smallest or not changes:
        return []
    step = _step(max(changes, default=0) - min(changes, default=0))
    counts: dict[int, int] = defaultdict(int)
    for change in changes:
        counts[-(-change // step) if change > 0 else change // step] += 1
    found = [
        Bar(min(place, place - (place > 0)) * step, max(place, place + (place < 0)) * step,
            counts.get(place, 0))
        for place in range(min(counts), max(counts) + 1)
    ]  # fmt: skip
    return _thick_enough(found, smallest)


def _step(width: int) -> int:
    """The least of 1, 2, 5, 10, 20, … that makes few bars of so many minor units."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if width <= step * (MOST_BARS - 2):
                return step
        size *= 10


def _thick_enough(found: list[Bar], smallest: int) -> list[Bar]:
    """Neighbours as one until each has as many people; an empty bar tells of nobody."""
    thick: list[Bar] = []
    for bar in found:
        last = thick[-1] if thick else None
        if last and 0 < last.people < smallest:
            thick[-1] = _joined(last, bar)
        else:
            thick.append(bar)
    while len(thick) > 1 and 0 < thick[-1].people < smallest:
        end = thick.pop()
        thick[-1] = _joined(thick[-1], end)
    return thick


def _joined(one: Bar, next_one: Bar) -> Bar:
    return Bar(one.low_minor, next_one.high_minor, one.people + next_one.people)


def picked(changes: list[Change], *, who: str = "", search: str = "") -> list[Change]:
    """Those of one WHO, and with these words in number, name or department."""
    which = WHO.get(who)
    words = search.casefold().split()
    return [
        change
        for change in changes
        if (which is None or which(change))
        and all(
            word in f"{change.number} {change.name} {change.department}".casefold()
            for word in words
        )
    ]


def as_json(comparison: Comparison, *, people: bool) -> dict[str, Any]:
    """Both sides, totals and groups; with `people` each person too."""
    found: dict[str, Any] = {
        "currency": comparison.currency,
        **{
            name: {
                "title": side.title, "pool_minor": side.balance_minor,
                "shared_minor": side.shared_minor, "carried_minor": side.carried_minor,
                "employees": len(side.people), "capped": side.capped,
            }
            for name, side in (("before", comparison.before), ("after", comparison.after))
        },
        "total": comparison.total().as_json(),
        "departments": [group.as_json() for group in comparison.by_department()],
        "hours": [group.as_json() for group in comparison.by_hours()],
        "tenure": [group.as_json() for group in comparison.by_tenure()],
    }  # fmt: skip
    if people:
        found["people"] = [
            {
                "employee": change.number, "department": change.department,
                "before_minor": change.before_minor, "after_minor": change.after_minor,
                "change_minor": change.change_minor, "capped_before": change.capped_before,
                "capped_after": change.capped_after,
            }
            for change in comparison.changes
        ]  # fmt: skip
    return found
