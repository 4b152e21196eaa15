from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "recognition"

    def ready(self) -> None:
        from ledger.services.checking import also_check
        from people import beside, guards, menu, today
        from people.services import consents, erasing, personal
        from recognition import permissions  # noqa: F401
        from recognition.cards import cards
        from recognition.entries import ENTRIES, acts_beside
        from recognition.guards import GUARDS
        from recognition.receivers import enqueue_deliveries, enqueue_telling
        from recognition.services import visibility
        from recognition.services.personal import PARTS, forget
        from recognition.services.reward_checking import check_rewards
        from recognition.signals import deliveries_queued, nomination_published

        guards.register(*GUARDS)
        menu.register(*ENTRIES)
        today.register("recognition", cards)
        beside.register("recognition", acts_beside)
        personal.register(*PARTS)
        erasing.also_forget(forget)
        also_check(check_rewards)
        consents.also_apply(visibility.follow_consent)
        nomination_published.connect(enqueue_telling, dispatch_uid="recognition.telling")
        deliveries_queued.connect(enqueue_deliveries, dispatch_uid="recognition.deliveries")
