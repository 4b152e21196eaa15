"""Editors write under a policy of their own, and it lets their tools work."""

import pytest
from playwright.sync_api import expect

from cms.models import AnnouncementIndexPage, AnnouncementPage
from people.models import Role
from people.services.roles import follow_roles
from tests.browser.pages import browser, orm_beside_playwright, server, signed_in  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_writes_previews_and_publishes(browser, server, cas, system, goals):
    cas.role_assignments.create(role=Role.EDITOR, from_date="2020-01-01", made_by=system)
    follow_roles(cas)
    above = AnnouncementIndexPage.objects.get()
    page, faults = signed_in(browser, server, cas, viewport={"width": 1400, "height": 900})
    page.goto(f"{server.url}/cms/pages/add/cms/announcementpage/{above.pk}/")
    page.locator("#id_title").fill("Closed on Friday")
    page.locator("#id_summary").fill("The office is closed.")
    page.locator(".public-DraftEditor-content").fill("Come back on Monday.")
    page.get_by_role("button", name="Toggle preview").click()
    # While the preview is renewed there are two of them.
    shown = page.locator("iframe[title='Preview']").last.content_frame
    expect(shown.get_by_role("heading", name="Closed on Friday")).to_be_visible()
    assert faults == []
    page.locator("footer").get_by_role("button", name="More actions").click()
    page.locator("footer").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("created and published")).to_be_visible()
    assert faults == []
    assert AnnouncementPage.objects.live().filter(title="Closed on Friday").exists()
