"""Stories: their page, what screens show of them, and whose consent is missing."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from cms.models import HomePage, StoryIndexPage, StoryPage
from people.models import Employee, ShownTo
from people.services.consents import consents_of

SLUG = "stories"
RENDITION = "fill-1280x720"
"""What fills half of a screen of full height."""


@transaction.atomic
def story_index() -> StoryIndexPage:
    """The page above all stories, made below the home page when it is not there yet."""
    home = HomePage.objects.get()
    Page.objects.select_for_update().get(pk=home.pk)
    made = StoryIndexPage.objects.first()
    if made:
        return made
    page = StoryIndexPage(title="Stories", slug=SLUG)
    return HomePage.objects.get(pk=home.pk).add_child(instance=page)


def stories_for(
    audience: ShownTo, *, language: str, most: int, only: int | None = None
) -> list[dict[str, Any]]:
    """The newest stories, or the one with the id `only`, for a screen that nobody is signed in at,
    as plain values: `id`, `title`, `summary`, `published_on` (ISO), `image` (the address of a
    picture of 1280 × 720, or ""), `image_file` (its name in the media storage), `image_text`,
    `personal`, whether somebody is in it, and `people`, their ids.

    `audience` is who stands before the screen. A story is for all colleagues or for everybody, so
    TEAM reads what STAFF does. Raises ValueError for NOBODY.
    """
    if audience == ShownTo.NOBODY:
        raise ValueError("no screen stands before nobody")
    live = StoryPage.objects.live().agreed_for(max(audience, ShownTo.STAFF))
    if only is not None:
        live = live.filter(pk=only)
    newest = live.newest_first().prefetch_related("about")[:most]
    return [_plain(each, language) for each in newest]


def _plain(story: StoryPage, language: str) -> dict[str, Any]:
    told = story.told_in(language)
    image = story.image if story.pictured else None
    return {
        "id": story.pk,
        "title": told.title,
        "summary": told.summary,
        "published_on": str(story.published_on),
        "image": address_of(image) if image else "",
        "image_file": file_of(image) if image else "",
        "image_text": story.image_text_in(language) if image else "",
        "personal": story.personal,
        "people": sorted(each.employee_id for each in story.about.all()),
    }


def address_of(image: AbstractImage) -> str:
    """Of the rendition; "" when the file is gone, so that a screen is not empty for one picture."""
    try:
        return image.get_rendition(RENDITION).url
    except FileNotFoundError:
        return ""


def file_of(image: AbstractImage) -> str:
    """The rendition's file; "" when the picture it is made from is gone."""
    try:
        return image.get_rendition(RENDITION).file.name
    except FileNotFoundError:
        return ""


def missing_consents(story: StoryPage) -> tuple[list[Employee], list[Employee]]:
    """Of those in a story as its editor has it: whose name, and whose photo where there is a
    picture, may not be shown to all colleagues."""
    people = [each.employee for each in story.about.all()]
    agreed = consents_of([each.pk for each in people])
    unnamed = [each for each in people if agreed[each.pk].names < ShownTo.STAFF]
    if not story.image_id:
        return unnamed, []
    return unnamed, [each for each in people if agreed[each.pk].photo < ShownTo.STAFF]


def delete_stories_about(employee: Employee) -> int:
    """For good, with their drafts: nobody may read them, and they would keep the name. Returns how
    many."""
    stories: Iterable[StoryPage] = list(StoryPage.objects.filter(about__employee=employee))
    for story in stories:
        story.delete()
    return len(list(stories))
