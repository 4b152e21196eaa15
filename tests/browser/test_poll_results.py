"""Results of a poll in a real browser: the seal by two, a small department, the map by keyboard."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from people.models import Role, RoleAssignment
from people.rules import BEGINNING
from surveys.models import Invitation, Wave
from surveys.services.station import cast_ballot, claim
from tests.browser.pages import browser, orm_beside_playwright, server, signed_in  # noqa: F401
from tests.browser.test_every_page import DESK, PHONE, looked_at
from tests.free_texts import with_guards_again, without_guards
from tests.surveys.conftest import level, poll  # noqa: F401
from tests.surveys.test_result_pages import shown
from tests.surveys.test_results import asked  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_people_seal_hr_releases_and_shows(browser, server, poll, ann, cas, dee, bob):
    now = timezone.now()
    closes(poll.wave, now + timedelta(days=1))
    for user in (ann, cas):
        cast_ballot(claim(poll.wave, by=user, now=now), {1: 4}, now=now)
    closes(poll.wave, now - timedelta(minutes=1))
    page, faults = signed_in(browser, server, dee, viewport=PHONE)
    page.goto(f"{server.url}/polls/of/2026/seal/")
    page.get_by_label("Code of HR").fill(poll.codes[0])
    page.get_by_label("Code of the staff representative").fill(poll.codes[1][:-1] + "?")
    page.get_by_role("button", name="Open, count and destroy").click()
    expect(page.locator(".wrong")).to_have_count(1)
    assert poll.codes[0] not in page.content()
    assert looked_at(page) == []
    for label, code in zip(
        ("Code of HR", "Code of the staff representative"), poll.codes, strict=True
    ):
        page.get_by_label(label).fill(code)
    page.get_by_role("button", name="Open, count and destroy").click()
    expect(page.get_by_text("Sealed: 2 ballots were counted.")).to_be_visible()
    page.get_by_role("link", name="To the release").click()
    page.get_by_role("button", name="Release", exact=True).click()
    page.get_by_role("button", name="Show to leads and staff").click()
    expect(page.get_by_text("Shown: leads and staff read theirs now.")).to_be_visible()
    assert looked_at(page) == []
    lead, _faults = signed_in(browser, server, bob, viewport=PHONE)
    lead.goto(f"{server.url}/poll-results/2026/")
    expect(lead.get_by_role("heading", name="How is it going?")).to_be_visible()
    assert faults == []


def closes(wave, at) -> None:
    """A launched poll keeps its times, so the guard steps aside."""
    with transaction.atomic():
        without_guards()
        Wave.objects.filter(pk=wave.pk).update(closes_at=at)
        with_guards_again()


def test_a_lead_reads_a_small_department_where_all_is_hidden(
    browser, server, asked, ann, cas, dee, claims, billing, system
):
    RoleAssignment.objects.create(
        user=cas, role=Role.LEAD, department=billing, from_date=BEGINNING, made_by=dee
    )
    wave = shown("2026", asked, [(claims, 20), (billing, 3)], system=system, ann=ann)
    cell = wave.cells.get(department=billing)
    Invitation.objects.create(wave=wave, employee=cas.employee, cell=cell)
    page, faults = signed_in(browser, server, cas, viewport=PHONE)
    page.goto(f"{server.url}/poll-results/")
    page.get_by_role("link", name="2026").click()
    page.get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", name="Nothing of this group alone")).to_be_visible()
    expect(page.get_by_role("heading", name="One level above: Everybody")).to_be_visible()
    assert page.get_by_role("row").filter(has_text="Our team").get_by_text("39%").is_visible()
    assert looked_at(page) == []
    page.get_by_role("link", name="Every question of Everybody").click()
    expect(page.get_by_role("heading", name="Every question")).to_be_visible()
    assert looked_at(page) == []
    page.goto(f"{server.url}/polls/of/2026/manager-sees/")
    expect(page.get_by_text("never: too few people").first).to_be_visible()
    assert looked_at(page) == []
    assert faults == []


def test_the_map_is_read_by_keyboard_and_keeps_its_heads(
    browser, server, asked, claims, billing, dee, system
):
    shown("2026", asked, [(claims, 20), (billing, 3)], system=system)
    page, faults = signed_in(browser, server, dee, viewport=PHONE)
    page.goto(f"{server.url}/poll-results/2026/map/")
    assert looked_at(page) == []
    page.set_viewport_size({"width": 220, "height": 600})
    frame = page.get_by_role("region", name="Favourable (%): 2026")
    frame.focus()
    for _press in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert frame.evaluate("each => each.scrollLeft") > 0
    head = page.get_by_role("rowheader", name="Everybody").bounding_box()
    assert head["x"] >= frame.bounding_box()["x"]
    expect(page.get_by_role("cell", name="too few").first).to_be_visible()
    expect(page.get_by_role("columnheader", name="Our team")).to_be_attached()
    page.set_viewport_size(DESK)
    for path in ("/poll-results/", "/poll-results/2026/", "/poll-results/2026/drivers/"):
        page.goto(server.url + path)
        assert looked_at(page) == []
    assert faults == []
