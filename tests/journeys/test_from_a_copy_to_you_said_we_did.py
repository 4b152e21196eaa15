"""HR copies last year's poll, two people take a key each, staff answer, both seal it, HR releases
and shows it; a lead reads a small department; something is done, and everybody reads that."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from people.models import Role, RoleAssignment
from people.rules import BEGINNING
from surveys.models import Wave
from surveys.services.station import cast_ballot, claim_for
from tests.browser.pages import (  # noqa: F401
    browser,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.conftest import make_person
from tests.surveys.test_results import asked, counted  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 780}}


@pytest.fixture
def company(ann, bob, cas, dee, claims, billing, system) -> list:
    """Claims has 22 people, led by Bob, Billing four; Eve leads Billing."""
    RoleAssignment.objects.create(
        user=bob, role=Role.LEAD, department=claims, from_date=BEGINNING, made_by=dee
    )
    crowd = [make_person(f"c{n}", claims, by=system) for n in range(20)]
    few = [make_person(f"b{n}", billing, by=system) for n in range(2)]
    RoleAssignment.objects.create(
        user=few[0], role=Role.LEAD, department=billing, from_date=BEGINNING, made_by=dee
    )
    return [*crowd, *few]


def code_on(page) -> str:
    return page.locator(".key-code").inner_text().strip()


def test_from_last_years_copy_to_you_said_we_did(
    company, asked, ann, bob, dee, claims, system, browser, server
):  # fmt: skip
    counted("last-year", asked.values(), [(claims, 20)], system=system, days=-300)
    hr, faults = signed_in(browser, server, dee)
    hr.goto(f"{server.url}/polls/of/last-year/")
    hr.get_by_role("link", name="Copy", exact=True).click()
    hr.get_by_label("Code").fill("this-year")
    hr.get_by_label("Name").first.fill("How is it going?")
    hr.get_by_role("main").get_by_role("button").first.click()
    expect(hr.get_by_role("heading", name="How is it going?")).to_be_visible()

    hr.get_by_role("link", name="Name, times and promise").click()
    now = timezone.localtime()
    hr.get_by_label("Opens").fill((now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"))
    hr.get_by_label("Closes").fill((now + timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M"))
    hr.get_by_role("main").get_by_role("button").first.click()
    hr.get_by_role("link", name="Representative of the staff").click()
    hr.get_by_role("main").get_by_role("textbox").first.fill(ann.employee.number)
    hr.get_by_role("main").get_by_role("button").first.click()
    hr.goto(f"{server.url}/polls/of/this-year/launch/")
    hr.get_by_role("button", name="Take HR's key").click()
    codes = [code_on(hr)]

    staff, staff_faults = signed_in(browser, server, ann, **PHONE)
    staff.goto(f"{server.url}/polls/of/this-year/second-key/")
    staff.get_by_role("button", name="Take the key").click()
    codes.append(code_on(staff))
    hr.goto(f"{server.url}/polls/of/this-year/launch/")
    expect(hr.get_by_text("Nothing: it can be launched.")).to_be_visible()
    hr.get_by_role("button", name="Launch").click()
    expect(hr.get_by_text("Remind everybody")).to_be_visible()

    vote(staff, server)
    wave = Wave.objects.get(code="this-year")
    for number, user in enumerate([bob, *company]):
        shift = ["day", "night"][number % 2]
        said = {1: 1 + number % 5, 2: 3 + number % 3, 3: number % 11, 4: shift}
        cast_ballot(claim_for(wave, user.employee, now=timezone.now()), said, now=timezone.now())

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        hr.goto(f"{server.url}/polls/of/this-year/seal/")
        boxes = hr.get_by_role("main").locator("input:not([type=hidden])")
        for place, code in enumerate(codes):
            boxes.nth(place).fill(code.lower())
        hr.get_by_role("button", name="Open, count and destroy").click()
        hr.get_by_role("link", name="To the release").click()
        hr.get_by_role("button", name="Release", exact=True).click()
        hr.get_by_role("button", name="Show to leads and staff").click()
        hr.get_by_role("main").get_by_role("link", name="Results").click()
        expect(hr.get_by_role("heading", name="How is it going?")).to_be_visible()
        expect(hr.get_by_role("row").filter(has_text="Our team")).to_contain_text("%")
        act(hr, server, ann)
        staff.goto(f"{server.url}/you-said-we-did/")
        expect(staff.get_by_text("Nobody answers what we say.")).to_be_visible()
        lead, lead_faults = signed_in(browser, server, company[-2], **PHONE)
        lead.goto(f"{server.url}/poll-results/this-year/")
        lead.get_by_role("link", name="Billing").click()
        expect(lead.get_by_role("heading", name="Billing")).to_be_visible()
        expect(lead.get_by_role("main")).to_contain_text("too few")
        # What stands there is the whole company's, and told so.
        expect(lead.get_by_role("row").filter(has_text="Our team")).to_contain_text("24")
    assert (faults, staff_faults, lead_faults) == ([], [], [])


def act(hr, server, owner) -> None:
    hr.goto(f"{server.url}/actions/polls/this-year/")
    hr.get_by_role("link", name="New focus area").click()
    hr.get_by_label("What to work on", exact=True).fill("Be heard")
    hr.get_by_role("main").get_by_role("button").first.click()
    hr.get_by_role("link", name="Be heard").click()
    hr.get_by_role("link", name="New action").click()
    hr.get_by_label("You said", exact=True).fill("Nobody answers what we say.")
    hr.get_by_label("Owner's number").fill(owner.employee.number)
    due = timezone.localdate() + timedelta(days=30)
    hr.get_by_label("Due", exact=True).fill(due.isoformat())
    hr.get_by_role("button", name="Plan it").click()
    hr.get_by_role("link", name="Nobody answers what we say.").click()
    hr.get_by_role("button", name="Publish").click()
    expect(hr.get_by_text("published", exact=True)).to_be_visible()


def vote(page, server) -> None:
    """On a phone, from the invitation to the receipt; the page never scrolls sideways."""
    page.goto(f"{server.url}/my-polls/")
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Take your ballot")).to_be_visible()
    page.get_by_role("button", name="Take my ballot").click()
    page.get_by_text("Answer now").click()
    for number, answer in ((1, "4"), (2, "5"), (3, "9")):
        page.locator(f"input[name=q{number}][value='{answer}']").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Cast my ballot").last.click()
    expect(page.get_by_role("heading", name="Your ballot is cast")).to_be_visible()
    receipt = page.locator(".receipt").first.inner_text()
    page.get_by_role("link", name="Is my ballot in the box?").click()
    expect(page.get_by_label("Your receipt")).to_be_visible()
    page.get_by_label("Your receipt").fill(receipt)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("status")).to_contain_text("Yes: a ballot with this receipt")
