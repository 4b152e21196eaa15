"""Spending under many hands at once: no limit broken by a penny, nothing refused wrongly, each form
one effect. `SPENDING_ATTEMPTS=10000` sends that many forms."""

import os
from collections import defaultdict

import pytest

from empowerment.models import Case, CaseReturn, CaseStep, Customer, MonthlyBudget
from empowerment.rules.limits import Measure
from empowerment.rules.references import folded
from empowerment.services.asking import ask
from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from people.models import Employee, Role
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.empowerment.conftest import delayed, limited, wanted  # noqa: F401
from tests.processes.test_drills import drill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
ATTEMPTS = int(os.environ.get("SPENDING_ATTEMPTS", "640"))
FULL = {"customer": 90_000, "day": 130_000, "month": 120_000, "department": 420_000}
"""Limits for 10,000 attempts, in minor units: about half of what is asked for fits."""


@pytest.fixture
def house(site, system, delayed) -> dict[str, int]:
    """Twelve who spend, in three departments; returns the limits for everybody."""
    departments = [make_department(code, site) for code in ("NORTH", "SOUTH", "WEST")]
    for number in range(12):
        make_person(f"spender{number:02}", departments[number % 3], by=system)
    amounts = {name: amount * ATTEMPTS // 10_000 for name, amount in FULL.items()} | {"case": 900}
    for measure, amount in amounts.items():
        limited(Measure(measure), amount, by=system)
    return amounts


def counted(case: Case) -> dict[str, object]:
    """By measure, what a case is counted with."""
    return {
        "case": case.pk, "customer": case.customer_id, "day": case.employee_id,
        "month": case.employee_id, "department": case.department_id,
    }  # fmt: skip


def told(lines: list[str]) -> dict[int, list[str]]:
    """By form, what both who sent it were told, without whose case it is."""
    found = defaultdict(list)
    for line in lines:
        number, _space, said = line.partition(" ")
        found[int(number)].append(said)
    return found


def highest_ever(of: dict[int, Case]) -> dict[tuple[str, object], int]:
    """The most that was ever spent of each limit: the movements once more, in their order."""
    used: dict[tuple[str, object], int] = defaultdict(int)
    highest: dict[tuple[str, object], int] = defaultdict(int)
    by_key = {f"empowerment:case:{case.key}": case for case in of.values()}
    by_return = {f"empowerment:return:{back.pk}": of[back.case_id]
                 for back in CaseReturn.objects.all()}  # fmt: skip
    for key, amount in Transfer.objects.order_by("pk").values_list("key", "amount_minor"):
        case, sign = by_key.get(key), 1
        if case is None:
            case, sign = by_return.get(key), -1
        if case is None:
            continue
        for place in counted(case).items():
            used[place] += sign * amount
            highest[place] = max(highest[place], used[place])
    return highest


def test_16_processes_break_no_limit_and_nothing_is_refused_wrongly(house):
    ran = drill("spend_at_once", seconds=900, ATTEMPTS=str(ATTEMPTS))
    cases = {case.pk: case for case in Case.objects.all()}
    used = highest_ever(cases)
    assert [place for place, most in used.items() if most > house[place[0]]] == []
    said = told(ran["said"])
    assert len(ran["said"]) == ATTEMPTS
    assert {len(both) for both in said.values()} == {2}
    # Nothing came back, so what was full stays full, and of two who send a form both hear the same.
    approved = {number for number, both in said.items() if both[0].startswith("approved")}
    assert [number for number in approved if len(set(said[number])) > 1] == []
    assert {case.key.int - 1 for case in cases.values()} == approved
    assert 0.2 < len(approved) / len(said) < 0.9
    wrongly = [
        number for number in said.keys() - approved for refused in said[number]
        if not full(ran["sent"][number], refused, used, house)
    ]  # fmt: skip
    assert wrongly == []
    assert check_ledger().problems == []
    print(f"{ATTEMPTS} attempts in {ran['seconds']:.1f} s, {len(approved)} forms approved")


def full(sent, measures: str, used, house) -> bool:
    """Every limit that was named as broken has no room for the amount at the end either."""
    login, reference, amount = sent
    employee = Employee.objects.get(user__username=login)
    customer = Customer.objects.filter(folded=folded(reference)).first()
    where = {
        "case": None, "customer": customer and customer.pk, "day": employee.pk,
        "month": employee.pk, "department": employee.memberships.get().department_id,
    }  # fmt: skip
    named = measures.split(",")
    return bool(named[0]) and all(
        used.get((each, where[each]), 0) + amount > house[each] for each in named
    )


def test_what_comes_back_meanwhile_is_to_be_spent_again_to_the_penny(house):
    ran = drill("spend_at_once", seconds=900, ATTEMPTS=str(ATTEMPTS), RETURNS="1")
    cases = {case.pk: case for case in Case.objects.all()}
    # A budget is drawn from under its account's lock, which is taken after the movement is
    # written: of it the order of movements says nothing, and the account's floor all.
    broken = [
        place for place, most in highest_ever(cases).items()
        if place[0] != "department" and most > house[place[0]]
    ]  # fmt: skip
    assert broken == []
    assert {case.key.int - 1 for case in cases.values()} == {
        number
        for number, both in told(ran["said"]).items()
        if any("approved" in each for each in both)
    }
    for case in cases.values():
        number = case.key.int - 1
        if number % 4 == 0:
            assert (case.state, case.returned_minor) == ("approved", 1 + case.amount_minor // 3)
        elif number % 8 == 1:
            assert (case.state, case.returned_minor) == ("cancelled", case.amount_minor)
        else:
            assert (case.state, case.returned_minor) == ("approved", 0)
    assert CaseReturn.objects.count() == sum(case.returned_minor > 0 for case in cases.values())
    for budget in MonthlyBudget.objects.select_related("account"):
        spent = sum(c.net_minor for c in cases.values() if c.department_id == budget.department_id)
        assert (budget.funded_minor, budget.account.balance_minor) == (
            house["department"], house["department"] - spent,
        )  # fmt: skip
    assert check_ledger().problems == []
    print(f"{ATTEMPTS} attempts with returns in {ran['seconds']:.1f} s")


def test_16_answers_at_once_decide_a_case_once(claims, system, delayed):
    top = make_department("TOP", claims.placements.get().site)
    claims.placements.update(parent=top)
    asker = make_person("asker", claims, by=system)
    for number in range(16):
        make_person(
            f"decider{number:02}", top, (Role.LEAD, claims if number % 2 else top), by=system
        )
    for measure, amount in {"case": 100, "department": 10_000}.items():
        limited(Measure(measure), amount, by=system)
    case = ask(wanted(5_000, reason="waited"), by=asker, now=TUESDAY_NOON)
    said = set(drill("decide_at_once")["said"])
    case.refresh_from_db()
    answers = said & {"approved", "declined", "withdrawn"}
    assert answers == {case.state}
    steps = list(case.steps.values_list("what", flat=True))
    assert steps.count(case.state) == 1
    assert len([what for what in steps if what in ("approved", "declined", "withdrawn")]) == 1
    assert steps.count(CaseStep.What.ESCALATED) <= 1
    spent = Account.objects.filter(code="empowerment:spent").first()
    assert (spent.balance() if spent else 0) == (5_000 if case.state == "approved" else 0)
    assert check_ledger().problems == []


def test_a_writer_that_is_killed_loses_and_halves_nothing(house, system):
    for measure in ("customer", "day", "month", "department"):
        limited(Measure(measure), 10**9, by=system)
    ran = drill("kill_spenders")
    assert ran["killed"] >= 30
    assert ran["told"] > 0
    assert ran["lost"] == []
    assert check_ledger().problems == []
