"""What people do on the pages, in a real browser."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms.services.posting import post_day
from incentives.models import DayVerdict, Result
from incentives.services.closing import close_day
from incentives.services.pools import set_pool_policy
from people.models import User
from people.services.calendars import company_yesterday
from tests.browser.pages import browser, orm_beside_playwright, server, signed_in  # noqa: F401
from tests.conftest import MONDAY, TUESDAY_MORNING, make_result

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def posted_day(goals, system, bob, fay):
    for place, target in enumerate(goals):
        good = "80" if target.metric.direction == "at_least" else "5"
        bad = "79" if target.metric.direction == "at_least" else "6"
        make_result(target.department, target.metric, MONDAY, good if place else bad, system)
    set_pool_policy(
        "bonus", from_date=date(2026, 1, 1), currency="GBP", contribution_kind="fixed",
        contribution_amount=25_000, threshold_bp=7500, headline=True, by=system,
    )  # fmt: skip
    close_day(MONDAY, by=system, now=TUESDAY_MORNING)
    post_day(MONDAY, now=TUESDAY_MORNING)


def test_a_lead_enters_yesterdays_figures_on_a_phone(browser, server, goals, bob, claims):
    page, _faults = signed_in(browser, server, bob, viewport={"width": 360, "height": 740})
    page.get_by_role("link", name="Figures").click()
    page.get_by_label("Calls answered").fill("81.5")
    page.get_by_label("Waiting time").fill("many")
    page.get_by_role("button", name="Record").click()
    expect(page.locator(".wrong")).to_have_count(1)
    assert not Result.objects.exists()
    page.get_by_label("Waiting time").fill("4")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("2 figures recorded.")).to_be_visible()
    recorded = Result.objects.filter(date=company_yesterday(timezone.now()), department=claims)
    assert recorded.count() == 2


def test_a_correction_that_moves_money_takes_two_people(browser, server, posted_day, dee, fay):
    page, _faults = signed_in(browser, server, dee)
    page.goto(f"{server.url}/days/2026-03-02/BILLING/answered/restate/")
    page.get_by_label("Right figure or target").fill("10")
    page.get_by_label("Why").fill("counted twice")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_text("not hit")).to_be_visible()
    assert DayVerdict.objects.count() == 1
    page.get_by_role("button", name="Propose the correction").click()
    expect(page.get_by_text("somebody else has to approve")).to_be_visible()
    address = page.url
    other, _faults = signed_in(browser, server, fay)
    other.goto(address)
    other.get_by_role("button", name="Approve").click()
    expect(other.get_by_text("corrected", exact=False).first).to_be_visible()
    other.goto(f"{server.url}/results/2026-03-02/")
    expect(other.get_by_text("corrected, was 75.0%")).to_be_visible()


def test_a_signed_in_colleague_is_nobody_at_a_screens_address(browser, server, posted_day):
    fay = User.objects.get(username="fay")
    page, _faults = signed_in(browser, server, fay, viewport={"width": 1920, "height": 1080})
    page.goto(f"{server.url}/screen/")
    expect(page.locator(".code")).to_be_visible()
    expect(page.get_by_text("Monday 2 March")).to_have_count(0)
