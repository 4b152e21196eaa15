"""What the demo's editors have written is there to be read, and stands on its screens."""

from datetime import UTC, date, datetime

import pytest

from cms.models import CustomerVoice, StoryPage
from cms.services.stories import stories_for
from cms.services.voices import voices_for
from demo.stories import hang_screens, tell_stories
from people.models import ShownTo
from screens.models import Playlist, Screen
from screens.services.playlists import first_playlist
from screens.services.programme import Content
from tests.cms.written import agrees

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 3, 3)


@pytest.fixture
def loaded(ann, bob, system):
    for each in (ann, bob):
        agrees(each, ShownTo.STAFF)
    first_playlist()
    for _twice in range(2):
        tell_stories(YESTERDAY)
        hang_screens(system)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_stories_and_customers_are_read_in_both_languages(loaded, language):
    stories = stories_for(ShownTo.STAFF, language=language, most=9)
    voices = voices_for(ShownTo.STAFF, language=language, on=YESTERDAY, most=9)
    assert len(stories) == StoryPage.objects.count() == 3
    assert len(voices) == CustomerVoice.objects.count() == 3
    words = [each["title"] for each in stories] + [each["quote"] for each in voices]
    assert all(each.isascii() is (language == "en") for each in words)


def test_at_noon_the_canteen_shows_what_the_others_do_not(loaded):
    noon = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    shown = {
        screen.name: Content(now=noon).programme_of(screen).playlist.name
        for screen in Screen.objects.all()
    }
    assert shown == {"Canteen": "At noon", "Lobby": Playlist.objects.order_by("pk").first().name}
