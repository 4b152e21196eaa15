"""Praise in half a minute on a phone: with scripts, without, and where the network fails."""

import time

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from people.models import Employee
from people.services.pins import set_pin
from recognition.models import Behaviour, Nomination
from tests.browser.pages import (  # noqa: F401
    browser,
    opened,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.browser.test_every_page import FIND, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}
STORY = "She called the customer back after hours, until the parcel was found."
DRAFTS = "Object.keys(localStorage).filter(name => name.startsWith('draft:')).length"


@pytest.fixture
def colleagues(ann, bob, cas, dee):
    """Ann is called Nan, Dee has a name in Han."""
    Behaviour.objects.create(code="promise", name="Kept a promise")
    Behaviour.objects.create(code="calm", name="Stayed calm", position=1)
    for number, changed in {"ann": {"known_as": "Nan"}, "dee": {"name": "王小明"}}.items():
        employee = Employee.objects.get(number=number)
        vars(employee).update(changed)
        employee.save()


def form_of(browser, server, user, path="/nominations/new/", **context):
    page, faults = signed_in(browser, server, user, **{**PHONE, **context})
    page.goto(server.url + path)
    return page, faults


def choose(page, typed: str, name: str) -> None:
    page.get_by_role("combobox").fill(typed)
    page.get_by_role("option", name=name).click()


def write(page) -> None:
    choose(page, "nan", "Ann")
    page.get_by_label("Kept a promise").check()
    page.get_by_label("What happened?").fill(STORY)


def send(page) -> None:
    page.get_by_role("button", name="Nominate", exact=True).click()


def chips(page):
    return page.get_by_role("list", name="Chosen").get_by_role("listitem")


def test_two_colleagues_are_nominated_on_a_phone(
    browser, server, colleagues, cas, record_property,
):  # fmt: skip
    page, faults = signed_in(browser, server, cas, **PHONE)
    started = time.perf_counter()
    page.get_by_role("main").get_by_role("link", name="Nominate").click()
    write(page)
    choose(page, "xiaoming", "王小明")
    expect(chips(page)).to_have_count(2)
    assert too_wide(page) == []
    send(page)
    expect(page.get_by_text("Published: your nomination of Ann, 王小明.")).to_be_visible()
    record_property("seconds", round(time.perf_counter() - started, 1))
    assert Nomination.objects.get().story == STORY
    assert page.evaluate(DRAFTS) == 0
    assert faults == []


def test_the_field_is_used_by_keys_and_said_to_screen_readers(browser, server, colleagues, cas):
    page, faults = form_of(browser, server, cas)
    box, said = page.get_by_role("combobox", name="Who?"), page.locator("[data-said]")
    box.focus()
    page.keyboard.type("example")  # in everybody's address, which nobody is shown
    expect(page.get_by_role("option")).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(said).to_have_text("Found: 3. Choose with the arrow keys and Enter.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(FIND, {}) == []
    page.keyboard.press("Enter")
    expect(said).to_have_text("Ann added")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("zzz")
    expect(said).to_have_text("Nobody was found. Try a part of the name.")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Remove Ann")).to_be_focused()
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(FIND, {}) == []
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(0)
    expect(said).to_have_text("Ann removed")
    assert not Nomination.objects.exists()
    assert faults == []


def test_enter_in_another_field_removes_nobody(browser, server, colleagues, cas):
    page, _faults = form_of(browser, server, cas)
    write(page)
    page.get_by_text("When, for which customer").click()
    page.get_by_label("Which customer?").press("Enter")
    expect(page.get_by_text("Published: your nomination of Ann.")).to_be_visible()


def test_nobody_is_chosen_twice(browser, server, colleagues, cas):
    page, _faults = form_of(browser, server, cas, "/nominations/new/?to=ann&behaviour=calm")
    expect(page.get_by_label("Stayed calm")).to_be_checked()
    choose(page, "ann", "Ann")
    expect(chips(page)).to_have_count(1)


def test_a_refusal_stands_beside_its_field_and_the_text_is_kept(browser, server, colleagues, cas):
    page, faults = form_of(browser, server, cas)
    page.get_by_label("Kept a promise").check()
    page.get_by_label("What happened?").fill("Good!")
    expect(page.get_by_text("5 of 4000 characters.")).to_be_visible()
    send(page)
    expect(page.get_by_text("Choose at least one colleague.")).to_be_visible()
    expect(page.get_by_role("combobox")).to_be_focused()
    write(page)
    page.get_by_label("What happened?").fill("Good!")
    send(page)
    expect(page.get_by_text("Tell in at least a sentence")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_be_focused()
    expect(page.get_by_text("5 of 4000 characters.")).to_be_visible()
    expect(chips(page)).to_have_count(1)
    page.get_by_label("What happened?").fill(STORY)
    send(page)
    expect(page.get_by_text("Published: your nomination of Ann.")).to_be_visible()
    assert faults == []


def test_without_scripts_colleagues_are_looked_up_by_a_button(browser, server, colleagues, cas):
    page, _faults = form_of(browser, server, cas, java_script_enabled=False)
    for typed, name in (("nan", "Ann"), ("小明", "王小明"), ("bob", "Bob")):
        page.get_by_label("Who?").fill(typed)
        page.get_by_role("button", name="Find").click()
        page.get_by_role("checkbox", name=name).check()
    page.get_by_label("Who?").press("Enter")
    page.get_by_label("What happened?").fill(STORY)
    page.get_by_role("button", name="Remove Bob").click()
    expect(chips(page)).to_have_count(2)
    page.get_by_label("Kept a promise").check()
    send(page)
    expect(page.get_by_text("Published: your nomination of Ann, 王小明.")).to_be_visible()
    assert Nomination.objects.get().story == STORY


def test_without_a_network_no_text_is_lost_and_the_next_try_counts_once(
    browser, server, colleagues, cas,
):  # fmt: skip
    page, _faults = form_of(browser, server, cas)
    write(page)
    page.context.set_offline(True)
    send(page)
    expect(page.get_by_text("Not sent: there is no connection.")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_have_value(STORY)
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is back")).to_be_visible()
    send(page)
    expect(page.get_by_text("Published: your nomination of Ann.")).to_be_visible()
    assert Nomination.objects.count() == 1


def test_an_answer_lost_on_the_way_makes_no_second_nomination(browser, server, colleagues, cas):
    page, _faults = form_of(browser, server, cas)
    write(page)

    def arrives_and_is_not_answered(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/nominations/new/", arrives_and_is_not_answered)
    send(page)
    expect(page.get_by_text("Not sent: there is no connection.")).to_be_visible()
    assert Nomination.objects.count() == 1
    page.unroute("**/nominations/new/")
    # Later, on a page of its own: the draft brings its key along.
    page.goto(f"{server.url}/nominations/new/")
    expect(page.get_by_text("Here is what you began.")).to_be_visible()
    send(page)
    page.wait_for_url("**/nominations/mine/")
    assert Nomination.objects.count() == 1
    assert page.evaluate(DRAFTS) == 0


def test_a_draft_comes_back_and_may_be_thrown_away(browser, server, colleagues, cas, bob):
    page, faults = form_of(browser, server, cas)
    write(page)
    page.goto(f"{server.url}/days/")
    page.goto(f"{server.url}/nominations/new/")
    expect(page.get_by_label("What happened?")).to_have_value(STORY)
    expect(page.get_by_label("Kept a promise")).to_be_checked()
    expect(chips(page)).to_have_count(1)
    # A link to praise somebody else is another form.
    page.goto(f"{server.url}/nominations/new/?to=bob")
    expect(page.get_by_label("What happened?")).to_have_value("")
    page.goto(f"{server.url}/nominations/new/")
    page.get_by_role("button", name="Begin anew").click()
    expect(page.get_by_text("Here is what you began.")).to_have_count(0)
    expect(page.get_by_label("What happened?")).to_have_value("")
    assert page.evaluate(DRAFTS) == 0
    assert faults == []


def test_a_draft_outlives_a_session_that_ended(browser, server, colleagues, cas):
    page, _faults = form_of(browser, server, cas)
    write(page)
    page.context.clear_cookies(name="sessionid")
    send(page)
    page.get_by_label("E-mail or employee number").fill("cas")
    page.get_by_label("Password", exact=True).fill("secret")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Here is what you began.")).to_be_visible()
    send(page)
    expect(page.get_by_text("Published: your nomination of Ann.")).to_be_visible()


def test_signing_out_leaves_no_draft_behind(browser, server, colleagues, cas):
    page, _faults = form_of(browser, server, cas)
    write(page)
    assert page.evaluate(DRAFTS) == 1
    # By the script, before the server's header would do it.
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault(), true)")
    page.locator(".menu-account summary").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.evaluate(DRAFTS) == 0


def test_a_colleague_is_shown_no_draft_of_another(browser, server, colleagues, cas, bob):
    page, _faults = form_of(browser, server, cas)
    write(page)
    page.context.clear_cookies()
    page.goto(f"{server.url}/sign-in/?next=/nominations/new/")
    page.get_by_label("E-mail or employee number").fill("bob")
    page.get_by_label("Password", exact=True).fill("secret")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("What happened?")).to_have_value("")


def test_at_a_shared_device_nothing_is_kept(browser, server, colleagues, cas):
    set_pin(cas, "271828")
    page, faults = opened(browser, server, **PHONE)
    page.goto(f"{server.url}/nominations/new/")
    page.get_by_role("link", name="Shared device: number and PIN").click()
    page.get_by_label("Employee number").fill("cas")
    page.get_by_label("PIN").fill("271828")
    page.get_by_role("button", name="Sign in").click()
    write(page)
    assert page.evaluate("localStorage.length") == 0
    send(page)
    expect(page.get_by_text("Published: your nomination of Ann.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert faults == []


def test_a_name_full_of_markup_is_a_name(browser, server, colleagues, cas):
    evil = "<img src=x onerror=alert(1)>"
    Employee.objects.filter(number="ann").update(name=evil, known_as=evil[:60])
    page, faults = form_of(browser, server, cas)
    choose(page, "example", evil)
    expect(page.get_by_role("button", name=f"Remove {evil}")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name=f"Remove {evil}")).to_be_visible()
    assert page.locator("main img").count() == 0
    assert faults == []
