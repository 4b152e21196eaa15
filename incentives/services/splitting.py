"""A pool's year shared out: what everybody earned, weighs, may get at most, and gets.

Nothing is written here: a draft, an approval, an estimate and a comparison all ask the same sum.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from incentives.models import BonusRun, BonusShare, DayVerdict, GoalVerdict, Pool
from incentives.rules import BASIS, FiscalYear, GoalState, Status, bonus, half_up
from incentives.services.bonus_policies import Terms, terms_for
from incentives.services.eligibility import BonusRefused, Eligible, Year, eligible_people
from incentives.services.years import NoSuchYear, year_named
from people.models import Department


@dataclass(frozen=True)
class Share:
    """One person's; `earned_minor` is rounded half-up, for show; `factor_bp` is the manager's, None
    where nobody in the department has one."""

    employee_id: int
    number: str
    department_id: int
    hit_days: int
    earned_minor: int
    cap_minor: int
    share_minor: int
    factor_bp: int | None
    working: dict[str, Any]

    @property
    def is_capped(self) -> bool:
        return self.share_minor == self.cap_minor > 0


@dataclass(frozen=True)
class Sharing:
    """A pool's year shared out; `shares` by employee number, amounts in minor units. `days` as in
    BonusRun."""

    pool: Pool
    year: FiscalYear
    through: date
    terms: Terms
    days: list[dict[str, Any]]
    balance_minor: int
    carried_minor: int
    shares: list[Share]

    @property
    def shared_minor(self) -> int:
        return self.balance_minor - self.carried_minor

    @property
    def capped(self) -> int:
        return sum(share.is_capped for share in self.shares)

    @cached_property
    def sha256(self) -> str:
        facts = (self.pool.code, self.year.name, self.terms.as_json(), self.days,
                 self.balance_minor, self.carried_minor)  # fmt: skip
        return content_sha256(
            facts,
            (
                (s.employee_id, s.department_id, s.hit_days, s.earned_minor, s.cap_minor,
                 s.share_minor, s.factor_bp, s.working)
                for s in self.shares
            ),
        )  # fmt: skip


def stored_sha256(run: BonusRun) -> str:
    """Of what is stored of a run: it is the run's own digest unless somebody has edited it."""
    facts = (run.pool.code, run.year, run.policy, run.days, run.balance_minor, run.carried_minor)
    rows = run.shares.order_by("position").values_list(
        "employee_id", "department_id", "hit_days", "earned_minor", "cap_minor", "share_minor",
        "factor_bp", "working",
    )  # fmt: skip
    return content_sha256(facts, rows.iterator(chunk_size=2000))


def content_sha256(facts: tuple, rows: Iterable[tuple]) -> str:
    """Of a run's content: its facts, then a row a person by employee number, as JSON lines."""
    digest = hashlib.sha256(_line(facts))
    for row in rows:
        digest.update(_line(row))
    return digest.hexdigest()


def _line(row: tuple) -> bytes:
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def share_out(
    pool: Pool,
    year: int,
    *,
    as_of: date,
    terms: Terms | None = None,
    factors: Mapping[int, int] | None = None,
) -> Sharing:
    """Share a pool's year as it stands: final days through `as_of`, the whole balance.

    `terms` instead of the policy's are for looking; `factors` are the manager's by employee, in
    basis points. Raises BonusRefused.
    """
    try:
        span = year_named(year)
    except NoSuchYear as unknown:
        raise BonusRefused(str(unknown)) from unknown
    terms = terms or terms_for(pool, span)
    through = min(as_of, span.last)
    days = hit_days_of(pool, span, through=through)
    people = eligible_people(pool, span, terms, as_of=as_of)
    earned = _earn(days, people, Year(span))
    weights, department_bp = _with_department_factors(pool, span, terms, people, earned)
    weights, given = _with_managers_factors(terms, people, weights, factors or {})
    caps = _caps(pool, span, terms, people)
    balance = to_share_minor(pool, year)
    split = bonus.split(
        balance, weights, [cap for cap, _other in caps], [person.number for person in people]
    )
    return Sharing(
        pool, span, through, terms, _described(days, earned), balance, split.carried_minor,
        [
            _share(person, own, cap, other, weight, factor, of_departments, amount, span)
            for person, own, (cap, other), weight, factor, of_departments, amount in zip(
                people, earned.people, caps, weights, given, department_bp, split.shares,
                strict=True,
            )
        ],
    )  # fmt: skip


def to_share_minor(pool: Pool, year: int) -> int:
    """What a pool's year has to share, in minor units: all that came and went, but for its own
    bonus and what was left over, so that it says the same before and after both."""
    account = pool.accounts().filter(code=pool.account_code(year)).first()
    if account is None:
        return 0
    own = Q(key__startswith="bonus:") | Q(key__startswith=f"carry:{pool.code}:{year}:")
    total = Sum("amount_minor", default=0)
    came = account.incoming.exclude(own).aggregate(s=total)["s"]
    return came - account.outgoing.exclude(own).aggregate(s=total)["s"]


def hit_days_of(pool: Pool, span: FiscalYear, *, through: date) -> list[DayVerdict]:
    """The final days of a year through a day that paid something in, in their newest version."""
    paying = pool.verdicts.filter(
        date__gte=span.first, date__lte=through, status=Status.FINAL
    ).latest_versions()
    return list(paying.filter(contribution_minor__gt=0).order_by("date"))


@dataclass(frozen=True)
class _OfPerson:
    """What somebody earned, scaled by 10^30, in all and by department."""

    exact: int
    hit_days: int
    by_department: dict[int, int]


@dataclass(frozen=True)
class _Earned:
    rates: list[int]
    bases: list[int]
    people: list[_OfPerson]


def _earn(days: list[DayVerdict], people: list[Eligible], year: Year) -> _Earned:
    contributions = {year.index(day.date): day.contribution_minor for day in days}
    spans = [
        (who, span.first, span.last, span.annual_minor * span.fte_bp)
        for who, person in enumerate(people)
        for span in person.spans
    ]
    earned = bonus.earn(contributions, spans, length=year.length)
    amounts, counts = iter(earned.by_span), iter(earned.hit_days)
    found = []
    for person in people:
        by_department: dict[int, int] = {}
        hit_days = 0
        for span in person.spans:
            amount = by_department.get(span.department_id, 0) + next(amounts)
            by_department[span.department_id] = amount
            hit_days += next(counts)
        found.append(_OfPerson(sum(by_department.values()), hit_days, by_department))
    return _Earned(earned.rates, earned.bases, found)


def _described(days: list[DayVerdict], earned: _Earned) -> list[dict[str, Any]]:
    return [
        {
            "date": str(day.date), "version": day.version,
            "contribution_minor": day.contribution_minor, "base": base, "rate": rate,
        }
        for day, base, rate in zip(days, earned.bases, earned.rates, strict=True)
    ]  # fmt: skip


def _with_department_factors(
    pool: Pool, span: FiscalYear, terms: Terms, people: list[Eligible], earned: _Earned
) -> tuple[list[int], list[dict[int, int]]]:
    """Weights, and each person's departments with their factors; as earned where there are none."""
    if not terms.department_factor:
        return [own.exact for own in earned.people], [{} for _person in people]
    factors, everybody = department_factors(pool, span)
    used = [
        {department: factors.get(department, everybody) for department in own.by_department}
        for own in earned.people
    ]
    weights = [
        sum(amount * its[department] for department, amount in own.by_department.items())
        for own, its in zip(earned.people, used, strict=True)
    ]
    return weights, used


def department_factors(pool: Pool, span: FiscalYear) -> tuple[dict[int, int], int]:
    """Goals met of those met or missed over the year's final days, in basis points rounded
    half-up: by department, and of all together for departments without a goal."""
    latest = pool.verdicts.filter(
        date__gte=span.first, date__lte=span.last, status=Status.FINAL
    ).latest_versions()
    met: dict[int, int] = defaultdict(int)
    counted: dict[int, int] = defaultdict(int)
    states = (GoalState.MET, GoalState.MISSED)
    goals = GoalVerdict.objects.filter(
        verdict__in=list(latest.values_list("pk", flat=True)), state__in=states
    )
    for department, state, count in (
        goals.order_by().values_list("target__department", "state").annotate(Count("state"))
    ):
        counted[department] += count
        met[department] += count if state == GoalState.MET else 0
    total = sum(counted.values())
    of_all = half_up(BASIS * sum(met.values()), total) if total else BASIS
    return {pk: half_up(BASIS * met[pk], n) for pk, n in counted.items()}, of_all


def _with_managers_factors(
    terms: Terms, people: list[Eligible], weights: list[int], factors: Mapping[int, int]
) -> tuple[list[int], list[int | None]]:
    """Weights times the factors, zero-sum inside each department, and everybody's factor."""
    if not terms.manager_factor:
        return weights, [None] * len(people)
    members: dict[int, list[int]] = defaultdict(list)
    for who, person in enumerate(people):
        members[person.department_id].append(who)
    adjusted = [0] * len(people)
    given: list[int | None] = [None] * len(people)
    for department_id, its in members.items():
        own = [weights[who] for who in its]
        chosen = {
            place: factors[people[who].employee_id]
            for place, who in enumerate(its)
            if people[who].employee_id in factors
        }
        for who, weight in zip(its, _adjusted(own, chosen, terms, department_id), strict=True):
            adjusted[who] = weight
        if chosen:
            numerator, carrying = bonus.others_factor_bp(own, chosen)
            others = half_up(numerator, carrying) if carrying else BASIS
            for place, who in enumerate(its):
                given[who] = chosen.get(place, others)
    return adjusted, given


def _adjusted(
    weights: list[int], chosen: dict[int, int], terms: Terms, department_id: int
) -> list[int]:
    try:
        return bonus.adjust(weights, chosen, band_bp=terms.manager_band_bp)
    except bonus.EnvelopeBroken as broken:
        name = Department.objects.get(pk=department_id).name
        raise BonusRefused(envelope_in_words(name, broken.others_bp, terms)) from broken


def envelope_in_words(department: str, others_bp: int | None, terms: Terms) -> str:
    """Why the factors of a department don't do."""
    if others_bp is None:
        return _(
            "%(department)s: what some get more, others get less. Nobody without a factor is left"
            " to carry the difference; take one factor back."
        ) % {"department": department}
    return _(
        "%(department)s: everybody without a factor would get %(others)s%% of their share, and"
        " %(band)s%% more or less is the limit. Give less, or give to fewer."
    ) % {
        "department": department,
        "others": percent(others_bp),
        "band": percent(terms.manager_band_bp),
    }


def percent(basis_points: int) -> str:
    """9875 is 98.75, 2000 is 20."""
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")


def _caps(
    pool: Pool, span: FiscalYear, terms: Terms, people: list[Eligible]
) -> list[tuple[int, int]]:
    """(the most somebody gets, what other pools of the year have taken off it), minor units."""
    others = other_pools_minor(pool, span.name)
    return [
        (max(_cap(person, terms) - others.get(person.employee_id, 0), 0),
         others.get(person.employee_id, 0))
        for person in people
    ]  # fmt: skip


def _cap(person: Eligible, terms: Terms) -> int:
    if terms.cap_basis == bonus.CapBasis.YEAR_END:
        return bonus.cap_minor(person.year_end, 1, terms.cap_bp)
    return bonus.cap_minor(person.salary_days, person.days, terms.cap_bp)


def other_pools_minor(pool: Pool, year: int) -> dict[int, int]:
    """What approved runs of other pools give for the year, by employee: nobody gets more than the
    cap in all."""
    shares = BonusShare.objects.filter(
        run__year=year, run__pool__currency=pool.currency,
        run__state__in=(BonusRun.State.APPROVED, BonusRun.State.PAID),
    ).exclude(run__pool=pool)  # fmt: skip
    return dict(shares.order_by().values_list("employee_id").annotate(Sum("share_minor")))


def _share(
    person: Eligible,
    own: _OfPerson,
    cap: int,
    other: int,
    weight: int,
    factor: int | None,
    department_bp: dict[int, int],
    amount: int,
    span: FiscalYear,
) -> Share:
    year = Year(span)
    working: dict[str, Any] = {
        "spans": [
            [str(year.day(s.first)), str(year.day(s.last)), s.department_id, s.annual_minor,
             s.fte_bp]
            for s in person.spans
        ],
        "earned": own.exact,
        "weight": weight,
        "salary_days": person.salary_days,
        "days": person.days,
        "year_end": person.year_end,
        "other_pools_minor": other,
    }  # fmt: skip
    if department_bp:
        # As text: what is stored as JSON has no other keys, and the digest is of both.
        working["department_bp"] = {str(pk): bp for pk, bp in department_bp.items()}
        if own.exact:
            working["mean_department_bp"] = _mean_bp(own, department_bp)
    return Share(
        person.employee_id, person.number, person.department_id, own.hit_days,
        half_up(own.exact, bonus.RATE_SCALE), cap, amount, factor, working,
    )  # fmt: skip


def _mean_bp(own: _OfPerson, department_bp: Mapping[int, int]) -> int:
    weighed = sum(amount * department_bp[pk] for pk, amount in own.by_department.items())
    return half_up(weighed, own.exact)


def rows(sharing: Sharing) -> Iterator[dict[str, Any]]:
    """A line a person: employee, department, hit_days and amounts in minor units."""
    departments = dict(Department.objects.values_list("pk", "code"))
    for share in sharing.shares:
        yield {
            "employee": share.number, "department": departments[share.department_id],
            "hit_days": share.hit_days, "earned_minor": share.earned_minor,
            "cap_minor": share.cap_minor, "share_minor": share.share_minor,
        }  # fmt: skip
