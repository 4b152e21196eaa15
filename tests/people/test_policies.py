"""Dated settings."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from people.models import AuditEntry
from people.services import audit, policies

pytestmark = pytest.mark.django_db


def test_a_policy_holds_from_its_day_on(system):
    policies.set_policy("cut_off", "10:30", from_date=date(2026, 3, 1), reason="x", by=system)
    assert policies.in_force("cut_off", on=date(2026, 2, 28)) == "12:00"
    assert policies.in_force("cut_off", on=date(2026, 3, 1)) == "10:30"
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after, entry.why) == ("12:00", "10:30", "x")


@pytest.mark.parametrize(
    ("name", "value"), [("cut_off", "noon"), ("fiscal_year_start", "13-01"), ("colour", "blue")]
)
def test_a_wrong_policy_is_refused(system, name, value):
    with pytest.raises(ValueError, match=name):
        policies.set_policy(name, value, from_date=date(2026, 3, 1), reason="x", by=system)


def test_a_change_that_can_not_be_logged_is_not_made(system, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(RuntimeError):
        policies.set_policy("cut_off", "10:30", from_date=date(2026, 3, 1), reason="x", by=system)
    assert policies.in_force("cut_off", on=date(2026, 3, 1)) == "12:00"


def test_the_command_sets_a_policy(db, capsys):
    call_command("set_policy", "cut_off", "09:00", "--from", "2026-03-01", "--reason", "early")
    assert "cut_off is 09:00 from 2026-03-01" in capsys.readouterr().out


def test_an_unknown_account_is_refused(db):
    with pytest.raises(CommandError, match="--by nobody: no such account"):
        call_command(
            "set_policy", "cut_off", "09:00", "--from", "2026-03-01", "--reason", "x",
            "--by", "nobody",
        )  # fmt: skip
