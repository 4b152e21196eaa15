"""A ring is noticed; HR holds and removes it; one of those concerned appeals; another decides."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from people.models import Employee, Role, ShownTo
from people.services.roles import follow_roles
from recognition.models import FairPlayCase, Nomination
from recognition.services.fair_play import Finding, notice
from tests.browser.pages import (  # noqa: F401
    browser,
    orm_beside_playwright,
    server,
    signed_in,
)
from tests.conftest import MONDAY, make_person
from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}
DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def ring(scene, system, wednesday):
    """Ann, Bob and Edna praised each other five times in all ways."""
    three = [scene.cast[role].employee for role in ("employee", "lead", "editor")]
    told = []
    for giver in three:
        for nominee in (each for each in three if each != giver):
            made = Nomination.objects.create(
                key=uuid4(), giver=giver, story=f"{nominee.name} stayed until it was solved.",
                behaviour=scene.behaviour, happened_on=MONDAY, shown_to=ShownTo.STAFF,
                published_at=wednesday, published_on=MONDAY,
            )  # fmt: skip
            made.nominees.create(employee=nominee)
            told.append(made.pk)
    members = [each.pk for each in three]
    facts = {
        "inside": 30, "given": 32, "received": 35, "usual_percent": 31, "members": members,
    }  # fmt: skip
    finding = Finding(FairPlayCase.Kind.RING, "ring:1", facts, told, members)
    [case] = notice([finding], by=system, now=wednesday)
    return case


def decided(page, act: str, why: str) -> None:
    page.get_by_role("link", name=act, exact=True).click()
    page.get_by_label("Why?").fill(why)
    page.get_by_role("button", name=act, exact=True).click()
    expect(page.get_by_text("Done. Those concerned are told.")).to_be_visible()


def test_hr_decides_a_held_ring_and_the_concerned_appeals(
    ring, scene, billing, system, browser, server
):
    dee, ann = scene.cast["hr"], scene.cast["employee"]
    dot = make_person("dot", billing, (Role.HR, None), by=system)
    follow_roles(dot)

    page, faults = signed_in(browser, server, dee, **DESK)
    page.goto(server.url)
    page.get_by_role("link", name="Look and decide").last.click()
    page.get_by_role("link", name="a ring of praise").click()
    expect(page.get_by_text(re.compile("gave 30 of their 32 nominations"))).to_be_visible()
    decided(page, "Hide until decided", "These came in pairs, within minutes.")
    assert ring.nominations.filter(state="held").count() == 6
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_text("6 nominations are removed")).to_be_visible()
    page.go_back()
    decided(page, "Remove", "No customer of that day remembers it.")

    phone, phone_faults = signed_in(browser, server, ann, **PHONE)
    phone.goto(server.url)
    phone.get_by_role("link", name="Read why, or appeal").click()
    expect(phone.get_by_text("No customer of that day remembers it.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_label("Why was it right as it was?").fill("Ask the customer of case 4711.")
    phone.get_by_role("button", name="Appeal").click()
    expect(phone.get_by_text("Your appeal is with somebody who did not remove it.")).to_be_visible()

    other, other_faults = signed_in(browser, server, dot, **DESK)
    other.goto(f"{server.url}/fair-play/{ring.pk}/")
    expect(other.get_by_text("Ask the customer of case 4711.")).to_be_visible()
    decided(other, "Restore", "The customer does remember it.")
    assert ring.nominations.filter(state="published").count() == 6

    phone.reload()
    expect(phone.get_by_text("The customer does remember it.")).to_be_visible()
    assert Employee.objects.filter(fair_play_cases=ring).count() == 3
    assert [*faults, *phone_faults, *other_faults] == []
