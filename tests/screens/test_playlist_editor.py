"""Editors write playlists in Wagtail; an emergency needs a second person, and ends at once."""

import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from cms.rights import give_rights
from people.models import AuditEntry, Role
from screens.models import Emergency, Playlist, Screen, Showing
from screens.rights import give_rights as give_rights_on_playlists
from screens.services.programme import Content
from tests.conftest import make_person
from tests.screens.conftest import give_role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
HOME = "/cms/snippets/screens/playlist/"
EMERGENCIES = "/cms/snippets/screens/emergency/"


@pytest.fixture(autouse=True)
def _rights(db, monkeypatch):
    give_rights()
    give_rights_on_playlists()
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def editor(client, ann):
    give_role(ann, Role.EDITOR)
    client.force_login(ann)
    return client


def written(*slides: dict, name="Mornings", showing=None, **more) -> dict:
    """What Wagtail's form of a playlist sends."""
    fields = {
        "name": name, "slides-count": len(slides), "showings-INITIAL_FORMS": 0,
        "showings-MIN_NUM_FORMS": 0, "showings-MAX_NUM_FORMS": 1000,
        "showings-TOTAL_FORMS": 1 if showing is not None else 0,
        "action-publish": "action-publish",
    }  # fmt: skip
    for place, slide in enumerate(slides):
        fields |= {
            f"slides-{place}-deleted": "", f"slides-{place}-order": place,
            f"slides-{place}-id": "", f"slides-{place}-type": slide["type"],
            f"slides-{place}-value-seconds": slide.get("seconds", 15),
        }  # fmt: skip
        more |= {f"slides-{place}-value-{key}": value for key, value in slide.items()}
    for key, value in (showing or {}).items():
        fields[f"showings-0-{key}"] = value
    fields |= {"showings-0-id": "", "showings-0-ORDER": 1, "showings-0-DELETE": ""}
    return {**fields, **more}


BOARD, POOL = {"type": "board"}, {"type": "pool"}


def errors(response) -> str:
    return json.dumps([str(each) for each in response.context["form"].errors.values()]) + str(
        [formset.errors for formset in response.context["form"].formsets.values()]
    )


def test_an_editor_publishes_a_playlist(editor):
    response = editor.post(HOME + "add/", written(BOARD, POOL))
    assert response.status_code == 302
    playlist = Playlist.objects.get(name="Mornings")
    assert playlist.live
    assert [slide.block_type for slide in playlist.slides] == ["board", "pool"]


def test_a_draft_is_shown_on_no_screen(editor):
    said = written(BOARD, showing={"weekdays": ""})
    said.pop("action-publish")
    editor.post(HOME + "add/", said)
    assert "Mornings" not in [each.name for each in Content(now=NOW).playlists.values()]


def test_a_showing_takes_its_screens_along_when_it_is_published(editor, hall, root):
    other = Screen.objects.create(name="Stairs", made_by=root)
    showing = {"weekdays": "Mon-Fri", "from_time": "07:00", "until_time": "10:00"}
    editor.post(HOME + "add/", written(BOARD, showing={**showing, "screens": [hall.pk]}))
    found = Showing.objects.get()
    assert list(found.screens.all()) == [hall]
    content = Content(now=NOW)
    assert content.programme_of(hall).playlist.name == "Mornings"
    assert content.programme_of(other).playlist is None


@pytest.mark.parametrize(
    ("showing", "said"),
    [
        ({"weekdays": "weekend"}, "Write it like Mon-Fri or Mon-Thu,Sat."),
        (
            {"from_time": "10:00", "until_time": "10:00"},
            "It must be later than “begins at”, on the same day.",
        ),
        (
            {"first_day": "2026-03-05", "last_day": "2026-03-04"},
            "It must not be before the first day.",
        ),
    ],
)
def test_a_showing_that_cannot_be_is_refused_in_words(editor, showing, said):
    response = editor.post(HOME + "add/", written(BOARD, showing=showing))
    assert said in errors(response)
    assert not Playlist.objects.filter(name="Mornings").exists()


def test_an_editor_is_told_what_nobody_can_read(editor):
    from screens.services import glance

    wordy = {"type": "board", "seconds": 5}
    response = editor.post(HOME + "add/", written(wordy), follow=True)
    expected = glance.glance_warnings(Playlist.objects.get(name="Mornings").slides)
    told = [str(each) for each in response.context["messages"]]
    assert [each for each in expected if not any(each in message for message in told)] == []


def previewed(editor, said: dict, *, of: Screen) -> str:
    assert editor.post(HOME + "preview/", said).json() == {
        "is_valid": True, "is_available": True,
    }  # fmt: skip
    return editor.get(f"{HOME}preview/?mode={of.pk}").content.decode()


def test_a_preview_shows_what_is_written_as_a_screen_would(editor, hall):
    page = previewed(editor, written(BOARD), of=hall)
    assert "As Hall shows it" in page
    assert "1. Results by department: No day has been posted yet." in page
    assert not Playlist.objects.filter(name="Mornings").exists()


def test_each_screen_is_a_way_to_preview(editor, hall, root):
    Screen.objects.create(name="Stairs", made_by=root)
    page = editor.get(HOME + "add/").content.decode()
    assert "As Hall shows it" in page
    assert "As Stairs shows it" in page


def test_a_preview_of_a_screen_that_is_gone_is_not_found(editor, hall):
    editor.post(HOME + "preview/", written(BOARD))
    assert editor.get(HOME + "preview/?mode=999").status_code == 404


def fire(**more) -> dict:
    return {
        "title": "Fire in the canteen", "text": "Leave by the stairs.", "ends_at": "",
        "texts-TOTAL_FORMS": 1, "texts-INITIAL_FORMS": 0, "texts-MIN_NUM_FORMS": 0,
        "texts-MAX_NUM_FORMS": 9, "texts-0-id": "", "texts-0-language": "zh-hans",
        "texts-0-title": "食堂起火", "texts-0-text": "请走楼梯。", "texts-0-DELETE": "", **more,
    }  # fmt: skip


def test_nobody_publishes_an_emergency_alone(editor, root):
    editor.post(EMERGENCIES + "add/", fire(**{"action-publish": "action-publish"}))
    assert not Emergency.objects.filter(live=True).exists()
    editor.force_login(root)
    editor.post(EMERGENCIES + "add/", fire(**{"action-publish": "action-publish"}))
    assert not Emergency.objects.filter(live=True).exists()


def test_a_second_person_puts_an_emergency_on_the_screens(editor, claims, system):
    from wagtail.models import TaskState

    editor.post(EMERGENCIES + "add/", fire(**{"action-submit": "action-submit"}))
    emergency = Emergency.objects.get()
    emil = make_person("emil", claims, by=system)
    give_role(emil, Role.EDITOR)
    editor.force_login(emil)
    state = TaskState.objects.latest("pk")
    editor.post(f"{EMERGENCIES}workflow/action/{emergency.pk}/approve/{state.pk}/", {"comment": ""})
    emergency.refresh_from_db()
    assert emergency.live
    assert [text.title for text in emergency.texts.all()] == ["食堂起火"]


def test_any_editor_ends_an_emergency_with_one_click(editor):
    emergency = Emergency.objects.create(title="Fire", live=True)
    assert "End it now" in editor.get("/screens/").content.decode()
    editor.post(f"/screens/emergencies/{emergency.pk}/end/")
    emergency.refresh_from_db()
    assert not emergency.live
    assert AuditEntry.objects.get(action="end_emergency").before == {"title": "Fire"}
    editor.post(f"/screens/emergencies/{emergency.pk}/end/")
    assert AuditEntry.objects.filter(action="end_emergency").count() == 1


def test_a_colleague_without_the_role_writes_no_playlist(client, bob):
    client.force_login(bob)
    assert client.get(HOME, follow=True).status_code == 403
    assert client.post(HOME + "add/", written(BOARD), follow=True).status_code == 403
