"""What `manage.py check` and every start say about the database's guards."""

import logging
import sqlite3
import sys

from django.core import checks
from django.db import connection, connections

from people import guards

log = logging.getLogger(__name__)


def check_guards(*, databases=None, **_kwargs) -> list[checks.CheckMessage]:
    """Inventory of the guards by `manage.py check --database default`."""
    if "migrate" in sys.argv[1:2]:
        # migrate checks before it migrates, and it is what puts the guards in place.
        return []
    return [
        checks.Error(
            f"the database guard {name} is missing or altered",
            hint="Run `manage.py migrate`, which puts all in place; until then no money moves.",
            id="people.E001",
        )
        for alias in databases or []
        for name in _missing(connections[alias])
    ]


def _missing(database) -> list[str]:
    migrated = "people_auditentry" in database.introspection.table_names()
    return guards.missing(database) if migrated else []


def inventory_at_start() -> None:
    """Say in the log what is missing or risky; posting money refuses by itself."""
    for name in _missing(connection):
        log.error("the database guard %s is missing or altered: run manage.py migrate", name)
    for message in check_sqlite_version():
        log.warning("%s; %s", message.msg, message.hint)
    leave_no_connection()


def leave_no_connection() -> None:
    """Before a process forks: a shared connection mixes answers, a shared pool waits for ever."""
    for database in connections.all():
        database.close()
        if database.vendor == "postgresql":
            database.close_pool()


def check_sqlite_version(**_kwargs) -> list[checks.CheckMessage]:
    """SQLite 3.7.0 to 3.51.2 can, rarely, corrupt a database in WAL mode."""
    if connection.vendor != "sqlite" or sqlite3.sqlite_version_info > (3, 51, 2):
        return []
    return [
        checks.Warning(
            f"SQLite {sqlite3.sqlite_version} has a rare fault in WAL mode (mended in 3.51.3)",
            hint="Fine for trying out; for real figures use PostgreSQL or a newer SQLite.",
            id="people.W001",
        )
    ]
