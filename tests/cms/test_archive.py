"""The archive of results by month, the search, and the feed."""

import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest
from wagtail.models import PageViewRestriction

from cms.models import ActionsPage, DaySnapshot, ResultsPage, ResultsText, StoryPage
from cms.services.announcing import announcements_for
from cms.services.posting import post_day, results_index
from cms.services.stories import stories_for
from incentives.models import DayVerdict
from people.models import ShownTo
from recognition.services.feeds import make_feed
from surveys.services.acting import publish
from tests.cms.written import agrees, announce, make_story
from tests.conftest import MONDAY
from tests.incentives.test_day_view import close_days, queries_of
from tests.recognition.test_award_views import text
from tests.scene import WEDNESDAY_MORNING, missed_monday, pool, wednesday  # noqa: F401
from tests.surveys.acted import NOW, done, focused
from tests.surveys.conftest import level, poll, release, released  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def post_closed() -> None:
    for day in DayVerdict.objects.values_list("date", flat=True).distinct():
        post_day(day, now=WEDNESDAY_MORNING)


def posted_on(*days: date) -> None:
    """Pages of days without figures."""
    for day in days:
        page = ResultsPage(date=day, title=str(day), slug=str(day))
        results_index().add_child(instance=page)


def write(page: ResultsPage, headline: str, body: str = "", **chinese) -> None:
    page.headline, page.body = headline, body
    if chinese:
        page.texts.add(ResultsText(language="zh-hans", **chinese))
    page.save_revision().publish()


def test_the_archive_opens_with_the_newest_month(as_ann, missed_monday):
    posted_on(date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 5))
    write(ResultsPage.objects.get(date=MONDAY), "A long wait")
    page = text(as_ann.get("/results/"))
    assert "March 2026 Mon 2 Mar 2026 ✗ not hit A long wait" in page
    assert "2026 March 2026 January 2026 2025 December 2025" in page
    assert "31 Dec" not in page
    page = text(as_ann.get("/results/?month=2025-12"))
    assert page.index("Wed 31 Dec 2025") < page.index("Tue 30 Dec 2025")
    assert "2 Mar" not in page


@pytest.mark.parametrize("month", ["2025-11", "2025-13", "x", "2025-12-01", "\x00", "٢٠٢٥-١٢"])
def test_a_month_without_days_is_not_there(as_ann, missed_monday, month):
    assert as_ann.get("/results/", {"month": month}).status_code == 404


def test_the_archive_costs_the_same_however_many_days(as_ann, pool, goals, system):
    close_days(system, 1, before=date(2026, 2, 21))
    post_closed()
    queries_of(as_ann, "/results/")
    one = queries_of(as_ann, "/results/")
    close_days(system, 5)
    post_closed()
    posted_on(date(2025, 12, 30), date(2024, 12, 31))
    queries_of(as_ann, "/results/")
    assert queries_of(as_ann, "/results/") == one


def found(client, said: str) -> str:
    page = text(client.get("/search/", {"q": said}))
    return page[page.index("Search Words") :] if "Search Words" in page else page


def test_all_kinds_are_found(as_ann, missed_monday, released, dee, ann):
    write(ResultsPage.objects.get(), "The lift was broken", "<p>We <b>walked</b> the stairs.</p>")
    make_story("The parcel in the lift")
    announce("The lift works again")
    action = done(focused(released, by=dee), by=dee, owner=ann, said="The lift is slow.")
    publish(action, is_published=True, by=dee, now=NOW)
    page = found(as_ann, "LIFT")
    kinds = (
        "Results The lift was broken", "Stories The parcel in the lift",
        "Announcements The lift works again", "You said, we did The lift is slow.",
    )  # fmt: skip
    for kind in kinds:
        assert kind in page
    # Each of the words, anywhere in it; and never a tag of the text.
    assert "The lift was broken We walked the stairs." in found(as_ann, "stairs lift")
    assert "Nothing was found" in found(as_ann, "stairs parcel")
    assert "Nothing was found" in found(as_ann, "<b>")
    assert "Looks through results" in text(as_ann.get("/search/"))


def test_the_search_reads_the_readers_language(as_ann, missed_monday):
    write(ResultsPage.objects.get(), "A long wait", title="电梯坏了每个客户都等", body="")
    assert "Nothing was found" in found(as_ann, "客户")
    as_ann.cookies["django_language"] = "zh-hans"
    assert "电梯坏了" in as_ann.get("/search/", {"q": "客户"}).content.decode()
    assert "电梯坏了" not in as_ann.get("/search/", {"q": "long wait"}).content.decode()


def test_the_search_finds_only_what_its_reader_may_read(as_ann, ann, bob):
    make_story("The parcel", bob)
    make_story("A draft parcel", live=False)
    announce("A draft parcel too", live=False)
    assert "Nothing was found" in found(as_ann, "parcel")
    agrees(bob, ShownTo.STAFF)
    assert "The parcel" in found(as_ann, "parcel")
    ActionsPage.objects.get().unpublish()
    assert "Nothing was found" in found(as_ann, "you said")


def test_what_is_closed_to_most_is_in_no_list(as_ann, ann, client):
    """An editor may close a page to a group or by a password; a list can't ask for it."""
    story, page = make_story("The parcel"), announce("The parcel is here")
    secret = make_feed(ann, now=WEDNESDAY_MORNING)
    lists = ("/stories/", "/announcements/", "/", f"/news/feed/{secret}.xml", "/search/?q=the")
    shown = [path for path in lists if b"The parcel" in as_ann.get(path).content]
    assert len(shown) == 5
    for each, kind in ((story, "password"), (page, "groups")):
        PageViewRestriction.objects.create(page=each, restriction_type=kind, password="x")
    assert [path for path in lists if b"The parcel" in as_ann.get(path).content] == []
    assert stories_for(ShownTo.STAFF, language="en", most=5) == []
    assert announcements_for(language="en", most=5) == []


@pytest.mark.parametrize("said", ["x" * 101, "\x00", "%", "_", "'", "\\", "  ", "{% url %}", "🦊"])
def test_a_strange_search_finds_nothing_and_breaks_nothing(as_ann, said):
    make_story("The parcel")
    assert as_ann.get("/search/", {"q": said}).status_code == 200
    assert "The parcel" not in as_ann.get("/search/", {"q": said}).content.decode()


def test_a_search_costs_the_same_however_much_it_finds(as_ann, pool, goals, system):
    def cost() -> int:
        queries_of(as_ann, "/search/?q=the")
        return queries_of(as_ann, "/search/?q=the")

    def fill(*numbers):
        for number in numbers:
            make_story(f"Parcel {number}")
            announce(f"Parcel {number}")

    fill(1)
    one = cost()
    fill(*range(2, 30))
    assert cost() == one
    page = text(as_ann.get("/search/?q=parcel"))
    assert page.count("There may be more.") == 2
    assert page.count("in short.") == 40


def entries(client, secret: str, **headers) -> list[tuple[str, str, str]]:
    answer = client.get(f"/news/feed/{secret}.xml", headers=headers)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = ElementTree.fromstring(answer.content)
    return [
        tuple(entry.find(ATOM + name).text for name in ("title", "summary", "id"))
        for entry in tree.findall(ATOM + "entry")
    ]


def test_the_feed_tells_results_and_stories(client, ann, bob, missed_monday, settings):
    settings.BASE_URL = "https://five.example.org"
    write(ResultsPage.objects.get(), "A long <wait>")
    make_story("The parcel")
    make_story("Not for all", bob)
    secret = make_feed(ann, now=WEDNESDAY_MORNING)
    told = entries(client, secret)
    assert [(title, address) for title, _summary, address in told] == [
        ("Monday 2 March 2026: A long <wait>", "https://five.example.org/results/2026-03-02/"),
        ("The parcel", "https://five.example.org/stories/the-parcel/"),
    ]
    assert told[0][1].startswith("3 of 4 goals met")
    assert "sessionid" not in client.cookies
    ann.employee.language = "zh-hans"
    ann.employee.save()
    assert entries(client, secret)[1][0] == "zh The parcel"


def test_the_feed_is_asked_for_again_for_nothing(client, ann, missed_monday):
    secret = make_feed(ann, now=WEDNESDAY_MORNING)
    first = client.get(f"/news/feed/{secret}.xml")
    again = client.get(f"/news/feed/{secret}.xml", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_story("The parcel")
    again = client.get(f"/news/feed/{secret}.xml", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert again["Cache-Control"] == "private, no-cache"


def test_the_feed_ends_with_the_walls(client, ann):
    secret = make_feed(ann, now=WEDNESDAY_MORNING)
    assert client.get(f"/news/feed/{'x' * 43}.xml").status_code == 404
    make_feed(ann, now=WEDNESDAY_MORNING)
    assert client.get(f"/news/feed/{secret}.xml").status_code == 404


def test_the_address_of_the_feed_is_told_with_the_walls(as_ann):
    page = as_ann.post("/account/feeds/make/").content.decode()
    assert "/news/feed/" in page
    assert "/wall/feed/" in page


def test_the_feed_costs_the_same_however_much_it_tells(client, ann, pool, goals, system):
    secret = make_feed(ann, now=WEDNESDAY_MORNING)
    path = f"/news/feed/{secret}.xml"

    def cost() -> int:
        client.get(path)
        return queries_of(client, path)

    close_days(system, 1, before=date(2026, 2, 21))
    post_closed()
    make_story("One")
    one = cost()
    close_days(system, 5)
    post_closed()
    for number in range(4):
        make_story(f"Story {number}")
    assert cost() == one
    assert DaySnapshot.objects.count() > StoryPage.objects.count() > 4
