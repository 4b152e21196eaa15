"""What a monitor asks every few seconds."""

import pytest
from django.db import OperationalError, connection

from config import health


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def answer(client) -> tuple[int, dict, str]:
    response = client.get("/health/")
    return response.status_code, response.json(), response["Cache-Control"]


WELL = (200, {"status": "ok"}, "no-store")
UNWELL = (503, {"status": "unavailable"}, "no-store")


@pytest.mark.django_db
def test_a_house_that_works_says_so_to_anybody(client):
    assert answer(client) == WELL


@pytest.mark.django_db
def test_it_costs_one_question_once_it_is_known_to_be_migrated(client, django_assert_num_queries):
    answer(client)
    with django_assert_num_queries(1):
        assert answer(client) == WELL


@pytest.mark.django_db
def test_a_database_that_is_not_migrated_is_not_healthy(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'screens'")
    assert answer(client) == UNWELL


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_not_healthy(client, monkeypatch):
    def silent():
        raise OperationalError("no connection")

    monkeypatch.setattr(connection, "cursor", silent)
    assert answer(client) == UNWELL


@pytest.mark.django_db
def test_a_monitor_gets_no_cookie(client):
    assert not client.get("/health/").cookies
