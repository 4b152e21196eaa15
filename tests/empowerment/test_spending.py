"""The decision: within all limits at once, approved; above one, nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from empowerment.models import Case, Customer, MonthlyBudget, SiteCurrencies
from empowerment.rules.limits import Measure, Scope
from empowerment.services.allowances import SpendingRefused, allowances
from empowerment.services.giving_back import GivenBack, cancel, give_back
from empowerment.services.spending import BeyondLimits, spend
from ledger.models import Account
from ledger.services.checking import check_ledger
from people.models import Role
from tests.conftest import MONDAY, TUESDAY_NOON, make_person
from tests.empowerment.conftest import USUAL, limited, spent_in_all, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

OTHERS = {"reference": "C-2"}


def spends(user, amount_minor, *, now=TUESDAY_NOON, **more) -> Case:
    return spend(wanted(amount_minor, **more), by=user, now=now)


def broken(user, amount_minor, **more) -> list[str]:
    with pytest.raises(BeyondLimits) as refused:
        spends(user, amount_minor, **more)
    return [check.measure for check in refused.value.broken]


def back(amount_minor) -> GivenBack:
    return GivenBack(uuid4(), amount_minor, "the parcel was found")


def test_a_case_within_the_limits_is_approved_at_once_and_paid(ann, claims):
    case = spends(ann, 15_000)
    assert (case.state, case.spent_on, case.within_limits) == (
        Case.State.APPROVED, TUESDAY_NOON.date(), True,
    )  # fmt: skip
    budget = MonthlyBudget.objects.get()
    assert (budget.department, budget.funded_minor) == (claims, 500_000)
    assert budget.account.balance_minor == 485_000
    assert Account.objects.get(code="empowerment:spent").balance() == 15_000
    assert check_ledger().problems == []


def test_what_was_counted_is_kept_with_the_case(ann):
    spends(ann, 4_000)
    case = spends(ann, 5_000)
    assert [(c["measure"], c["limit_minor"], c["used_minor"]) for c in case.checks] == [
        ("case", 15_000, 0), ("customer", 15_000, 4_000), ("day", 30_000, 4_000),
        ("month", 100_000, 4_000), ("department", 500_000, 4_000),
    ]  # fmt: skip


def test_each_limit_is_kept_to_the_penny(ann, cas):
    assert broken(ann, 15_001) == ["case", "customer"]
    spends(ann, 15_000)
    assert broken(ann, 1) == ["customer"]
    spends(ann, 15_000, **OTHERS)
    assert broken(ann, 1, reference="C-3") == ["day"]
    # Somebody else may still spend on others, and on the same customer neither may.
    assert broken(cas, 1) == ["customer"]
    spends(cas, 15_000, reference="C-3")
    assert spent_in_all() == 45_000


def test_a_month_is_a_limit_of_its_own(ann):
    for n in range(6):
        at = TUESDAY_NOON + timedelta(days=n)
        spends(ann, 15_000, reference=f"A{n}", now=at)
    last = TUESDAY_NOON + timedelta(days=6)
    assert broken(ann, 10_001, reference="B", now=last) == ["month"]
    spends(ann, 10_000, reference="B", now=last)
    spends(ann, 15_000, reference="C", now=TUESDAY_NOON + timedelta(days=40))


def test_a_department_has_no_more_than_its_budget(ann, claims, system):
    limited(Measure.DEPARTMENT, 20_000, by=system, scope=Scope.DEPARTMENT, department=claims)
    spends(ann, 15_000)
    assert broken(ann, 5_001, **OTHERS) == ["department"]
    spends(ann, 5_000, **OTHERS)
    assert Account.objects.get(code__startswith="empowerment:department").balance_minor == 0


def test_a_customer_counts_for_so_many_days_and_no_longer(ann):
    spends(ann, 15_000)
    assert broken(ann, 1, now=TUESDAY_NOON + timedelta(days=29)) == ["customer"]
    spends(ann, 15_000, now=TUESDAY_NOON + timedelta(days=30))


def test_a_customer_is_one_however_the_reference_is_typed(ann):
    spends(ann, 15_000, reference="AB-12 34")
    assert broken(ann, 1, reference="ａｂ1234") == ["customer"]
    assert Customer.objects.count() == 1


def test_the_same_key_is_one_case(ann):
    once = wanted(15_000)
    first = spend(once, by=ann, now=TUESDAY_NOON)
    assert spend(once, by=ann, now=TUESDAY_NOON) == first
    assert spent_in_all() == 15_000


def test_a_key_says_one_thing_and_belongs_to_one(ann, cas):
    key = uuid4()
    spends(ann, 1_000, key=key)
    with pytest.raises(SpendingRefused, match="another content"):
        spends(ann, 1_001, key=key)
    with pytest.raises(SpendingRefused, match="another content"):
        spends(cas, 1_000, key=key)
    assert spent_in_all() == 1_000


def test_money_that_comes_back_gives_the_allowance_back_in_its_own_windows(ann):
    case = spends(ann, 15_000)
    give_back(case, back(6_000), by=ann, now=TUESDAY_NOON)
    assert broken(ann, 6_001) == ["customer"]
    spends(ann, 6_000)
    cancel(case, back(0), by=ann, now=TUESDAY_NOON)
    spends(ann, 9_000)
    assert spent_in_all() == 15_000
    assert check_ledger().problems == []


def test_no_more_comes_back_than_was_spent_and_the_same_once(ann):
    case = spends(ann, 10_000)
    once = back(4_000)
    assert give_back(case, once, by=ann, now=TUESDAY_NOON) == give_back(
        case, once, by=ann, now=TUESDAY_NOON
    )
    with pytest.raises(SpendingRefused, match=r"60\.00"):
        give_back(case, back(6_001), by=ann, now=TUESDAY_NOON)
    case.refresh_from_db()
    assert case.returned_minor == 4_000


def test_the_nearest_limit_holds(ann, cas, system, claims):
    limited(Measure.CASE, 2_500, by=system, scope=Scope.DEPARTMENT, department=claims)
    assert broken(ann, 2_501) == ["case"]
    limited(Measure.CASE, 5_000, by=system, scope=Scope.PERSON, employee=ann.employee)
    spends(ann, 5_000)
    assert broken(ann, 5_001, **OTHERS) == ["case"]
    # Ended: the department's holds again.
    limited(Measure.CASE, None, by=system, scope=Scope.PERSON, employee=ann.employee)
    assert broken(ann, 2_501, **OTHERS) == ["case"]
    spends(cas, 15_000, **OTHERS)


def test_of_two_roles_the_more_generous_limit_holds(claims, system):
    who = make_person("zoe", claims, (Role.HR, None), (Role.EDITOR, None), by=system)
    limited(Measure.CASE, 1_000, by=system, scope=Scope.ROLE, role=Role.HR)
    limited(Measure.CASE, 2_000, by=system, scope=Scope.ROLE, role=Role.EDITOR)
    limited(Measure.CASE, 500, by=system, scope=Scope.ROLE, role=Role.EMPLOYEE)
    spends(who, 2_000)
    assert broken(who, 2_001, **OTHERS) == ["case"]


def test_without_a_limit_per_case_or_a_budget_nothing_is_spent(ann, system):
    limited(Measure.DEPARTMENT, None, by=system)
    with pytest.raises(BeyondLimits) as refused:
        spends(ann, 1)
    assert refused.value.broken == []
    assert [(each.currency, each.room_minor, each.missing) for each in
            allowances(ann, now=TUESDAY_NOON)] == [("GBP", 0, [Measure.DEPARTMENT])]  # fmt: skip


def test_a_budget_lowered_below_what_is_spent_leaves_nothing_and_what_comes_back_is_not_spent_again(
    ann, cas, system
):
    case = spends(ann, 15_000)
    limited(Measure.DEPARTMENT, 10_000, by=system)
    assert broken(ann, 1, **OTHERS) == ["department"]
    give_back(case, back(9_000), by=ann, now=TUESDAY_NOON)
    # 6,000 of 10,000 are spent: 4,000 are left, not the 9,000 that came back.
    assert broken(ann, 4_001, **OTHERS) == ["department"]
    spends(ann, 4_000, **OTHERS)
    limited(Measure.DEPARTMENT, 20_000, by=system)
    spends(ann, 10_000, reference="C-3")
    assert broken(ann, 1, reference="C-4") == ["department"]
    assert check_ledger().problems == []


def test_what_is_left_of_a_budget_is_told_right_before_a_new_limit_has_funded_it(ann, system):
    spends(ann, 15_000)
    limited(Measure.DEPARTMENT, 20_000, by=system)
    [allowance] = allowances(ann, now=TUESDAY_NOON)
    assert (allowance.checks[-1].used_minor, allowance.room_minor) == (15_000, 5_000)
    limited(Measure.DEPARTMENT, 10_000, by=system)
    [allowance] = allowances(ann, now=TUESDAY_NOON)
    assert (allowance.checks[-1].left_minor, allowance.room_minor) == (0, 0)


def test_a_limit_that_holds_again_after_another_funds_the_budget_again(ann, claims, system):
    spends(ann, 1_000)
    limited(Measure.DEPARTMENT, 2_000, by=system, scope=Scope.DEPARTMENT, department=claims)
    spends(ann, 1_000)
    limited(Measure.DEPARTMENT, None, by=system, scope=Scope.DEPARTMENT, department=claims)
    spends(ann, 1_000)
    budget = MonthlyBudget.objects.get()
    assert (budget.funded_minor, budget.account.balance_minor) == (500_000, 497_000)
    assert check_ledger().problems == []


def test_a_site_spends_in_its_own_currencies(ann, site, system):
    for measure, amount in USUAL.items():
        limited(measure, amount, by=system, currency="EUR")
    SiteCurrencies.objects.create(
        site=site, currencies="EUR", from_date=MONDAY, reason="Berlin", made_by=system,
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    with pytest.raises(SpendingRefused, match="Choose EUR"):
        spends(ann, 1)
    spends(ann, 1, currency="EUR")
    assert [each.currency for each in allowances(ann, now=TUESDAY_NOON)] == ["EUR"]


def test_the_most_that_may_be_spent_is_told_before(ann):
    spends(ann, 4_000)
    [none] = allowances(ann, now=TUESDAY_NOON)
    [on_customer] = allowances(ann, reference="c1", now=TUESDAY_NOON)
    assert (none.room_minor, on_customer.room_minor) == (15_000, 11_000)


def test_the_day_is_the_sites(ann, site):
    site.time_zone = "Pacific/Auckland"
    site.save()
    assert spends(ann, 1).spent_on == TUESDAY_NOON.date() + timedelta(days=1)


def test_a_decision_asks_the_database_a_fixed_number_of_times(ann, cas, django_assert_num_queries):
    for n in range(5):
        spends(ann, 1_000, reference=f"A{n}")
    once = wanted(1_000)
    with django_assert_num_queries(9):
        spend(once, by=ann, now=TUESDAY_NOON)
