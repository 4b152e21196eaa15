"""From the invitation to the first useful act, for each role, in a real browser.

Each journey counts its clicks and says its seconds (pytest --junitxml keeps both as properties);
docs/first-acts.md holds a run's figures.
"""

import re
import time

import pytest
from playwright.sync_api import expect

from cms.models import ResultsPage
from incentives.models import Restatement, Result
from people.models import Employee, Invitation, Membership, RoleAssignment
from people.services.invitations import invite
from tests.browser.pages import (  # noqa: F401
    browser,
    code_now,
    opened,
    orm_beside_playwright,
    server,
)
from tests.conftest import MONDAY
from tests.scene import (  # noqa: F401
    TUESDAY,
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a sentence of my own"
PHONE = {"viewport": {"width": 360, "height": 740}}
DESK = {"viewport": {"width": 1440, "height": 900}}


class Journey:
    """A page with a hand on the mouse that counts."""

    def __init__(self, page, server, faults):
        self.page, self.server, self.faults = page, server, faults
        self.clicks, self.since = 0, time.perf_counter()

    def click(self, name: str | re.Pattern, role: str = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()
        self.clicks += 1

    def link(self, name: str | re.Pattern) -> None:
        self.click(name, "link")

    def menu(self, title: str) -> None:
        self.page.locator("nav summary", has_text=title).click()
        self.clicks += 1

    def act_begins(self) -> None:
        """What came before was signing in: the main act is counted from here."""
        self.clicks, self.since = 0, time.perf_counter()


@pytest.fixture
def begin(browser, server, system, settings, mailoutbox, record_property):
    """Somebody comes in by the mailed link, with a second factor where the role needs one."""
    settings.BASE_URL = server.url
    journeys = []

    def come_in(user, *, second_factor: bool = False, **context) -> Journey:
        invite(user.employee, way=Invitation.Way.MAIL, by=system)
        mails = "".join(mail.body for mail in mailoutbox if mail.to == [user.email])
        [link] = re.findall(r"http\S+/invitation/\S+", mails)
        page, faults = opened(browser, server, **context)
        journey = Journey(page, server, faults)
        page.goto(link)
        page.get_by_label("Password").first.fill(PASSWORD)
        journey.click("Begin")
        if second_factor:
            _set_up_app(journey)
        page.goto(server.url)
        expect(page.get_by_role("heading", name="What needs you now")).to_be_visible()
        record_property("clicks_to_come_in", journey.clicks)
        journey.act_begins()
        journeys.append(journey)
        return journey

    yield come_in
    for journey in journeys:
        record_property("clicks", journey.clicks)
        record_property("seconds", round(time.perf_counter() - journey.since, 1))
        assert journey.faults == []


def _set_up_app(journey: Journey) -> None:
    page = journey.page
    page.goto(f"{journey.server.url}/account/second-factor/app/")
    if page.get_by_label("Password", exact=True).count():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        journey.click(re.compile("Confirm|Continue"))
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label(re.compile("code", re.I)).last.fill(code_now(secret))
    journey.click("Activate")


def test_an_employee_sees_yesterday_and_opens_the_whole_day(scene, begin):
    journey = begin(scene.cast["employee"], **PHONE)
    expect(journey.page.get_by_text("3 of 4 goals met")).to_be_visible()
    journey.link(re.compile("2 March 2026"))
    expect(journey.page.get_by_role("heading", name=re.compile("2 March 2026"))).to_be_visible()
    assert journey.clicks <= 1


def test_a_lead_enters_yesterdays_figures(scene, begin):
    journey = begin(scene.cast["lead"], **PHONE)
    journey.link("Enter figures")
    page = journey.page
    page.get_by_label("Calls answered").fill("91.5")
    page.get_by_label("Waiting time").fill("3")
    journey.click("Record")
    expect(page.get_by_text("2 figures recorded.")).to_be_visible()
    assert Result.objects.filter(date=TUESDAY, made_by=scene.cast["lead"]).count() == 2
    assert journey.clicks <= 2


def test_hr_brings_in_a_colleague_by_file(scene, begin, claims, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(
        "number,name,department,hired_on\nN1,New Colleague,CLAIMS,2026-03-02\n", encoding="utf-8"
    )
    journey = begin(scene.cast["hr"], second_factor=True, **DESK)
    page = journey.page
    journey.menu("People")
    journey.link("Imports")
    page.get_by_label("What is in the file?").select_option("employees")
    page.locator("#id_file").set_input_files(file)
    journey.click("Check the file")
    journey.click("Import all of it")
    expect(page.get_by_text("Applied.")).to_be_visible()
    assert Membership.objects.get(employee__number="N1").department == claims
    assert journey.clicks <= 4


def test_finance_approves_a_correction_that_moves_money(scene, begin):
    journey = begin(scene.cast["finance"], second_factor=True, **DESK)
    journey.link("Look and decide")
    journey.page.locator('main a[href^="/restatements/"]:not([href*="?"])').first.click()
    journey.clicks += 1
    journey.click("Approve")
    expect(journey.page.get_by_text("corrected").first).to_be_visible()
    assert Restatement.objects.get().decided_by == scene.cast["finance"]
    assert journey.clicks <= 3


def test_an_executive_learns_where_to_go_and_ask(scene, begin, goals, system):
    Result.objects.create(
        date=TUESDAY, department=goals[0].department, metric=goals[0].metric, source="file",
        made_by=system, value_scaled=1,
    )  # fmt: skip
    journey = begin(scene.cast["executive"], **PHONE)
    expect(journey.page.get_by_role("heading", name="Where to go and ask")).to_be_visible()
    journey.link(goals[0].department.name)
    expect(journey.page.get_by_role("heading", name=goals[0].department.name)).to_be_visible()
    assert journey.clicks <= 1


def test_an_editor_gives_yesterdays_page_a_headline(scene, begin):
    journey = begin(scene.cast["editor"], **DESK)
    journey.link("Write a headline")
    page = journey.page
    page.locator("#id_headline").fill("Snow kept the phones ringing")
    page.locator("[data-w-dropdown-target=toggle]").last.click()
    journey.clicks += 1
    journey.click("Publish")
    page.wait_for_load_state()
    assert ResultsPage.objects.get().headline == "Snow kept the phones ringing"
    assert journey.clicks <= 3


def test_an_auditor_searches_the_log(scene, begin):
    journey = begin(scene.cast["auditor"], **DESK)
    journey.link("Log of changes")
    page = journey.page
    page.locator("form.filters input").first.fill("invite")
    journey.click("Show")
    expect(page.locator("main tbody tr").first).to_be_visible()
    assert journey.clicks <= 2


def test_an_administrator_gives_a_role(scene, begin):
    journey = begin(scene.cast["administrator"], second_factor=True, **DESK)
    page = journey.page
    journey.menu("People")
    journey.link("Colleagues")
    journey.link("Ann")
    journey.link(re.compile("roles", re.I))
    page.get_by_label("editor").check()
    page.get_by_label("Why").fill("writes the newsletter")
    journey.click("Change the roles")
    expect(page.get_by_text("writes the newsletter")).to_be_visible()
    assert RoleAssignment.objects.filter(user=scene.cast["employee"], role="editor").exists()
    assert journey.clicks <= 5


def test_a_colleague_without_email_comes_in_by_a_slip_and_a_pin(
    scene, browser, server, system, settings, claims, record_property
):
    settings.BASE_URL = server.url
    employee = Employee.objects.create(number="E77", name="No Mail", hired_on=MONDAY)
    Membership.objects.create(employee=employee, department=claims, from_date=MONDAY)
    link = invite(employee, way=Invitation.Way.SLIP, by=system)
    page, faults = opened(browser, server, **PHONE)
    page.goto(link)
    page.get_by_label("PIN for shared devices").fill("274951")
    page.get_by_role("button", name="Begin").click()
    page.context.clear_cookies()
    page.goto(f"{server.url}/account/shared-device/")
    started = time.perf_counter()
    page.get_by_label("Employee number").fill("e77")
    page.get_by_label("PIN").fill("274951")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Good day, No Mail")).to_be_visible()
    record_property("clicks", 1)
    record_property("seconds", round(time.perf_counter() - started, 1))
    # The next one at this device finds nothing of it, not by going back either.
    page.goto(f"{server.url}/account/shared-device/")
    page.go_back()
    expect(page.get_by_text("No Mail")).to_have_count(0)
    assert faults == []
