from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ScreensConfig(AppConfig):
    name = "screens"

    def ready(self) -> None:
        from people import guards, menu
        from people.services import consents, notices
        from screens import permissions  # noqa: F401
        from screens.entries import ENTRIES
        from screens.guards import GUARDS
        from screens.receivers import follow_content, make_playlist
        from screens.services.withdrawing import RECEIPT, follow_consent

        guards.register(*GUARDS)
        menu.register(*ENTRIES)
        consents.also_apply(follow_consent)
        notices.register(RECEIPT)
        follow_content()
        post_migrate.connect(make_playlist, sender=self, dispatch_uid="screens.playlist")
