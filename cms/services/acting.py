"""You said, we did: its page, and what screens are to show of it."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models import ActionsPage, HomePage
from surveys.services.acting_page import MOST_ON_A_SLIDE, said_and_did

SLUG = "you-said-we-did"


@transaction.atomic
def actions_page() -> ActionsPage:
    """The page, made below the home page when it is not there yet."""
    home = HomePage.objects.get()
    Page.objects.select_for_update().get(pk=home.pk)
    made = ActionsPage.objects.first()
    if made:
        return made
    page = ActionsPage(title="You said, we did", slug=SLUG)
    return HomePage.objects.get(pk=home.pk).add_child(instance=page)


def slide(language: str, *, most: int = MOST_ON_A_SLIDE) -> dict | None:
    """Plain JSON for screens: `title`, `pairs` of what was said and what was done about it, each
    at most three lines of five words, and `date`, the day of the newest. None when nothing that
    was published is done."""
    pairs = said_and_did(language, most=most)
    if not pairs:
        return None
    with translation.override(language):
        title = _("You said, we did")
    return {
        "kind": "you-said-we-did", "language": language, "title": title,
        "date": max(pair["done_on"] for pair in pairs),
        "pairs": [{"said": pair["said"], "did": pair["did"]} for pair in pairs],
    }  # fmt: skip
