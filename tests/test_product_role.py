"""On PostgreSQL the product runs as a role that can't even try to edit money."""

import pytest
from django.db import ProgrammingError, connection, transaction

from people.models import User
from people.services.product_role import grant_product_role

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def as_role(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE ninetyfive_product_test")
        cursor.execute(statement)


def test_the_products_role_adds_to_the_ledger_and_never_edits_it(settings, system):
    settings.PRODUCT_ROLE = "ninetyfive_product_test"
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS ninetyfive_product_test")
        cursor.execute("CREATE ROLE ninetyfive_product_test")
    grant_product_role(using="default")
    as_role("SELECT * FROM ledger_transfer")
    as_role("UPDATE people_user SET first_name = 'x'")
    assert User.objects.get(pk=system.pk).first_name == "x"
    as_role("UPDATE empowerment_casereturn SET reason = '–'")
    for statement in (
        "UPDATE ledger_transfer SET why = 'x'",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
        "UPDATE incentives_result SET reason = 'x'",
        "DELETE FROM people_auditentry",
        "UPDATE empowerment_limit SET amount_minor = 1",
        "DELETE FROM empowerment_casereturn",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            as_role(statement)
