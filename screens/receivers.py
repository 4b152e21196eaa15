"""News from below and from editors: screens follow what is posted and put live."""

from collections.abc import Iterable

from django.db.models.signals import post_delete, post_save
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published, page_unpublished, published, unpublished

from cms.models import AnnouncementPage, CustomerVoice, DaySnapshot, StoryPage
from recognition.models import CaseStep, Nomination
from screens.models import Emergency, Playlist, Screen
from screens.services.freshness import changed
from screens.services.playlists import first_playlist

OF_DRAFTS = {"latest_revision", "has_unpublished_changes"}


def follow_content() -> None:
    """In the transaction of the change, so that it can't be seen without the other."""
    for signal in (published, unpublished):
        for model in (Playlist, Emergency):
            signal.connect(changed, sender=model, dispatch_uid=f"screens.{id(signal)}.{model}")
    post_save.connect(changed, sender=DaySnapshot, dispatch_uid="screens.posted")
    for model in (Screen, Playlist, Emergency):
        post_save.connect(saved, sender=model, dispatch_uid=f"screens.saved.{model}")
        post_delete.connect(changed, sender=model, dispatch_uid=f"screens.gone.{model}")
    follow_what_is_taken_back()


def saved(update_fields: Iterable[str] | None = None, **_kwargs: object) -> None:
    """Not of drafts: Wagtail keeps one every other second while somebody writes, and each would
    have the slides of all screens built anew."""
    if not update_fields or set(update_fields) - OF_DRAFTS:
        changed()


def follow_what_is_taken_back() -> None:
    """A customer's words, a story, a page that is closed, praise that is held or ended: built anew
    by the minute they would stand for two after somebody has taken them down."""
    for model in (StoryPage, AnnouncementPage):
        page_published.connect(changed, sender=model, dispatch_uid=f"screens.live.{model}")
        page_unpublished.connect(changed, sender=model, dispatch_uid=f"screens.down.{model}")
        post_delete.connect(changed, sender=model, dispatch_uid=f"screens.gone.{model}")
    for signal in (published, unpublished):
        signal.connect(changed, sender=CustomerVoice, dispatch_uid=f"screens.{id(signal)}.voice")
    # Fair play holds praise by an update of many rows, but never without a step of its case.
    for model in (PageViewRestriction, CaseStep):
        post_save.connect(changed, sender=model, dispatch_uid=f"screens.saved.{model}")
    post_save.connect(praise_ended, sender=Nomination, dispatch_uid="screens.praise")


def praise_ended(instance: Nomination, **_kwargs: object) -> None:
    """New praise may wait its minute."""
    if instance.ended_at:
        changed()


def make_playlist(**_kwargs: object) -> None:
    """A first screen shows the day without anybody having to write a playlist."""
    first_playlist()
