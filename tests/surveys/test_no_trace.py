"""After a real run over HTTP nothing kept holds a credential, or a ballot beside a person."""

import logging
import subprocess

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.logs import OneLineOfJson
from people.models import AuditEntry, Employee, User
from surveys.models import BallotInbox, Invitation, SpentCredential
from surveys.services.sealing import seal
from surveys.services.slips import slip_code
from tests.conftest import TUESDAY_NOON, SignedInClient
from tests.surveys.conftest import CLOSED
from tests.surveys.test_ballot_pages import credential_in, receipt_in
from tests.surveys.test_proving import crowd

PEOPLE = 24


@pytest.fixture
def noted(caplog):
    """Every line that any logger writes, however quiet it is set, as the product writes it."""
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Keeping(level=0)
    handler.setFormatter(OneLineOfJson())
    names = ["", *logging.root.manager.loggerDict]
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate)
              for name in names}  # fmt: skip
    for name in names:
        logging.getLogger(name).setLevel(1)
        logging.getLogger(name).propagate = True
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)
    for name, (level, propagate) in before.items():
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).propagate = propagate


def whole_database(tmp_path) -> str:
    """What `dumpdata` writes, what each session holds, and on SQLite the very bytes of the file."""
    dump = tmp_path / "dump.json"
    call_command("dumpdata", output=str(dump), verbosity=0)
    sessions = [SessionStore().decode(each.session_data) for each in Session.objects.all()]
    found = dump.read_text() + repr(sessions)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # What a row said stays in the file until its place is used again. Read by another process:
        # closing the file would take away the locks that SQLite holds on it in this one.
        file = str(connection.settings_dict["NAME"])
        found += subprocess.run(["cat", file], capture_output=True, check=True).stdout.decode(
            "latin-1"
        )
    return found


@pytest.mark.django_db(transaction=True)
def test_nothing_that_is_kept_holds_a_credential(poll, ann, dee, noted, tmp_path, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)
    [*by_slip] = crowd(poll.wave, PEOPLE)
    signed_in = by_slip[: PEOPLE // 2]
    for each in signed_in:
        each.user = User.objects.create_user(username=each.number, password="secret")
        each.save(update_fields=["user"])
    credentials, receipts = [], []
    for each in by_slip:
        taken = take(poll, each)
        credentials.append(taken)
        said = {"credential": taken, "q1": "5", "q4": f"Words of {each.number}"}
        cast = Client().post("/ballot/cast/", said)
        assert cast.cookies == {}
        receipts.append(receipt_in(cast))
    assert BallotInbox.objects.count() == Invitation.objects.filter(claimed=True).count() == PEOPLE
    secrets = [*credentials, *(text.split(".")[2] for text in credentials)]
    kept = whole_database(tmp_path) + "\n".join(noted) + repr(mail.outbox) + cached()
    assert [each for each in secrets if each in kept] == []
    assert "Words of" not in kept
    # The test finds what is there: receipts are, and who took a ballot.
    assert [each for each in receipts if each not in kept] == []
    assert signed_in[0].number in kept
    Client().get("/nowhere/")
    assert [line for line in noted if "/nowhere/" in line]
    assert not [line for line in noted if "/ballot/" in line or "/kiosk/" in line]
    seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    kept = whole_database(tmp_path) + "\n".join(noted)
    assert [each for each in secrets if each in kept] == []
    assert_no_row_holds_both(by_slip, receipts)


def take(poll, each: Employee) -> str:
    if each.user:
        client = SignedInClient()
        client.force_login(each.user)
        return credential_in(client.post("/polls/2026/claim/"))
    slip = {"number": each.number, "code": slip_code(poll.wave, each.number)}
    return credential_in(Client().post("/kiosk/", slip))


def cached() -> str:
    return repr(getattr(cache, "_cache", {}))


def assert_no_row_holds_both(people: list[Employee], receipts: list[str]) -> None:
    """No row of any table, however its columns are called, has a receipt beside a person."""
    numbers = [each.number for each in people]
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            text = repr(row)
            if any(receipt in text for receipt in receipts):
                assert model is SpentCredential, model
                assert not [number for number in numbers if number in text]
    entries = repr(list(AuditEntry.objects.values()))
    assert not [number for number in numbers if f"'{number}'" in entries]
