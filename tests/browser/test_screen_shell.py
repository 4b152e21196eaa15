"""The shell of an office screen in a real browser: it never lies, and is never blank by day."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.office import (  # noqa: F401
    chromium,
    office,
    opened,
    slide,
    text_of,
    wait_kept,
    wait_painted,
)

pytestmark = pytest.mark.browser
TURNS = int(os.environ.get("SCREEN_TURNS", "400"))
"""A day of slides of 15 seconds has 5,760."""


def headline(page):
    return page.locator("main h1").first


def stopped(office, page) -> None:
    """No server any more, and no answer of it on its way that would be kept."""
    office.alive = False
    page.wait_for_function("() => failures > 0")


def test_slides_follow_one_another_and_come_round(office, opened):
    office.show(*(slide(number, seconds=0.15) for number in (1, 2, 3)))
    page = opened()
    seen = []
    while len(seen) < 5:
        now = headline(page).inner_text()
        if not seen or seen[-1] != now:
            seen.append(now)
    start = int(seen[0][-1])
    assert [int(each[-1]) for each in seen] == [(start + n - 1) % 3 + 1 for n in range(5)]


def test_what_is_new_is_shown_at_once(office, opened):
    office.show(slide(1, seconds=60))
    page = opened()
    office.show(slide(1, seconds=60, html='<article class="slide"><h1>New</h1></article>'))
    expect(headline(page)).to_have_text("New")


def test_a_slide_that_is_the_same_goes_on_when_another_is_new(office, opened):
    office.show(slide(1, seconds=0.1), slide(2, seconds=60))
    page = opened()
    expect(headline(page)).to_have_text("Slide 2")
    sha = office.show(slide(3), slide(1), slide(2, seconds=60))
    wait_painted(page, sha)
    assert headline(page).inner_text() == "Slide 2"


def test_an_emergency_does_not_wait_for_its_turn(office, opened):
    office.show(slide(1), slide(2, seconds=60))
    page = opened()
    office.show(slide("Emergency", id="emergency.en", date=None), urgent=True)
    expect(headline(page)).to_have_text("Slide Emergency")
    office.show(slide(1), urgent=False)
    expect(headline(page)).to_have_text("Slide 1")


def test_an_emergency_ends_at_its_time_where_the_server_cannot_say_so(office, opened):
    until = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    emergency = slide("Emergency", id="emergency.en", date=None, seconds=0.2)
    office.show(emergency, urgent=True, urgent_until=until)
    page = opened()
    wait_kept(page)
    while len(office.reports) < 5:
        page.wait_for_timeout(100)
    assert headline(page).inner_text() == "Slide Emergency", "a server that answers knows better"
    stopped(office, page)
    page.evaluate(
        "() => { const kept = JSON.parse(localStorage.getItem('ninetyfive.screen'));"
        " kept.asked_at -= 600000;"
        " localStorage.setItem('ninetyfive.screen', JSON.stringify(kept)); }"
    )
    page.reload()
    expect(headline(page)).to_have_text("No contact with the server")
    office.alive = True
    expect(headline(page)).to_have_text("Slide Emergency")


def test_after_two_failed_polls_the_figures_stay_under_a_banner(office, opened):
    office.show(slide())
    page = opened(timezone_id="America/New_York")
    office.alive = False
    banner = page.locator("#banner")
    # By the clock of the screen's site, wherever its browser thinks that it is.
    expect(banner).to_contain_text("Not updated since Fri")
    assert "09:01" in banner.inner_text()
    expect(headline(page)).to_have_text("Slide 1")
    office.alive = True
    expect(banner).to_be_hidden()


def test_a_snapshot_that_cannot_be_had_leaves_the_old_one_under_a_banner(office, opened):
    office.show(slide())
    page = opened()
    office.manifest |= {"snapshot": "f" * 64, "date": "2026-11-21"}
    expect(page.locator("#banner")).to_be_visible()
    expect(headline(page)).to_have_text("Slide 1")


@pytest.mark.parametrize("text", ["{}", '{"slides": 3}', "<html>", ""])
def test_a_snapshot_that_cannot_be_read_leaves_the_old_one_under_a_banner(office, opened, text):
    office.show(slide())
    page = opened()
    office.snapshots["e" * 64] = text
    office.manifest["snapshot"] = "e" * 64
    expect(page.locator("#banner")).to_be_visible()
    expect(headline(page)).to_have_text("Slide 1")
    wait_painted(page, office.show(slide(2)))
    expect(headline(page)).to_have_text("Slide 2")
    expect(page.locator("#banner")).to_be_hidden()


def test_banner_when_a_newer_day_is_expected(office, opened):
    office.show(slide())
    office.expects("2026-11-23", hours=-1)
    page = opened()
    expect(page.locator("#banner")).to_contain_text("Not updated since Fri")
    wait_painted(page, office.show(slide(date="2026-11-23")))
    expect(page.locator("#banner")).to_be_hidden()


def test_no_banner_before_the_newer_day_is_expected(office, opened):
    office.show(slide())
    office.expects("2026-11-23", hours=1)
    page = opened()
    polls = len(office.reports)
    while len(office.reports) < polls + 3:
        page.wait_for_timeout(50)
    expect(page.locator("#banner")).to_be_hidden()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_screen_whose_clock_is_wrong_by_a_day_believes_the_server(office, opened, days):
    office.behind = timedelta(days=days)
    office.show(slide())
    office.expects("2026-11-23", hours=1)
    page = opened()
    polls = len(office.reports)
    while len(office.reports) < polls + 3:
        page.wait_for_timeout(50)
    expect(page.locator("#banner")).to_be_hidden()
    office.expects("2026-11-23", hours=-1)
    expect(page.locator("#banner")).to_contain_text("Not updated since")


def test_a_cold_start_without_the_server_shows_the_last_loop_under_a_banner(office, opened):
    sha = office.show(slide())
    page = opened()
    wait_kept(page)
    office.alive = False
    page.reload()
    wait_painted(page, sha)
    expect(headline(page)).to_have_text("Slide 1")
    expect(page.locator("#banner")).to_contain_text("Not updated since")
    office.alive = True
    expect(page.locator("#banner")).to_be_hidden()


def test_a_new_tab_without_a_network_shows_the_last_loop(office, opened):
    sha = office.show(slide())
    page = opened()
    wait_kept(page)
    page.context.set_offline(True)
    again = page.context.new_page()
    again.goto(office.url)
    wait_painted(again, sha)
    expect(headline(again)).to_have_text("Slide 1")


def test_the_worker_passes_by_what_is_not_the_screens_own(office, opened):
    office.show(slide())
    page = opened()
    wait_kept(page)
    office.asked.clear()
    for path in ("/days/", "/static/css/tokens.css", "/screen/manifest.json"):
        page.evaluate("path => fetch(path).then(() => 0, () => 0)", path)
        assert path in office.asked
    kept = "caches.open('screen-shell').then(kept => kept.keys()).then(all => all.map(a => a.url))"
    assert all("/screen/" in address for address in page.evaluate(kept))


def test_only_the_loop_that_is_shown_is_kept(office, opened):
    office.show(slide("Ann"))
    page = opened()
    wait_painted(page, office.show(slide("nobody")))
    kept = "caches.open('screen-loops').then(kept => kept.keys()).then(all => all.length)"
    page.wait_for_function(f"() => {kept}.then(n => n === 1)")
    texts = (
        "caches.open('screen-loops').then(kept => kept.matchAll())"
        ".then(all => Promise.all(all.map(each => each.text())))"
    )
    assert "Ann" not in json.dumps(page.evaluate(texts))


def test_names_go_when_nobody_can_be_asked_any_more(office, opened):
    named = '<article class="slide"><h1>Ann</h1></article>'
    office.show(slide(1, seconds=0.1), slide(2, personal=True, html=named, seconds=0.1))
    office.manifest["names_hours"] = 1 / 3600
    page = opened()
    expect(headline(page)).to_have_text("Ann")
    office.alive = False
    page.wait_for_timeout(1500)
    for _look in range(10):
        assert headline(page).inner_text() == "Slide 1"
        page.wait_for_timeout(50)
    office.alive = True
    expect(headline(page)).to_have_text("Ann")


def test_names_go_when_the_slides_without_them_cannot_be_had(office, opened):
    office.show(slide(personal=True, seconds=0.1), names_hours=1 / 3600)
    page = opened()
    office.manifest["snapshot"] = "f" * 64
    expect(headline(page)).to_contain_text("Names are hidden")


def test_names_go_when_a_clock_that_was_set_back_cannot_say_how_old_they_are(office, opened):
    office.show(slide(personal=True, seconds=0.1))
    page = opened()
    wait_kept(page)
    stopped(office, page)
    page.evaluate(
        "() => { const kept = JSON.parse(localStorage.getItem('ninetyfive.screen'));"
        " kept.asked_at += 86400000;"
        " localStorage.setItem('ninetyfive.screen', JSON.stringify(kept)); }"
    )
    page.reload()
    expect(headline(page)).to_contain_text("Names are hidden")


def test_what_was_taken_back_goes_though_the_next_slide_is_being_read(office, opened):
    named = '<article class="slide"><h1>Ann</h1></article>'
    drawn = '<article class="slide"><h1>Drawn</h1><img alt="" src="data:,"></article>'
    office.show(slide(1, html=named, seconds=1), slide(2, html=drawn))
    page = opened()
    page.evaluate(
        "() => { HTMLImageElement.prototype.decode = () => {"
        " window.reading = true; return new Promise(() => {}); }; }"
    )
    page.wait_for_function("() => window.reading")
    assert headline(page).inner_text() == "Ann"
    office.show(slide(1, seconds=60), slide(2, html=drawn))
    expect(headline(page)).to_have_text("Slide 1")


def test_where_all_slides_have_names_it_is_said_why_none_is_shown(office, opened):
    office.show(slide(personal=True, seconds=0.1), names_hours=1 / 3600)
    page = opened()
    office.alive = False
    expect(headline(page)).to_contain_text("Names are hidden")


@pytest.mark.parametrize("how", ["revoked", "unknown"])
def test_revoked_or_unknown_wipes_everything_and_shows_a_code(office, opened, how):
    office.show(slide("Secret"))
    page = opened()
    wait_kept(page)
    office.revoked, office.known = how == "revoked", how == "revoked"
    expect(page.locator(".code")).to_have_text("BCDF-GHJK")
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("caches.has('screen-loops')") is False
    assert "Secret" not in page.content()
    office.alive = False
    page.reload()
    expect(page.locator("#banner")).to_have_text("⚠ No contact with the server")
    assert "Secret" not in page.content()


def test_a_new_screen_shows_a_code_until_somebody_approves_it(office, opened):
    office.known = False
    sha = office.show(slide())
    page = opened(painted=False)
    expect(page.locator(".code")).to_have_text("BCDF-GHJK")
    assert "http://x/" in text_of(page)
    office.approved = True
    wait_painted(page, sha)
    expect(headline(page)).to_have_text("Slide 1")
    assert page.locator(".code").count() == 0


def test_a_new_build_is_loaded_at_the_end_of_a_loop_and_once(office, opened):
    sha = office.show(slide(seconds=0.2))
    page = opened()
    wait_kept(page)
    with page.expect_event("load"):
        office.new_build("1" * 16)
    wait_painted(page, sha)
    assert page.evaluate("document.documentElement.dataset.build") == "1" * 16
    office.new_build("2" * 16)
    served = office.pages_served
    page.wait_for_timeout(1500)  # several loops, all within the five minutes
    assert office.pages_served == served


def test_a_build_that_arrives_broken_is_not_swapped_in(office, opened):
    sha = office.show(slide(seconds=0.2))
    page = opened()
    wait_kept(page)
    office.cut_off = "paging.js"
    office.new_build("1" * 16)
    with page.expect_event("load"):
        pass
    wait_painted(page, sha)
    assert page.evaluate("document.documentElement.dataset.build") == "0" * 16
    expect(headline(page)).to_have_text("Slide 1")


def test_a_house_that_is_closed_for_weeks_is_dark(office, opened):
    office.show(slide())
    office.lit((-20, -10))
    office.manifest["lit_known_until"] = "2126-01-01T00:00:00+00:00"
    page = opened()
    page.wait_for_function("() => document.body.classList.contains('asleep')")


def test_outside_its_hours_a_screen_is_black_and_an_emergency_lights_it(office, opened):
    office.show(slide())
    office.lit((-2, -1), (1, 2))
    page = opened(painted=False)
    expect(headline(page)).to_be_hidden()
    expect(page.locator("body.asleep")).to_have_count(1)
    black = Image.open(BytesIO(page.screenshot())).convert("L").getextrema()
    assert black == (0, 0)
    office.show(slide("Emergency", id="emergency.en"), urgent=True)
    expect(headline(page)).to_be_visible()
    office.show(slide(), urgent=False)
    office.lit((-1, 1))
    expect(headline(page)).to_be_visible()


def test_a_screen_says_what_it_shows(office, opened):
    sha = office.show(slide(seconds=60))
    page = opened(size=(1080, 1920))
    page.wait_for_function("() => document.documentElement.dataset.item === '1.en'")
    polls = len(office.reports)
    while len(office.reports) < polls + 2:
        page.wait_for_timeout(50)
    assert office.reports[-1] == (
        f"build={'0' * 16}&snapshot={sha}&item=1.en&size=1080x1920&painted=1"
    )


def test_what_went_wrong_is_reported(office, opened):
    office.show(slide())
    page = opened()
    page.evaluate("setTimeout(() => { throw new Error('no figure') })")
    deadline = time.monotonic() + 15
    while not any("no+figure" in each for each in office.reports):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def test_what_goes_wrong_while_the_server_answers_is_reported_with_the_next_poll(office, opened):
    office.show(slide())
    page = opened()
    page.evaluate(
        "() => { const plain = window.fetch; window.fetch = (...all) => {"
        " if (!window.failed) { window.failed = true; note(new Error('on the way')); }"
        " return plain(...all); }; }"
    )
    deadline = time.monotonic() + 15
    while not any("on+the+way" in each for each in office.reports):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def test_a_slide_runs_no_script(office, opened):
    hostile = (
        '<article class="slide"><h1>x</h1><img src=x onerror="document.title=1">'
        "<script>document.title = 'owned'</script></article>"
    )
    office.show(slide(html=hostile))
    page = opened()
    page.wait_for_timeout(300)
    assert page.title() == "Office screen"


def test_a_browser_without_scripts_is_told(office, opened):
    page = opened(painted=False, java_script_enabled=False)
    assert "This screen needs JavaScript" in page.content()


def test_the_banner_speaks_the_screens_language(office, opened):
    from screens.services.words import words_in

    office.show(slide(), language="zh-hans", words=words_in("zh-hans"))
    page = opened()
    office.alive = False
    expect(page.locator("#banner")).to_be_visible()
    assert "Not updated" not in page.locator("#banner").inner_text()


def test_no_frame_is_blank_while_slides_turn_and_the_server_comes_and_goes(office, opened):
    office.show(*(slide(number, seconds=0.1) for number in range(1, 5)))
    page = opened()
    page.evaluate("""() => {
      window.blank = 0;
      const look = () => {
        if (!document.querySelector("main").innerText.trim()) window.blank += 1;
        requestAnimationFrame(look);
      };
      look();
    }""")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for number in range(12):
        office.alive = number % 3 != 2
        if number % 2:
            office.show(*(slide(f"{number}{n}", seconds=0.1) for n in range(3)))
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
        assert len(picture.getcolors(2**24)) > 1, ground
        page.wait_for_timeout(150)
    assert page.evaluate("window.blank") == 0


def test_memory_stays_flat_over_many_loops(office, opened):
    """Slides with tiles and a picture, as many turns as a day has of them (SCREEN_TURNS=5760)."""
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
    tiles = "".join(f'<div class="tile"><h3>Tile {n}</h3></div>' for n in range(40))
    board = f'<article class="slide"><h1>x</h1><img src="{pixel}"><div data-pages>{tiles}</div>'
    office.show(*(slide(n, seconds=0.005, html=f"{board}</article>") for n in range(4)))
    page = opened()
    page.evaluate("""() => {
      window.turns = 0;
      new MutationObserver(() => { window.turns += 1; }).observe(
        document.querySelector("main"), { childList: true });
    }""")
    session = page.context.new_cdp_session(page)

    def heap_after(turns: int) -> int:
        page.wait_for_function("n => window.turns >= n", arg=turns, timeout=300_000)
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]

    first, last = heap_after(TURNS // 4), heap_after(TURNS)
    print(f"heap after {TURNS // 4} turns {first:,}, after {TURNS} {last:,}")
    assert last < 1.1 * first
    assert page.evaluate("document.querySelectorAll('*').length") < 300


def test_a_shell_that_stands_still_goes_on(office, opened):
    office.show(slide(1, seconds=1), slide(2, seconds=1))
    page = opened()
    page.evaluate("clearTimeout(turning)")
    page.evaluate("turnedAt = performance.now() - 10 * 60000")
    before = headline(page).inner_text()
    expect(headline(page)).not_to_have_text(before, timeout=20_000)
