"""Results and stories as a feed, under the secret of the wall's (recognition.services.feeds)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language, gettext

from cms.models import DaySnapshot, ResultsPage, StoryPage, not_closed
from incentives.services.explaining import explain
from people.dates import long_day
from people.models import ShownTo
from recognition.rules.stories import cleaned
from recognition.services.feeds import Written, tag_of

MOST = 20
"""Of results, and of stories: four weeks of working days."""


def as_atom() -> Written:
    """RFC 4287, in the language that is active: what all colleagues may read."""
    told = sorted([*_results(), *_stories()], key=lambda each: each["at"], reverse=True)
    home = f"{settings.BASE_URL}/"
    feed = Atom1Feed(
        title=gettext("Results and stories"), link=home, description="", language=get_language(),
        feed_guid=f"{home}#news",
    )  # fmt: skip
    for each in told:
        feed.add_item(
            title=each["title"], link=each["url"], description=escape(each["text"]),
            unique_id=each["url"], pubdate=each["at"], updateddate=each["at"],
        )  # fmt: skip
    body = feed.writeString("utf-8").encode()
    return Written(body, "application/atom+xml; charset=utf-8", tag_of("news", told))


def _results() -> list[dict[str, Any]]:
    pages = not_closed(ResultsPage.objects.live()).order_by("-date").prefetch_related("texts")
    days = {page.date: page for page in pages[:MOST]}
    boards = DaySnapshot.objects.newest_of(days)
    return [_result(page, boards[day]) for day, page in days.items() if day in boards]


def _result(page: ResultsPage, snapshot: DaySnapshot) -> dict[str, Any]:
    board, headline = snapshot.board, page.told.title
    title = f"{long_day(page.date)}: {headline}" if headline else long_day(page.date)
    said = explain(board["company"], board["missed"])
    return _item(page, title, said, at=snapshot.made_at)


def _stories() -> list[dict[str, Any]]:
    stories = StoryPage.objects.live().agreed_for(ShownTo.STAFF).prefetch_related("texts")
    newest = stories.order_by("-first_published_at", "-pk")[:MOST]
    return [
        _item(each, each.told.title, each.told.summary, at=each.first_published_at)
        for each in newest
    ]


def _item(page: Any, title: str, text: str, *, at: datetime) -> dict[str, Any]:
    """Without signs that XML can't hold."""
    url = settings.BASE_URL + page.get_url()
    return {"url": url, "title": cleaned(title), "text": cleaned(text), "at": at}
