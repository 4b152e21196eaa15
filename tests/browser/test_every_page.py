"""Every page that the table of rights opens to somebody: axe, width, the policy, the keyboard."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from incentives.models import Result
from tests.browser.pages import (  # noqa: F401
    browser,
    opened,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.conftest import SignedInClient
from tests.scene import (  # noqa: F401
    ROLES,
    TUESDAY,
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)
from tests.test_rights import LINES, address

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.walk("sqlite"),
]

RICHEST_FIRST = (
    "hr", "finance", "lead", "administrator", "auditor", "executive", "editor", "employee",
    "anonymous",
)  # fmt: skip
NOT_OURS = ("/cms/", "/documents/", "screen-")
"""Wagtail's admin and files; what devices ask for has tests of its own."""
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
REPORT_BREACHES = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""
FIND = """async (options) => (await axe.run(document, {
    resultTypes: ["violations"], preload: false, selectors: false, ...options}))
    .violations.map((found) => `${found.id}: ${found.nodes[0].html}`)"""
"""Without what axe loads for rules that it does not ask here, and without paths to what it finds:
the markup that is printed says where it is."""
CONTRAST_ONLY = {"runOnly": ["color-contrast"]}


def readers() -> dict[str, str]:
    """By name of the address, the role that sees most of those that may read it."""
    found = {}
    for name, method, *expected in LINES:
        answers = dict(zip(ROLES, expected, strict=True))
        if method == "GET" and name != "screen" and not name.startswith(NOT_OURS):
            may = [role for role in RICHEST_FIRST if answers[role] == "200"]
            found |= {name: may[0]} if may else {}
    return found


def pages_of(scene) -> dict[str, list[str]]:
    """By role the addresses that answer it with a page."""
    pages: dict[str, list[str]] = {}
    for name, role in readers().items():
        client, path = client_of(scene, role), address(name, scene)
        if client.get(path)["Content-Type"].startswith("text/html"):
            pages.setdefault(role, []).append(path)
    return pages


def client_of(scene, role: str) -> SignedInClient:
    client = SignedInClient()
    if scene.cast[role]:
        client.force_login(scene.cast[role])
    return client


def opened_as(browser, server, scene, role: str, *, language="en", **context):
    """A page of somebody with this role, and a list that fills with what the browser reports."""
    context = {"viewport": PHONE, "color_scheme": "light", **context}
    user = scene.cast[role]
    if user:
        page, faults = signed_in(browser, server, user, **context)
    else:
        page, faults = opened(browser, server, **context)
    page.context.add_init_script(REPORT_BREACHES)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": server.url}])
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


def too_wide(page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{wide} px too wide"] if wide > 0 else []


def looked_at(page) -> list[str]:
    """On a phone and on a desk, light and dark; only colours differ between light and dark."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for scheme, options in (("light", {}), ("dark", CONTRAST_ONLY)):
            page.emulate_media(color_scheme=scheme)
            said = [*too_wide(page), *page.evaluate(FIND, options)]
            found += [f"{size['width']} {scheme}: {each}" for each in said]
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_axe_finds_nothing_and_every_page_fits(browser, server, scene, language):
    found = []
    for role, paths in pages_of(scene).items():
        page, faults = opened_as(browser, server, scene, role, language=language)
        for path in [*paths, "/nowhere/"]:
            page.goto(server.url + path)
            found += [f"{path} as {role}: {said}" for said in looked_at(page)]
        found += [f"{role}: {fault}" for fault in faults if "404" not in fault]
        page.context.close()
    assert found == [], "\n".join(found)


def test_the_walk_misses_no_page_that_somebody_may_read(scene):
    walked = {path for paths in pages_of(scene).values() for path in paths}
    assert {"/", "/days/", "/imports/", "/figures/", "/styleguide/", "/sign-in/"} <= walked
    assert len(walked) > 30


REACHABLE = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((each) => !each.disabled && each.checkVisibility({visibilityProperty: true}))
    .filter((each) => each.type !== "radio"
        || each === document.querySelector(`[type=radio][name='${each.name}']`))
    .map((each, number) => (each.dataset.number = number, each.outerHTML.slice(0, 90)))"""
FOCUSED = """() => {
    const each = document.activeElement, style = getComputedStyle(each);
    return [each.dataset.number ?? "", style.outlineStyle !== "none" && style.outlineWidth];
}"""


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("role", "path"),
    [("hr", "/"), ("hr", "/imports/"), ("finance", "/days/"), ("lead", "/figures/"),
     ("anonymous", "/sign-in/"), ("anonymous", "/styleguide/")],
)  # fmt: skip
def test_the_tab_key_reaches_every_control_and_shows_where_it_is(
    browser, server, scene, role, path, viewport,
):  # fmt: skip
    page, _faults = opened_as(browser, server, scene, role, viewport=viewport)
    page.goto(server.url + path)
    page.evaluate("document.activeElement.blur()")
    controls = page.evaluate(REACHABLE)
    reached, shown = set(), set()
    for _press in range(2 * len(controls) + 10):
        page.keyboard.press("Tab")
        number, outline = page.evaluate(FOCUSED)
        if number:
            reached.add(int(number))
            # A date has stops of its own inside, which the browser marks.
            shown |= {int(number)} if outline else set()
    assert [html for number, html in enumerate(controls) if number not in reached] == []
    assert [html for number, html in enumerate(controls) if number not in shown] == []


def test_a_menu_closes_on_escape_on_a_click_elsewhere_and_when_another_opens(
    browser, server, scene,
):  # fmt: skip
    page, _faults = opened_as(browser, server, scene, "finance", viewport=DESK)
    page.goto(f"{server.url}/days/")
    money, pools = page.locator("summary", has_text="Money"), page.get_by_role("link", name="Pools")
    money.click()
    expect(pools).to_be_visible()
    page.locator("summary", has_text="Company").click()
    expect(pools).to_be_hidden()
    money.click()
    pools.focus()
    page.keyboard.press("Escape")
    expect(pools).to_be_hidden()
    expect(money).to_be_focused()
    money.click()
    page.mouse.click(DESK["width"] - 5, DESK["height"] - 5)
    expect(pools).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_on_a_phone_the_menu_opens_at_the_thumb(browser, server, scene, scripts):
    page, _faults = opened_as(browser, server, scene, "finance", java_script_enabled=scripts)
    page.goto(f"{server.url}/days/")
    page.get_by_role("button", name="Menu").click()
    page.locator("summary", has_text="Money").click()
    pools = page.get_by_role("link", name="Pools")
    box = pools.bounding_box()
    assert box["height"] >= 44
    assert box["y"] + box["height"] > PHONE["height"] / 2
    pools.click()
    expect(page.get_by_role("heading", name="Pools")).to_be_visible()


def test_without_scripts_figures_are_entered_and_said_to_be(browser, server, scene):
    page, _faults = opened_as(browser, server, scene, "lead", java_script_enabled=False)
    page.goto(f"{server.url}/figures/?date={TUESDAY}")
    page.get_by_label("Waiting time").fill("4")
    page.get_by_role("button", name="Record").click()
    said = page.get_by_text("1 figure recorded.")
    expect(said).to_be_visible()
    heading = page.locator("h1").bounding_box()
    assert said.bounding_box()["y"] < heading["y"], "it hides nothing"


def test_a_toast_is_put_away_and_bad_news_stays(browser, server, scene):
    page, faults = opened_as(browser, server, scene, "lead")
    page.clock.install()
    page.goto(f"{server.url}/figures/?date={TUESDAY}")
    page.get_by_label("Waiting time").fill("4")
    page.get_by_label("Calls answered").fill("400")
    page.get_by_role("button", name="Record").click()
    good = page.get_by_role("status").get_by_text("1 figure recorded.")
    bad = page.get_by_role("status").get_by_text("waits for somebody else")
    page.clock.run_for(1000)
    expect(good).to_be_visible()
    expect(bad).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(30_000)
    expect(good).to_have_count(0)
    expect(bad).to_be_visible()
    page.get_by_role("button", name="Put away").click()
    expect(bad).to_have_count(0)
    assert faults == []


def test_a_form_sent_twice_by_a_double_click_is_sent_once(browser, server, scene):
    page, _faults = opened_as(browser, server, scene, "lead")
    page.goto(f"{server.url}/figures/?date={TUESDAY}")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else 0)
    page.get_by_label("Waiting time").fill("4")
    page.get_by_role("button", name="Record").dblclick()
    expect(page.get_by_text("1 figure recorded.")).to_be_visible()
    assert len(sent) == 1
    assert Result.objects.filter(date=TUESDAY, revision=2).count() == 0


def test_mistakes_are_listed_with_links_that_lead_to_their_fields(browser, server, scene):
    page, _faults = opened_as(browser, server, scene, "lead")
    page.goto(f"{server.url}/figures/?date={TUESDAY}")
    page.get_by_label("Waiting time").fill("many")
    page.get_by_label("Calls answered").fill("1e5")
    page.get_by_role("button", name="Record").click()
    page.get_by_role("alert").get_by_role("link", name="Waiting time").click()
    field = page.get_by_label("Waiting time")
    expect(field).to_be_focused()
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()
    assert page.locator(f"#{described[-1]}").inner_text()
