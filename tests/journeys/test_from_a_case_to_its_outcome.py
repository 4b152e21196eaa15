"""Ann puts something right; a month later she is asked what became of it, and finance reads it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from empowerment.models import Case
from empowerment.services.asking_outcomes import ask_for_outcomes
from tests.browser.pages import (  # noqa: F401
    browser,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.empowerment.conftest import delayed, limits  # noqa: F401
from tests.empowerment.test_spending import spends
from tests.scene import cast, edna  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("limits", "delayed"),
]
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_the_outcome_is_asked_and_given(cast, system, browser, server, monkeypatch):
    ann, fay = cast["employee"], cast["finance"]
    case = spends(ann, 4_500)
    spends(ann, 1_000, reference="C-2")
    later = case.entered_at + timedelta(days=35)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert ask_for_outcomes(by=system, now=later) == 1

    phone, faults = signed_in(browser, server, ann, java_script_enabled=False, **PHONE)
    phone.goto(server.url)
    expect(phone.get_by_text("Did 2 customers stay?").first).to_be_visible()
    phone.get_by_role("link", name="Answer").click()
    phone.get_by_role("form", name="What became of C-1?").get_by_role("button", name="Left").click()
    expect(phone.get_by_text("C-1: left. Thank you.")).to_be_visible()
    # A wrong tap: the last answer counts.
    phone.get_by_role("form", name="What became of C-1?").get_by_role(
        "button", name="Stayed"
    ).click()
    expect(phone.get_by_text("C-1: stayed. Thank you.")).to_be_visible()
    phone.get_by_role("form", name="What became of C-2?").get_by_role(
        "button", name="Don't know"
    ).click()
    expect(phone.get_by_text("Nobody to ask about now.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert set(Case.objects.values_list("customer__reference", "outcome")) == {
        ("C-1", "stayed"), ("C-2", "unknown"),
    }  # fmt: skip

    desk, other_faults = signed_in(browser, server, fay)
    desk.goto(f"{server.url}/empowerment/reports/?by=remedy")
    row = desk.get_by_role("row").filter(has_text="refund")
    expect(row).to_contain_text("GBP 55.00")
    assert [*faults, *other_faults] == []
