"""Companies that put customers right, made by a seed: honest people, and planted habits.

Activity and amounts are log-normal; people round, meet needs above the limit in part or ask, and
some things have one price. Some customers have two problems in a day, some several in a quarter.
Planted is one habit a department, by somebody who is otherwise like everybody.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from empowerment.rules.signals import Spent

FIRST = date(2026, 1, 1)
DAYS = 120
JOBS = ("agent", "clerk", "driver", "technician")
HABITS = ("split", "just_under", "same", "far")


@dataclass
class Desk:
    """An employee with the own pace and purse."""

    employee: int
    department: int
    job: str
    a_day: float
    purse: float
    habit: str = ""


@dataclass
class Company:
    limit_minor: int
    spent: list[Spent] = field(default_factory=list)
    planted: dict[int, str] = field(default_factory=dict)
    people: int = 0
    habitual: set[int] = field(default_factory=set)
    """Cases that a planted habit made."""


class _Made:
    def __init__(self, seed: int, *, people: int, limit_minor: int, strength: float):
        self.chance = random.Random(seed)
        self.company = Company(limit_minor)
        self.strength = strength
        self.seen: dict[int, list[int]] = defaultdict(list)
        self.known: dict[int, list[tuple[date, int]]] = defaultdict(list)
        self.friend: dict[int, int] = {}
        self.customers = 0
        self.desks = list(self._desks(people))
        self.company.people = len(self.desks)
        self.prices = {}
        for department in {desk.department for desk in self.desks}:
            if self.chance.random() < 0.2:
                top = self.chance.random() < 0.25
                share = 1.0 if top else self.chance.choice((0.2, 0.4, 0.6))
                self.prices[department] = int(limit_minor * share)

    def _desks(self, people: int) -> Iterator[Desk]:
        made = department = 0
        while made < people:
            department += 1
            size = min(people - made, max(2, int(self.chance.lognormvariate(2.2, 0.7))))
            pace = self.chance.lognormvariate(-1.2, 0.4)
            for n in range(size):
                made += 1
                desk = Desk(
                    made, department, self.chance.choice(JOBS),
                    pace * self.chance.lognormvariate(0, 0.5), self.chance.lognormvariate(0, 0.25),
                )  # fmt: skip
                if self.strength and n == 0 and size > 6:
                    desk.habit = HABITS[department % len(HABITS)]
                    self.company.planted[made] = desk.habit
                yield desk

    def live(self) -> Company:
        for n in range(DAYS):
            day = FIRST + timedelta(days=n)
            if day.weekday() < 6:
                for desk in self.desks:
                    self._day(desk, day)
        return self.company

    def _day(self, desk: Desk, day: date) -> None:
        pace = desk.a_day * (self.strength if desk.habit == "far" else 1)
        cases = sum(self.chance.random() < pace / 8 for _quarter in range(8))
        for _n in range(cases):
            self._case(desk, day, self._customer(desk, day), self._need(desk))
        if desk.habit == "split" and self.chance.random() < self.strength / 90:
            self._split(desk, day)
        if desk.habit == "same" and self.chance.random() < self.strength / 90:
            who = self.friend.setdefault(desk.employee, self._new_customer())
            self._case(desk, day, who, self._need(desk), habitual=True)

    def _split(self, desk: Desk, day: date) -> None:
        who = self._new_customer()
        whole = self.company.limit_minor * self.chance.uniform(1.2, 1.9)
        for share in (0.52, 0.48):
            self._case(desk, day, who, int(whole * share) // 100 * 100, habitual=True)

    def _need(self, desk: Desk) -> int:
        limit = self.company.limit_minor
        if desk.habit == "just_under" and self.chance.random() < self.strength / 10:
            return int(limit * self.chance.choice((0.93, 0.95, 0.98, 1))) // 100 * 100
        price = self.prices.get(desk.department)
        if price and self.chance.random() < 0.4:
            return price
        amount = limit * 0.25 * desk.purse * self.chance.lognormvariate(0, 0.7)
        step = self.chance.choices((500, 100, 1), (6, 2, 2))[0]
        return max(100, round(amount / step) * step)

    def _new_customer(self) -> int:
        self.customers += 1
        return self.customers

    def _customer(self, desk: Desk, day: date) -> int:
        draw = self.chance.random()
        before = self.seen[desk.department]
        if before and draw < 0.02:
            return before[-1]
        if before and draw < 0.08:
            return self.chance.choice(before[-400:])
        return self._new_customer()

    def _case(
        self, desk: Desk, day: date, who: int, need: int, *, habitual: bool = False
    ) -> None:  # fmt: skip
        limit = self.company.limit_minor
        asked = need > limit and self.chance.random() < 0.5
        amount = need if asked else min(need, limit)
        since = day - timedelta(days=29)
        used = sum(spent for on, spent in self.known[who] if on >= since)
        # Per customer twice the limit in 30 days; what is left of it is given, or a lead is asked.
        amount = amount if asked else min(amount, 2 * limit - used)
        if amount <= 0:
            return
        self.seen[desk.department].append(who)
        self.known[who].append((day, amount))
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        at += timedelta(minutes=self.chance.randrange(600))
        number = len(self.company.spent) + 1
        if habitual or (desk.habit in ("far", "just_under")):
            self.company.habitual.add(number)
        self.company.spent.append(
            Spent(
                number, desk.employee, desk.department, desk.job, who, at, day, amount, amount,
                "GBP", not asked, limit, 2 * limit,
            )
        )  # fmt: skip


def company(
    seed: int, *, people: int = 400, limit_minor: int = 15_000, strength: float = 0
) -> Company:
    """`strength` 0: honest; else how strong the planted habits are: splits and favours in 90 days,
    times what colleagues spend, tenths of amounts just under the limit."""
    return _Made(seed, people=people, limit_minor=limit_minor, strength=strength).live()
