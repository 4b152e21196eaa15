"""Searching what is posted and written, in the reader's language.

By parts of words and not by a search engine's words: Chinese has no blanks between them, and
neither database of ours would find 客户 within 每个客户.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from html import unescape
from operator import and_, or_
from typing import Any

from django.db.models import Q
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.query import PageQuerySet

from cms.models import ActionsPage, AnnouncementPage, ResultsPage, StoryPage, Told, not_closed
from people import names
from people.dates import long_day
from people.models import ShownTo
from surveys.services.acting_page import published

MOST_WORDS = 8
MOST_FOUND = 20
"""Of each kind; who gets that many types one word more."""
AROUND = 80
"""Letters shown on each side of what was looked for."""


@dataclass(frozen=True)
class Found:
    """One thing; `page` is its page, `excerpt` the words around what was looked for."""

    page: Any
    title: str
    excerpt: str
    on: date | None = None


@dataclass(frozen=True)
class Kind:
    title: str
    found: list[Found]

    @property
    def is_full(self) -> bool:
        return len(self.found) == MOST_FOUND


def search(said: str, *, language: str) -> list[Kind]:
    """What a colleague may read in which each of the words occurs, by kind, newest first."""
    words = [names.legible(word).casefold() for word in said.split()][:MOST_WORDS]
    if not any(words):
        return []
    kinds = (
        (_("Results"), _results),
        (_("Stories"), _stories),
        (_("Announcements"), _announcements),
        (_("You said, we did"), _actions),
    )
    kept = [Kind(title, _first(find(words, language))) for title, find in kinds]
    return [kind for kind in kept if kind.found]


Find = Callable[[list[str], str], Iterator[Found]]


def _first(found: Iterable[Found]) -> list[Found]:
    return [each for each, _number in zip(found, range(MOST_FOUND), strict=False)]


def _results(words: list[str], language: str) -> Iterator[Found]:
    pages = not_closed(ResultsPage.objects.live()).order_by("-date")
    for page, told in _told(pages, words, language, also=("headline", "body")):
        title = told.title or long_day(page.date)
        # Also by its day, as 2026-03-02.
        yield from _if_found(page, title, [told.body], words, on=page.date, named=page.title)


def _stories(words: list[str], language: str) -> Iterator[Found]:
    stories = StoryPage.objects.live().agreed_for(ShownTo.STAFF)
    return _pages(stories, words, language)


def _announcements(words: list[str], language: str) -> Iterator[Found]:
    return _pages(not_closed(AnnouncementPage.objects.live()), words, language)


def _pages(pages: PageQuerySet, words: list[str], language: str) -> Iterator[Found]:
    newest = pages.order_by("-first_published_at", "-pk")
    for page, told in _told(newest, words, language, also=("summary", "body")):
        texts = [told.summary, told.body]
        yield from _if_found(page, told.title, texts, words, on=page.published_on)


def _told(
    pages: PageQuerySet, words: list[str], language: str, *, also: Iterable[str]
) -> Iterator[tuple[Any, Told]]:
    """Pages that may hold the words: in any language and between the marks of rich text, which the
    database can't tell."""
    fields = ["title", *also, "texts__title", "texts__summary", "texts__body"]
    holding = (reduce(or_, (Q(**{f"{f}__icontains": word}) for f in fields)) for word in words)
    found = pages.filter(reduce(and_, holding)).distinct().prefetch_related("texts")
    for page in found:
        yield page, page.told_in(language)


def _actions(words: list[str], language: str) -> Iterator[Found]:
    page = not_closed(ActionsPage.objects.live()).first()
    if page is None:
        return
    around = [page.intro, page.ending]
    yield from _if_found(page, _("You said, we did"), around, words)
    for action in published().order_by("-done_on", "-pk"):
        title = action.said_in(language)
        yield from _if_found(page, title, [action.did_in(language)], words, on=action.done_on)


def _if_found(
    page: Any,
    title: str,
    texts: list[str],
    words: list[str],
    *,
    on: date | None = None,
    named: str = "",
) -> Iterator[Found]:
    plain = " ".join(" ".join(map(_plain, texts)).split())
    whole = f"{named} {title} {plain}".casefold()
    if all(word in whole for word in words):
        yield Found(page, title, _excerpt(plain, words), on)


def _plain(text: str) -> str:
    """Without marks; what stood in two paragraphs is not one word."""
    return unescape(strip_tags(text.replace("<", " <")))


def _excerpt(text: str, words: list[str]) -> str:
    folded = text.casefold()
    at = max(0, min((folded.find(word) for word in words if word in folded), default=0))
    start, end = max(0, at - AROUND), at + 2 * AROUND
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
