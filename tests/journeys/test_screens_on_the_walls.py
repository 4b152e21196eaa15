"""Screens from the code on a new display to the day they are taken down, in real browsers."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from people.models import ShownTo
from people.services.consents import Agreed, agree
from screens.models import Emergency, Playlist, Screen
from screens.services import health, standing
from screens.services.access import bind
from tests.browser.pages import (  # noqa: F401
    browser,
    opened,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.recognition.conftest import kept_promise, praised  # noqa: F401
from tests.screens.conftest import put_live

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WALL = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture(autouse=True)
def _in_quick_motion(monkeypatch):
    monkeypatch.setattr("screens.services.manifest.PACE_SECONDS", 0.3)
    monkeypatch.setattr("screens.services.pairing.ASK_EVERY", 0.3)
    monkeypatch.setattr(standing, "LOOKED_AT_EVERY", 0)
    monkeypatch.setattr(health, "WRITTEN_EVERY", 0)


def device(browser, server):
    page, _faults = opened(browser, server, **WALL)
    page.goto(f"{server.url}/screen/")
    return page


def hung(browser, server, name: str, playlist: Playlist, *, by):
    """A screen that is on the wall already; its page."""
    screen = Screen.objects.create(
        name=name, playlist=playlist, made_by=by, only_working_days=False, lit_from="00:00",
        lit_until="23:59:59",
    )  # fmt: skip
    page, _faults = opened(browser, server, **WALL)
    secret = bind(screen, now=timezone.now())
    page.context.add_cookies([{"name": "screen", "value": secret, "url": f"{server.url}/screen/"}])
    page.goto(f"{server.url}/screen/")
    expect(page.locator(".slide")).to_be_visible()
    return page


def code_on(page) -> str:
    expect(page.locator(".code")).to_be_visible()
    return page.locator(".code").inner_text()


def say_code(keeper, server, code: str) -> None:
    keeper.goto(f"{server.url}/screens/pair/?code={code}")
    keeper.get_by_role("main").get_by_role("button").first.click()
    expect(keeper.get_by_role("heading", name="Is it this device?")).to_be_visible()
    expect(keeper.get_by_role("main")).to_contain_text("1920")


def test_pair_repair_and_revoke(browser, server, root, site):
    keeper, _faults = signed_in(browser, server, root)
    first = device(browser, server)
    say_code(keeper, server, code_on(first))
    keeper.get_by_label("Name").first.fill("Hall")
    keeper.get_by_role("button", name="Approve as a new screen").click()
    expect(first.locator(".slide")).to_be_visible()
    hall = Screen.objects.get(name="Hall")

    second = device(browser, server)
    say_code(keeper, server, code_on(second))
    keeper.get_by_text("Repair: it takes the place").click()
    keeper.locator("select").last.select_option(str(hall.pk))
    keeper.get_by_role("button", name="Approve as this screen").click()
    expect(second.locator(".slide")).to_be_visible()
    expect(first.locator(".code")).to_be_visible()

    keeper.goto(f"{server.url}/screens/{hall.pk}/revoke/")
    keeper.get_by_role("button", name="Revoke it").click()
    expect(second.locator(".code")).to_be_visible()
    assert second.locator(".slide").count() == 0


def test_an_announcement_is_on_two_of_three_screens(browser, server, root):
    playlist = put_live("Own", "board")
    walls = {name: hung(browser, server, name, playlist, by=root) for name in ("A", "B", "C")}
    for page in walls.values():
        expect(page.locator(".slide")).to_be_visible()
    chosen = [str(pk) for pk in Screen.objects.filter(name__in="AB").values_list("pk", flat=True)]
    told = {"seconds": 15, "title": "Cake at three", "screens": chosen}
    playlist.slides = [{"type": "announcement", "value": told}]
    playlist.save_revision().publish()
    for name in "AB":
        expect(walls[name].locator("main")).to_contain_text("Cake at three")
    walls["C"].wait_for_timeout(1000)
    expect(walls["C"].locator("main")).not_to_contain_text("Cake at three")


def test_an_emergency_is_on_every_screen_and_goes_again(browser, server, root):
    playlist = put_live("Own", "board")
    walls = [hung(browser, server, name, playlist, by=root) for name in ("A", "B")]
    emergency = Emergency(title="Leave the building", text="By the stairs.", live=False)
    emergency.save()
    emergency.save_revision().publish()
    for page in walls:
        expect(page.locator("main")).to_contain_text("Leave the building")
    emergency.refresh_from_db()
    emergency.unpublish()
    for page in walls:
        expect(page.locator("main")).not_to_contain_text("Leave the building")
        expect(page.locator(".slide")).to_be_visible()


def test_an_emergency_ends_by_itself(browser, server, root, monkeypatch):
    monkeypatch.setattr(standing, "READ_EVERY", 0)
    wall = hung(browser, server, "A", put_live("Own", "board"), by=root)
    emergency = Emergency(title="Leave the building", live=False)
    emergency.save()
    emergency.save_revision().publish()
    expect(wall.locator("main")).to_contain_text("Leave the building")
    # As if the clock had gone on: nothing announces that.
    Emergency.objects.update(ends_at=timezone.now())
    expect(wall.locator("main")).not_to_contain_text("Leave the building")


def test_a_name_is_gone_when_its_consent_is_withdrawn(
    browser, server, root, ann, cas, kept_promise
):
    now = timezone.now()
    agree(ann.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=ann, now=now)
    praised(ann, by=cas, behaviour=kept_promise)
    wall = hung(browser, server, "A", put_live("Own", "wall"), by=root)
    expect(wall.locator("main")).to_contain_text("Ann")
    agree(ann.employee, Agreed(ShownTo.NOBODY, ShownTo.NOBODY), by=ann, now=now)
    expect(wall.locator("main")).not_to_contain_text("Ann")
