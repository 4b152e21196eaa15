"""Above the limits: who is asked, who answers, and what happens when nobody does."""

from datetime import timedelta

import pytest

from empowerment.models import Case, CaseStep
from empowerment.rules.limits import Measure
from empowerment.services.allowances import SpendingRefused
from empowerment.services.asking import ask, budget_left, decide, pass_on, withdraw
from empowerment.services.spending import spend
from ledger.services.checking import check_ledger
from people.models import Placement, Role, RoleAssignment
from people.rules import BEGINNING
from people.services.erasing import erase
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.empowerment.conftest import limited, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

TODAY = TUESDAY_NOON.date()
LATER = TUESDAY_NOON + timedelta(minutes=60)
What = CaseStep.What


def asks(user, amount_minor=20_000, *, now=TUESDAY_NOON, **more) -> Case:
    said = {"reason": "the party was spoilt", **more}
    return ask(wanted(amount_minor, **said), by=user, now=now)


def steps(case) -> list[str]:
    return [step.what for step in case.steps.all()]


def again(case) -> Case:
    return Case.objects.get(pk=case.pk)


def passed(system, *, now) -> int:
    return pass_on(now=now, by=system)


def leading(name, department, system, *roles):
    return make_person(name, department, (Role.LEAD, department), *roles, by=system)


@pytest.fixture
def house(site, claims):
    """Claims and Billing stand below it."""
    found = make_department("HOUSE", site)
    Placement.objects.filter(department=claims).delete()
    Placement.objects.create(department=claims, site=site, parent=found, from_date=BEGINNING)
    return found


def test_what_is_within_is_approved_without_asking(ann, bob):
    case = asks(ann, 15_000)
    assert (case.state, steps(case)) == (Case.State.APPROVED, [])


def test_the_lead_is_asked_with_a_clock(ann, bob, claims):
    case = asks(ann)
    assert (case.state, case.asked_of, case.decide_by) == (Case.State.ASKED, claims, LATER)
    assert steps(case) == [What.ASKED]


def test_a_request_says_why(ann, bob):
    with pytest.raises(SpendingRefused, match="Say why the customer needs it"):
        asks(ann, reason=" ")
    assert not Case.objects.exists()


def test_a_request_sent_twice_is_one(ann, bob):
    once = wanted(20_000, reason="late")
    first = ask(once, by=ann, now=TUESDAY_NOON)
    assert ask(once, by=ann, now=TUESDAY_NOON) == first
    assert steps(first) == [What.ASKED]


def test_a_request_spends_nothing_until_it_is_approved(ann, bob):
    case = asks(ann)
    spend(wanted(15_000), by=ann, now=TUESDAY_NOON)
    decided = decide(case, approve=True, reason="", by=bob, now=LATER)
    assert (decided.state, decided.spent_on, decided.within_limits) == (
        Case.State.APPROVED, TODAY, False,
    )  # fmt: skip
    assert check_ledger().problems == []


def test_a_lead_lifts_what_is_a_persons_and_not_what_is_the_departments(ann, bob, system):
    case = asks(ann, 600_000)
    assert budget_left(case, now=LATER) == 500_000
    with pytest.raises(SpendingRefused, match="does not hold that"):
        decide(case, approve=True, reason="", by=bob, now=LATER)
    assert (again(case).state, steps(case)) == (Case.State.ASKED, [What.ASKED])
    limited(Measure.DEPARTMENT, 600_000, by=system)
    decide(case, approve=True, reason="", by=bob, now=LATER)
    assert budget_left(again(case), now=LATER) == 0


def test_without_a_budget_nothing_is_approved(ann, bob, system):
    case = asks(ann)
    limited(Measure.DEPARTMENT, None, by=system)
    assert budget_left(case, now=LATER) is None
    with pytest.raises(SpendingRefused):
        decide(case, approve=True, reason="", by=bob, now=LATER)
    assert again(case).state == Case.State.ASKED


def test_to_decline_says_why(ann, bob):
    case = asks(ann)
    with pytest.raises(SpendingRefused, match="what the customer can be offered"):
        decide(case, approve=False, reason=" ", by=bob, now=LATER)
    decide(case, approve=False, reason="Offer goods", by=bob, now=LATER)
    assert [(s.what, s.text) for s in case.steps.all()] == [
        ("asked", ""),
        ("declined", "Offer goods"),
    ]


def test_two_taps_are_one_decision(ann, bob):
    case = asks(ann)
    for _tap in range(2):
        decide(case, approve=True, reason="", by=bob, now=LATER)
    assert steps(case) == [What.ASKED, What.APPROVED]
    assert check_ledger().problems == []


def test_who_comes_second_is_told_what_was_decided_and_by_whom(ann, bob, claims, system):
    case, zoe = asks(ann), leading("zoe", claims, system)
    decide(case, approve=False, reason="Offer goods", by=bob, now=LATER)
    with pytest.raises(SpendingRefused, match="Bob has decided this case already: declined"):
        decide(case, approve=True, reason="", by=zoe, now=LATER)
    with pytest.raises(SpendingRefused, match="Bob has decided this case already: declined"):
        decide(case, approve=True, reason="", by=bob, now=LATER)


def test_a_request_taken_back_is_not_decided_and_one_decided_is_not_taken_back(ann, bob):
    case, other = asks(ann), asks(ann, reference="C-2")
    for _tap in range(2):
        withdraw(case, by=ann, now=LATER)
    assert steps(case) == [What.ASKED, What.WITHDRAWN]
    with pytest.raises(SpendingRefused, match="This case is withdrawn already"):
        decide(case, approve=True, reason="", by=bob, now=LATER)
    decide(other, approve=True, reason="", by=bob, now=LATER)
    with pytest.raises(SpendingRefused, match="Bob has decided this case already: approved"):
        withdraw(other, by=ann, now=LATER)


def test_only_who_asked_takes_it_back(ann, bob):
    with pytest.raises(SpendingRefused, match="Only who asked"):
        withdraw(asks(ann), by=bob, now=LATER)


def test_what_is_over_is_not_passed_on(ann, bob, eve, system):
    taken_back, decided = asks(ann), asks(ann, reference="C-2")
    withdraw(taken_back, by=ann, now=TUESDAY_NOON)
    decide(decided, approve=False, reason="no", by=bob, now=TUESDAY_NOON)
    assert passed(system, now=LATER) == 0


def test_nobody_is_asked_for_their_own_case_or_decides_on_it(bob, eve):
    case = asks(bob)
    assert case.asked_of is None
    with pytest.raises(SpendingRefused, match="their own"):
        decide(case, approve=True, reason="", by=bob, now=LATER)


def test_an_executive_asks_another_one(eve, billing, system):
    with pytest.raises(SpendingRefused, match="Nobody could decide"):
        asks(eve)
    make_person("gil", billing, (Role.EXECUTIVE, None), by=system)
    assert asks(eve).asked_of is None


def test_where_nobody_could_decide_nothing_is_asked(ann):
    with pytest.raises(SpendingRefused, match="Nobody could decide"):
        asks(ann)
    assert not Case.objects.exists()


def test_without_a_lead_of_its_own_the_next_above_is_asked(ann, house, system):
    leading("una", house, system)
    assert asks(ann).asked_of == house


def test_when_time_is_over_the_next_above_is_asked_and_then_executives(
    ann, bob, house, eve, system
):
    leading("una", house, system)
    case = asks(ann)
    assert passed(system, now=LATER - timedelta(seconds=1)) == 0
    assert [passed(system, now=LATER) for _run in range(2)] == [1, 0]
    case = again(case)
    assert (case.asked_of, case.decide_by) == (house, LATER + timedelta(hours=1))
    assert passed(system, now=LATER + timedelta(hours=1)) == 1
    assert again(case).asked_of is None
    # Executives are the last: the clock goes on, and nothing is decided by waiting.
    assert passed(system, now=LATER + timedelta(hours=2)) == 0
    assert again(case).decide_by == LATER + timedelta(hours=3)
    assert steps(case) == [What.ASKED, What.ESCALATED, What.ESCALATED]
    assert case.steps.filter(what=What.ESCALATED).first().text == "Claims"


def test_after_it_was_passed_on_the_first_lead_may_still_answer(ann, bob, eve, system):
    case = asks(ann)
    passed(system, now=LATER)
    assert again(case).asked_of is None
    assert decide(case, approve=True, reason="", by=bob, now=LATER).state == Case.State.APPROVED


def test_who_leads_two_levels_is_asked_once(ann, bob, house, eve, system):
    RoleAssignment.objects.create(
        user=bob, role=Role.LEAD, department=house, from_date=TODAY, made_by=system
    )
    case = asks(ann)
    passed(system, now=LATER)
    assert again(case).asked_of is None


def test_a_request_that_nobody_is_left_to_answer_goes_on_at_once(ann, bob, eve, system):
    case = asks(ann)
    assert passed(system, now=TUESDAY_NOON) == 0
    bob.is_active = False
    bob.save()
    assert passed(system, now=TUESDAY_NOON) == 1
    assert (again(case).asked_of, again(case).decide_by) == (None, LATER)


def test_a_request_of_a_department_that_was_closed_goes_to_executives(
    ann, bob, claims, house, eve, system
):
    case = asks(ann)
    Placement.objects.filter(department=claims).update(until_date=TODAY - timedelta(days=1))
    passed(system, now=LATER)
    assert again(case).asked_of is None
    decide(case, approve=True, reason="", by=eve, now=LATER)
    assert check_ledger().problems == []


def test_a_department_that_moved_is_asked_on_its_new_way(ann, bob, claims, house, site, system):
    case = asks(ann)
    leading("una", house, system)
    other = make_department("OTHER", site)
    leading("viv", other, system)
    passed(system, now=LATER)
    assert again(case).asked_of == house
    Placement.objects.filter(department=claims).update(parent=other)
    passed(system, now=LATER + timedelta(hours=1))
    assert again(case).asked_of in (claims, other)


def test_what_somebody_asked_who_has_left_since_is_still_decided(ann, bob, system):
    case = asks(ann)
    ann.employee.left_on = TODAY
    ann.employee.save()
    ann.is_active = False
    ann.save()
    passed(system, now=TUESDAY_NOON)
    assert decide(case, approve=True, reason="", by=bob, now=LATER).state == Case.State.APPROVED


def test_what_an_erased_person_asked_is_still_decided_and_tells_nobody(ann, bob, dee, system):
    case = asks(ann)
    ann.employee.left_on = TODAY - timedelta(days=1)
    ann.employee.save()
    RoleAssignment.objects.filter(user=ann).delete()
    erase(ann.employee, why="asked for it", by=dee, now=LATER)
    assert passed(system, now=TUESDAY_NOON) == 0
    decided = decide(case, approve=False, reason="gone", by=bob, now=LATER)
    assert (decided.state, again(case).reason) == (Case.State.DECLINED, "–")
