"""Files for accounting under many hands at once: each case is in one of them."""

import pytest

from empowerment.models import AccountingExport, AccountingLine
from empowerment.services.spending import spend
from ledger.services.checking import check_ledger
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import delayed, limits, wanted  # noqa: F401
from tests.processes.test_drills import drill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_of_16_who_make_a_file_one_does(limits, delayed, ann, fay):
    for n in range(5):
        spend(wanted(1_000, reference=f"C-{n}"), by=ann, now=TUESDAY_NOON)
    assert drill("export_cases_at_once")["said"] == ["file of 5", *["refused"] * 15]
    assert (AccountingExport.objects.count(), AccountingLine.objects.count()) == (1, 5)
    assert check_ledger().problems == []
