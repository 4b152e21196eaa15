from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"

    def ready(self) -> None:
        from cms.cards import cards
        from cms.entries import ENTRIES
        from cms.models import CustomerVoice
        from cms.receivers import enqueue_posting
        from cms.rights import give_rights
        from cms.services.approving import needs_approval
        from cms.services.personal import PARTS, forget
        from incentives.signals import day_restated
        from people import guards, menu, today
        from people.services import erasing, personal
        from recognition.services import feeds

        guards.register(*guards.append_only("cms_daysnapshot"))
        menu.register(*ENTRIES)
        needs_approval(CustomerVoice)
        feeds.offer(_("Results and stories, Atom"), "news-feed")
        personal.register(*PARTS)
        erasing.also_forget(forget)
        today.register("cms", cards)
        day_restated.connect(enqueue_posting, dispatch_uid="cms.day_restated")
        post_migrate.connect(_make_pages, sender=self, dispatch_uid="cms.pages")
        post_migrate.connect(give_rights, sender=self, dispatch_uid="cms.rights")


def _make_pages(**_kwargs) -> None:
    """Nobody should ever meet Wagtail's welcome page."""
    from cms.services.acting import actions_page
    from cms.services.posting import results_index
    from cms.services.stories import story_index

    results_index()
    actions_page()
    story_index()
