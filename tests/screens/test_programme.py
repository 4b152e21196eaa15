"""What stands on a screen, and why: emergency, scheduled, its own, the name of the house."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from people.models import Site, WorkingWeek
from people.rules import BEGINNING
from screens.models import Emergency, EmergencyText, Playlist, Screen, Showing
from screens.rules.dayparts import NotNow
from screens.services.building import loop_of
from screens.services.keeping import KeepingRefused, remove_screen
from screens.services.playlists import first_playlist
from screens.services.programme import Because, Content, Passed
from tests.screens.conftest import put_live

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def on(screen, *, now=NOON):
    return Content(now=now).programme_of(Screen.objects.get(pk=screen.pk))


def scheduled(name, *screens, **fields):
    playlist = put_live(name, "pool")
    showing = Showing.objects.create(playlist=playlist, **fields)
    showing.screens.set(screens)
    showing.save()
    return playlist


def declared(*screens, **fields) -> Emergency:
    words = {"title": "Leave the building", "text": "By the stairs."}
    emergency = Emergency(**{"live": True, **words, **fields})
    emergency.screens = screens
    emergency.save()
    return emergency


def test_a_screen_shows_its_own_playlist(hall, playlist):
    found = on(hall)
    assert (found.because, found.playlist) == (Because.OWN, playlist)


def test_a_draft_is_shown_nowhere(hall, playlist):
    playlist.live = False
    playlist.save()
    assert on(hall).because == Because.NOTHING_ELSE


def test_what_is_scheduled_takes_the_place_of_its_own(hall):
    lunch = scheduled("Lunch", from_time=time(11), until_time=time(14))
    found = on(hall)
    assert (found.because, found.playlist) == (Because.SCHEDULED, lunch)
    assert on(hall, now=NOON + timedelta(hours=3)).because == Because.OWN


def test_a_part_of_the_day_is_that_of_the_screens_site(hall, root, playlist):
    tokyo = Site.objects.create(code="TYO", name="Tokyo", time_zone="Asia/Tokyo")
    WorkingWeek.objects.create(site=tokyo, from_date=BEGINNING, working_days="Mon-Fri")
    far = Screen.objects.create(name="Far", site=tokyo, playlist=playlist, made_by=root)
    scheduled("Evening", from_time=time(20), until_time=time(22))
    assert on(far).because == Because.SCHEDULED
    assert on(hall).because == Because.OWN


def test_chosen_screens_only(hall, root, playlist):
    other = Screen.objects.create(name="Other", playlist=playlist, made_by=root)
    scheduled("Guests", other)
    assert on(other).because == Because.SCHEDULED
    found = on(hall)
    assert found.because == Because.OWN
    assert [each.why_not for each in found.considered] == [Passed.OTHER_SCREENS, None]


def test_of_two_that_hold_the_newer_is_shown_and_the_other_says_why_not(hall):
    scheduled("Older")
    newer = scheduled("Newer")
    scheduled("Tomorrow", first_day=date(2026, 3, 5))
    found = on(hall)
    assert found.playlist == newer
    assert [(each.playlist.name, each.why_not) for each in found.considered] == [
        ("Tomorrow", NotNow.NOT_YET), ("Newer", None), ("Older", Passed.OUTRANKED),
        ("Own", Passed.OUTRANKED),
    ]  # fmt: skip


def test_an_emergency_takes_the_place_of_everything(hall):
    scheduled("Always")
    emergency = declared()
    found = on(hall)
    assert (found.because, found.emergency, found.playlist) == (
        Because.EMERGENCY, emergency, None,
    )  # fmt: skip
    [slide] = loop_of(found, now=NOON).slides
    assert slide["kind"] == "emergency"
    assert "Leave the building" in slide["html"]


def test_an_emergency_speaks_the_screens_languages(hall):
    hall.languages = "zh-hans,en"
    hall.save()
    emergency = declared()
    EmergencyText.objects.create(emergency=emergency, language="zh-hans", title="请离开大楼")
    chinese, english = loop_of(on(hall), now=NOON).slides
    assert "请离开大楼" in chinese["html"]
    assert "Leave the building" in english["html"]


def test_an_emergency_ends_by_itself_and_is_on_chosen_screens_only(hall, root, playlist):
    other = Screen.objects.create(name="Other", playlist=playlist, made_by=root)
    declared(other, ends_at=NOON + timedelta(minutes=1))
    assert on(other).because == Because.EMERGENCY
    assert on(hall).because == Because.OWN
    assert on(other, now=NOON + timedelta(minutes=1)).because == Because.OWN


def test_without_anything_the_house_shows_its_name(hall):
    Screen.objects.update(playlist=None)
    found = on(hall)
    assert found.because == Because.NOTHING_ELSE
    assert [each["kind"] for each in loop_of(found, now=NOON).slides] == ["brand"]


def test_screens_that_are_alike_share_their_bytes_and_others_do_not(hall, root, playlist, claims):
    def another(name, **fields):
        return Screen.objects.create(
            name=name, made_by=root, **{"site": hall.site, "playlist": playlist, **fields}
        )

    same = another("Same", place="elsewhere", orientation="portrait")
    assert on(same).key == on(hall).key
    others = [
        another("Public", audience="public"),
        another("Department", audience="department", department=claims),
        another("Chinese", languages="zh-hans"),
        another("Guests", playlist=put_live("Guests", "pool")),
    ]
    assert len({on(each).key for each in [hall, *others]}) == 5


def test_a_broken_slide_takes_no_other_with_it(hall, monkeypatch, caplog):
    from screens.slides.brand import BrandSlide
    from screens.slides.pool import PoolSlide

    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(PoolSlide, "facts", broken)
    monkeypatch.setattr("screens.slides.board.BoardSlide.facts", BrandSlide.facts)
    monkeypatch.setattr("screens.slides.board.BoardSlide.rendered", lambda *_args: "<p>board</p>")
    loop = loop_of(on(hall), now=NOON)
    assert [each["kind"] for each in loop.slides] == ["board"]
    assert [(each.number, each.why) for each in loop.left_out] == [
        (2, "It is broken; the log says where.")
    ]
    assert "is broken" in caplog.text


def test_the_same_facts_give_the_same_bytes(hall):
    assert (
        loop_of(on(hall), now=NOON).canonical() == loop_of(on(hall), now=timezone.now()).canonical()
    )


def test_a_screen_that_was_the_only_one_chosen_is_not_removed_beneath_its_playlist(hall, root):
    """Nothing chosen means all of them: the others would show it."""
    waiting = Screen.objects.create(name="Waiting", made_by=root)
    playlist = scheduled("Guests", waiting)
    with pytest.raises(KeepingRefused, match="take it out there first"):
        remove_screen(waiting, by=root)
    assert on(hall).because == Because.OWN
    playlist.showings.all()[0].delete()
    emergency = declared(waiting)
    with pytest.raises(KeepingRefused):
        remove_screen(waiting, by=root)
    emergency.delete()
    remove_screen(waiting, by=root)
    assert not Screen.objects.filter(name="Waiting").exists()


@pytest.mark.parametrize("written", ["emergency", "playlist"])
def test_a_screen_that_a_draft_has_chosen_is_not_removed_either(hall, root, written):
    waiting = Screen.objects.create(name="Waiting", made_by=root)
    if written == "emergency":
        draft = declared(live=False)
        draft.screens = [waiting]
    else:
        draft = put_live("Guests", "pool")
        showing = Showing(from_time=time(11), until_time=time(14))
        showing.screens = [waiting]
        draft.showings = [showing]
    draft.save_revision()
    with pytest.raises(KeepingRefused, match="take it out there first"):
        remove_screen(waiting, by=root)
    draft.delete()
    remove_screen(waiting, by=root)


def test_the_first_playlist_shows_the_day_and_what_goes_with_it(db):
    Playlist.objects.all().delete()
    kinds = [slide.block_type for slide in first_playlist().slides]
    assert kinds == ["board", "pool", "wall", "acting", "story"]
    assert first_playlist() is None
