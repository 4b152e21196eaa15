"""A case on a phone: three fields, a double tap, and a connection that comes and goes."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from empowerment.models import Case, MomentOfTruth, Receipt
from people.services.pins import set_pin
from tests.browser.pages import (  # noqa: F401
    browser,
    opened,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.browser.test_every_page import FIND, too_wide
from tests.empowerment.conftest import limits, spent_in_all  # noqa: F401
from tests.people.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('draft:'))"
WAITS = "Waiting to be sent, not yet approved"


@pytest.fixture
def allowed(limits, bob):
    MomentOfTruth.objects.create(code="delay", name="A delivery was late")
    MomentOfTruth.objects.create(code="rude", name="Somebody was rude", position=1)


def form_of(browser, server, user, path="/cases/new/", **context):
    page, faults = signed_in(browser, server, user, **{**PHONE, **context})
    page.goto(server.url + path)
    return page, faults


def write(page, amount: str = "20", customer: str = "C-1") -> None:
    page.get_by_label("Which customer?").fill(customer)
    page.get_by_label("A delivery was late").check()
    page.get_by_label("How much?").fill(amount)


def button(page):
    return page.get_by_role("main").get_by_role("button", name="Put it right")


def lose_answers(page) -> None:
    """What is sent arrives, and nothing comes back."""

    def lost(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/cases/new/", lost)


def test_a_case_within_the_limit_takes_three_fields_on_a_phone(browser, server, allowed, ann):
    page, faults = signed_in(browser, server, ann, **PHONE)
    page.get_by_role("main").get_by_role("link", name="Put it right").click()
    expect(page.locator("#allowance")).to_have_text(
        "You may spend up to GBP 150.00 on one customer today."
    )
    write(page)
    expect(page.locator("#allowance")).to_have_text(
        "You may spend up to GBP 150.00 on this customer today."
    )
    page.evaluate(AXE_SCRIPT)
    assert [*too_wide(page), *page.evaluate(FIND, {})] == []
    button(page).click()
    expect(page.get_by_text("Approved: GBP 20.00 for C-1.")).to_be_visible()
    assert spent_in_all() == 2_000
    assert page.evaluate(KEPT) == []
    assert faults == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_above_the_limit_the_lesser_amount_is_a_tap_away(browser, server, allowed, ann, scripts):
    page, _faults = form_of(browser, server, ann, java_script_enabled=scripts)
    write(page, "200")
    button(page).click()
    expect(page.get_by_text("At most GBP 150.00 may go into one case.")).to_be_visible()
    assert not scripts or [*too_wide(page)] == []
    page.get_by_role("button", name="Spend GBP 150.00 now").click()
    expect(page.get_by_text("Approved: GBP 150.00 for C-1.")).to_be_visible()
    assert spent_in_all() == 15_000


def test_the_lead_is_asked_with_a_few_words_and_the_chosen_photo_stays(
    browser, server, allowed, ann
):
    page, _faults = form_of(browser, server, ann)
    write(page, "200")
    page.get_by_text("How, a few words, and the receipt").click()
    photo = {"name": "r.png", "mimeType": "image/png", "buffer": picture("PNG")}
    page.get_by_label("Photo of the receipt").set_input_files(photo)
    button(page).click()
    expect(page.get_by_text("will be asked and can answer until")).to_contain_text("Bob")
    page.get_by_label("A few words").fill("Her birthday was spoilt")
    page.get_by_role("button", name="Ask your lead").click()
    expect(page.get_by_text("Asked: GBP 200.00 for C-1")).to_be_visible()
    assert Case.objects.get().state == "asked"
    assert Receipt.objects.count() == 1


def test_a_double_tap_counts_once(browser, server, allowed, ann):
    page, _faults = form_of(browser, server, ann)
    write(page)
    button(page).dblclick(no_wait_after=True)
    expect(page.get_by_text("Approved: GBP 20.00 for C-1.")).to_be_visible()
    assert spent_in_all() == 2_000


def test_without_a_connection_a_case_waits_and_then_counts_once(browser, server, allowed, ann):
    page, _faults = form_of(browser, server, ann)
    write(page)
    page.context.set_offline(True)
    button(page).click()
    expect(page.get_by_role("heading", name=WAITS)).to_be_visible()
    expect(page.get_by_text("C-1: GBP 20")).to_be_visible()
    expect(page.get_by_label("How much?")).to_have_value("")
    write(page, "30", "C-2")
    button(page).click()
    expect(page.get_by_text("C-2: GBP 30")).to_be_visible()
    page.evaluate(AXE_SCRIPT)
    assert [*too_wide(page), *page.evaluate(FIND, {})] == []
    assert not Case.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_text("Approved: GBP 20.00 for C-1.")).to_be_visible()
    expect(page.get_by_text("Approved: GBP 30.00 for C-2.")).to_be_visible()
    expect(page.get_by_role("heading", name=WAITS)).to_be_hidden()
    page.reload()
    assert Case.objects.count() == 2
    assert page.evaluate(KEPT) == []


def test_an_answer_that_was_lost_makes_no_second_case(browser, server, allowed, ann):
    page, _faults = form_of(browser, server, ann)
    lose_answers(page)
    write(page)
    button(page).click()
    expect(page.get_by_role("heading", name=WAITS)).to_be_visible()
    assert spent_in_all() == 2_000
    page.unroute("**/cases/new/")
    # Later, when the page is opened again.
    page.goto(f"{server.url}/cases/new/")
    expect(page.locator("#sent")).to_contain_text("Approved: GBP 20.00 for C-1.")
    assert Case.objects.count() == 1
    assert page.evaluate(KEPT) == []


def test_what_is_refused_later_comes_back_as_a_form(browser, server, allowed, ann):
    page, _faults = form_of(browser, server, ann)
    write(page, "200")
    page.context.set_offline(True)
    button(page).click()
    expect(page.get_by_role("heading", name=WAITS)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("At most GBP 150.00 may go into one case.")).to_be_visible()
    expect(page.get_by_label("Which customer?")).to_have_value("C-1")
    expect(page.get_by_role("heading", name=WAITS)).to_be_hidden()
    page.get_by_role("button", name="Spend GBP 150.00 now").click()
    expect(page.get_by_text("Approved: GBP 150.00 for C-1.")).to_be_visible()
    assert spent_in_all() == 15_000


def test_at_a_shared_device_nothing_waits(browser, server, allowed, ann):
    set_pin(ann, "271828")
    page, _faults = opened(browser, server, **PHONE)
    page.goto(f"{server.url}/cases/new/")
    page.get_by_role("link", name="Shared device: number and PIN").click()
    page.get_by_label("Employee number").fill("ann")
    page.get_by_label("PIN").fill("271828")
    page.get_by_role("button", name="Sign in").click()
    write(page)
    page.context.set_offline(True)
    button(page).click()
    expect(page.get_by_text("Not sent: there is no connection.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.context.set_offline(False)
    button(page).click()
    expect(page.get_by_text("Approved: GBP 20.00 for C-1.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_a_colleague_does_not_send_what_waits_for_another(browser, server, allowed, ann, cas):
    page, _faults = form_of(browser, server, ann)
    write(page)
    page.context.set_offline(True)
    button(page).click()
    expect(page.get_by_role("heading", name=WAITS)).to_be_visible()
    page.context.clear_cookies()
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{server.url}/sign-in/?next=/cases/new/")
    page.get_by_label("E-mail or employee number").fill("cas")
    page.get_by_label("Password", exact=True).fill("secret")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Which customer?")).to_have_value("")
    expect(page.get_by_role("heading", name=WAITS)).to_be_hidden()
    assert not Case.objects.exists()
