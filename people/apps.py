from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.urls import register_converter


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import guards, menu, permissions, receivers, today  # noqa: F401
        from people.cards import cards
        from people.checks import check_guards, check_sqlite_version
        from people.codes import CodeConverter, NumberConverter
        from people.dates import DateConverter
        from people.entries import ENTRIES
        from people.services import (  # noqa: F401
            employee_imports,
            leave_imports,
            personal,
            personal_parts,
            site_imports,
        )
        from people.services.product_role import grant_product_role

        guards.register(
            *guards.append_only("people_auditentry"),
            *guards.append_only("people_auditseal"),
            *guards.append_only("people_salarylook"),
            *guards.no_overlap(
                "people_membership",
                key="employee_id",
                name="an_employee_has_one_department_at_a_time",
            ),
            *guards.no_overlap(
                "people_leave", key="employee_id", name="an_employee_is_on_one_leave_at_a_time"
            ),
            *guards.no_overlap(
                "people_placement", key="department_id", name="a_department_has_one_place_at_a_time"
            ),
        )
        register_converter(DateConverter, "date")
        register_converter(CodeConverter, "code")
        register_converter(NumberConverter, "number")
        menu.register(*ENTRIES)
        personal.register(*personal_parts.PARTS)
        today.register("people", cards)
        receivers.connect()
        checks.register(check_guards, checks.Tags.database)
        checks.register(check_sqlite_version, checks.Tags.database, deploy=True)
        post_migrate.connect(_after_migrating, sender=self, dispatch_uid="people.guards")
        post_migrate.connect(grant_product_role, sender=self, dispatch_uid="people.product_role")


def _after_migrating(*, using: str, **_kwargs) -> None:
    from django.db import connections

    from people import guards

    guards.install(connections[using])
