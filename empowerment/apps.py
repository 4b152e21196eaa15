from django.apps import AppConfig


class EmpowermentConfig(AppConfig):
    name = "empowerment"

    def ready(self) -> None:
        from empowerment import permissions  # noqa: F401
        from empowerment.cards import cards
        from empowerment.entries import ENTRIES
        from empowerment.guards import GUARDS
        from empowerment.services import (  # noqa: F401
            asking_outcomes,
            card_lines,
            outcome_imports,
        )
        from empowerment.services.checking import check_accounting, check_cases
        from empowerment.services.personal import PARTS, forget
        from ledger.services.checking import also_check
        from people import guards, menu, today
        from people.services import erasing, personal

        guards.register(*GUARDS)
        menu.register(*ENTRIES)
        today.register("empowerment", cards)
        personal.register(*PARTS)
        erasing.also_forget(forget)
        also_check(check_cases)
        also_check(check_accounting)
