"""A bonus is approved once, whoever tries at the same time and whatever is killed on the way."""

from datetime import date

import pytest

from incentives.models import BonusRun
from incentives.services.bonus_runs import approve, draft, propose
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from people.models import Employee, Membership, Role, Salary, User
from tests.conftest import MONDAY, make_person
from tests.incentives.test_bonus_runs import NEW_YEAR
from tests.incentives.test_closing import close, make_pool, report_all
from tests.processes.test_drills import drill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

PEOPLE = 400


@pytest.fixture
def proposed(goals, fay, billing, system) -> BonusRun:
    """A run of 407 people, and six who may approve it."""
    pool = make_pool(system)
    for goal in goals:
        goal.from_date = goal.until_date = MONDAY
        goal.save()
    report_all(goals, system)
    close(system, final=True)
    for number in range(6):
        make_person(f"approver{number}", billing, (Role.EXECUTIVE, None), by=system)
    hired = date(2020, 1, 1)
    staff = Employee.objects.bulk_create(
        Employee(number=f"N{n:04}", name=f"N {n}", hired_on=hired) for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(employee=employee, department=billing, from_date=hired) for employee in staff
    )
    Salary.objects.bulk_create(
        Salary(employee=e, from_date=hired, annual_minor=3_000_000 + e.pk, currency="GBP")
        for e in staff
    )
    return propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)


def test_of_six_who_approve_at_once_one_does(proposed):
    assert drill("approve_at_once")["said"] == ["approved", *["refused"] * 5]
    assert Transfer.objects.filter(key__startswith="bonus:").count() == PEOPLE + 7
    assert check_ledger().problems == []


def test_an_approval_killed_anywhere_moves_all_or_nothing_and_then_all(proposed):
    seen = drill("kill_approvers")
    assert seen["killed"] >= 5
    assert seen["half"] == []
    assert BonusRun.objects.live().get().state == "approved"
    assert Transfer.objects.filter(key__startswith="bonus:").count() == PEOPLE + 7
    assert check_ledger().problems == []


@pytest.fixture
def approved(proposed) -> BonusRun:
    by = User.objects.get(username="approver0")
    return approve(proposed, seen_sha256=proposed.content_sha256, by=by, now=NEW_YEAR)


def test_of_four_confirmations_at_once_one_counts(approved):
    everybody = PEOPLE + 7
    said = drill("confirm_at_once")["said"]
    assert said == sorted([f"{everybody} 0 0", *[f"0 {everybody} 0"] * 3])
    assert BonusRun.objects.live().get().state == "paid"
    assert Transfer.objects.filter(key__endswith=":paid").count() == everybody
    assert check_ledger().problems == []


def test_a_confirmation_killed_anywhere_pays_everybody_or_nobody(approved):
    everybody = PEOPLE + 7
    seen = drill("kill_confirmers")
    assert seen["killed"] >= 5
    assert seen["seen"] == [["approved", 0, 0], ["paid", everybody, everybody]]
    assert check_ledger().problems == []
