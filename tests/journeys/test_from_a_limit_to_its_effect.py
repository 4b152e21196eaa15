"""HR raises a limit, and later compares it with the one before."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from empowerment.models import Limit, MomentOfTruth
from empowerment.rules.limits import Measure
from tests.browser.pages import (  # noqa: F401
    browser,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.conftest import make_person
from tests.empowerment.conftest import limited
from tests.empowerment.test_limit_effect import case_on
from tests.scene import cast, edna  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def limit_of_old(system, cast):
    """25 pounds a case for the last forty days, under which six people asked for more."""
    MomentOfTruth.objects.create(code="delay", name="A delivery was late")
    began = timezone.localdate() - timedelta(days=40)
    at = datetime.combine(began, datetime.min.time(), tzinfo=timezone.get_current_timezone())
    limited(Measure.CASE, 2_500, by=system, from_date=began, now=at)
    limited(Measure.DEPARTMENT, 500_000, by=system, from_date=began, now=at)
    claims = cast["lead"].employee.memberships.get().department
    for n in range(6):
        who = make_person(f"p{n}", claims, by=system)
        counted = [
            {"measure": limit.measure, "scope": limit.scope, "limit": limit.pk, "days": None,
             "limit_minor": limit.amount_minor, "used_minor": 0}
            for limit in Limit.objects.all()
        ]  # fmt: skip
        amounts = {10: 1_000, 20: 9_000}
        for days, amount_minor in amounts.items():
            day = began + timedelta(days=days)
            decided = {} if amount_minor <= 2_500 else {"decided_by": cast["lead"]}
            case_on(day, who, amount_minor, customer=f"C-{n}", checks=counted, **decided)


def test_hr_compares_two_limits(cast, limit_of_old, browser, server):
    page, faults = signed_in(browser, server, cast["hr"])
    page.get_by_role("navigation").get_by_text("Company", exact=True).click()
    page.get_by_role("link", name="Empowerment limits").click()
    page.get_by_role("link", name="Set a limit").click()
    expect(page.get_by_label("A site", exact=True)).to_be_hidden()
    page.get_by_label("What it counts").select_option(label="per case")
    expect(page.get_by_label("Days", exact=True)).to_be_hidden()
    page.get_by_label("everybody", exact=True).check()
    page.get_by_label("Amount").fill("150")
    page.get_by_label("Currency").fill("GBP")
    page.get_by_label("Why").fill("Most who asked were given it")
    page.get_by_role("button", name="Set the limit").click()
    # The effect comes first, then the same button acts.
    page.get_by_role("button", name="Set the limit").click()
    expect(page.get_by_role("heading", name="Empowerment limits")).to_be_visible()
    page.get_by_role("row").filter(has_text="GBP 150.00").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Raised from GBP 25.00 to GBP 150.00")).to_be_visible()
    page.get_by_role("link", name="Compare with another").click()
    other = page.get_by_label("The other")
    other.select_option(label=other.get_by_role("option", name="GBP 25.00").inner_text())
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="The same cases under both")).to_be_visible()
    told = page.get_by_role("main").inner_text().split("The same cases under both")[1]
    lines = [line.split(" from ")[0] for line in told.splitlines() if line]
    counted = dict(pairwise(lines))
    assert counted["Cases asked again"] == "12"
    assert counted["Within at once under everybody: GBP 150.00"] == "12"
    assert counted["Within at once under everybody: GBP 25.00"] == "6"
    assert faults == []
