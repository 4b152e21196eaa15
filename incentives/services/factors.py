"""A department's shares as its lead sees them: percent and days, never an amount or a salary.

What some get more the others get less: `envelope` says what these carry, `spread` whether a kind
of people comes off worse than another. The factors themselves are set in adjusting.adjust.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.models import BonusAdjustment, BonusRun, BonusShare, LeadProposal
from incentives.rules import BASIS, bonus, half_up
from incentives.services.bonus_policies import Terms
from incentives.services.splitting import envelope_in_words
from incentives.services.statements import salary_minor
from people.models import Department, Employee, User

EMPTIED = "–"
TENURE_YEARS = (2, 5, 10)
"""Where the bands of tenure end."""


@dataclass(frozen=True)
class Member:
    """Somebody with a share in a department. `factor` is what stands for them, None while they
    carry the difference; `is_fixed`: the looker's own, which they do not move. `share_bp` is the
    share in basis points of the own salary; `weight` never leaves the server."""

    employee: Employee
    tenure_years: int
    fte_bp: int
    days: int
    hit_days: int
    share_bp: int
    weight: int
    factor: BonusAdjustment | None
    is_fixed: bool

    @property
    def is_full_time(self) -> bool:
        return self.fte_bp == BASIS


@dataclass(frozen=True)
class OwnDepartment:
    """A department of a run as one lead sees it; `seen` is a fingerprint of what is shown."""

    department: Department
    members: list[Member]
    proposal: LeadProposal | None
    seen: str

    @property
    def changed_meanwhile(self) -> str:
        return changed_meanwhile(self.department)

    @property
    def given(self) -> dict[int, int]:
        """The factors that stand, in basis points, by employee."""
        return {m.employee.pk: m.factor.factor_bp for m in self.members if m.factor}


def with_factors() -> QuerySet[BonusRun]:
    """Live runs in which leads propose, or have proposed, factors."""
    return BonusRun.objects.live().filter(policy__manager_factor=True).select_related("pool")


@dataclass(frozen=True)
class Proposable:
    """A department of a run, how many people have a share in it, and who stands by it."""

    department: Department
    people: int
    proposal: LeadProposal | None


def proposable(run: BonusRun, department_ids: Collection[int]) -> list[Proposable]:
    """Those of the departments in which somebody has a share, by name."""
    of_run = run.shares.filter(department__in=department_ids).order_by()
    people = dict(of_run.values_list("department").annotate(Count("pk")))
    proposals = run.lead_proposals.filter(department__in=people).select_related("made_by__employee")
    by_department = {proposal.department_id: proposal for proposal in proposals}
    return [
        Proposable(department, people[department.pk], by_department.get(department.pk))
        for department in Department.objects.filter(pk__in=people).order_by("name", "code")
    ]


def own_department(run: BonusRun, department: Department, *, by: User) -> OwnDepartment:
    """A department's members by name, with the factors that stand."""
    rows = _rows(run, department)
    shares = run.shares.filter(department=department).select_related("employee")
    members = [
        _member(run, share, rows.get(share.employee_id), by=by)
        for share in shares.order_by("employee__sort_key", "employee__number")
    ]
    proposal = run.lead_proposals.filter(department=department).select_related("made_by__employee")
    return OwnDepartment(
        department, members, proposal.first(), shown_sha256(run, department, rows=rows)
    )


def _rows(run: BonusRun, department: Department) -> dict[int, BonusAdjustment]:
    """The factors that stand in a department, by employee."""
    members = run.shares.filter(department=department)
    found = run.adjustments.filter(employee__in=members.values("employee"))
    return {row.employee_id: row for row in found.select_related("made_by", "employee")}


def _member(run: BonusRun, share: BonusShare, row: BonusAdjustment | None, *, by: User) -> Member:
    working, employee = share.working, share.employee
    salary = salary_minor(working)
    is_fixed = employee.user_id == by.pk
    if row and row.made_by_id == employee.user_id:
        # Set aside while its own lead proposed: for everybody else it is no factor.
        row = None
    return Member(
        employee,
        tenure_years=_whole_years(employee.hired_on, run.last),
        fte_bp=working["spans"][-1][4],
        days=_days_in(working["spans"]),
        hit_days=share.hit_days,
        share_bp=half_up(share.share_minor * BASIS, salary) if salary else 0,
        weight=working["earned"] * working.get("mean_department_bp", BASIS),
        factor=row,
        is_fixed=is_fixed,
    )


def _whole_years(first: date, last: date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def _days_in(spans: Sequence[Sequence]) -> int:
    """Calendar days that count, leave that earns nothing left out."""
    return sum(
        (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        for first, last, *_rest in spans
    )


def forget(employee: Employee, _called: tuple[str, ...]) -> None:
    """Why somebody who is erased was given a factor; the factor stays, as the sum needs it."""
    BonusAdjustment.objects.filter(employee=employee).update(reason=EMPTIED)


def changed_meanwhile(department: Department) -> str:
    """Why a lead's proposal is refused when somebody else was quicker."""
    return _(
        "Somebody else has changed something in %(department)s meanwhile; look at it, then propose"
        " again."
    ) % {"department": department.name}


def shown_sha256(
    run: BonusRun, department: Department, *, rows: Mapping[int, BonusAdjustment] | None = None
) -> str:
    """Of what a lead is shown of a department: who is in it and what was proposed by whom."""
    rows = _rows(run, department) if rows is None else rows
    shares = run.shares.filter(department=department).order_by("employee")
    proposals = run.lead_proposals.filter(department=department)
    shown = [
        list(shares.values_list("employee", "hit_days")),
        sorted((pk, row.factor_bp, row.reason, row.made_by_id) for pk, row in rows.items()),
        [(by, str(at)) for by, at in proposals.values_list("made_by", "made_at")],
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


@dataclass(frozen=True)
class Envelope:
    """What `others`, so many people, carry: `carried_bp` basis points more (or, below zero, less)
    than their share. `problem` says why these factors can't be proposed, else it is empty."""

    others: int
    carried_bp: int
    problem: str

    @property
    def sentence(self) -> str:
        """“The 7 others carry −1.3% each.”"""
        if self.problem:
            return self.problem
        if not self.carried_bp:
            return _("Nobody carries a difference.")
        text = ngettext(
            "The other person carries %(percent)s.",
            "The %(n)s others carry %(percent)s each.",
            self.others,
        )
        return text % {"n": self.others, "percent": signed_percent(self.carried_bp)}


def signed_percent(basis_points: int) -> str:
    """−130 basis points are “−1.3%”, to one decimal."""
    tenths = half_up(abs(basis_points), 10)
    shown = formats.number_format(Decimal(tenths).scaleb(-1), 1, use_l10n=True)
    return f"{'−' if basis_points < 0 else '+'}{shown}%"


def envelope(own: OwnDepartment, chosen: Mapping[int, int], *, terms: Terms) -> Envelope:
    """What factors in basis points by employee would mean for everybody else of the department."""
    placed = {place: chosen[pk] for place, pk in enumerate(_ids(own)) if pk in chosen}
    for place, member in enumerate(own.members):
        if member.is_fixed and (placed or member.factor):
            placed[place] = member.factor.factor_bp if member.factor else BASIS
    weights = [member.weight for member in own.members]
    others = sum(1 for place, weight in enumerate(weights) if weight and place not in placed)
    numerator, carrying = bonus.others_factor_bp(weights, placed)
    carried_bp = half_up(numerator, carrying) - BASIS if placed and carrying else 0
    try:
        bonus.adjust(weights, placed, band_bp=terms.manager_band_bp)
    except bonus.EnvelopeBroken as broken:
        problem = envelope_in_words(own.department.name, broken.others_bp, terms)
        return Envelope(others, carried_bp, problem)
    return Envelope(others, carried_bp, "")


def _ids(own: OwnDepartment) -> Iterator[int]:
    return (member.employee.pk for member in own.members)


@dataclass(frozen=True)
class Group:
    """Some kind of people: how many, and their mean, lowest and highest factor, basis points."""

    name: str
    people: int
    mean_bp: int
    lowest_bp: int
    highest_bp: int


@dataclass(frozen=True)
class Spread:
    title: str
    groups: list[Group]


def spread(own: OwnDepartment, chosen: Mapping[int, int], others_bp: int) -> list[Spread]:
    """The factors by job title, tenure and part- or full-time, the looker's own left out; who has
    none stands with what the others get."""
    moved = [member for member in own.members if not member.is_fixed]
    factors = {m.employee.pk: chosen.get(m.employee.pk, others_bp) for m in moved}

    def grouped(title: str, kind: Callable[[Member], tuple[int, str]]) -> Spread:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for member in moved:
            found[kind(member)].append(factors[member.employee.pk])
        return Spread(title, [_group(name, bps) for (_order, name), bps in sorted(found.items())])

    if not moved:
        return []
    return [
        grouped(_("By job title"), lambda m: (0, m.employee.job_title or _("no job title"))),
        grouped(_("By time in the company"), lambda m: tenure_band(m.tenure_years)),
        grouped(_("By working time"), _working_time),
    ]


def _group(name: str, factors: list[int]) -> Group:
    return Group(
        name, len(factors), half_up(sum(factors), len(factors)), min(factors), max(factors)
    )


def tenure_band(years: int) -> tuple[int, str]:
    """(place in order, name) of the band in which so many whole years lie."""
    place = sum(years >= end for end in TENURE_YEARS)
    if place == 0:
        first = TENURE_YEARS[0]
        return 0, ngettext("under %(n)s year", "under %(n)s years", first) % {"n": first}
    if place == len(TENURE_YEARS):
        return place, _("%(n)s years and more") % {"n": TENURE_YEARS[-1]}
    ends = {"first": TENURE_YEARS[place - 1], "last": TENURE_YEARS[place]}
    return place, _("%(first)s to under %(last)s years") % ends


def _working_time(member: Member) -> tuple[int, str]:
    return (0, _("full-time")) if member.is_full_time else (1, _("part-time"))
