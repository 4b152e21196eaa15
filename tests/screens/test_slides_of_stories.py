"""Stories, customers' words and announcements on screens, as far as those in them agree."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.models import CustomerVoice
from people.models import ShownTo
from tests.cms.written import AT, agrees, announce, make_image, make_story, make_voice
from tests.screens.test_slides import PUBLIC, STAFF, facts_of, html_of, noon, team  # noqa: F401
from tests.screens.test_slides import why_left_out as why

pytestmark = pytest.mark.django_db
CHINESE = replace(STAFF, language="zh-hans")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_newest_story_is_shown_with_its_picture_in_it(ann, claims):
    make_story("Long ago", at=AT - timedelta(days=9))
    make_story("The parcel", ann, image=make_image(), image_text="A parcel")
    agrees(ann, ShownTo.STAFF, ShownTo.STAFF)
    facts, shown = facts_of("story"), html_of("story")
    assert (facts.people, facts.personal, facts.date) == ({ann.employee.pk}, True, None)
    for said in ("The parcel", "The parcel in short.", "Mon 2 Mar 2026", 'alt="A parcel"',
                 'src="data:image/jpeg;base64,'):  # fmt: skip
        assert said in shown, said
    assert "/media/" not in shown
    assert "zh The parcel" in html_of("story", CHINESE)
    assert "The parcel" in html_of("story", team(claims))
    assert "Long ago" in html_of("story", PUBLIC)
    assert not facts_of("story", PUBLIC).personal


def test_a_picture_is_left_out_where_somebody_on_it_does_not_agree(ann):
    make_story("The parcel", ann, image=make_image(), image_text="A parcel")
    agrees(ann, ShownTo.STAFF)
    shown = html_of("story")
    assert "The parcel" in shown
    assert "<img" not in shown


def test_a_story_goes_when_one_in_it_withdraws(ann, bob):
    story = make_story("The parcel", ann, bob)
    for user in (ann, bob):
        agrees(user, ShownTo.STAFF)
    assert facts_of("story").people == {ann.employee.pk, bob.employee.pk}
    agrees(bob, ShownTo.TEAM)
    said = "There is no story in which everybody agrees to be shown here."
    assert why("story") == said
    assert why("story", story=story.pk) == said


def test_a_chosen_story_stays_when_a_newer_one_comes():
    chosen = make_story("Long ago", at=AT - timedelta(days=9))
    make_story("The parcel")
    assert "Long ago" in html_of("story", story=chosen.pk)


def test_a_story_asks_the_same_number_of_questions_however_many_are_in_it(ann, bob, cas, dee):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            facts_of("story")
        return len(queries)

    for user in (ann, bob, cas, dee):
        agrees(user, ShownTo.STAFF)
    make_story("One", ann)
    one = asked()
    make_story("Many", ann, bob, cas, dee, at=AT + timedelta(hours=1))
    assert asked() == one


def test_a_customers_words_are_shown_while_the_customer_agrees():
    assert why("voice").startswith("There are no approved words")
    make_voice("You rang back.", agreed_until=date(2026, 3, 3))
    facts, shown = facts_of("voice"), html_of("voice")
    assert (facts.personal, facts.people) == (True, frozenset())
    assert "“You rang back.”" in shown
    assert "Mr. B" in shown
    # Not translated: it says which language it is in.
    assert '<blockquote lang="en">' in html_of("voice", CHINESE)
    assert why("voice", PUBLIC).startswith("There are no approved words")
    assert why("voice", replace(STAFF, now=STAFF.now + timedelta(days=1))).startswith(
        "There are no"
    )
    CustomerVoice.objects.update(withdrawn_on=date(2026, 3, 3), live=False)
    assert why("voice").startswith("There are no approved words")


def test_customers_words_take_turns_by_the_day():
    for n in range(3):
        make_voice(f"Words {n}", first_published_at=AT + timedelta(minutes=n))

    def shown(days: int, newest: int) -> str:
        view = replace(STAFF, now=STAFF.now + timedelta(days=days))
        return facts_of("voice", view, newest=newest).values["quote"]

    assert {shown(day, 3) for day in range(3)} == {"Words 0", "Words 1", "Words 2"}
    assert {shown(day, 1) for day in range(3)} == {"Words 2"}
    assert shown(0, 3) == shown(3, 3)


def test_an_announcement_of_the_pages_is_in_the_readers_language(noon):
    announce("We moved")
    assert "zh We moved" in html_of("announcement", CHINESE)
    assert "Mon 2 Mar 2026" in html_of("announcement")
