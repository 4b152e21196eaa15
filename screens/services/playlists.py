"""The playlist that is there from the first day."""

from django.db import transaction
from django.utils.translation import gettext as _

from screens.models import Playlist

EVERY_DAY = ("board", "pool", "wall", "acting", "story")


@transaction.atomic
def first_playlist() -> Playlist | None:
    """Yesterday's board and what goes with it; made where there is no playlist at all."""
    if Playlist.objects.exists():
        return None
    slides = [{"type": kind, "value": {"seconds": 15}} for kind in EVERY_DAY]
    playlist = Playlist(name=_("Every day"), slides=slides, live=True)
    playlist.full_clean(exclude=["slides"])
    playlist.save()
    playlist.save_revision().publish()
    return playlist
