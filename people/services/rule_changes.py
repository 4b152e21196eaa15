"""Closing a day and changing the rules it is closed by exclude each other.

A target or a policy that commits while a day is being closed by the old one would stand behind a
final day's back. On SQLite a writing transaction is alone anyway.
"""

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from people.dates import long_day

_KEY = 9500

LastFinalDay = Callable[[date, date | None], date | None]
_decided_by: list[LastFinalDay] = []


def hold_rules() -> None:
    """Until the transaction ends nobody changes targets or policies; others may close too."""
    _lock("pg_advisory_xact_lock_shared")


def change_rules() -> None:
    """Until the transaction ends nobody closes or corrects a day."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_KEY])


def ask_for_final_days(last_final_day: LastFinalDay) -> None:
    """Apps above know which days are final: the last one from a day through a day (None: open)."""
    _decided_by.append(last_final_day)


def final_day_behind(first: date, last: date | None = None) -> str:
    """Why nothing that decides the days first to last (None: all later ones) may change, or ""."""
    found = [day for ask in _decided_by if (day := ask(first, last))]
    if not found:
        return ""
    return _(
        "%(day)s is final and was decided without this change. Let it hold from a day after that,"
        " or correct the final days one by one (restatement)."
    ) % {"day": long_day(max(found))}
