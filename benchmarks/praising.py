"""A made-up company that praises as companies do, with rings planted in it; all from one seed.

Departments vary in size, most praise stays in one's own, some people give and get far more than
others, whoever was praised praises back at times, and small honest teams praise each other a lot.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from recognition.rules.fair_play.rings import Praise

FIRST = date(2025, 3, 3)
DAYS = 365
PAIR_LIMIT, PAIR_DAYS = 2, 30


@dataclass(frozen=True)
class Ring:
    """`inside` is the share of its members' giving that stays inside; each gives `given` a year.
    In a `cycle` each praises the next, else everybody everybody."""

    size: int
    inside: float = 0.9
    given: int = 20
    cycle: bool = False


@dataclass
class Company:
    praise: list[Praise]
    departments: dict[int, int]
    teams: list[frozenset[int]]
    rings: list[tuple[Ring, frozenset[int]]] = field(default_factory=list)


@dataclass
class _Habits:
    """What somebody gives in a year, to whom."""

    given: float
    popularity: float
    own_department: float
    team: frozenset[int] = frozenset()
    in_team: float = 0.0
    ring: tuple[int, ...] = ()
    in_ring: float = 0.0


def company(
    seed: int, *, people: int = 5000, nominations: int = 100_000, teams: int = 150,
    rings: Sequence[Ring] = (),
) -> Company:  # fmt: skip
    """A year of praise among `people`, about `nominations` of them honest."""
    chance = random.Random(seed)
    departments = _departments(chance, people)
    of_department = defaultdict(list)
    for person, department in departments.items():
        of_department[department].append(person)
    own = {each: chance.uniform(0.55, 0.85) for each in of_department}
    habits = {
        person: _Habits(
            chance.lognormvariate(0, 0.8), chance.lognormvariate(0, 1), own[departments[person]]
        )
        for person in departments
    }
    made = Company([], departments, _make_teams(chance, teams, of_department, habits))
    scale = nominations / sum(each.given for each in habits.values())
    for each in habits.values():
        each.given *= scale
    made.rings = _make_rings(chance, rings, of_department, habits, made.teams)
    _praise(chance, made, of_department, habits)
    return made


def _departments(chance: random.Random, people: int) -> dict[int, int]:
    departments: dict[int, int] = {}
    number = 0
    while len(departments) < people:
        number += 1
        size = min(max(3, round(chance.lognormvariate(3.2, 0.9))), 200, people - len(departments))
        for _each in range(size):
            departments[len(departments) + 1] = number
    return departments


def _make_teams(chance, teams, of_department, habits) -> list[frozenset[int]]:
    """Honest ones of 3 to 10: most within a department, which may be no larger; some across."""
    made: list[frozenset[int]] = []
    free = set(habits)
    while len(made) < teams:
        across = chance.random() < 0.25
        pool = (
            sorted(free)
            if across
            else free.intersection(chance.choice(list(of_department.values())))
        )
        size = chance.randint(3, 10)
        if len(pool) < size:
            continue
        team = frozenset(chance.sample(sorted(pool), size))
        free -= team
        share = chance.uniform(0.4, 0.75)
        for person in team:
            habits[person].team, habits[person].in_team = team, share
        made.append(team)
    return made


def _make_rings(chance, rings, of_department, habits, teams):
    taken = set().union(*teams) if teams else set()
    made = []
    for ring in rings:
        if chance.random() < 0.5:
            pool = chance.choice([p for p in of_department.values() if len(p) >= ring.size * 2])
        else:
            pool = list(habits)
        free = [person for person in pool if person not in taken]
        if len(free) < ring.size:
            free = [person for person in habits if person not in taken]
        members = chance.sample(free, ring.size)
        taken |= set(members)
        for at, person in enumerate(members):
            others = members[:at] + members[at + 1 :]
            followed = [members[(at + 1) % len(members)]] if ring.cycle else others
            habits[person].ring, habits[person].in_ring = tuple(followed), ring.inside
            habits[person].given = ring.given
        made.append((ring, frozenset(members)))
    return made


def _praise(chance, made: Company, of_department, habits) -> None:
    popular = {0: _by_popularity(list(habits), habits)}
    popular |= {number: _by_popularity(people, habits) for number, people in of_department.items()}
    praised_by: dict[int, list[int]] = defaultdict(list)
    before: dict[tuple[int, int], list[int]] = defaultdict(list)
    givers = [
        giver for giver, habit in habits.items() for _each in range(_whole(chance, habit.given))
    ]
    chance.shuffle(givers)
    days = sorted(_day(chance) for _each in givers)
    for number, (day, giver) in enumerate(zip(days, givers, strict=True), 1):
        for _try in range(8):
            own = made.departments[giver]
            nominee = _whom(chance, giver, habits[giver], own, popular, praised_by[giver])
            lately = before[giver, nominee][-PAIR_LIMIT:]
            if nominee != giver and sum(day - each < PAIR_DAYS for each in lately) < PAIR_LIMIT:
                break
        else:
            continue
        before[giver, nominee].append(day)
        praised_by[nominee].append(giver)
        made.praise.append(
            Praise(number, giver, nominee, FIRST + timedelta(days=day), own,
                   made.departments[nominee])
        )  # fmt: skip


def _by_popularity(people, habits) -> tuple[list[int], list[float]]:
    return people, list(accumulate(habits[each].popularity for each in people))


def _whom(chance, giver, habit: _Habits, own: int, popular, praised_by: list[int]) -> int:
    if habit.ring and chance.random() < habit.in_ring:
        return chance.choice(habit.ring)
    if habit.team and chance.random() < habit.in_team:
        return chance.choice([each for each in habit.team if each != giver])
    if praised_by and chance.random() < 0.15:
        return chance.choice(praised_by[-5:])
    people, sums = popular[own if chance.random() < habit.own_department else 0]
    return chance.choices(people, cum_weights=sums)[0]


def _whole(chance: random.Random, amount: float) -> int:
    return int(amount) + (chance.random() < amount % 1)


def _day(chance: random.Random) -> int:
    """More at the ends of quarters."""
    day = chance.randrange(DAYS)
    return day if chance.random() < 0.85 else day // 91 * 91 + chance.randint(80, 90)
