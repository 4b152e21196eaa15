"""Stories: written by editors, shown as far as those in them agree, in the reader's language."""

import json
from datetime import timedelta
from itertools import product

import pytest
from wagtail.models import Page

from cms.models import AnnouncementPage, HomePage, StoryIndexPage, StoryPage
from cms.rights import give_rights
from cms.services.announcing import announcements_for
from cms.services.stories import delete_stories_about, missing_consents, stories_for, story_index
from people.models import Consent, ShownTo
from people.services.consents import consents_of
from people.services.policies import set_policy
from people.services.roles import follow_roles
from tests.cms.written import AT, agrees, announce, make_image, make_story
from tests.conftest import MONDAY
from tests.incentives.test_day_view import queries_of
from tests.recognition.test_award_views import text
from tests.scene import edna  # noqa: F401

pytestmark = pytest.mark.django_db
STAFF, PUBLIC, TEAM = ShownTo.STAFF, ShownTo.PUBLIC, ShownTo.TEAM


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def titles(audience: ShownTo = STAFF) -> list[str]:
    return [each["title"] for each in stories_for(audience, language="en", most=9)]


def test_the_page_above_is_made_once_below_the_home_page():
    page = StoryIndexPage.objects.get()
    assert (page.get_parent().specific, page.live, page.get_url()) == (
        HomePage.objects.get(), True, "/stories/",
    )  # fmt: skip
    assert story_index() == page
    page.delete()
    assert story_index().get_url() == "/stories/"


def test_a_story_is_read_where_everybody_in_it_agrees(client, ann, bob, cas):
    make_story("The parcel", ann, bob)
    agrees(ann, STAFF)
    client.force_login(cas)
    page = client.get("/stories/the-parcel/")
    assert page.status_code == 200
    assert "This story is not shown" in text(page)
    assert "All of it." not in text(page)
    assert "The parcel" not in page.content.decode()
    assert "The parcel" not in text(client.get("/stories/"))
    agrees(bob, STAFF)
    assert "All of it." in text(client.get("/stories/the-parcel/"))
    assert "The parcel" in text(client.get("/stories/"))
    agrees(ann, TEAM)
    assert "All of it." not in text(client.get("/stories/the-parcel/"))


def test_a_story_about_nobody_is_everybodys(ann):
    make_story("A fair")
    assert (titles(STAFF), titles(PUBLIC)) == (["A fair"], ["A fair"])


def test_the_picture_waits_for_everybodys_photo(client, ann, bob, cas):
    make_story("The parcel", ann, bob, image=make_image(), image_text="A parcel")
    agrees(ann, PUBLIC, STAFF)
    agrees(bob, PUBLIC)
    client.force_login(cas)
    assert "<img" not in client.get("/stories/the-parcel/").content.decode().split("<main")[1]
    assert stories_for(STAFF, language="en", most=1)[0]["image"] == ""
    agrees(bob, PUBLIC, STAFF)
    shown = client.get("/stories/the-parcel/").content.decode()
    assert 'alt="A parcel"' in shown
    [told] = stories_for(STAFF, language="en", most=1)
    assert told["image"].endswith(".fill-1280x720.jpg")
    assert told["image_text"] == "A parcel"
    [told] = stories_for(PUBLIC, language="en", most=1)
    assert (told["image"], told["image_text"]) == ("", "")


def test_who_has_said_nothing_follows_the_companys_rule(ann, system):
    make_story("The parcel", ann)
    assert titles() == []
    set_policy("names_shown", "staff", from_date=MONDAY, reason="open", by=system)
    assert titles() == ["The parcel"]
    assert titles(PUBLIC) == []


@pytest.mark.parametrize("default", ["nobody", "staff"])
def test_the_statement_says_what_consents_say(ann, system, default):
    """Held equal to people.services.consents.consents_of, whatever somebody said."""
    set_policy("names_shown", default, from_date=MONDAY, reason="open", by=system)
    story = make_story("The parcel", ann)
    said = [None, *product(ShownTo, ShownTo)]
    for given, audience in product([g for g in said if not g or g[1] <= g[0]], (STAFF, PUBLIC)):
        Consent.objects.filter(employee=ann.employee).delete()
        if given:
            Consent.objects.create(
                employee=ann.employee, names=given[0], photo=given[1], given_at=AT
            )
        agreed = consents_of([ann.employee.pk])[ann.employee.pk]
        found = StoryPage.objects.agreed_for(audience).filter(pk=story.pk).first()
        assert (found is not None) == (agreed.names >= audience), (given, audience)
        if found:
            assert found.pictured == (agreed.photo >= audience)


def test_erased_people_are_shown_to_nobody_and_their_stories_go(ann, bob):
    make_story("The parcel", ann, bob)
    other = make_story("The fair", bob)
    for each in (ann, bob):
        agrees(each, STAFF)
    assert set(titles()) == {"The parcel", "The fair"}
    type(ann.employee).objects.filter(pk=ann.employee.pk).update(erased_at=AT)
    assert titles() == ["The fair"]
    assert delete_stories_about(ann.employee) == 1
    assert list(StoryPage.objects.all()) == [other]


def test_screens_are_told_plain_values(ann):
    make_story("Old", at=AT - timedelta(days=3))
    story = make_story("The parcel", ann)
    make_story("A draft", live=False)
    agrees(ann, STAFF)
    told = stories_for(TEAM, language="zh-hans", most=1)
    assert told == [
        {"id": story.pk, "title": "zh The parcel", "summary": "中文", "published_on": "2026-03-02",
         "image": "", "image_file": "", "image_text": "", "personal": True,
         "people": [ann.employee.pk]}
    ]  # fmt: skip
    assert json.loads(json.dumps(told)) == told
    assert [each["personal"] for each in stories_for(PUBLIC, language="en", most=5)] == [False]
    with pytest.raises(ValueError, match="nobody"):
        stories_for(ShownTo.NOBODY, language="en", most=5)


def test_screens_are_told_announcements(django_assert_num_queries):
    first = announce("Closed on Friday")
    announce("Older", at=AT - timedelta(days=1))
    announce("A draft", live=False)
    with django_assert_num_queries(2):
        told = announcements_for(language="en", most=5)
    assert [each["title"] for each in told] == ["Closed on Friday", "Older"]
    assert announcements_for(language="zh-hans", most=1) == [
        {"id": first.pk, "title": "zh Closed on Friday", "summary": "Closed on Friday in short.",
         "published_on": "2026-03-02"}
    ]  # fmt: skip


def test_pages_are_in_the_readers_language(client, ann):
    make_story("The parcel")
    announce("Closed on Friday")
    client.force_login(ann)
    client.cookies["django_language"] = "zh-hans"
    for path in ("/stories/", "/stories/the-parcel/", "/announcements/", "/"):
        shown = text(client.get(path))
        assert "zh" in shown
    assert "中文" in text(client.get("/stories/the-parcel/"))
    # What is not translated stands there as it is.
    assert "All of it." in text(client.get("/stories/the-parcel/"))
    assert "zh Closed on Friday" in text(client.get("/announcements/closed-on-friday/"))


def test_a_list_of_stories_costs_the_same_however_many(client, ann, bob):
    def fill(*numbers):
        for number in numbers:
            make_story(f"Story {number}", ann, image=make_image(), image_text="x")

    agrees(ann, STAFF, STAFF)
    client.force_login(bob)
    fill(1)
    client.get("/stories/")
    one = queries_of(client, "/stories/")
    fill(2, 3, 4, 5)
    client.get("/stories/")
    assert queries_of(client, "/stories/") == one


@pytest.fixture
def as_edna(client, edna):
    give_rights()
    follow_roles(edna)
    client.force_login(edna)
    return client


def draftail(words: str) -> str:
    block = {"key": "a", "text": words, "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
             "entityRanges": []}  # fmt: skip
    return json.dumps({"blocks": [block], "entityMap": {}})


def posted(*about, texts=(), **more) -> dict:
    """What Wagtail's form of a story sends."""
    form = {"title": "The parcel", "slug": "the-parcel", "summary": "Short.", "image_text": "",
            "body": draftail("All of it."), "action-publish": "1", **more}  # fmt: skip
    for name, rows in (("about", [{"employee": p.employee.pk} for p in about]), ("texts", texts)):
        form |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0,
                 f"{name}-MIN_NUM_FORMS": 0, f"{name}-MAX_NUM_FORMS": 99}  # fmt: skip
        for number, row in enumerate(rows):
            form |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return form


def add(client, form: dict, *, follow: bool = True):
    return client.post(f"/cms/pages/add/cms/storypage/{story_index().pk}/", form, follow=follow)


def test_an_editor_writes_a_story_and_is_told_whose_consent_is_missing(as_edna, ann, bob):
    agrees(bob, STAFF)
    said = text(add(as_edna, posted(ann, bob)))
    assert "Ann did not agree to be named" in said
    story = StoryPage.objects.get()
    assert (story.live, [each.employee.name for each in story.about.all()]) == (
        True, ["Ann", "Bob"],
    )  # fmt: skip
    assert titles() == []
    agrees(ann, STAFF)
    assert titles() == ["The parcel"]


def test_an_editor_is_told_of_photos_too(as_edna, ann):
    agrees(ann, STAFF)
    image = make_image()
    said = text(add(as_edna, posted(ann, image=image.pk, image_text="Ann with a parcel")))
    assert "The picture is not shown yet: Ann" in said
    agrees(ann, STAFF, STAFF)
    assert missing_consents(StoryPage.objects.get()) == ([], [])


def test_a_picture_wants_words_for_those_who_do_not_see_it(as_edna):
    said = text(add(as_edna, posted(image=make_image().pk)))
    assert "Say what the picture shows" in said
    assert not StoryPage.objects.exists()


def test_a_language_is_written_once(as_edna):
    once = {"language": "zh-hans", "title": "包裹", "summary": "", "image_text": "",
            "body": draftail("")}  # fmt: skip
    add(as_edna, posted(texts=[once, once]))
    assert not StoryPage.objects.exists()
    add(as_edna, posted(texts=[once]))
    assert StoryPage.objects.get().told_in("zh-hans").title == "包裹"


def test_saving_by_itself_says_nothing(as_edna, ann):
    add(as_edna, posted(ann))
    page = StoryPage.objects.get()
    form = posted(ann)
    del form["action-publish"]
    as_edna.get("/cms/")
    as_edna.post(f"/cms/pages/{page.pk}/edit/", form, headers={"accept": "application/json"})
    assert "did not agree" not in text(as_edna.get("/cms/"))


def test_whoever_writes_sees_the_preview_in_full(as_edna, ann):
    add(as_edna, posted(ann))
    page = StoryPage.objects.get()
    assert "All of it." in text(as_edna.get(f"/cms/pages/{page.pk}/view_draft/"))


def test_colleagues_are_found_by_any_part_of_the_name(as_edna, ann, bob):
    def found(query: str) -> str:
        return as_edna.get("/cms/colleague_chooser/results/" + query).content.decode()

    assert "Ann" in found("")
    assert "Ann" in found("?q=nn")
    assert "Ann" not in found("?q=bob")
    type(ann.employee).objects.filter(pk=ann.employee.pk).update(left_on="2020-01-01")
    assert "Ann" not in found("")


def test_an_announcement_in_two_languages_is_published_in_wagtail(as_edna):
    above = AnnouncementPage.objects.first() or announce("First")
    texts = [{"language": "zh-hans", "title": "周五休息", "summary": "", "body": draftail("")}]
    form = posted(texts=texts) | {"title": "Closed", "slug": "closed"}
    parent = Page.objects.get(pk=above.get_parent().pk)
    as_edna.post(f"/cms/pages/add/cms/announcementpage/{parent.pk}/", form)
    assert announcements_for(language="zh-hans", most=1)[0]["title"] == "周五休息"
