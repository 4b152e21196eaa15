"""The public face: off until a company wants it; then one nameless page for everybody, cached."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from wagtail.models import PageViewRestriction

from cms.models import DaySnapshot, ResultsPage
from cms.services.posting import post_day
from cms.services.public import _nameless, public_face
from incentives.models import DayVerdict
from incentives.services.restating import decide
from people.models import ShownTo
from people.services.policies import set_policy
from tests.cms.written import agrees, make_image, make_story, make_voice
from tests.conftest import MONDAY, TUESDAY_NOON
from tests.incentives.test_day_view import close_days, queries_of
from tests.recognition.test_award_views import text
from tests.scene import (  # noqa: F401
    WEDNESDAY_MORNING,
    missed_monday,
    pool,
    propose_monday_met,
    wednesday,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
PAGE = "/public/"


@pytest.fixture(autouse=True)
def empty_cache(settings, tmp_path):
    cache.clear()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def on(system):
    set_policy("public_page", "on", from_date=MONDAY, reason="we are proud", by=system)


def test_it_is_not_there_until_a_company_wants_it(client, missed_monday, ann, system):
    assert client.get(PAGE).status_code == 404
    client.force_login(ann)
    assert client.get(PAGE).status_code == 404
    set_policy("public_page", "on", from_date=MONDAY, reason="proud", by=system)
    assert client.get(PAGE).status_code == 200
    set_policy("public_page", "off", from_date=date(2026, 3, 4), reason="not so", by=system)
    assert client.get(PAGE).status_code == 404
    with pytest.raises(ValueError, match="on or off"):
        set_policy("public_page", "maybe", from_date=MONDAY, reason="x", by=system)


def test_it_tells_the_newest_day_and_how_many_were_hit(client, missed_monday, on, goals, system):
    page = text(client.get(PAGE))
    assert "Monday 2 March 2026" in page
    assert "✗ not hit" in page
    assert "3 of 4 goals met" in page
    assert "Days hit, March 2026 0 of 1 Days hit, fiscal year 2026 0 of 1" in page
    assert "Billing" in page


def test_no_name_and_no_free_text_is_on_it(client, missed_monday, on, goals, dee, fay):
    """Not even in what it is made from: excuses, reasons, headlines and words around the board."""
    page = ResultsPage.objects.get()
    page.headline, page.body = "Ann was ill", "<p>Ann was ill</p>"
    page.save_revision().publish()
    made = propose_monday_met(goals, by=dee, now=WEDNESDAY_MORNING)
    decide(made, approve=True, by=fay, now=WEDNESDAY_MORNING)
    post_day(MONDAY, now=WEDNESDAY_MORNING)
    snapshot = DaySnapshot.objects.latest()
    board = snapshot.board | {"reason": "Ann erred", "note": "Ann"}
    for goal in board["goals"]:
        goal |= {"excuse": "Ann was ill", "by": "Ann"}
    assert "Ann" in str(board)
    assert "Ann" not in str(_nameless(board))
    shown = client.get(PAGE).content.decode()
    assert "corrected" in shown
    for name in ("Ann", "Dee", "Fay", "typing mistake"):
        assert name not in shown


def test_stories_and_voices_are_those_agreed_for_everybody(client, missed_monday, on, ann, bob):
    make_story("For colleagues", ann)
    make_story("For all", bob, image=make_image(), image_text="A parcel")
    agrees(ann, ShownTo.STAFF)
    agrees(bob, ShownTo.PUBLIC, ShownTo.PUBLIC)
    make_voice("You keep your word.", shown_to=ShownTo.PUBLIC)
    make_voice("Not for the street.")
    page = client.get(PAGE).content.decode()
    assert ("For all" in page, "You keep your word." in page) == (True, True)
    assert ("For colleagues" in page, "Not for the street." in page) == (False, False)
    assert 'alt="A parcel"' in page
    # A change of mind is seen at once here, and by caches within a minute.
    agrees(bob, ShownTo.STAFF)
    assert "For all" not in client.get(PAGE).content.decode()


def test_it_knows_nobody_and_sets_no_cookie(client, missed_monday, on, ann):
    client.force_login(ann)
    client.cookies["django_language"] = "zh-hans"
    for path in (PAGE, PAGE + "?language=zh-hans"):
        answer = client.get(path)
        assert not answer.cookies
        assert (answer["Vary"], answer["Cache-Control"]) == (
            "Accept-Language, Accept-Encoding", "public, max-age=60",
        )  # fmt: skip
        assert "Ann" not in answer.content.decode()
        assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert 'lang="en"' in client.get(PAGE).content.decode()


def test_it_follows_the_browsers_language(client, missed_monday, on):
    make_story("For all")
    chinese = client.get(PAGE, headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert 'lang="zh-Hans"' in chinese.content.decode()
    assert "zh For all" in chinese.content.decode()
    english = client.get(PAGE, headers={"accept-language": "en"})
    assert chinese["ETag"] != english["ETag"]


def test_it_is_asked_for_again_for_nothing(client, missed_monday, on):
    first = client.get(PAGE)
    again = client.get(PAGE, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "public, max-age=60")
    assert not again.cookies
    make_voice("You keep your word.", shown_to=ShownTo.PUBLIC)
    assert client.get(PAGE, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_its_html_is_made_once(client, missed_monday, on, monkeypatch):
    first = client.get(PAGE).content
    monkeypatch.setattr("cms.services.public.render_to_string", None)
    assert client.get(PAGE).content == first


def test_it_costs_the_same_however_much_was_posted(client, pool, goals, system, on):
    def post_closed():
        for day in DayVerdict.objects.values_list("date", flat=True).distinct():
            post_day(day, now=WEDNESDAY_MORNING)

    def cost() -> int:
        client.get(PAGE)
        return queries_of(client, PAGE)

    close_days(system, 1, before=date(2026, 2, 21))
    post_closed()
    make_story("One", image=make_image(), image_text="x")
    make_voice("One", shown_to=ShownTo.PUBLIC)
    one = cost()
    close_days(system, 5)
    post_closed()
    for number in range(4):
        make_story(f"Story {number}", image=make_image(), image_text="x")
        make_voice(f"Voice {number}", shown_to=ShownTo.PUBLIC)
    assert cost() == one


def test_days_that_are_not_posted_are_not_counted(missed_monday, on):
    def counted() -> tuple:
        face = public_face(language="en", on=MONDAY + timedelta(days=2))
        return face["board"] and face["board"]["date"], face.get("year")

    assert counted() == ("2026-03-02", {"name": 2026, "hit": 0, "days": 1})
    page = ResultsPage.objects.get()
    closed = PageViewRestriction.objects.create(
        page=page, restriction_type="password", password="x"
    )
    assert counted() == (None, None)
    closed.delete()
    page.unpublish()
    assert counted() == (None, None)


def test_without_a_posted_day_it_says_so(client, on):
    assert "No day has been posted yet." in text(client.get(PAGE))


def test_words_are_text_and_never_markup(client, missed_monday, on):
    evil = "<script>alert(1)</script>"
    make_story(evil, at=TUESDAY_NOON)
    make_voice(evil, shown_to=ShownTo.PUBLIC, said_by=evil)
    assert "<script>" not in client.get(PAGE).content.decode()
