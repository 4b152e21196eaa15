"""Closing a day and changing the rules it is closed by exclude each other.

A target or a policy that commits while a day is being closed by the old one would stand behind a
final day's back. On SQLite a writing transaction is alone anyway.
"""

from django.db import connection

_KEY = 9500


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
