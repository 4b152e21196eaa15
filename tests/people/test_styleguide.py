"""The page for builders, and the pages for when something went wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_shows_every_component_to_builders(client):
    response = client.get("/styleguide/")
    assert response.status_code == 200
    shown = {template.name for template in response.templates}
    assert {f"components/{name}.html" for name in (
        "confirm", "field", "form_errors", "header", "hit", "languages", "messages", "nothing",
        "state", "status", "step_chart", "table",
    )} <= shown  # fmt: skip


def test_in_production_it_does_not_exist(client, ann, settings):
    settings.STYLEGUIDE = False
    assert client.get("/styleguide/").status_code == 404
    client.force_login(ann)
    assert client.get("/styleguide/").status_code == 404


def test_production_does_not_ask_for_it():
    from config.settings import base

    assert base.STYLEGUIDE is False


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("status", [403, 404])
def test_what_went_wrong_is_said_with_a_way_on(client, ann, root, status, language):
    client.force_login(ann)
    path = {403: "/imports/", 404: "/nowhere/"}[status]
    response = client.get(path, {"language": language})
    assert response.status_code == status
    page = response.content.decode()
    assert '<a class="button" href="/">' in page
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}">' in page


def test_a_form_without_its_token_is_answered_in_the_look(ann):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    response = client.post("/sign-out/")
    assert response.status_code == 403
    assert b"Nothing was changed." in response.content
    assert b'<a class="button" href="/">' in response.content


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_what_is_said_without_a_request_is_said_in_both_languages(template):
    page = render_to_string(template)
    assert 'lang="en"' in page
    assert 'lang="zh-Hans"' in page
    assert "css/tokens.css" in page
