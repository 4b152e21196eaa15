"""Money that comes back: by whom, how much, and what it gives back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from empowerment.models import Case, CaseReturn
from empowerment.services.allowances import SpendingRefused, allowances
from empowerment.services.asking import ask, decide
from empowerment.services.giving_back import (
    GivenBack,
    cancel,
    cancel_and_say,
    give_back,
    give_back_and_say,
    may_give_back,
)
from empowerment.services.spending import spend
from ledger.services.checking import check_ledger
from people.models import Role, RoleAssignment
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.empowerment.conftest import wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

TODAY = TUESDAY_NOON.date()


@pytest.fixture
def case(ann) -> Case:
    return spend(wanted(15_000), by=ann, now=TUESDAY_NOON)


def back(amount_minor: int = 0) -> GivenBack:
    return GivenBack(uuid4(), amount_minor, "the parcel was found")


def leads(user, department, system) -> None:
    RoleAssignment.objects.create(
        user=user, role=Role.LEAD, department=department, from_date=TODAY, made_by=system
    )


def test_who_entered_a_case_and_finance_give_back(case, ann, fay):
    give_back(case, back(1_000), by=ann, now=TUESDAY_NOON)
    give_back(case, back(2_000), by=fay, now=TUESDAY_NOON)
    cancelled = cancel(case, back(), by=fay, now=TUESDAY_NOON)
    assert (cancelled.state, cancelled.net_minor) == (Case.State.CANCELLED, 0)
    assert check_ledger().problems == []


@pytest.mark.parametrize("act", [give_back, cancel])
@pytest.mark.parametrize("who", ["bob", "cas", "dee", "eve", "max_auditor", "root"])
def test_nobody_else_takes_an_approved_case_back(request, case, act, who):
    with pytest.raises(SpendingRefused, match="by who entered the case"):
        act(case, back(1_000), by=request.getfixturevalue(who), now=TUESDAY_NOON)
    assert Case.objects.get() == case
    assert not CaseReturn.objects.exists()


def test_a_lead_gives_back_for_somebody_who_has_left_and_not_before(case, ann, bob):
    ann.employee.left_on = TODAY
    ann.employee.save()
    assert not may_give_back(case, by=bob, on=TODAY)
    assert may_give_back(case, by=bob, on=TODAY + timedelta(days=1))
    cancel(case, back(), by=bob, now=TUESDAY_NOON + timedelta(days=1))


def test_a_lead_of_departments_above_does_so_too(ann, site, system):
    house = make_department("HOUSE", site)
    ward = make_department("WARD", site, house)
    tim, una = make_person("tim", ward, by=system), make_person("una", house, by=system)
    leads(una, house, system)
    case = spend(wanted(1_000), by=tim, now=TUESDAY_NOON)
    tim.employee.left_on = date(2026, 3, 1)
    tim.employee.save()
    assert may_give_back(Case.objects.get(pk=case.pk), by=una, on=TODAY)


def test_who_leads_and_is_finance_too_refuses_nothing_afterwards(case, fay, claims, system):
    leads(fay, claims, system)
    with pytest.raises(SpendingRefused, match="by who entered the case"):
        cancel(case, back(), by=fay, now=TUESDAY_NOON)


def test_a_lead_gives_back_their_own(bob):
    own = spend(wanted(1_000), by=bob, now=TUESDAY_NOON)
    assert cancel(own, back(), by=bob, now=TUESDAY_NOON).state == Case.State.CANCELLED


def test_the_effects_say_what_happens(case, ann):
    assert give_back_and_say(case, back(6_000), by=ann, now=TUESDAY_NOON) == [
        "GBP 60.00 go back to the budget of Claims for March 2026.",
        "It counts no longer as spent on the customer, nor for Ann on Tue 3 Mar 2026.",
        "The case costs GBP 90.00 then, of GBP 150.00.",
    ]
    once = back()
    said = cancel_and_say(case, once, by=ann, now=TUESDAY_NOON)
    assert said == [
        "GBP 90.00 go back to the budget of Claims for March 2026.",
        "It counts no longer as spent on the customer, nor for Ann on Tue 3 Mar 2026.",
        "The case costs GBP 0.00 then, of GBP 150.00.",
        "The case is cancelled. It stays in the lists, with its reasons.",
    ]
    assert cancel_and_say(case, once, by=ann, now=TUESDAY_NOON) == said


def test_what_a_lead_approved_gives_back_no_allowance_of_the_employee(ann, bob):
    case = ask(wanted(40_000, reason="late"), by=ann, now=TUESDAY_NOON)
    decide(case, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    said = give_back_and_say(case, back(6_000), by=ann, now=TUESDAY_NOON)
    assert said[1] == "It counts no longer as spent on the customer."


def test_what_came_back_may_be_spent_again_and_nothing_more(case, ann):
    def left() -> int:
        [allowance] = allowances(ann, reference="C-1", now=TUESDAY_NOON)
        return allowance.room_minor

    assert left() == 0
    give_back(case, back(6_000), by=ann, now=TUESDAY_NOON)
    assert left() == 6_000
    cancel(case, back(), by=ann, now=TUESDAY_NOON)
    assert left() == 15_000


@pytest.mark.parametrize(
    ("amount_minor", "reason", "field"), [(0, "x", "amount"), (-1, "x", "amount"),
                                          (15_001, "x", "amount"), (1, "  ", "reason")],
)  # fmt: skip
def test_what_cannot_come_back_is_refused_at_its_field(case, ann, amount_minor, reason, field):
    with pytest.raises(SpendingRefused) as refused:
        give_back(case, GivenBack(uuid4(), amount_minor, reason), by=ann, now=TUESDAY_NOON)
    assert refused.value.field == field
    assert not CaseReturn.objects.exists()


def test_of_what_was_not_spent_nothing_comes_back(ann, bob):
    case = ask(wanted(20_000, reason="late"), by=ann, now=TUESDAY_NOON)
    for act in (give_back, cancel):
        with pytest.raises(SpendingRefused, match="Nothing of this case was spent"):
            act(case, back(1), by=ann, now=TUESDAY_NOON)


def test_a_key_says_one_thing(case, ann):
    once = back(1_000)
    give_back(case, once, by=ann, now=TUESDAY_NOON)
    with pytest.raises(SpendingRefused, match="another content"):
        give_back(case, GivenBack(once.key, 2_000, "x"), by=ann, now=TUESDAY_NOON)
