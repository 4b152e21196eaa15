"""This app's cards on the first page: how yesterday went, and what was announced."""

from collections.abc import Iterator
from datetime import datetime

import rules
from django.http import HttpRequest

from cms.models import AnnouncementPage, HomePage, ResultsPage
from people.today import COMPANY, NEEDS_ME, YESTERDAY, Card

ANNOUNCEMENTS = 3


def cards(request: HttpRequest, _now: datetime) -> Iterator[Card]:
    home = HomePage.objects.first()
    if home is None:
        return
    page = ResultsPage.newest(home).first()
    facts = {"page": page, "board": page.snapshot.board if page and page.snapshot else None}
    yield Card(YESTERDAY, "cms/cards/yesterday.html", facts)
    if page and not page.headline and rules.has_perm("people.edit_content", request.user):
        yield Card(NEEDS_ME, "cms/cards/headline.html", {"page": page})
    announcements = list(AnnouncementPage.newest(home)[:ANNOUNCEMENTS])
    if announcements or home.intro:
        facts = {"intro": home.intro, "announcements": announcements}
        yield Card(COMPANY, "cms/cards/announcements.html", facts)
