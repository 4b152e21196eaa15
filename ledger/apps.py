from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from ledger.guards import GUARDS
        from people import guards

        guards.register(*GUARDS)
