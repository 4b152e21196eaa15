"""PostgreSQL: what the product's own role may do, granted by the schema's owner after migrating."""

from django.conf import settings
from django.db import connections

from people import guards


def grant_product_role(*, using: str, **_kwargs: object) -> None:
    """Everything on ordinary tables; on append-only ones only to read and add, and on some of them
    to erase reasons."""
    connection = connections[using]
    if not settings.PRODUCT_ROLE or connection.vendor != "postgresql":
        return
    role = connection.ops.quote_name(settings.PRODUCT_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table in connection.introspection.table_names(cursor):
            rights = "ALL"
            if table in guards.append_only_tables():
                rights = "SELECT, INSERT"
            elif table in guards.tables_of_reasons():
                rights = "SELECT, INSERT, UPDATE (reason)"
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON {name} FROM {role}")
            cursor.execute(f"GRANT {rights} ON {name} TO {role}")
