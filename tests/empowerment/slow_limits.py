"""What may be spent, written a second time from the rules: slowly, with nothing kept between.

Everything is counted anew from the list of cases for each question. Amounts are minor units. Who
is asked about is described by the day; nothing here reads the database or the product's rules.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NEAREST = ("person", "grade", "role", "department", "site", "everybody")
MEASURES = ("case", "customer", "day", "month", "department")


@dataclass
class SetLimit:
    """`whom` is a person, grade, role, department or site by name, as the scope says."""

    measure: str
    scope: str
    whom: str
    currency: str
    amount: int | None
    days: int | None
    begins: date


@dataclass
class SlowCase:
    person: str
    department: str
    site: str
    customer: str
    currency: str
    amount: int
    day: date | None = None
    by_lead: bool = False
    back: int = 0

    @property
    def cost(self) -> int:
        return self.amount - self.back if self.day else 0


@dataclass
class SlowPerson:
    """`stands` and `roles`: since which day where, and as what."""

    grade: str
    stands: list[tuple[date, str]]
    roles: list[tuple[date, str]] = field(default_factory=list)

    def department(self, on: date) -> str:
        return [where for since, where in self.stands if since <= on][-1]


@dataclass
class SlowHouse:
    company_zone: str
    zones: dict[str, str]
    currencies: dict[str, list[str]]
    site_of: dict[str, str]
    people: dict[str, SlowPerson]
    limits: list[SetLimit] = field(default_factory=list)
    cases: list[SlowCase] = field(default_factory=list)

    def where(self, person: str, now: datetime) -> tuple[str, str]:
        """Department and site; where somebody works changes at the company's midnight."""
        company_day = now.astimezone(ZoneInfo(self.company_zone)).date()
        department = self.people[person].department(company_day)
        return department, self.site_of[department]

    def today(self, site: str, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zones[site])).date()

    def names(self, scope: str, person: str | None, department: str, site: str, day: date) -> list:
        """What somebody is called by limits of a scope."""
        known = self.people.get(person or "")
        if scope == "person":
            return [person] if person else []
        if scope == "grade":
            return [known.grade] if known and known.grade else []
        if scope == "role":
            held = [role for since, role in known.roles if since <= day] if known else []
            return ["employee", *held]
        return {"department": [department], "site": [site], "everybody": [""]}[scope]

    def limit(
        self, measure: str, currency: str, person: str | None, department: str, site: str, day: date
    ) -> SetLimit | None:
        for scope in NEAREST:
            found = []
            for name in self.names(scope, person, department, site, day):
                begun = [
                    each for each in self.limits
                    if (each.measure, each.scope, each.whom) == (measure, scope, name)
                    if each.currency == currency and each.begins <= day
                ]  # fmt: skip
                if begun:
                    # Of one day, what was said last.
                    newest = max(each.begins for each in begun)
                    last = [each for each in begun if each.begins == newest][-1]
                    if last.amount is not None:
                        found.append(last)
            if found:
                return max(found, key=lambda each: each.amount)
        return None

    def used(self, limit: SetLimit, person: str, department: str, customer: str, day: date) -> int:
        total = 0
        for case in self.cases:
            if case.day is None or case.currency != limit.currency:
                continue
            same_month = (case.day.year, case.day.month) == (day.year, day.month)
            own = case.person == person and not case.by_lead
            counts = {
                "case": False,
                # A site further east may have a later day already; that counts too.
                "customer": case.customer == customer
                and case.day > day - timedelta(days=limit.days or 0),
                "day": own and case.day == day,
                "month": own and case.day >= day.replace(day=1),
                "department": case.department == department and same_month,
            }[limit.measure]
            total += case.cost if counts else 0
        return total

    def left(self, person: str, customer: str, currency: str, now: datetime) -> dict[str, int]:
        """By measure, what is left of each limit that holds."""
        department, site = self.where(person, now)
        day = self.today(site, now)
        found = {}
        for measure in MEASURES:
            limit = self.limit(measure, currency, person, department, site, day)
            if limit is not None:
                used = self.used(limit, person, department, customer, day)
                found[measure] = max(0, limit.amount - used)
        return found

    def room(self, person: str, customer: str, currency: str, now: datetime) -> int:
        left = self.left(person, customer, currency, now)
        return min(left.values()) if {"case", "department"} <= left.keys() else 0

    def offered(self, person: str, now: datetime) -> list[str]:
        """The currencies somebody spends in, the usual one first."""
        _department, site = self.where(person, now)
        named = self.currencies.get(site)
        known = [c for c in ("EUR", "GBP") if self.left(person, "", c, now)]
        return named or known

    def budget_left(self, case: SlowCase, now: datetime) -> int:
        """Of the month of a case's department: what holds also when a lead approves."""
        day = self.today(case.site, now)
        limit = self.limit("department", case.currency, None, case.department, case.site, day)
        if limit is None:
            return 0
        return max(0, limit.amount - self.used(limit, "", case.department, "", day))
