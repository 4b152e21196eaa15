"""The newest announcement of the pages, short enough for a screen."""

from django.utils import timezone

from cms.models import AnnouncementPage
from surveys.rules.acting import shortened


def newest_announcement() -> dict[str, str] | None:
    """`title`, `text` and the day it was published on, ISO, in the zone of the moment."""
    page = AnnouncementPage.objects.live().order_by("-first_published_at", "-pk").first()
    if page is None or page.first_published_at is None:
        return None
    return {
        "title": shortened(page.title), "text": shortened(page.summary),
        "published_on": str(timezone.localdate(page.first_published_at)),
    }  # fmt: skip
