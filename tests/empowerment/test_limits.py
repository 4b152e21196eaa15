"""Who may set which limit, whom it reaches, and what holds until then and from then on."""

from datetime import timedelta

import pytest

from empowerment.models import Limit, SiteCurrencies
from empowerment.rules.limits import Measure, Scope
from empowerment.services.limit_reading import (
    history_of,
    limits_for,
    now_and_later,
)
from empowerment.services.limit_telling import set_currencies_and_tell, set_limit_and_tell
from empowerment.services.limits import MANY, LimitRefused, NewLimit, set_currencies, set_limit
from empowerment.services.own_limits import own_limits
from empowerment.services.reach import Change, Holding, reach_of
from people.models import AuditEntry, Role
from tests.conftest import MONDAY, TUESDAY_NOON, make_person
from tests.empowerment.conftest import USUAL, limited

pytestmark = pytest.mark.django_db
TODAY = TUESDAY_NOON.date()


def new(measure=Measure.CASE, scope=Scope.EVERYBODY, amount_minor=15_000, **more) -> NewLimit:
    said = {"currency": "GBP", "from_date": TODAY, "reason": "as agreed", **more}
    return NewLimit(measure, scope, amount_minor, **said)


def refused(user, wanted: NewLimit) -> str:
    before = Limit.objects.count()
    with pytest.raises(LimitRefused) as fault:
        set_limit(wanted, by=user, now=TUESDAY_NOON)
    assert Limit.objects.count() == before
    return fault.value.field


def test_hr_sets_what_people_may_spend_and_finance_what_departments_may(
    ann, bob, dee, fay, eve, max_auditor, root
):
    budget = new(Measure.DEPARTMENT)
    set_limit(new(), by=dee, now=TUESDAY_NOON)
    set_limit(budget, by=fay, now=TUESDAY_NOON)
    assert refused(dee, budget) == "measure"
    assert refused(fay, new()) == "measure"
    for nobody in (ann, bob, eve, max_auditor, root):
        assert refused(nobody, new()) == "measure"
        assert refused(nobody, budget) == "measure"


def test_nobody_sets_their_own(dee):
    assert refused(dee, new(scope=Scope.PERSON, employee=dee.employee)) == "employee"


def test_nobody_sets_what_would_change_for_them_alone(ann, dee, claims, billing, site, system):
    dee.employee.job_title = "HR partner"
    dee.employee.save()
    alone = [
        new(scope=Scope.GRADE, grade="HR partner"), new(scope=Scope.ROLE, role=Role.HR),
        new(scope=Scope.DEPARTMENT, department=billing),
    ]  # fmt: skip
    for wanted in alone:
        assert refused(dee, wanted) == "scope"
    # Everybody else in the department has a nearer limit: again it is for her alone.
    zoe = make_person("zoe", billing, (Role.HR, None), by=system)
    limited(Measure.CASE, 9_900, by=system, scope=Scope.PERSON, employee=zoe.employee)
    for wanted in alone:
        assert refused(dee, wanted) == "scope"
    limited(Measure.CASE, None, by=system, scope=Scope.PERSON, employee=zoe.employee)
    # For a few of whom one is: the others could be set back one by one.
    for wanted in alone[1:]:
        assert refused(dee, wanted) == "scope"
    for n in range(MANY):
        make_person(f"mate{n}", billing, (Role.HR, None), by=system)
    for wanted in alone[1:]:
        set_limit(wanted, by=dee, now=TUESDAY_NOON)


def test_finance_sets_no_budget_for_a_department_of_their_own_alone(fay, ann, billing, claims):
    own = new(Measure.DEPARTMENT, Scope.DEPARTMENT, department=billing)
    assert refused(fay, own) == "scope"
    others = new(Measure.DEPARTMENT, Scope.DEPARTMENT, department=claims)
    set_limit(others, by=fay, now=TUESDAY_NOON)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"), ({"from_date": MONDAY}, "from_date"),
        ({"amount_minor": -1}, "amount"), ({"amount_minor": 10**15}, "amount"),
        ({"measure": Measure.CUSTOMER}, "days"),
        ({"measure": Measure.CUSTOMER, "days": 367}, "days"),
        ({"days": 30}, "days"), ({"scope": Scope.GRADE}, "grade"), ({"scope": Scope.SITE}, "site"),
        ({"grade": "clerk"}, "grade"), ({"scope": Scope.ROLE, "role": "king"}, "role"),
    ],
)  # fmt: skip
def test_a_limit_that_makes_no_sense_is_refused(system, wrong, field):
    assert refused(system, new(**wrong)) == field


def test_a_departments_limit_is_not_a_persons(system):
    assert refused(system, new(Measure.DEPARTMENT, Scope.ROLE, role=Role.LEAD)) == "scope"


def test_it_is_logged_with_what_was_before_and_the_persons_are_locked(ann, dee, system):
    limited(Measure.CASE, 2_500, by=system, scope=Scope.PERSON, employee=ann.employee)
    limit = set_limit(new(scope=Scope.PERSON, employee=ann.employee), by=dee, now=TUESDAY_NOON)
    entry = AuditEntry.objects.filter(action="set_empowerment_limit").latest("pk")
    assert (entry.by, entry.subject, entry.person) == (dee, f"limit:{limit.pk}", ann.employee)
    assert "15000" not in str(entry.after)


def test_whom_a_limit_reaches_is_counted_with_what_they_have_now_and_then(
    ann, bob, cas, dee, claims, system
):
    limited(Measure.CASE, 2_500, by=system)
    limited(Measure.CASE, 4_000, by=system, scope=Scope.DEPARTMENT, department=claims)
    limited(Measure.CASE, 9_000, by=system, scope=Scope.PERSON, employee=bob.employee)
    raised = Limit(
        measure=Measure.CASE, scope=Scope.DEPARTMENT, department=claims, amount_minor=15_000,
        currency="GBP", from_date=TODAY,
    )  # fmt: skip
    reach = reach_of(raised, own_id=None)
    assert (reach.people, reach.changes) == (2, (Change(Holding(4_000), Holding(15_000), 1),))
    assert (reach.changed, reach.only_oneself) == (1, False)
    everybody = Limit(
        measure=Measure.CASE, scope=Scope.EVERYBODY, amount_minor=3_000, currency="GBP",
        from_date=TODAY,
    )  # fmt: skip
    reach = reach_of(everybody, own_id=None)
    assert (reach.people, reach.changes) == (4, (Change(Holding(2_500), Holding(3_000), 2),))


def test_what_will_happen_is_told(ann, bob, cas, dee, claims, system):
    limited(Measure.CASE, 2_500, by=system)
    limited(Measure.CASE, 9_000, by=system, scope=Scope.PERSON, employee=bob.employee)
    told = set_limit_and_tell(
        new(scope=Scope.DEPARTMENT, department=claims), by=dee, now=TUESDAY_NOON
    )
    assert told == [
        "From Tuesday 3 March 2026, per case, for Claims: GBP 150.00.",
        "Before that: none of their own.",
        "As things stand it is for 2 people.",
        "1 person: GBP 25.00 until then, GBP 150.00 from then on.",
        "For 1 of them nothing changes: a nearer limit holds, or the amount is the same.",
    ]
    told = set_limit_and_tell(new(amount_minor=None), by=dee, now=TUESDAY_NOON)
    assert told == [
        "From Tuesday 3 March 2026, per case, for everybody: none of their own any more.",
        "Before that: GBP 25.00, since Monday 2 March 2026.",
        "As things stand it is for 4 people.",
        "2 people: GBP 25.00 until then, no limit from then on.",
        "For 2 of them nothing changes: nearer limits hold, or the amount is the same.",
        "Without this limit they spend nothing without asking: no limit is none, not an unlimited"
        " one.",
    ]  # fmt: skip
    told = set_limit_and_tell(new(scope=Scope.ROLE, role=Role.EDITOR), by=dee, now=TUESDAY_NOON)
    assert told[-1] == "As things stand nobody is concerned."


def test_what_holds_now_and_later_is_listed_without_what_was_replaced_or_ended(ann, system, claims):
    limited(Measure.CASE, 2_500, by=system)
    held = limited(Measure.CASE, 5_000, by=system)
    later = limited(Measure.CASE, 7_500, by=system, from_date=TODAY + timedelta(days=9))
    limited(Measure.CASE, 100, by=system, scope=Scope.DEPARTMENT, department=claims)
    limited(Measure.CASE, None, by=system, scope=Scope.DEPARTMENT, department=claims)
    other = limited(Measure.CASE, 100, by=system, currency="EUR")
    assert set(now_and_later(Limit.objects.all(), on=TODAY)) == {held, later, other}


def test_a_line_of_history_leaves_out_what_never_held(system):
    limited(Measure.CASE, 2_500, by=system)
    first = limited(Measure.CASE, 3_000, by=system)
    limited(Measure.DAY, 9_000, by=system)
    second = limited(Measure.CASE, 5_000, by=system, from_date=TODAY)
    newest, oldest = history_of(first)
    assert (newest.limit, newest.first, newest.last) == (second, TODAY, None)
    assert (oldest.limit, oldest.first, oldest.last) == (first, MONDAY, MONDAY)
    assert (newest.replaced, oldest.replaced) == (oldest, None)


def test_single_peoples_limits_are_read_by_those_who_must_know(
    ann, bob, cas, dee, fay, eve, max_auditor, system
):
    everybodys = limited(Measure.CASE, 2_500, by=system)
    of_ann = limited(Measure.CASE, 1, by=system, scope=Scope.PERSON, employee=ann.employee)
    of_cas = limited(Measure.CASE, 1, by=system, scope=Scope.PERSON, employee=cas.employee)
    every = {everybodys, of_ann, of_cas}
    readers = {dee: every, fay: every, max_auditor: every, bob: {everybodys, of_ann},
               eve: {everybodys}}  # fmt: skip
    for reader, known in readers.items():
        assert set(limits_for(reader, on=TODAY)) == known, reader.username


def test_ones_own_limits_say_which_scope_and_what_would_hold_otherwise(ann, claims, system):
    for measure, amount in USUAL.items():
        limited(measure, amount, by=system)
    far = Limit.objects.get(measure="case")
    near = limited(Measure.CASE, 2_500, by=system, scope=Scope.DEPARTMENT, department=claims)
    own = limited(Measure.CASE, 5_000, by=system, scope=Scope.PERSON, employee=ann.employee)
    [pounds] = own_limits(ann, now=TUESDAY_NOON)
    case = pounds.limits[0]
    assert (pounds.allowance.room_minor, case.measure) == (5_000, Measure.CASE)
    assert (case.limit, case.otherwise) == (own, (near, far))
    assert [each.check.left_minor for each in pounds.limits] == [
        5_000, 15_000, 30_000, 100_000, 500_000,
    ]  # fmt: skip


def test_currencies_are_hrs_to_say(site, dee, fay, system):
    limited(Measure.CASE, 2_500, by=system)
    told = set_currencies_and_tell(
        site, ["EUR", "GBP"], from_date=TODAY, reason="Berlin", by=dee, now=TUESDAY_NOON
    )
    assert told == [
        "From Tuesday 3 March 2026 people at Head office spend in EUR, GBP; EUR is offered first.",
        "There is no limit in EUR yet: until there is, nothing is spent in it.",
    ]
    said = {"from_date": TODAY, "reason": "x", "now": TUESDAY_NOON}
    wrong = [
        (fay, ["GBP"], {}), (dee, [], {}), (dee, ["GBP", "GBP"], {}),
        (dee, [f"A{n:02}" for n in range(16)], {}), (dee, ["GBP"], {"from_date": MONDAY}),
        (dee, ["GBP"], {"reason": " "}),
    ]  # fmt: skip
    for by, currencies, more in wrong:
        with pytest.raises(LimitRefused):
            set_currencies(site, currencies, by=by, **{**said, **more})
    assert SiteCurrencies.objects.count() == 1
