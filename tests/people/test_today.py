"""The first page: what needs me now, by role."""

import pytest
from django.urls import reverse

from cms.models import ResultsPage
from people import today
from people.models import Employee
from people.services.audit_chain import seal
from tests.conftest import MONDAY
from tests.scene import (  # noqa: F401
    TUESDAY,
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)

pytestmark = pytest.mark.django_db


def page_of(client, user) -> str:
    client.force_login(user)
    return client.get("/").content.decode()


def test_a_lead_finds_the_awaited_figures_one_click_away(scene, client):
    text = page_of(client, scene.cast["lead"])
    assert "figures are awaited" in text or "figure is awaited" in text
    assert f'href="{reverse("figures")}"' in text


def test_nobody_is_asked_for_somebody_elses_figures(scene, client):
    assert "awaited</h3>" not in page_of(client, scene.cast["employee"])


def test_an_executive_learns_where_to_go_and_ask(scene, client):
    text = page_of(client, scene.cast["executive"])
    assert "1 correction waits for approval" in text


def test_who_proposed_a_correction_is_not_asked_to_approve_it(scene, client):
    assert "waits for approval" in page_of(client, scene.cast["finance"])
    scene.restatement.made_by = scene.cast["finance"]
    scene.restatement.save()
    assert "waits for approval" not in page_of(client, scene.cast["finance"])


def test_hr_sees_who_has_no_account(scene, client):
    Employee.objects.create(number="E9", name="No Account", hired_on=MONDAY)
    assert "1 colleague has no account yet" in page_of(client, scene.cast["hr"])
    assert "no account yet" not in page_of(client, scene.cast["lead"])


def test_the_administrator_sees_mails_that_did_not_arrive(scene, client):
    assert "1 mail was not delivered" in page_of(client, scene.cast["administrator"])
    scene.mail.delete()
    assert "was not delivered" not in page_of(client, scene.cast["administrator"])


def test_the_auditor_sees_how_far_the_log_is_sealed(scene, client):
    seal()
    assert "sealed at" in page_of(client, scene.cast["auditor"])


def test_an_editor_is_asked_for_a_headline_until_there_is_one(scene, client):
    editor = scene.cast["editor"]
    assert "has no headline yet" in page_of(client, editor)
    page = ResultsPage.objects.get()
    page.headline = "Snow"
    page.save()
    text = page_of(client, editor)
    assert "has no headline yet" not in text
    assert "Snow" in text


def test_everybody_sees_yesterday_in_one_line(scene, client):
    for role, user in scene.cast.items():
        if user:
            assert "3 of 4 goals met" in page_of(client, user), role


def test_what_needs_me_comes_before_all_else(scene, wednesday):
    class Request:
        user = scene.cast["editor"]

    places = [card.place for card in today.cards_for(Request(), now=wednesday)]
    assert places == sorted(places)
    assert places[0] == today.NEEDS_ME


def test_the_first_page_costs_as_many_queries_with_many_colleagues(
    scene, client, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(scene.cast["hr"])
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    Employee.objects.bulk_create(
        Employee(number=f"M{n}", name=f"Many {n}", hired_on=MONDAY) for n in range(200)
    )
    with django_assert_num_queries(len(few)):
        client.get("/")
