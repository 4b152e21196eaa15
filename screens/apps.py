from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ScreensConfig(AppConfig):
    name = "screens"

    def ready(self) -> None:
        from cms import beside
        from cms.services.approving import needs_approval
        from people import guards, menu
        from people.services import consents, notices
        from screens import permissions  # noqa: F401
        from screens.beside import lines_beside
        from screens.entries import ENTRIES
        from screens.guards import GUARDS
        from screens.models import Emergency
        from screens.receivers import follow_content, make_playlist
        from screens.rights import give_rights
        from screens.services.alerting import MISSING, SILENT
        from screens.services.withdrawing import RECEIPT, follow_consent

        guards.register(*GUARDS)
        menu.register(*ENTRIES)
        consents.also_apply(follow_consent)
        notices.register(RECEIPT, SILENT, MISSING)
        beside.register("screens", lines_beside)
        needs_approval(Emergency)
        follow_content()
        post_migrate.connect(make_playlist, sender=self, dispatch_uid="screens.playlist")
        post_migrate.connect(give_rights, sender=self, dispatch_uid="screens.rights")
