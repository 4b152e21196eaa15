"""Who sees which picture that editors have uploaded.

A picture of a story is seen as far as the photos of those in it: the page leaves it out where
somebody does not agree, and its address, once known, shows nothing there either.
"""

from django.utils import timezone
from wagtail.images.models import Rendition

from cms.models import StoryPage
from cms.services.public import is_on
from people.models import ShownTo

RENDITIONS, ORIGINALS = "images/", "original_images/"


def picture_for(path: str, *, audience: ShownTo) -> Rendition | None:
    """The picture in that file, when those of an audience may see it: STAFF one that is in no story
    or in one whose people agree, PUBLIC those of stories alone, on the public page."""
    found = Rendition.objects.filter(file=path).select_related("image").first()
    if found is None:
        return None
    stories = StoryPage.objects.filter(image=found.image_id)
    shown = stories.live().agreed_for(audience).filter(pictured=True)
    if audience == ShownTo.PUBLIC:
        return found if is_on(on=timezone.localdate()) and shown.exists() else None
    return found if shown.exists() or not stories.exists() else None
