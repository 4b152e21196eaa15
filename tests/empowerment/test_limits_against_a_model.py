"""Random policies and sequences: every decision, and the room shown before it, as the slow model
says. `LIMITS_SEQUENCES=1000` tries more of them; a failure names its seed and step."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from empowerment.models import Case, MomentOfTruth, Remedy, SiteCurrencies
from empowerment.rules import limits as rules
from empowerment.rules.limits import Measure, Scope
from empowerment.services import allowances as counted
from empowerment.services import facts
from empowerment.services.allowances import SpendingRefused, allowances
from empowerment.services.asking import ask, decide
from empowerment.services.giving_back import GivenBack, cancel, give_back
from empowerment.services.limits import NewLimit, set_limit
from empowerment.services.spending import BeyondLimits, Spend, spend
from ledger.services.checking import check_ledger
from people.models import Department, Membership, Placement, Role, RoleAssignment, Site, User
from people.rules import BEGINNING
from tests.conftest import make_person
from tests.empowerment.slow_limits import SetLimit, SlowCase, SlowHouse, SlowPerson

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("LIMITS_SEQUENCES", "25"))
STEPS = 40
HIRED = date(2020, 1, 1)
START = datetime(2026, 1, 12, 9, tzinfo=UTC)
ZONES = {"LON": "Europe/London", "AKL": "Pacific/Auckland", "LAX": "America/Los_Angeles"}
SITE_OF = {"CLAIMS": "LON", "BILLING": "AKL", "SHOP": "LAX", "DESK": "LON"}
PEOPLE = ("p0", "p1", "p2", "p3", "p4")
CUSTOMERS = ("C1", "C2", "C3")
GRADES = ("", "Clerk", "Senior")
ROLES = ("hr", "editor", "auditor")
LEVELS = {"case": 100, "customer": 150, "day": 200, "month": 400, "department": 600}


class Played:
    """One house twice: in the database and in the model; each step is taken in both."""

    def __init__(self, seed: int, *, by: User):
        self.seed, self.by = seed, by
        self.chance = random.Random(seed)
        self.now = START
        self.sent: list[tuple[Spend, User]] = []
        self.pairs: list[tuple[Case, SlowCase]] = []
        self._found()

    def _found(self) -> None:
        self.sites = {
            code: Site.objects.create(code=code, name=code, time_zone=zone)
            for code, zone in ZONES.items()
        }
        self.departments = {code: Department.objects.create(code=code, name=code)
                            for code in SITE_OF}  # fmt: skip
        for code, site in SITE_OF.items():
            Placement.objects.create(
                department=self.departments[code], site=self.sites[site], from_date=BEGINNING
            )
        self.moment = MomentOfTruth.objects.create(code="m", name="m")
        people = {name: self._hire(name) for name in PEOPLE}
        self.boss = make_person("boss", self.departments["DESK"], by=self.by)
        for department in self.departments.values():
            RoleAssignment.objects.create(
                user=self.boss, role=Role.LEAD, department=department, from_date=HIRED,
                made_by=self.by,
            )  # fmt: skip
        currencies = {}
        if self.chance.random() < 0.4:
            currencies["AKL"] = self.chance.choice([["EUR"], ["GBP", "EUR"], ["EUR", "GBP"]])
            SiteCurrencies.objects.create(
                site=self.sites["AKL"], currencies=",".join(currencies["AKL"]), reason="x",
                from_date=HIRED, made_by=self.by, made_at=self.now,
            )  # fmt: skip
        self.slow = SlowHouse(settings.TIME_ZONE, ZONES, currencies, SITE_OF, people)
        for measure in LEVELS:
            if self.chance.random() < 0.95:
                self.change_a_limit(measure=measure, scope="everybody", currency="GBP", later=0)

    def _hire(self, name: str) -> SlowPerson:
        where = self.chance.choice(list(SITE_OF))
        user = make_person(name, self.departments[where], by=self.by)
        grade = user.employee.job_title = self.chance.choice(GRADES)
        user.employee.save()
        person = SlowPerson(grade, [(HIRED, where)])
        for role in self.chance.sample(ROLES, self.chance.choice([0, 0, 1, 2])):
            since = START.date() + timedelta(days=self.chance.randrange(-5, 40))
            person.roles.append((since, role))
            RoleAssignment.objects.create(user=user, role=role, from_date=since, made_by=self.by)
        return person

    # Steps

    def change_a_limit(self, *, measure="", scope="", currency="", later=None) -> None:
        pick = self.chance.choice
        measure = measure or pick(list(LEVELS))
        of = ["department", "site", "everybody"] if measure == "department" else list(Scope.values)
        scope = scope or pick(of)
        whom = {
            "person": pick(PEOPLE), "grade": pick(GRADES[1:]), "role": pick(["employee", *ROLES]),
            "department": pick(list(SITE_OF)), "site": pick(list(ZONES)), "everybody": "",
        }[scope]  # fmt: skip
        amount = round(LEVELS[measure] * self.chance.uniform(0.2, 1.6))
        days = self.chance.choice([1, 2, 7, 30]) if measure == "customer" else None
        later = self.chance.choice([0, 0, 0, 1, 5]) if later is None else later
        slow = SetLimit(
            measure, scope, whom, currency or pick(["GBP", "GBP", "EUR"]),
            None if self.chance.random() < 0.15 else amount, days,
            timezone.localdate(self.now) + timedelta(days=later),
        )  # fmt: skip
        self.slow.limits.append(slow)
        set_limit(self._as_said(slow), by=self.by, now=self.now)

    def _as_said(self, slow: SetLimit) -> NewLimit:
        whom = {
            "person": lambda: {"employee": self._user(slow.whom).employee},
            "grade": lambda: {"grade": slow.whom},
            "role": lambda: {"role": slow.whom},
            "department": lambda: {"department": self.departments[slow.whom]},
            "site": lambda: {"site": self.sites[slow.whom]},
            "everybody": dict,
        }[slow.scope]()
        return NewLimit(
            Measure(slow.measure), Scope(slow.scope), slow.amount, slow.currency, slow.begins,
            "as agreed", days=slow.days, **whom,
        )  # fmt: skip

    def _user(self, name: str) -> User:
        return User.objects.get(username=name)

    def let_time_pass(self) -> None:
        self.now += timedelta(hours=self.chance.choice([1, 5, 9, 24, 30, 24 * 6, 24 * 29]))

    def move(self) -> None:
        name, where = self.chance.choice(PEOPLE), self.chance.choice(list(SITE_OF))
        today = timezone.localdate(self.now)
        person, employee = self.slow.people[name], self._user(name).employee
        if person.stands[-1][0] >= today:
            return
        Membership.objects.filter(employee=employee, until_date=None).update(
            until_date=today - timedelta(days=1)
        )
        Membership.objects.create(
            employee=employee, department=self.departments[where], from_date=today, fte_bp=10_000
        )
        person.stands.append((today, where))

    def spend(self) -> None:
        self._enter(spend)

    def ask(self) -> None:
        self._enter(ask)

    def _enter(self, how) -> None:
        name, customer = self.chance.choice(PEOPLE), self.chance.choice(CUSTOMERS)
        user = self._user(name)
        offered = self.shown_as_counted(user, name, customer)
        currency = self.chance.choice([*offered, *offered, "GBP", "EUR"])
        room = self.slow.room(name, customer, currency, self.now)
        near = [room, room, room + 1, room - 1, room // 2, self.chance.randrange(1, 90)]
        wanted = Spend(
            uuid4(), customer, self.moment, max(1, self.chance.choice(near)), currency,
            Remedy.REFUND, reason="waited",
        )  # fmt: skip
        expected = self.expected(wanted, name, offered, asks=how is ask)
        try:
            case = how(wanted, by=user, now=self.now)
        except BeyondLimits as beyond:
            said = sorted(check.measure for check in beyond.broken)
        except SpendingRefused as refused:
            said = refused.field
        else:
            said = str(case.state)
            self._keep(case, wanted, name, user)
        assert said == expected, (wanted, name, self.where())

    def shown_as_counted(self, user: User, name: str, customer: str) -> list[str]:
        offered = self.slow.offered(name, self.now)
        shown = [
            (each.currency, {check.measure: check.left_minor for check in each.checks},
             each.room_minor)
            for each in allowances(user, reference=customer.lower(), now=self.now)
        ]  # fmt: skip
        assert shown == [
            (each, self.slow.left(name, customer, each, self.now),
             self.slow.room(name, customer, each, self.now))
            for each in offered
        ], (name, customer, self.where())  # fmt: skip
        return offered

    def expected(self, wanted: Spend, name: str, offered: list[str], *, asks: bool):
        if wanted.currency not in offered:
            return "currency"
        left = self.slow.left(name, wanted.reference, wanted.currency, self.now)
        if wanted.amount_minor <= self.slow.room(name, wanted.reference, wanted.currency, self.now):
            return "approved"
        if asks:
            return "asked"
        return sorted(measure for measure, each in left.items() if wanted.amount_minor > each)

    def _keep(self, case: Case, wanted: Spend, name: str, user: User) -> None:
        department, site = self.slow.where(name, self.now)
        slow = SlowCase(
            name, department, site, wanted.reference, wanted.currency, wanted.amount_minor
        )
        if case.state == Case.State.APPROVED:
            slow.day = self.slow.today(site, self.now)
        assert case.spent_on == slow.day, self.where()
        self.slow.cases.append(slow)
        self.pairs.append((case, slow))
        self.sent.append((wanted, user))

    def send_again(self) -> None:
        if self.sent:
            wanted, user = self.chance.choice(self.sent)
            again = spend(wanted, by=user, now=self.now)
            assert again.key == wanted.key, self.where()

    def give_back(self) -> None:
        if not self.pairs:
            return
        case, slow = self.chance.choice(self.pairs)
        amount = self.chance.choice([1, max(1, slow.cost // 2), slow.cost, slow.cost + 1])
        possible = slow.day is not None and 0 < amount <= slow.cost and not cancelled(case)
        by = self._user(slow.person)
        try:
            give_back(case, GivenBack(uuid4(), amount, "found"), by=by, now=self.now)
        except SpendingRefused:
            assert not possible, (slow, amount, self.where())
        else:
            assert possible, (slow, amount, self.where())
            slow.back += amount

    def cancel(self) -> None:
        approved = [(case, slow) for case, slow in self.pairs if slow.cost]
        if approved:
            case, slow = self.chance.choice(approved)
            by = self._user(slow.person)
            cancel(case, GivenBack(uuid4(), 0, "found"), by=by, now=self.now)
            slow.back = slow.amount

    def decide(self) -> None:
        waiting = [
            (case, slow) for case, slow in self.pairs
            if Case.objects.filter(pk=case.pk, state="asked").exists()
        ]  # fmt: skip
        if not waiting:
            return
        case, slow = self.chance.choice(waiting)
        approve = self.chance.random() < 0.8
        possible = not approve or slow.amount <= self.slow.budget_left(slow, self.now)
        try:
            decide(case, approve=approve, reason="because", by=self.boss, now=self.now)
        except SpendingRefused:
            assert not possible, (slow, self.where())
        else:
            assert possible, (slow, self.where())
            if approve:
                slow.day, slow.by_lead = self.slow.today(slow.site, self.now), True

    # All of it

    STEPS = {
        spend: 12, ask: 4, decide: 3, give_back: 3, cancel: 1, send_again: 2, let_time_pass: 7,
        change_a_limit: 4, move: 1,
    }  # fmt: skip

    def play(self) -> None:
        for self.step in range(STEPS):
            [act] = self.chance.choices(list(self.STEPS), weights=list(self.STEPS.values()))
            act(self)
        for case, slow in self.pairs:
            kept = Case.objects.get(pk=case.pk)
            assert (kept.spent_on, kept.returned_minor) == (slow.day, slow.back), self.where()
        assert check_ledger().problems == [], self.where()

    def where(self) -> str:
        return f"seed {self.seed}, step {getattr(self, 'step', 'none')}, {self.now}"


def cancelled(case: Case) -> bool:
    return Case.objects.filter(pk=case.pk, state=Case.State.CANCELLED).exists()


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_every_decision_is_the_models(seed, system):
    Played(seed, by=system).play()


def strictly_less(monkeypatch) -> None:
    monkeypatch.setattr(
        rules.Check, "allows", lambda self, amount_minor: amount_minor < self.left_minor
    )


def a_day_too_many(monkeypatch) -> None:
    monkeypatch.setattr(counted, "first_day_of", lambda days, today: today - timedelta(days=days))


def a_day_too_few(monkeypatch) -> None:
    monkeypatch.setattr(
        counted, "first_day_of", lambda days, today: today - timedelta(days=days - 2)
    )


def what_came_back_is_ignored(monkeypatch) -> None:
    monkeypatch.setattr(facts, "_SPENT", facts._SPENT.replace(" - returned_minor", ""))


def a_leads_approval_counts_for_the_employee(monkeypatch) -> None:
    monkeypatch.setattr(facts, "_SPENT", facts._SPENT.replace("AND decided_by_id IS NULL", ""))


def the_farthest_limit_holds(monkeypatch) -> None:
    monkeypatch.setattr(
        rules, "NEAREST_FIRST", {scope.value: -place for place, scope in enumerate(Scope)}
    )


MISTAKES = (
    strictly_less, a_day_too_many, a_day_too_few, what_came_back_is_ignored,
    a_leads_approval_counts_for_the_employee, the_farthest_limit_holds,
)  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_would_be_found(mistake, system, monkeypatch):
    mistake(monkeypatch)
    for seed in range(SEQUENCES):
        with transaction.atomic():
            try:
                Played(seed, by=system).play()
            except AssertionError:
                return
            transaction.set_rollback(True)
    pytest.fail(f"{mistake.__name__} went unnoticed")
