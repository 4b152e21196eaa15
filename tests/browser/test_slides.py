"""Every kind of slide on every kind of screen: legible from five metres, and nothing cut off."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import launched
from tests.browser.slides_to_see import LANGUAGES, SIZES, page_with, rendered

pytestmark = pytest.mark.browser

# Lines are hidden below the ellipsis of a clamped text: of those the box is looked at.
MEASURE = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const holder = node.parentElement;
    if (!node.textContent.trim() || !holder.offsetParent || holder.tagName === "SCRIPT") continue;
    const clamped = holder.closest(".clamped, .one, h1, h3, .rule, .excuse, .metric, .quiet");
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = (clamped ?? range).getBoundingClientRect();
    const em = parseFloat(getComputedStyle(holder).fontSize);
    // What a font keeps free above and below its letters may reach over the edge.
    const free = clamped ? 1 : 0.2 * em;
    let whole = true;
    for (let each = holder; each !== document.body; each = each.parentElement) {
      if (clamped?.contains(each) || getComputedStyle(each).overflow !== "hidden") continue;
      const frame = each.getBoundingClientRect();
      whole &&= box.left >= frame.left - 1 && box.right <= frame.right + 1
        && box.top >= frame.top - free && box.bottom <= frame.bottom + free;
    }
    const inside = box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
    const size = 100 * em / height;
    if (size >= 2.59 && inside && whole) continue;
    found.push({ text: node.textContent, size, inside, whole });
  }
  const headline = Math.max(...[...document.querySelectorAll("h1, .huge")].map(
    (each) => 100 * parseFloat(getComputedStyle(each).fontSize) / height));
  const root = document.documentElement;
  const overlaps = [];
  const parts = [...document.querySelectorAll(".slide > *, .middle > *, .card .said > *")]
    .filter((each) => each.offsetParent && each.getBoundingClientRect().height > 0);
  parts.forEach((one, index) => parts.slice(index + 1).forEach((other) => {
    if (one.contains(other) || other.contains(one)) return;
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) {
      overlaps.push([one.className, other.className]);
    }
  }));
  const scrolls = root.scrollHeight > height || root.scrollWidth > width;
  return { found, headline, scrolls, overlaps };
}"""


@pytest.fixture(scope="module")
def shown():
    """Shows HTML at a size; the same browser for all."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        pages = {}

        def show(size, html, **more):
            key = (size, *more.items())
            if key not in pages:
                width, height = size
                viewport = {"width": width, "height": height}
                pages[key] = browser.new_page(viewport=viewport, **more)
            page = pages[key]
            page.unroute_all()
            page.route(
                "**/*",
                lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"),
            )
            page.goto("http://screen.example/")
            return page

        yield show
        browser.close()


@pytest.fixture(scope="module", params=LANGUAGES)
def slides(request):
    return rendered(request.param)


@pytest.mark.parametrize(
    ("size", "banner"), [(size, False) for size in SIZES] + [(size, True) for size in SIZES[:2]]
)
def test_every_slide_is_legible_and_whole(slides, shown, size, banner):
    wrong = {}
    for name, html in slides.items():
        page = shown(size, page_with(html, banner=banner))
        measured = page.evaluate(MEASURE)
        pages = page.evaluate("layout?.rows.length ?? 1")
        for number in {1, pages // 2, pages - 1} - {0} if pages > 1 else ():
            page.evaluate(f"turned = {number}; turn()")
            measured["found"] += page.evaluate(MEASURE)["found"]
        bad = {key: measured[key] for key in ("found", "scrolls", "overlaps") if measured[key]}
        if measured["headline"] < 5.19:
            bad["headline"] = measured["headline"]
        if bad:
            wrong[name] = bad
    assert wrong == {}


def test_a_board_of_two_hundred_departments_has_every_one_on_some_page(slides, shown):
    page = shown(SIZES[0], page_with(slides["board-200"]))
    seen = set()
    for number in range(page.evaluate("layout.rows.length")):
        page.evaluate(f"turned = {number}; turn()")
        seen |= set(page.locator(".tile:visible h3").all_text_contents())
    assert len(seen) == 200


def test_no_state_is_told_by_colour_alone(slides):
    for name, html in slides.items():
        for state in ("met", "missed", "awaited", "excused"):
            marks = {"met": "✓", "missed": "✗", "awaited": "…", "excused": "–"}
            cells = html.split(f'class="state" data-state="{state}">')[1:]
            assert all(cell.startswith(f"{marks[state]} ") for cell in cells), name


def test_nothing_moves_for_those_who_ask_and_an_emergency_never_does(slides, shown):
    moves = "() => document.getAnimations().map(each => each.animationName)"
    page = shown(SIZES[0], page_with(slides["board-200"]), reduced_motion="reduce")
    page.evaluate("board.classList.add('turned')")
    assert "appear" not in page.evaluate(moves)
    page = shown(SIZES[0], page_with(slides["emergency"]))
    assert [name for name in page.evaluate(moves) if name != "drift"] == []
