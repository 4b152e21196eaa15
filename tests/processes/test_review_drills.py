"""Cases to be looked at, drawn by several processes at one database: each once."""

from datetime import timedelta

import pytest

from empowerment.models import Review
from empowerment.services.spending import spend
from people.models import AuditEntry
from people.services.policies import set_policy
from tests.conftest import MONDAY, TUESDAY_NOON
from tests.empowerment.conftest import delayed, limits, wanted  # noqa: F401
from tests.processes.test_drills import drill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_sixteen_who_draw_at_once_open_each_review_once(ann, system, limits, delayed):
    set_policy("review_percent", "100", from_date=MONDAY, reason="x", by=system)
    for n in range(30):
        at = TUESDAY_NOON + timedelta(days=n % 3)
        spend(wanted(100, reference=f"C-{n}"), by=ann, now=at)
    assert drill("draw_at_once") == {"drawn": 30}
    assert sorted(Review.objects.values_list("case__customer__reference", "why")) == sorted(
        (f"C-{n}", "sample") for n in range(30)
    )
    # Three days and a week, each noted once.
    assert AuditEntry.objects.filter(action="draw_reviews").count() == 4
