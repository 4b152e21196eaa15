"""What empowerment's tests share beside the cast: Ann in Claims may spend 150 a case and customer,
300 a day and 1,000 a month; each department has 5,000 a month."""

from uuid import uuid4

import pytest

from empowerment.models import Case, Limit, MomentOfTruth, Remedy
from empowerment.rules.limits import Measure, Scope
from empowerment.services.limits import NewLimit, set_limit
from empowerment.services.spending import Spend
from people.models import User
from tests.conftest import MONDAY, TUESDAY_NOON

USUAL = {
    Measure.CASE: 15_000, Measure.CUSTOMER: 15_000, Measure.DAY: 30_000, Measure.MONTH: 100_000,
    Measure.DEPARTMENT: 500_000,
}  # fmt: skip
"""Minor units."""


@pytest.fixture
def delayed(db) -> MomentOfTruth:
    return MomentOfTruth.objects.create(code="delay", name="A delivery was late")


def limited(measure: Measure, amount_minor: int | None, *, by: User, **more) -> Limit:
    """A limit for everybody from Monday on, or as `more` says."""
    days = 30 if measure == Measure.CUSTOMER else None
    said = {"scope": Scope.EVERYBODY, "currency": "GBP", "days": days, "from_date": MONDAY, **more}
    at = said.pop("now", TUESDAY_NOON.replace(day=MONDAY.day))
    return set_limit(
        NewLimit(measure=measure, amount_minor=amount_minor, reason="as agreed", **said),
        by=by, now=at,
    )  # fmt: skip


@pytest.fixture
def limits(system, site) -> dict[Measure, Limit]:
    return {measure: limited(measure, amount, by=system) for measure, amount in USUAL.items()}


def wanted(amount_minor: int, *, moment: MomentOfTruth | None = None, **more) -> Spend:
    """Something to spend on customer C-1 unless `more` says otherwise."""
    moment = moment or MomentOfTruth.objects.get()
    said = {"key": uuid4(), "reference": "C-1", "currency": "GBP", "remedy": Remedy.REFUND, **more}
    return Spend(moment=moment, amount_minor=amount_minor, **said)


def spent_in_all() -> int:
    """What was spent and has not come back, in minor units."""
    return sum(case.net_minor for case in Case.objects.spent())
