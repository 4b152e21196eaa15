"""A ballot in a real browser: on a phone, by keyboard, without a network, and at a kiosk."""

from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.sync_api import expect

from surveys.models import BallotInbox, Question, SpentCredential, Wave, WaveItem, Wording
from surveys.services.launching import launch, take_half
from surveys.services.slips import slip_code
from tests.browser.pages import (  # noqa: F401
    browser,
    opened,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.browser.test_every_page import CONTRAST_ONLY, FIND, PHONE, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUESTIONS = 40
TOLD = "Object.keys(localStorage).filter(name => name.startsWith('ballot:'))"


@pytest.fixture
def open_poll(ann, bob, dee, system):
    """Launched now, with forty questions."""
    now = timezone.now()
    wave = Wave.objects.create(
        code="2026", name="How is it going?", opens_at=now - timedelta(days=1), made_by=dee,
        closes_at=now + timedelta(days=9), staff_holder=bob,
    )  # fmt: skip
    text = "My lead tells me in good time when something that I have done was good work."
    kinds = {1: "agreement", 2: "likelihood", 3: "comment"}
    for number in range(1, QUESTIONS + 1):
        kind = kinds.get(number, "agreement")
        question = Question.objects.create(code=f"q{number}", kind=kind)
        wording = Wording.objects.create(
            question=question, number=1, texts={"en": {"text": text}}, made_by=system, made_at=now
        )
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    for holder in (dee, bob):
        take_half(wave, by=holder)
    return launch(wave, by=dee, now=now)


def take(page, server) -> None:
    page.goto(f"{server.url}/polls/2026/invitation/")
    page.get_by_role("button", name="Take my ballot").click()
    expect(page.get_by_text("It is kept in this browser now.")).to_be_visible()


def open_ballot(page, server) -> None:
    page.goto(f"{server.url}/ballot/")
    page.get_by_role("button", name="Answer").click()
    # The first question is there before the last one is read and before the scripts run.
    expect(page.locator("form.follows fieldset.question").first).to_be_visible()


def cast_button(page):
    return page.locator("#ballot button:not(.first, .quiet)").first


def test_a_dropped_connection_loses_no_answer(browser, server, open_poll, ann):
    page, _faults = signed_in(browser, server, ann, viewport=PHONE)
    take(page, server)
    open_ballot(page, server)
    page.locator("#q1 input[value='4']").check()
    page.locator("textarea").fill("More light")
    page.context.set_offline(True)
    cast_button(page).click()
    expect(page.get_by_text("nothing was sent yet")).to_be_visible()
    expect(cast_button(page)).to_have_text("Send again")
    assert page.locator("textarea").input_value() == "More light"
    assert not BallotInbox.objects.exists()
    page.context.set_offline(False)
    # Even the tab is lost: a new one has all of it.
    again = page.context.new_page()
    page.close()
    open_ballot(again, server)
    expect(again.locator("#q1 input[value='4']")).to_be_checked()
    assert again.locator("textarea").input_value() == "More light"
    cast_button(again).click()
    expect(again.get_by_role("heading", name="Your ballot is cast")).to_be_visible()
    [receipt] = SpentCredential.objects.values_list("digest", flat=True)
    expect(again.get_by_text(receipt)).to_be_visible()
    assert BallotInbox.objects.count() == 1
    kept = again.evaluate(f"{TOLD}.map(name => localStorage.getItem(name)).join()")
    assert "More light" not in kept
    assert "credential" not in kept
    again.goto(f"{server.url}/ballot/")
    again.get_by_role("button", name="Is it in the box?").click()
    expect(again.get_by_text("Yes: a ballot")).to_be_visible()


def test_an_answer_that_got_lost_on_the_way_back_is_sent_again_and_counts_once(
    browser, server, open_poll, ann
):
    page, _faults = signed_in(browser, server, ann, viewport=PHONE)
    take(page, server)
    open_ballot(page, server)
    page.locator("#q1 input[value='4']").check()

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/ballot/cast/", lose)
    cast_button(page).click()
    expect(page.get_by_text("nothing was sent yet")).to_be_visible()
    assert BallotInbox.objects.count() == 1, "it had arrived, which nobody could know"
    page.unroute("**/ballot/cast/")
    cast_button(page).click()
    expect(page.get_by_role("heading", name="Your ballot is cast")).to_be_visible()
    assert (BallotInbox.objects.count(), SpentCredential.objects.count()) == (1, 1)


def test_forty_questions_fit_a_phone_and_axe_finds_nothing(browser, server, open_poll, ann):
    page, faults = signed_in(browser, server, ann, viewport=PHONE, color_scheme="light")
    take(page, server)
    found = looked_at(page)
    open_ballot(page, server)
    assert page.locator("fieldset.question, .question.comment").count() == QUESTIONS
    found += looked_at(page)
    cast_button(page).click()
    expect(page.get_by_role("heading", name="Your ballot is cast")).to_be_visible()
    found += looked_at(page)
    assert found == []
    assert faults == []


def looked_at(page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = [*too_wide(page), *page.evaluate(FIND, {})]
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(FIND, CONTRAST_ONLY)
    page.emulate_media(color_scheme="light")
    return found


def test_by_keyboard_one_stop_a_question_and_arrows_between_answers(
    browser, server, open_poll, ann
):
    page, _faults = signed_in(browser, server, ann)
    take(page, server)
    open_ballot(page, server)
    page.locator("#q1 input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#q1 input[value='2']")).to_be_checked()
    seen, presses = ["q1"], 0
    while len(seen) < QUESTIONS and presses < 2 * QUESTIONS:
        page.keyboard.press("Tab")
        presses += 1
        name = page.evaluate("document.activeElement.name")
        seen += [name] if name else []
    assert seen == [f"q{number}" for number in range(1, QUESTIONS + 1)]
    # One stop each, and one at the button that takes the only answer back.
    assert presses == QUESTIONS


def test_without_scripts_a_ballot_is_cast_too(browser, server, open_poll, ann):
    page, _faults = signed_in(browser, server, ann, java_script_enabled=False)
    page.goto(f"{server.url}/polls/2026/invitation/")
    page.get_by_role("button", name="Take my ballot").click()
    page.get_by_role("button", name="Answer now").click()
    page.locator("#q1 input[value='5']").check()
    cast_button(page).click()
    expect(page.get_by_role("heading", name="Your ballot is cast")).to_be_visible()
    assert BallotInbox.objects.count() == 1


def test_signing_out_leaves_the_ballot_in_the_browser(browser, server, open_poll, ann):
    page, _faults = signed_in(browser, server, ann)
    take(page, server)
    page.evaluate("localStorage.setItem('draft:1:/x/', '{}')")
    page.locator("summary", has_text="Ann").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    assert len(page.evaluate("Object.keys(localStorage)")) == len(page.evaluate(TOLD)) == 1
    open_ballot(page, server)


def test_a_kiosk_keeps_nothing_and_clears_itself(browser, server, open_poll):
    page, _faults = opened(browser, server)
    page.clock.install()
    code = slip_code(open_poll, "ann")
    page.goto(f"{server.url}/kiosk/#number=ann&code={code}")
    expect(page.get_by_label("Employee number")).to_have_value("ann")
    assert page.url == f"{server.url}/kiosk/"
    page.get_by_role("button", name="Take my ballot").click()
    page.locator("#q1 input[value='5']").check()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []
    page.clock.run_for(121_000)
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_hidden()
    cast_button(page).click()
    expect(page.get_by_role("heading", name="Your ballot is cast")).to_be_visible()
    page.clock.run_for(31_000)
    expect(page.get_by_label("Employee number")).to_have_value("")
    page.go_back()
    expect(page.locator("#q1")).to_have_count(0)
    expect(page.get_by_text(SpentCredential.objects.get().digest)).to_have_count(0)


def test_at_a_kiosk_a_forgotten_screen_is_cleared(browser, server, open_poll):
    page, _faults = opened(browser, server)
    page.clock.install()
    page.goto(f"{server.url}/kiosk/#number=ann&code={slip_code(open_poll, 'ann')}")
    page.get_by_role("button", name="Take my ballot").click()
    page.locator("#q1 input[value='5']").check()
    page.clock.run_for(151_000)
    expect(page.get_by_label("Employee number")).to_have_value("")
    assert not BallotInbox.objects.exists()
