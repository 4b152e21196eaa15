"""The posted part of a results page as HTML, made once a snapshot, revision and language."""

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cms.models import DaySnapshot, ResultsPage

A_DAY = 24 * 3600


def posted_html(page: ResultsPage) -> SafeString:
    """From the cache; the key holds all that the HTML depends on, so nothing has to be cleared."""
    newest = DaySnapshot.objects.filter(date=page.date).order_by("-id")
    sha256 = newest.values_list("sha256", flat=True).first()
    key = f"results:{page.pk}:{sha256}:{page.live_revision_id}:{get_language()}"
    html = cache.get(key)
    if html is None:
        html = render_posted(page)
        cache.set(key, html, A_DAY)
    # Only ever what our own template escaped and rendered.
    return mark_safe(html)  # noqa: S308


def render_posted(page: ResultsPage) -> str:
    return render_to_string("cms/posted.html", {"page": page, "snapshot": page.snapshot})
