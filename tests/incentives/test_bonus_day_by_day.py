"""A pool's year shared out of the database, held against an obvious model that walks through every
day and asks every row, in random small companies."""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from django.db import transaction

from incentives.models import GoalVerdict, PoolPolicy, Target
from incentives.rules import BASIS, GoalState
from incentives.services.bonus_policies import Terms
from incentives.services.eligibility import BonusRefused
from incentives.services.splitting import share_out
from people.models import Department, Employee, Leave, LeaveKind, Membership, Placement, Salary
from people.rules import BEGINNING
from tests.conftest import make_target
from tests.incentives.companies import YEAR, add_money, pay_day
from tests.incentives.slow_bonus import SCALE, shared
from tests.incentives.test_closing import make_pool

pytestmark = pytest.mark.django_db

DAYS = [YEAR[0] + timedelta(days=n) for n in range(365)]
# Everything begins, ends and pays on few days side by side, so that an end a day off is found.
EDGES = [DAYS[n] for n in (0, 1, 99, 100, 101, 102, 200, 201, 202, 203, 204, 363, 364)]
COMPANIES = 40


@pytest.fixture
def departments(site):
    """A head office with a branch and its desk, and a second branch to which the desk may move."""
    made = {}
    for code, parent in (("HEAD", None), ("NORTH", "HEAD"), ("SOUTH", "HEAD"), ("DESK", "NORTH")):
        made[code] = Department.objects.create(code=code, name=code.title())
        Placement.objects.create(
            department=made[code], site=site, parent=made.get(parent), from_date=BEGINNING
        )
    return list(made.values())


def some_day(chance: random.Random) -> date:
    return chance.choice(EDGES)


def make_random_people(chance: random.Random, departments) -> None:
    for place in range(chance.randint(1, 7)):
        hired = chance.choice((date(2019, 5, 1), YEAR[0], some_day(chance)))
        left = some_day(chance) if chance.random() < 0.4 else None
        left = left if left and left >= hired else None
        employee = Employee.objects.create(
            number=f"E{chance.randint(0, 10**6)}-{place}", name="N", hired_on=hired, left_on=left,
            good_leaver=chance.choice((True, False)) if left else None,
        )  # fmt: skip
        last = left or YEAR[1]
        cuts = sorted({hired, *(day for day in chance.sample(EDGES, 2) if hired < day <= last)})
        ends = [*(cut - timedelta(days=1) for cut in cuts[1:]), left]
        for from_date, until_date in zip(cuts, ends, strict=True):
            Membership.objects.create(
                employee=employee, department=chance.choice(departments), from_date=from_date,
                until_date=until_date, fte_bp=chance.choice((10_000, 10_000, 6_000, 1)),
            )  # fmt: skip
        paid_from = {chance.choice((hired, some_day(chance))), some_day(chance)}
        for from_date in paid_from if chance.random() < 0.9 else ():
            Salary.objects.create(
                employee=employee, from_date=from_date, currency="GBP",
                annual_minor=chance.choice((0, 3_000_000, 3_000_000, chance.randint(1, 10**7))),
            )  # fmt: skip
        if chance.random() < 0.6:
            begin = some_day(chance)
            Leave.objects.create(
                employee=employee, kind=chance.choice((LeaveKind.UNPAID, LeaveKind.OTHER)),
                from_date=begin, until_date=begin + timedelta(days=chance.choice((0, 1, 2, 100))),
            )  # fmt: skip


def make_random_pool(chance: random.Random, departments, goals, by):
    pool = make_pool(by, scope=chance.choice((None, None, departments[1])))
    if chance.random() < 0.5:
        PoolPolicy.objects.create(
            pool=pool, from_date=some_day(chance), scope=chance.choice((None, *departments[:3])),
            contribution_amount=1, made_by=by,
        )  # fmt: skip
    if chance.random() < 0.5:
        desk = Placement.objects.get(department__code="DESK")
        desk.until_date = some_day(chance)
        desk.save()
        Placement.objects.create(
            department=desk.department, site=desk.site, parent=departments[2],
            from_date=desk.until_date + timedelta(days=1),
        )  # fmt: skip
    for day in chance.sample(EDGES, chance.randint(2, 9)):
        verdict = pay_day(pool, day, chance.choice((1, 100, 25_000)), by=by)
        GoalVerdict.objects.bulk_create(
            GoalVerdict(
                verdict=verdict, target=target, target_scaled=1, weight=1,
                state=chance.choice((GoalState.MET, GoalState.MISSED, GoalState.EXCUSED)),
            )
            for target in goals
        )  # fmt: skip
    if chance.random() < 0.3:
        add_money(pool, DAYS[0], chance.choice((12_345, -5_000)), key="before", by=by)
    return pool


def random_terms(chance: random.Random) -> Terms:
    return Terms(
        cap_bp=chance.choice((1, 20, 2000, 2000)), cap_basis=chance.choice(("mean", "year_end")),
        department_factor=chance.random() < 0.4, manager_factor=chance.random() < 0.4,
        leavers=chance.choice(("good", "all", "none")),
        excluded_leave=chance.choice(([], ["unpaid"], ["unpaid", "other"])),
    )  # fmt: skip


# The obvious model


def on(day: date, rows: Iterable):
    """The one of the rows in force on a day."""
    found = [
        r for r in rows if r.from_date <= day and (r.until_date is None or day <= r.until_date)
    ]
    assert len(found) <= 1
    return found[0] if found else None


def latest(day: date, rows: Iterable):
    return max((r for r in rows if r.from_date <= day), key=lambda r: r.from_date, default=None)


def in_scope(department_id: int, policy: PoolPolicy | None, placements, day: date) -> bool:
    if policy is None or policy.scope_id is None:
        return True
    while department_id is not None:
        if department_id == policy.scope_id:
            return True
        department_id = on(day, placements[department_id]).parent_id
    return False


class Facts:
    """Every row there is, by whom it is about."""

    def __init__(self, pool) -> None:
        self.employees = list(Employee.objects.order_by("number"))
        self.policies = list(pool.policies.all())
        self.memberships, self.salaries, self.leaves = (
            self._by(model, "employee_id") for model in (Membership, Salary, Leave)
        )
        self.placements = self._by(Placement, "department_id")

    @staticmethod
    def _by(model, name: str) -> dict[int, list]:
        found = defaultdict(list)
        for row in model.objects.all():
            found[getattr(row, name)].append(row)
        return found

    def weight(self, who: Employee, day: date) -> int:
        """Salary times full-time share, whatever the scope."""
        member, paid = on(day, self.memberships[who.pk]), latest(day, self.salaries[who.pk])
        return paid.annual_minor * member.fte_bp if member and paid else 0

    def department(self, who: Employee, day: date, terms: Terms) -> int | None:
        """Where somebody earns on a day; None where nothing is earned."""
        member, leave = on(day, self.memberships[who.pk]), on(day, self.leaves[who.pk])
        if member is None or (leave and leave.kind in terms.excluded_leave):
            return None
        if not in_scope(member.department_id, latest(day, self.policies), self.placements, day):
            return None
        return member.department_id


def counts(who: Employee, terms: Terms, as_of: date) -> bool:
    if who.left_on is None or who.left_on >= min(as_of, YEAR[1]):
        return True
    return terms.leavers == "all" or (terms.leavers == "good" and who.good_leaver is True)


def department_factors(pool) -> tuple[dict[int, int], int]:
    seen = defaultdict(list)
    for goal in GoalVerdict.objects.filter(verdict__in=pool.verdicts.all()):
        if goal.state in (GoalState.MET, GoalState.MISSED):
            department = Target.objects.get(pk=goal.target_id).department_id
            seen[department].append(goal.state == GoalState.MET)

    def part(met: list[bool]) -> int:
        return floor(Fraction(BASIS * sum(met), len(met)) + Fraction(1, 2)) if met else BASIS

    everybody = part([met for its in seen.values() for met in its])
    return {pk: part(met) for pk, met in seen.items()}, everybody


def obvious(pool, terms: Terms, factors: dict[int, int], as_of: date) -> tuple[dict, int] | None:
    """Shares by number and what is carried over; None when the factors are not zero-sum."""
    facts = Facts(pool)
    people = [who for who in facts.employees if counts(who, terms, as_of)]
    where = {}
    for who in people:
        days = [(day, facts.department(who, day, terms)) for day in DAYS]
        if any(department for _day, department in days):
            where[who] = {day: department for day, department in days if department}
    of_departments, of_all = department_factors(pool)
    weights = dict.fromkeys(where, 0)
    for verdict in pool.verdicts.filter(date__lte=as_of):
        day = verdict.date
        there = {who: facts.weight(who, day) for who, its in where.items() if day in its}
        base = sum(there.values())
        for who, weight in there.items() if base else ():
            factor = of_departments.get(where[who][day], of_all) if terms.department_factor else 1
            weights[who] += verdict.contribution_minor * SCALE // base * weight * factor
    if terms.manager_factor:
        weights = with_managers(terms, where, weights, factors)
        if weights is None:
            return None
    account = pool.accounts().first()
    balance = account.balance() if account else 0
    caps = [cap(facts, who, terms) for who in where]
    numbers = [who.number for who in where]
    shares, carried = shared(balance, list(weights.values()), caps, numbers)
    return dict(zip(numbers, zip(shares, caps, strict=True), strict=True)), carried


def with_managers(terms: Terms, where: dict, weights: dict, factors: dict) -> dict | None:
    teams = defaultdict(list)
    for who, its in where.items():
        teams[its[max(its)]].append(who)
    adjusted = {}
    for team in teams.values():
        owed = sum(weights[who] * (BASIS - factors[who.pk]) for who in team if who.pk in factors)
        carrying = sum(weights[who] for who in team if who.pk not in factors)
        if abs(owed) > terms.manager_band_bp * carrying:
            return None
        for who in team:
            others = BASIS + (Fraction(owed, carrying) if carrying else 0)
            adjusted[who] = floor(weights[who] * factors.get(who.pk, others))
    return {who: adjusted[who] for who in weights}


def cap(facts: Facts, who: Employee, terms: Terms) -> int:
    """Of the mean over the days with a salary, or of the last of these."""
    paid = [
        facts.weight(who, day)
        for day in DAYS
        if on(day, facts.memberships[who.pk]) and latest(day, facts.salaries[who.pk])
    ]
    if not paid:
        return 0
    of = paid[-1] if terms.cap_basis == "year_end" else Fraction(sum(paid), len(paid))
    return floor(of * terms.cap_bp / (BASIS * BASIS))


@pytest.mark.parametrize("portion", range(4))
def test_sharing_out_is_what_walking_day_by_day_gives(portion, departments, answered, system):
    goals = [make_target(department, answered, "80", system) for department in departments[1:3]]
    kinds = set()
    for number in range(portion * COMPANIES // 4, (portion + 1) * COMPANIES // 4):
        chance = random.Random(number)
        with transaction.atomic():
            make_random_people(chance, departments)
            pool = make_random_pool(chance, departments, goals, system)
            terms = random_terms(chance)
            as_of = chance.choice((date(2027, 1, 4), date(2027, 1, 4), some_day(chance)))
            factors = {
                pk: chance.randint(8_000, 12_000)
                for pk in Employee.objects.order_by("pk").values_list("pk", flat=True)
                if chance.random() < 0.2
            }
            wanted = obvious(pool, terms, factors, as_of)
            try:
                sharing = share_out(pool, 2026, as_of=as_of, terms=terms, factors=factors)
            except BonusRefused:
                assert wanted is None, number
                kinds.add("refused")
            else:
                found = {s.number: (s.share_minor, s.cap_minor) for s in sharing.shares}
                assert (found, sharing.carried_minor) == wanted, number
                kinds |= {"shared"} if sharing.shared_minor else {"nothing"}
            transaction.set_rollback(True)
    assert "shared" in kinds
