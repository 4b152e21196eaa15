from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from people import guards, menu, today
        from people.services import personal
        from surveys import permissions  # noqa: F401
        from surveys.cards import cards
        from surveys.entries import ENTRIES
        from surveys.guards import GUARDS
        from surveys.services import acting_notices  # noqa: F401
        from surveys.services.personal import PARTS

        guards.register(*GUARDS)
        menu.register(*ENTRIES)
        today.register("surveys", cards)
        personal.register(*PARTS)
