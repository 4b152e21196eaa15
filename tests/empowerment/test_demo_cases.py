"""The demo's cases: a year of them, entered as they would have been, with something to find."""

from collections import Counter
from datetime import date, timedelta

import pytest

from demo import company
from demo.empowerment import CASES, put_customers_right
from demo.management.commands.load_demo import name_logins
from demo.praise import _give_accounts
from empowerment.models import Case, FollowUp, Limit, MomentOfTruth, Receipt
from empowerment.services.asking import deciders
from ledger.services.checking import check_ledger
from people.services.importing import Options, run_import

YESTERDAY = date(2026, 3, 3)


@pytest.fixture
def loaded(system):
    files = {
        "sites": company.sites_file(),
        "departments": company.departments_file(),
        "employees": company.employees_file(hired_shift=timedelta(weeks=634)),
    }
    for kind, content in files.items():
        run_import(kind, content, filename=kind, options=Options(), by=system)
    name_logins()
    _give_accounts()
    put_customers_right(YESTERDAY)


def test_a_year_of_cases_is_true_and_has_something_to_find(loaded):
    cases = list(Case.objects.select_related("customer", "employee__user"))
    assert len(cases) == CASES + 18 + 1
    spent = [case for case in cases if case.spent_on]
    assert min(case.spent_on for case in spent) >= YESTERDAY - timedelta(days=364)
    assert max(case.spent_on for case in spent) <= YESTERDAY
    assert {case.state for case in cases} == {"approved", "asked", "declined"}
    assert sum(case.returned_minor > 0 for case in cases) >= 8
    # Raised from 25 to 150 in mid-year: what is approved at once follows.
    raised = Limit.objects.filter(measure="case").order_by("-pk").first()
    at_once = [case for case in spent if case.within_limits]
    assert max(c.amount_minor for c in at_once if c.spent_on < raised.from_date) <= 25_00
    assert 25_00 < max(c.amount_minor for c in at_once if c.spent_on >= raised.from_date) <= 150_00
    again = Counter(case.customer.reference for case in cases)
    assert (again["PNR-SPLIT1"], again["PNR-AGAIN1"]) == (3, 5)
    [waits] = [case for case in cases if case.state == "asked"]
    assert [user.username for user in deciders(waits, on=YESTERDAY)] == ["bob"]
    assert set(FollowUp.objects.values_list("after_days", flat=True)) == {30, 90}
    assert Receipt.objects.count() >= 60
    assert MomentOfTruth.objects.count() == 5
    assert check_ledger().problems == []
    put_customers_right(YESTERDAY)
    assert Case.objects.count() == len(cases)
