"""Ann asks for more than she may spend; Bob decides on his phone; some of it comes back."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from empowerment.models import Case
from empowerment.services.asking import ask
from ledger.services.checking import check_ledger
from tests.browser.pages import (  # noqa: F401
    browser,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import delayed, limits, wanted  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_lead_decides_on_a_phone_and_a_part_comes_back(
    browser, server, limits, delayed, ann, bob
):
    case = ask(wanted(20_000, reason="The party was spoilt."), by=ann, now=TUESDAY_NOON)

    lead, lead_faults = signed_in(browser, server, bob, **PHONE)
    lead.goto(server.url)
    lead.get_by_role("link", name="Ann asks for GBP 200.00: answer by 13:00").click()
    expect(lead.get_by_text("The party was spoilt.")).to_be_visible()
    expect(lead.get_by_text("Above the limit per case by GBP 50.00")).to_be_visible()
    assert fits(lead)
    lead.get_by_role("button", name="Decline").click()
    expect(lead.get_by_text("Say why, and what the customer can be offered")).to_be_visible()
    lead.get_by_label("What you want to say").fill("Good that you asked.")
    lead.get_by_role("button", name="Approve").click()
    expect(lead.get_by_text("Approved. Whoever asked is told.")).to_be_visible()
    assert fits(lead)

    phone, faults = signed_in(browser, server, ann, **PHONE)
    phone.goto(server.url)
    phone.get_by_role("link", name="GBP 200.00 for customer C-1: approved").click()
    expect(phone.get_by_text("Good that you asked.", exact=True)).to_be_visible()
    expect(phone.get_by_text("so a lead was asked")).to_be_visible()
    assert fits(phone)
    phone.get_by_role("link", name="Money came back").click()
    phone.get_by_label("How much came back").fill("250")
    phone.get_by_label("Why").fill("They kept half of the cake.")
    phone.get_by_role("button", name="Give back").click()
    expect(phone.get_by_text("Between GBP 0.01 and GBP 200.00 can come back.")).to_be_visible()
    phone.get_by_label("How much came back").fill("50")
    phone.get_by_role("button", name="Give back").click()
    expect(phone.get_by_text("The case costs GBP 150.00 then, of GBP 200.00.")).to_be_visible()
    assert fits(phone)
    phone.get_by_role("button", name="Give back").click()
    expect(phone.get_by_text("They kept half of the cake.")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.net_minor, case.decided_by) == (Case.State.APPROVED, 15_000, bob)
    assert check_ledger().problems == []
    assert [*lead_faults, *faults] == []
