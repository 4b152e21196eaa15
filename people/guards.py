"""Guards: facts that the database itself refuses to break, on SQLite and PostgreSQL alike.

They are made after every migration and not in one, because Django rebuilds an SQLite table on a
later AlterField and silently drops its triggers. `missing()` lists what is not in place, word for
word; the product refuses to post money then.
"""

import time
from dataclasses import dataclass

from django.db import connection as default_connection

_REGISTRY: dict[str, "Guard"] = {}


@dataclass(frozen=True)
class Guard:
    """One guard: `name` is unique, `event` as in BEFORE event ON table, the bodies are SQL."""

    name: str
    table: str
    event: str
    sqlite_when: str
    sqlite_message: str
    postgresql_body: str
    level: str = "ROW"
    sqlite_only: bool = False
    postgresql_only: bool = False
    constraint: str = ""

    @property
    def sqlite_sql(self) -> str:
        when = f" WHEN {self.sqlite_when}" if self.sqlite_when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table}"
            f" FOR EACH ROW{when} BEGIN SELECT RAISE(ABORT, '{self.sqlite_message}'); END"
        )

    def used_by(self, vendor: str) -> bool:
        return not (self.postgresql_only if vendor == "sqlite" else self.sqlite_only)


def register(*guards: Guard) -> None:
    for guard in guards:
        _REGISTRY[guard.name] = guard


def registered(vendor: str) -> list[Guard]:
    return [guard for guard in _REGISTRY.values() if guard.used_by(vendor)]


def append_only_tables() -> set[str]:
    """Tables of which no row may ever change: the product's role on PostgreSQL can't even try."""
    return {
        guard.table
        for guard in _REGISTRY.values()
        if guard.name.endswith("_is_never_edited") and not guard.sqlite_when
    }


def tables_of_reasons() -> set[str]:
    """Append-only tables whose `reason` goes when somebody is erased; nothing else changes."""
    suffix = "_keeps_all_but_words"
    return {guard.table for guard in _REGISTRY.values() if guard.name.endswith(suffix)}


def append_only(
    table: str, *, unique: tuple[str, ...] = (), unless_old: str = "", pk: str = "id"
) -> list[Guard]:
    """Rows are added, never edited or removed; `unless_old` is SQL over OLD that frees a row.

    SQLite's INSERT OR REPLACE deletes without firing delete triggers, so replacing an existing
    key (`unique`: comma-joined columns) is refused on insert as well.
    """
    message = f"{table} is append-only: add a correcting row instead"
    body = (
        f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END"
    )
    sqlite_when, bound = "", body
    if unless_old:
        sqlite_when = f"NOT ({unless_old})"
        bound = (
            f"BEGIN IF {unless_old} THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
            f" RETURN NEW; END IF; {body.removeprefix('BEGIN ')}"
        )
    keys = [tuple(pk.split(",")), *[tuple(key.split(",")) for key in unique]]
    replaced = " OR ".join(
        "(" + " AND ".join(f"o.{column} {same} NEW.{column}" for column in key) + ")"
        for key in keys
        # Within a key of several columns an empty one counts as equal; alone it never clashes.
        for same in ("IS" if len(key) > 1 else "=",)
    )
    return [
        Guard(f"{table}_is_never_edited", table, "UPDATE", sqlite_when, message, bound),
        Guard(f"{table}_is_never_deleted", table, "DELETE", sqlite_when, message, bound),
        Guard(
            f"{table}_is_never_truncated", table, "TRUNCATE", "", message, body, "STATEMENT",
            postgresql_only=True,
        ),
        Guard(
            f"{table}_is_never_replaced", table, "INSERT",
            f"EXISTS (SELECT 1 FROM {table} o WHERE {replaced})", message, "", sqlite_only=True,
        ),
    ]  # fmt: skip


def no_overlap(table: str, *, key: str, name: str) -> list[Guard]:
    """Spans from_date to until_date (last day in force, empty while open) of one key never overlap.

    PostgreSQL: an exclusion constraint over ranges (no extension needed). SQLite, which has one
    writer: triggers.
    """
    keys = key.split(",")
    message = f"{name}: two rows would hold on the same day"
    clash = (
        f"EXISTS (SELECT 1 FROM {table} o WHERE o.id IS NOT NEW.id AND "
        + " AND ".join(f"o.{column} = NEW.{column}" for column in keys)
        + " AND o.from_date <= COALESCE(NEW.until_date, '9999-12-31')"
        + " AND COALESCE(o.until_date, '9999-12-31') >= NEW.from_date)"
    )
    ranges = ", ".join(f"int8range({column}, {column}, '[]') WITH &&" for column in keys)
    constraint = f"EXCLUDE USING gist ({ranges}, daterange(from_date, until_date, '[]') WITH &&)"
    return [
        Guard(f"{name}_on_insert", table, "INSERT", clash, message, "", sqlite_only=True),
        Guard(f"{name}_on_update", table, "UPDATE", clash, message, "", sqlite_only=True),
        Guard(name, table, "", "", "", "", constraint=constraint, postgresql_only=True),
    ]


def install(connection=default_connection) -> None:
    """Put every registered guard in place; safe to run again."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in registered(connection.vendor):
            if guard.table in tables:
                _install_one(cursor, guard, connection.vendor)


def _install_one(cursor, guard: Guard, vendor: str) -> None:
    for statement in drop_statements(guard, vendor):
        cursor.execute(statement, None)
    if vendor == "sqlite":
        cursor.execute(guard.sqlite_sql, None)
    elif guard.constraint:
        cursor.execute(
            f"ALTER TABLE {guard.table} ADD CONSTRAINT {guard.name} {guard.constraint}", None
        )
    else:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $guard${guard.postgresql_body}$guard$",
            None,
        )
        cursor.execute(
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
            f" FOR EACH {guard.level} EXECUTE FUNCTION {guard.name}()",
            None,
        )


def drop_statements(guard: Guard, vendor: str) -> list[str]:
    """The SQL that takes one guard away: used before making it anew, and by tests."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {guard.name}"]
    if guard.constraint:
        return [f"ALTER TABLE {guard.table} DROP CONSTRAINT IF EXISTS {guard.name}"]
    return [f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}"]


def missing(connection=default_connection) -> list[str]:
    """Names of guards that are absent, switched off or not word for word what they should be."""
    present = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    with connection.cursor() as cursor:
        found = present(cursor)
    return sorted(
        guard.name
        for guard in registered(connection.vendor)
        if found.get(guard.name) != _expected(guard, connection.vendor)
    )


_found_whole: dict[str, float] = {}
LATELY = 5
"""Seconds for which a process trusts that it found every guard in place."""


def missing_lately(connection=default_connection) -> list[str]:
    """`missing`, asked at most every few seconds once all was found in place: the catalogue of a
    hundred triggers takes longer to read than some acts take in all."""
    name = str(connection.settings_dict["NAME"])
    if time.monotonic() - _found_whole.get(name, -LATELY) < LATELY:
        return []
    absent = missing(connection)
    if not absent:
        _found_whole[name] = time.monotonic()
    return absent


def _expected(guard: Guard, vendor: str) -> str:
    if vendor == "sqlite":
        return guard.sqlite_sql
    return f"{guard.table}: {'constraint' if guard.constraint else guard.postgresql_body}"


def _on_sqlite(cursor) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def _on_postgresql(cursor) -> dict[str, str]:
    """Triggers with a condition or for some columns only let rows through: they do not count."""
    cursor.execute(
        "SELECT t.tgname, t.tgrelid::regclass::text || ': ' || p.prosrc"
        " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        " AND t.tgqual IS NULL AND t.tgattr = ''::int2vector"
        " UNION ALL SELECT conname, conrelid::regclass::text || ': constraint'"
        " FROM pg_constraint WHERE contype = 'x'"
    )
    return dict(cursor.fetchall())
