"""Emptying the benchmark's own database: takes the guards off, flushes, puts them back."""

from django.core.management import call_command
from django.db import connection

from people import guards


def empty() -> None:
    with connection.cursor() as cursor:
        for guard in guards.registered(connection.vendor):
            for statement in guards.drop_statements(guard, connection.vendor):
                cursor.execute(statement, None)
    call_command("flush", interactive=False, verbosity=0)
    guards.install(connection)
