"""You said, we did: the page everybody reads, the editor's words around it, the slide of it."""

import json

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone, translation
from wagtail.models import Page

from cms.models import ActionsPage, HomePage
from cms.rights import give_rights
from cms.services.acting import actions_page, slide
from people.services.roles import follow_roles
from surveys.services.acting import Progress, publish, tell_progress
from tests.recognition.test_award_views import text
from tests.scene import edna  # noqa: F401
from tests.surveys.acted import DID, DUE, NOW, SAID, TODAY, done, focused, planned
from tests.surveys.conftest import level, poll, release, released  # noqa: F401

pytestmark = pytest.mark.django_db
PAGE = "/you-said-we-did/"


@pytest.fixture(autouse=True)
def a_week_after_the_release(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def area(released, dee):
    return focused(released, by=dee, names={"zh-hans": "会议更短"})


def published(action, *, by):
    return publish(action, is_published=True, by=by, now=NOW)


def test_the_page_is_made_once_below_the_home_page():
    page = ActionsPage.objects.get()
    assert (page.get_parent().specific, page.live, page.get_url()) == (
        HomePage.objects.get(), True, PAGE,
    )  # fmt: skip
    assert actions_page() == page
    assert ActionsPage.objects.count() == 1
    page.delete()
    assert actions_page().get_url() == PAGE


def test_it_tells_what_is_published_with_state_and_day(client, area, dee, ann, cas, claims):
    for action in (
        done(area, by=dee, owner=ann),
        planned(area, by=dee, owner=ann, said="It is loud.", did="We ask around.", state="begun"),
        planned(area, by=dee, owner=ann, said="A sauna!", did="Too dear.", state="dropped"),
        planned(focused(area.wave, by=dee, name="Rosters", department=claims), by=dee, owner=ann),
    ):
        published(action, by=dee)
    planned(area, by=dee, owner=ann, said="Not for all yet")
    client.force_login(cas)
    page = text(client.get(PAGE))
    told = page[page.index("After the poll") : page.index("Rosters")]
    assert told.split("You said")[1:] == [
        f" {SAID} We did {DID} ✓ done Wed 8 Apr 2026 ",
        " It is loud. So far We ask around. begun due Fri 8 May 2026 ",
        " A sauna! Why we do not do it Too dear. dropped ",
    ]
    assert told.startswith("After the poll “How is it going?” Shorter meetings For the company")
    assert f"Rosters For Claims You said {SAID} planned due Fri 8 May 2026" in page
    assert "Not for all yet" not in page


def test_it_names_no_owner(client, area, dee, ann, cas):
    published(done(area, by=dee, owner=ann), by=dee)
    client.force_login(cas)
    page = client.get(PAGE).content.decode()
    assert SAID in page
    assert "Ann" not in page
    assert "Dee" not in page


def test_it_follows_what_becomes_of_actions(client, area, dee, ann, cas):
    action = published(planned(area, by=dee, owner=ann), by=dee)
    client.force_login(cas)
    assert "planned" in text(client.get(PAGE))
    tell_progress(action, Progress("done", DID, TODAY), dids={}, by=ann, now=NOW)
    assert DID in text(client.get(PAGE))
    publish(action, is_published=False, by=dee, now=NOW)
    assert "Nothing is published yet." in text(client.get(PAGE))


def test_a_draft_published_late_brings_nothing_old_back(client, area, dee, ann, cas):
    page = ActionsPage.objects.get()
    action = published(planned(area, by=dee, owner=ann, said="Old words"), by=dee)
    page.intro = "<p>Thank you.</p>"
    draft = page.save_revision()
    type(action).objects.update(said="New words")
    draft.publish()
    client.force_login(cas)
    shown = text(client.get(PAGE))
    assert "Thank you." in shown
    assert "New words" in shown
    assert "Old words" not in shown


def test_it_is_in_the_readers_language(client, area, dee, ann, cas):
    texts = {"zh-hans": {"said": "会议太长", "did": "会议半小时"}}
    published(done(area, by=dee, owner=ann, texts=texts), by=dee)
    client.force_login(cas)
    client.cookies["django_language"] = "zh-hans"
    shown = text(client.get(PAGE))
    for said in ("会议更短", "会议太长", "会议半小时"):
        assert said in shown
    assert SAID not in shown


def test_strangers_are_asked_to_sign_in(client, area):
    assert client.get(PAGE).url == f"/sign-in/?next={PAGE}"
    # And so they are by Wagtail, where an editor has moved it.
    page = ActionsPage.objects.get()
    page.slug = "done"
    page.save()
    give_rights()
    assert client.get("/done/").status_code == 302


def test_a_page_that_an_editor_took_down_is_down(client, cas):
    ActionsPage.objects.get().unpublish()
    client.force_login(cas)
    assert client.get(PAGE).status_code == 404


def test_editors_write_around_the_actions_and_not_into_them(client, edna, area, dee, ann):
    give_rights()
    follow_roles(edna)
    published(done(area, by=dee, owner=ann), by=dee)
    page = ActionsPage.objects.get()
    client.force_login(edna)
    form = client.get(f"/cms/pages/{page.pk}/edit/")
    assert form.status_code == 200
    assert SAID not in form.content.decode().split('id="tab-content"')[0]
    words = json.dumps({"blocks": [{"key": "a", "text": "Thank you all.", "type": "unstyled",
                                    "depth": 0, "inlineStyleRanges": [], "entityRanges": []}],
                        "entityMap": {}})  # fmt: skip
    posted = {"title": page.title, "slug": page.slug, "intro": words, "ending": words,
              "action-publish": "action-publish"}  # fmt: skip
    assert client.post(f"/cms/pages/{page.pk}/edit/", posted).status_code == 302
    shown = text(client.get(PAGE))
    assert shown.count("Thank you all.") == 2
    assert SAID in shown
    # There is one such page, and nobody makes a second.
    home = HomePage.objects.get()
    assert client.get(f"/cms/pages/add/cms/actionspage/{home.pk}/").status_code in (302, 403)


def test_wagtail_previews_it_with_its_actions(area, dee, ann):
    published(done(area, by=dee, owner=ann), by=dee)
    request = RequestFactory().get(PAGE)
    page = Page.objects.get(slug="you-said-we-did").specific
    [(wave, [(found, [action])])] = page.get_context(request)["polls"]
    assert (wave, found, action.said) == (area.wave, area, SAID)


def test_the_newest_poll_stands_first(released, area, dee, ann):
    earlier = type(released).objects.create(
        code="2025", name="Last year", state="released", policy_digest="0" * 64, made_by=dee,
        opens_at=released.opens_at.replace(year=2025),
        closes_at=released.closes_at.replace(year=2025),
    )  # fmt: skip
    for wave in (earlier, released):
        published(planned(focused(wave, by=dee), by=dee, owner=ann), by=dee)
    polls = ActionsPage.objects.get().get_context(RequestFactory().get(PAGE))["polls"]
    assert [wave for wave, _areas in polls] == [released, earlier]


def test_the_slide_is_plain_data_in_a_language(area, dee, ann):
    texts = {"zh-hans": {"said": "会议太长", "did": "会议半小时"}}
    long = "We have asked every team to look at all of its meetings, one after another, and to end"
    published(done(area, by=dee, owner=ann, texts=texts), by=dee)
    earlier = TODAY.replace(day=1)
    published(done(area, by=dee, owner=ann, said="It is loud.", did=long, on=earlier), by=dee)
    published(planned(area, by=dee, owner=ann, said="Only planned"), by=dee)
    done(area, by=dee, owner=ann, said="Not published")
    english = slide("en")
    assert english == {
        "kind": "you-said-we-did", "language": "en", "title": "You said, we did",
        "date": "2026-04-08",
        "pairs": [
            {"said": SAID, "did": DID},
            {"said": "It is loud.",
             "did": "We have asked every team to look at all of its meetings, one after another…"},
        ],
    }  # fmt: skip
    assert json.loads(json.dumps(english)) == english
    assert slide("zh-hans")["pairs"][0] == {"said": "会议太长", "did": "会议半小时"}
    assert slide("zh-hans")["language"] == "zh-hans"
    with translation.override("zh-hans"):
        assert slide("en") == english, "whatever the language of the moment"
    assert slide("en", most=1)["pairs"] == english["pairs"][:1]


def test_without_anything_done_there_is_no_slide(area, dee, ann):
    published(planned(area, by=dee, owner=ann, did="Soon.", due_on=DUE), by=dee)
    assert slide("en") is None


def test_the_slide_asks_the_database_once(area, dee, ann, django_assert_num_queries):
    for _each in range(5):
        published(done(area, by=dee, owner=ann), by=dee)
    with django_assert_num_queries(1, connection=connection):
        assert len(slide("en")["pairs"]) == 3
