"""Trying again when the database asks for it."""

import pytest
from django.db import OperationalError, transaction

from people.services import retrying
from people.services.retrying import TRIES, DatabaseBusy, retried

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(retrying.time, "sleep", lambda _seconds: None)


def failing(times: int, message: str = "database is locked"):
    calls = []

    @retried
    def verb():
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError(message)
        return len(calls)

    return verb, calls


def test_a_locked_database_is_tried_again(db):
    verb, _calls = failing(3)
    assert verb() == 4


def test_after_eight_tries_it_gives_up_cleanly(db):
    verb, calls = failing(99)
    with pytest.raises(DatabaseBusy, match="nothing was changed"):
        verb()
    assert len(calls) == TRIES


def test_other_faults_are_not_repeated(db):
    verb, calls = failing(1, "no such table")
    with pytest.raises(OperationalError):
        verb()
    assert len(calls) == 1


def test_inside_a_transaction_only_the_outermost_call_repeats(db):
    verb, calls = failing(1)
    with pytest.raises(OperationalError), transaction.atomic():
        verb()
    assert len(calls) == 1
