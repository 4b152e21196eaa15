from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"

    def ready(self) -> None:
        from cms.receivers import enqueue_posting
        from incentives.signals import day_restated
        from people import guards

        guards.register(*guards.append_only("cms_daysnapshot", unique=("date,sha256",)))
        day_restated.connect(enqueue_posting, dispatch_uid="cms.day_restated")
