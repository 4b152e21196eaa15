"""For a monitor: does it work? It tells nobody how the house is built."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

UNAVAILABLE = 503
_migrated = False
"""Remembered while it holds: the code of a running server does not change, and to look costs half a
second."""


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while the database answers and is migrated as this code needs it; else 503."""
    well = _database_answers() and _is_migrated()
    return JsonResponse(
        {"status": "ok" if well else "unavailable"}, status=200 if well else UNAVAILABLE,
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def _is_migrated() -> bool:
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return _migrated
