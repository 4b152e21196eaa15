"""News from below and from editors: screens follow what is posted and put live."""

from django.db.models.signals import post_delete, post_save
from wagtail.signals import published, unpublished

from cms.models import DaySnapshot
from screens.models import Emergency, Playlist, Screen
from screens.services.freshness import changed
from screens.services.playlists import first_playlist


def follow_content() -> None:
    """In the transaction of the change, so that it can't be seen without the other."""
    for signal in (published, unpublished):
        for model in (Playlist, Emergency):
            signal.connect(changed, sender=model, dispatch_uid=f"screens.{id(signal)}.{model}")
    post_save.connect(changed, sender=DaySnapshot, dispatch_uid="screens.posted")
    for model in (Screen, Playlist, Emergency):
        post_save.connect(changed, sender=model, dispatch_uid=f"screens.saved.{model}")
        post_delete.connect(changed, sender=model, dispatch_uid=f"screens.gone.{model}")


def make_playlist(**_kwargs: object) -> None:
    """A first screen shows the day without anybody having to write a playlist."""
    first_playlist()
