"""Why is this, or is this not, on that screen now?"""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from people.models import Role
from screens.models import Emergency, Screen, Showing
from screens.services.explaining import why
from tests.scene import missed_monday, pool, wednesday  # noqa: F401
from tests.screens.conftest import give_role, put_live

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
"""A Wednesday."""


def asked(screen: Screen, *, now: datetime = NOW):
    return why(Screen.objects.get(pk=screen.pk), now=now)


def lines(answer) -> list[tuple[str, str, bool, str]]:
    return [(each.name, each.when, each.shown, each.why) for each in answer.playlists]


def scheduled(name: str, *kinds: str, **part):
    playlist = put_live(name, *kinds)
    playlist.showings.create(**part)
    playlist.save_revision().publish()
    return playlist


def test_its_own_playlist_is_shown_when_nothing_else_is_scheduled(hall):
    answer = asked(hall)
    assert answer.because == (
        "It shows its own playlist, “Own”: nothing else is scheduled for now."
    )
    assert lines(answer) == [("Own", "the screen's own", True, "")]


def test_of_each_scheduled_playlist_it_is_said_why_not(hall, root):
    scheduled("Weekend", "board", weekdays="Sat-Sun")
    scheduled("Evening", "board", from_time=time(17))
    scheduled("Early", "board", until_time=time(7))
    scheduled("Easter", "board", first_day=date(2026, 4, 3))
    scheduled("New year", "board", last_day=date(2026, 1, 10))
    scheduled("Blank", weekdays="Mon-Fri")
    answer = asked(hall)
    assert lines(answer) == [
        ("Blank", "Mon–Fri", False, "It has no slides."),
        ("New year", "… – 2026-01-10", False, "Its last day is over."),
        ("Easter", "2026-04-03 – …", False, "Its first day is to come."),
        ("Early", "…–07:00", False, "Its part of the day is over."),
        ("Evening", "17:00–…", False, "Later today."),
        ("Weekend", "Sat–Sun", False, "Not on this weekday."),
        ("Own", "the screen's own", True, ""),
    ]


def test_what_is_scheduled_goes_before_the_screens_own(hall):
    scheduled("Morning", "board", from_time=time(7), until_time=time(10))
    scheduled("Always", "board")
    answer = asked(hall)
    assert answer.because == (
        "“Always” is scheduled for now, which goes before the screen's own playlist."
    )
    assert lines(answer) == [
        ("Always", "always", True, ""),
        ("Morning", "07:00–10:00", False, "Another one goes before it."),
        ("Own", "the screen's own", False, "Another one goes before it."),
    ]


def test_a_playlist_for_other_screens_tells_nobody_anything(hall, root):
    playlist = put_live("Elsewhere", "board")
    showing = Showing.objects.create(playlist=playlist)
    showing.screens.add(Screen.objects.create(name="Stairs", made_by=root))
    showing.save()
    assert [name for name, *_rest in lines(asked(hall))] == ["Own"]


def test_an_emergency_goes_before_everything(hall):
    Emergency.objects.create(title="Fire", live=True)
    answer = asked(hall, now=NOW.replace(hour=23))
    assert answer.because == (
        "The emergency “Fire” takes the place of everything until it is ended."
    )
    assert (answer.lit, answer.light) == (
        True, "Lit, at whatever hour, while there is an emergency.",
    )  # fmt: skip
    assert lines(answer) == [("Own", "the screen's own", False, "The emergency goes before it.")]


def test_without_any_playlist_it_shows_the_name_of_the_house(site, root):
    bare = Screen.objects.create(name="Bare", site=site, made_by=root)
    answer = asked(bare)
    assert answer.because == (
        "No playlist has anything for it now, so it shows the name of the house."
    )
    assert (answer.playlists, answer.slides) == ([], [])


def test_of_each_slide_it_is_said_whether_it_is_shown(hall):
    answer = asked(hall)
    assert [(s.number, s.label, s.why) for s in answer.slides] == [
        (1, "Results by department", "No day has been posted yet."),
        (2, "Bonus pool", "No day has been posted yet."),
    ]


def test_once_a_day_is_posted_its_slides_are_shown(hall, missed_monday):
    assert [slide.shown for slide in asked(hall).slides] == [True, True]


def test_it_says_until_when_it_is_lit_or_asleep(hall):
    assert asked(hall).light == "Lit until 20:00."
    night = asked(hall, now=NOW.replace(hour=21))
    assert (night.lit, night.light) == (False, "Asleep until 2026-03-05, 06:00.")
    saturday = asked(hall, now=datetime(2026, 3, 7, 12, tzinfo=UTC))
    assert saturday.light == "Asleep until 2026-03-09, 06:00."


def test_the_page_answers_in_the_readers_words(client, ann, hall, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    give_role(ann, Role.AUDITOR)
    client.force_login(ann)
    page = client.get(f"/screens/{hall.pk}/why/").content.decode()
    for words in ("It shows its own playlist", "Lit until 20:00.", "No day has been posted yet."):
        assert words in page
