"""Announcements, as screens show them."""

from typing import Any

from cms.models import AnnouncementPage, not_closed


def announcements_for(*, language: str, most: int) -> list[dict[str, Any]]:
    """The newest announcements as plain values: `id`, `title`, `summary`, `published_on` (ISO)."""
    live = not_closed(AnnouncementPage.objects.live()).prefetch_related("texts")
    return [_plain(each, language) for each in live.order_by("-first_published_at", "-pk")[:most]]


def _plain(page: AnnouncementPage, language: str) -> dict[str, Any]:
    told = page.told_in(language)
    return {
        "id": page.pk, "title": told.title, "summary": told.summary,
        "published_on": str(page.published_on),
    }  # fmt: skip
