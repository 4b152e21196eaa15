"""What editors have written, for tests that read it."""

from datetime import UTC, datetime

from django.core.files.base import ContentFile
from wagtail.images.models import Image

from cms.models import (
    AnnouncementIndexPage,
    AnnouncementPage,
    AnnouncementText,
    CustomerVoice,
    StoryPage,
    StoryPerson,
    StoryText,
)
from cms.services.stories import story_index
from people.models import ShownTo
from people.services.consents import Agreed, agree
from tests.conftest import MONDAY
from tests.people.pictures import picture

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def agrees(user, names: ShownTo, photo: ShownTo = ShownTo.NOBODY) -> None:
    agree(user.employee, Agreed(names, photo), by=user, now=AT)


def make_image(title: str = "Parcel") -> Image:
    return Image.objects.create(title=title, file=ContentFile(picture(), "parcel.jpg"))


def make_story(title: str, *about, live: bool = True, at: datetime = AT, **more) -> StoryPage:
    """A story with these people in it, in English, and in Chinese as “zh TITLE”."""
    texts = [StoryText(language="zh-hans", title=f"zh {title}", summary="中文")]
    people = [StoryPerson(employee=each.employee) for each in about]
    page = StoryPage(
        title=title, summary=f"{title} in short.", body="<p>All of it.</p>", live=live,
        first_published_at=at if live else None, about=people,
        texts=texts, **more,
    )  # fmt: skip
    story_index().add_child(instance=page)
    return page


def make_voice(quote: str, **more) -> CustomerVoice:
    """Approved and in force since Monday, for all colleagues."""
    values = {
        "said_by": "Mr. B", "language": "en", "live": True, "shown_to": ShownTo.STAFF,
        "agreed_on": MONDAY, "how_agreed": "By phone.", "first_published_at": AT,
    }  # fmt: skip
    return CustomerVoice.objects.create(quote=quote, **(values | more))


def announce(title: str, *, at: datetime = AT, **more) -> AnnouncementPage:
    texts = [AnnouncementText(language="zh-hans", title=f"zh {title}")]
    page = AnnouncementPage(
        title=title, summary=f"{title} in short.", first_published_at=at, texts=texts, **more
    )
    AnnouncementIndexPage.objects.get().add_child(instance=page)
    return page
