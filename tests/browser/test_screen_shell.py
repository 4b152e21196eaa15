"""The office screen in a real browser, against a server of a few lines that the tests can break."""

import contextlib
import hashlib
import json
import random
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect, sync_playwright

from tests.browser.chromium import launched

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static" / "screen"
TYPES = {".css": "text/css", ".js": "text/javascript"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:"
)
SIZES = [(1920, 1080), (3840, 2160), (1080, 1920)]
POSTED_AT = "2013-12-31T08:01:00+00:00"
AIRLINES = [
    "Endeavor Air Inc.",
    "American Airlines Inc.",
    "Alaska Airlines Inc.",
    "JetBlue Airways",
    "Delta Air Lines Inc.",
    "ExpressJet Airlines Inc.",
    "Frontier Airlines Inc.",
    "AirTran Airways Corporation",
    "Hawaiian Airlines Inc.",
    "Envoy Air",
    "SkyWest Airlines Inc.",
    "United Air Lines Inc.",
    "US Airways Inc.",
    "Virgin America",
    "Southwest Airlines Co.",
    "Mesa Airlines Inc.",
]
ON_TIME = {"code": "on_time_pct", "name": "On time", "unit": "percent", "direction": "at_least"}
DELAY = {
    "code": "mean_dep_delay_min",
    "name": "Mean departure delay",
    "unit": "minutes",
    "direction": "at_most",
}


def goal(number, metric, state="met", **changes):
    department = {"code": f"D{number:03}", "name": AIRLINES[number % len(AIRLINES)]}
    value, target = ("85.87", "71.59") if metric is ON_TIME else ("9.65", "25.74")
    return {
        "department": department,
        "metric": metric,
        "target": target,
        "value": None if state == "awaited" else value,
        "state": state,
        "excuse": "",
    } | changes


def board(departments=16, **changes):
    """A hit day of so many departments: one goal missed, one awaited, one excused, the rest met."""
    goals = [goal(n, metric) for n in range(departments) for metric in (ON_TIME, DELAY)]
    if departments >= 16:
        goals[7] = goal(3, DELAY, "excused", excuse="Runway closed by snow, says A. Meyer")
        goals[16] = goal(8, ON_TIME, "awaited")
        goals[22] = goal(11, ON_TIME, "missed", value="65.96")
    counts = {
        state: sum(each["state"] == state for each in goals)
        for state in ("met", "missed", "awaited", "excused")
    }
    counted = len(goals) - counts["excused"]
    company = counts | {
        "due": len(goals),
        "counted": counted,
        "met_weight": counts["met"],
        "counted_weight": counted,
        "needed": -(-95 * counted // 100),
        "hit": 100 * counts["met"] >= 95 * counted,
        "mode": "share",
        "unreported": "missed",
        "threshold_bp": 9500,
        "share": f"{1000 * counts['met'] // counted / 10:.1f}",
    }
    pool = {
        "code": "bonus",
        "headline": True,
        "currency": "USD",
        "status": changes.get("status", "final"),
        "hit": company["hit"],
        "contribution_minor": 25000 if company["hit"] else 0,
        "expected_minor": 31000 if company["hit"] else 0,
        "balance_minor": 2950000,
        "year": 2013,
    }
    return {
        "date": "2013-12-30",
        "status": "final",
        "version": 1,
        "company": company,
        "was": None,
        "reason": "",
        "missed": [],
        "goals": goals,
        "pools": [pool],
    } | changes


class Office:
    """What the server says; a test changes it while the page runs."""

    def __init__(self):
        self.language = "en"
        self.alive = True
        self.revoked = False
        self.pages_served = 0
        self.snapshots = {}
        self.manifest = {
            "build": "0" * 16,
            "pace_seconds": 0.2,
            "snapshot": None,
            "date": None,
            "posted_at": None,
            "language": "en",
            "expects": [],
        }

    def post(self, content, posted_at=POSTED_AT):
        text = json.dumps(content)
        sha = hashlib.sha256(text.encode()).hexdigest()
        self.snapshots[sha] = text
        self.manifest |= {"snapshot": sha, "date": content["date"], "posted_at": posted_at}
        return sha

    def expects(self, date, *, hours):
        due = datetime.now(UTC) + timedelta(hours=hours)
        self.manifest["expects"] = [{"from": due.isoformat(), "date": date}]

    def answer(self, path):
        """Status, type and text; None for no answer at all."""
        if path == "/screen/":
            self.pages_served += 1
            page = render_to_string("screens/shell.html", {"language": self.language})
            return 200, "text/html; charset=utf-8", page
        if path.startswith("/static/screen/"):
            file = STATIC / path.rsplit("/", 1)[1]
            return 200, TYPES[file.suffix], file.read_text()
        if not self.alive:
            return None
        if self.revoked:
            return 410, "application/json", "{}"
        if path == "/screen/manifest.json":
            return 200, "application/json", json.dumps(self.manifest)
        sha = path.removeprefix("/screen/snapshot/").removesuffix(".json")
        if sha in self.snapshots:
            return 200, "application/json", self.snapshots[sha]
        return 404, "text/plain", ""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.server.office.answer(self.path.split("?")[0])
        if found is None:
            self.close_connection = True
            return
        status, content_type, text = found
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("ETag", etag)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    def log_message(self, *args):
        pass


def listening():
    """Below 32768, where the system hands out no ports to others by itself."""
    for port in random.sample(range(20000, 32000), 50):
        with contextlib.suppress(OSError):
            return ThreadingHTTPServer(("127.0.0.1", port), Handler)
    raise RuntimeError("no free port")


@pytest.fixture
def office():
    server = listening()
    server.daemon_threads = True
    server.office = Office()
    server.office.url = f"http://127.0.0.1:{server.server_port}/screen/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.office
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, office):
    """Opens the screen; waits for the board unless told otherwise."""
    with contextlib.ExitStack() as stack:

        def open_screen(size=(1920, 1080), painted=True, **options):
            viewport = {"width": size[0], "height": size[1]}
            context = chromium.new_context(viewport=viewport, **options)
            stack.callback(context.close)
            context.set_default_timeout(15_000)
            page = context.new_page()
            page.complaints = []
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto(office.url)
            if painted:
                wait_painted(page, office.manifest["snapshot"])
            return page

        yield open_screen


def wait_painted(page, sha):
    page.wait_for_function("sha => document.documentElement.dataset.painted === sha", arg=sha)


def text_of(page):
    """Text in one line, with ordinary blanks."""
    return re.sub(r"\s+", " ", page.locator("body").inner_text())


def test_shows_the_board(office, opened):
    office.post(board())
    page = opened()
    expect(page.locator("h1")).to_have_text("Monday 30 December")
    shown = text_of(page)
    assert "29 of 31 goals met, 30 needed" in shown
    assert "✗ Not hit · 93.5%" in shown
    assert "Rule: 95%; not reported counts as missed" in shown
    assert "Bonus pool 2013 $29,500.00 This day paid $0.00" in shown
    assert "Goals of Mon 30 Dec 2013" in shown or "Goals of Mon, 30 Dec 2013" in shown
    assert "65.96% ≥ 71.59%" in shown
    assert "9.65 min ≤ 25.74 min" in shown
    assert "No figure yet ≥ 71.59%" in shown
    assert "Runway closed by snow" in shown
    for state in ("✓ Met", "✗ Missed", "… Awaited", "– Excused"):
        assert page.locator(".state:visible", has_text=state).count() >= 1
    expect(page.locator("#banner")).to_be_hidden()


def test_missed_first_then_awaited_excused_met(office, opened):
    office.post(board())
    page = opened()
    states = page.locator(".tile").evaluate_all("all => all.map(each => each.dataset.state)")
    assert states == ["missed", "awaited", "excused"] + 13 * ["met"]
    expect(page.locator(".tile h3").first).to_have_text("United Air Lines Inc.")


@pytest.mark.parametrize(
    ("changes", "word", "paid"),
    [
        ({"status": "provisional"}, "Provisional", "This day: $310.00 expected"),
        ({}, "Final", "This day paid $250.00"),
        (
            {"version": 2, "was": board()["company"] | {"share": "71.0"}, "reason": "Late figures"},
            "Corrected, was 71.0%",
            "This day paid $250.00",
        ),
    ],
)
def test_says_provisional_final_or_corrected(office, opened, changes, word, paid):
    office.post(board(32, **changes))
    page = opened()
    expect(page.locator(".status")).to_have_text(word)
    expect(page.locator(".paid")).to_have_text(paid)
    expect(page.locator(".rule")).to_contain_text(changes.get("reason", ""))


def test_provisional_final_and_corrected_look_different(office, opened):
    looks = set()
    was = board()["company"]
    for changes in ({"status": "provisional"}, {}, {"version": 2, "was": was}):
        office.post(board(**changes))
        style = "one => (s => s.borderStyle + s.backgroundColor)(getComputedStyle(one))"
        looks.add(opened().locator(".status").evaluate(style))
    assert len(looks) == 3


@pytest.mark.parametrize(
    ("hit", "words"), [(True, "✓ Hit"), (False, "✗ Not hit"), (None, "– No verdict")]
)
def test_says_the_verdict(office, opened, hit, words):
    content = board()
    content["company"]["hit"] = hit
    office.post(content)
    expect(opened().locator(".verdict")).to_have_text(f"{words} · 93.5%")


def test_a_weighted_day_counts_weights(office, opened):
    content = board()
    content["company"] |= {"mode": "weighted", "met_weight": 61, "counted_weight": 70, "needed": 67}
    office.post(content)
    expect(opened().locator(".sentence")).to_have_text("Weight 61 of 70 met, 67 needed")


def test_a_day_with_nothing_due_is_not_blank(office, opened):
    company = board()["company"] | dict.fromkeys(
        ("due", "met", "missed", "awaited", "excused", "counted", "needed"), 0
    )
    company |= {"hit": None, "share": ""}
    office.post(board(goals=[], pools=[], company=company))
    shown = text_of(opened())
    assert "– No verdict" in shown
    assert "No goal was due on this day" in shown


def test_money_has_the_digits_of_its_currency(office, opened):
    content = board()
    content["pools"][0] |= {"currency": "JPY"}
    office.post(content)
    expect(opened().locator(".balance")).to_have_text("¥2,950,000")


def test_a_new_day_replaces_the_old(office, opened):
    office.post(board())
    page = opened()
    wait_painted(page, office.post(board(date="2013-12-31")))
    expect(page.locator("h1")).to_have_text("Tuesday 31 December")


def test_after_two_failed_polls_the_figures_stay_under_a_banner(office, opened):
    office.post(board())
    page = opened(timezone_id="Europe/Berlin")
    office.alive = False
    banner = page.locator("#banner")
    expect(banner).to_have_text(re.compile(r"^⚠ Not updated since Tue,? 31 Dec, 09:01$"))
    expect(page.locator("h1")).to_have_text("Monday 30 December")
    assert page.locator(".tile:visible").count() > 0
    office.alive = True
    expect(banner).to_be_hidden()


def test_a_snapshot_that_cannot_be_had_leaves_the_old_one_under_a_banner(office, opened):
    office.post(board())
    page = opened()
    office.manifest |= {"snapshot": "f" * 64, "date": "2013-12-31"}
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Monday 30 December")


def test_a_snapshot_that_cannot_be_painted_leaves_the_old_one_under_a_banner(office, opened):
    office.post(board())
    page = opened()
    office.post(board(date="2013-12-31", goals=[{"state": "met"}]))
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Monday 30 December")


def test_banner_when_a_newer_day_is_expected(office, opened):
    office.post(board())
    office.expects("2013-12-31", hours=-1)
    page = opened()
    expect(page.locator("#banner")).to_contain_text("Not updated since")
    wait_painted(page, office.post(board(date="2013-12-31")))
    expect(page.locator("#banner")).to_be_hidden()


def test_no_banner_before_the_newer_day_is_expected(office, opened):
    office.post(board())
    office.expects("2013-12-31", hours=1)
    page = opened()
    time.sleep(0.7)  # three polls
    expect(page.locator("#banner")).to_be_hidden()


def test_a_screen_whose_clock_is_slow_believes_the_server(office, opened):
    office.post(board())
    office.expects("2013-12-31", hours=-1)
    page = opened(painted=False)
    page.clock.set_fixed_time(datetime.now(UTC) - timedelta(days=3))
    page.reload()
    expect(page.locator("#banner")).to_contain_text("Not updated since")


def test_a_reload_without_the_server_keeps_the_last_board(office, opened):
    """The page itself still comes: keeping that too is the service worker's part."""
    sha = office.post(board())
    page = opened()
    office.alive = False
    page.reload()
    wait_painted(page, sha)
    expect(page.locator("h1")).to_have_text("Monday 30 December")
    expect(page.locator("#banner")).to_contain_text("Not updated since")


def test_revoked_wipes_everything(office, opened):
    office.post(board())
    page = opened()
    office.revoked = True
    expect(page.locator("h1")).to_have_text("This screen is not known here")
    assert page.evaluate("localStorage.length") == 0
    assert "Airlines" not in page.content()
    office.alive = False
    page.reload()
    expect(page.locator("#banner")).to_have_text("⚠ No contact with the server")
    assert "Airlines" not in page.content()


def test_says_that_nothing_is_posted_yet(office, opened):
    page = opened(painted=False)
    expect(page.locator("h1")).to_have_text("No day has been posted yet")
    wait_painted(page, office.post(board()))


def test_a_new_build_is_loaded_once(office, opened):
    office.manifest["page_seconds"] = 0.3
    sha = office.post(board())
    page = opened()
    office.manifest["build"] = "1" * 16
    with page.expect_event("load"):
        pass
    wait_painted(page, sha)
    office.manifest["build"] = "2" * 16
    served = office.pages_served
    time.sleep(1.5)  # five turns, all within the five minutes
    assert office.pages_served == served
    expect(page.locator("h1")).to_have_text("Monday 30 December")


def test_keeps_to_the_content_security_policy_and_shows_names_as_text(office, opened):
    hostile = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>"
    content = board()
    for each in content["goals"][22:24]:
        each["department"]["name"] = hostile
        each["metric"] = each["metric"] | {"name": "<b>bold</b>"}
    content["goals"][7]["excuse"] = hostile
    content["reason"] = hostile
    office.post(content)
    page = opened()
    expect(page.locator(".tile h3").first).to_have_text(hostile)
    expect(page.locator(".metric").first).to_have_text("<b>bold</b>")
    assert page.locator("main img, main script, main .metric b").count() == 0
    assert page.title() == "Office screen"
    assert page.complaints == []


TURN = "document.querySelector('.turn').textContent"
NAMES = "[...document.querySelectorAll('.tile:not([hidden]) h3')].map(each => each.textContent)"


def test_pages_by_itself_and_comes_round(office, opened):
    office.manifest["page_seconds"] = 0.4
    office.post(board())
    page = opened()
    shown, turn = {}, ""
    for _ in range(4):  # turn, number and names in one look, so that no turn falls between them
        page.wait_for_function(f"last => {TURN} !== last", arg=turn)
        turn, names = page.evaluate(f"() => [{TURN}, {NAMES}]")
        assert shown.setdefault(turn, names) == names
    assert sorted(shown) == ["1 / 2", "2 / 2"]
    assert sorted(shown["1 / 2"] + shown["2 / 2"]) == sorted(AIRLINES)


MEASURE = """() => {
  const height = innerHeight, width = innerWidth, found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (!node.textContent.trim() || !holder.checkVisibility()) continue;
    const box = holder.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(holder).fontSize) / height * 100;
    const tile = holder.closest(".tile")?.getBoundingClientRect();
    const inside = box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
    const whole = !tile || (box.right <= tile.right && box.bottom <= tile.bottom + 1);
    found.push({ text: node.textContent, tag: holder.tagName, size, inside, whole });
  }
  const root = document.documentElement;
  const scrolls = root.scrollHeight > height || root.scrollWidth > width;
  return { found, scrolls };
}"""


@pytest.mark.parametrize("banner", [False, True])
@pytest.mark.parametrize("departments", [1, 16, 100, 200])
@pytest.mark.parametrize("size", SIZES)
def test_is_legible_and_nothing_overflows(office, opened, size, departments, banner):
    if banner:
        office.expects("2013-12-31", hours=-1)
    office.manifest["page_seconds"] = 0.4 if departments == 16 else 12
    office.post(board(departments))
    page = opened(size)
    if banner:
        expect(page.locator("#banner")).to_be_visible()
    for _ in range(4 if departments == 16 else 1):
        measured = page.evaluate(MEASURE)
        texts = measured["found"]
        assert not measured["scrolls"]
        assert len(texts) > 10
        assert [each for each in texts if each["size"] < 2.59] == []
        assert [each for each in texts if not (each["inside"] and each["whole"])] == []
        headline = max(texts, key=lambda each: each["size"])
        assert headline["size"] >= 5.2
        if departments > 1:
            assert headline["tag"] == "H1"
        time.sleep(0.3)


def test_other_languages_have_their_own_days_and_numbers(office, opened):
    office.language = office.manifest["language"] = "zh-hans"
    office.post(board())
    page = opened()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator("h1")).to_have_text(re.compile("12月30日"))
    expect(page.locator("h1")).to_have_text(re.compile("星期一"))


def test_motion_is_left_out_for_those_who_ask(office, opened):
    office.manifest["page_seconds"] = 0.3
    office.post(board())
    page = opened(reduced_motion="reduce")
    expect(page.locator(".board.turned")).to_be_visible()
    name = "one => getComputedStyle(one).animationName"
    assert page.locator(".board").evaluate(name) == "none"


def test_an_unknown_browser_is_told_what_to_do():
    shown = render_to_string("screens/unknown.html", {"language": "en"})
    assert "This screen is not known here" in shown
    assert "Ask an administrator" in shown
    assert "<script" not in shown


def test_a_browser_without_scripts_is_told(office, opened):
    page = opened(painted=False, java_script_enabled=False)
    assert "This screen needs JavaScript" in page.content()
