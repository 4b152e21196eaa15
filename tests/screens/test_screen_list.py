"""How each screen is, in words; and what its keepers may change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry, Role
from screens.models import Contact, Screen, Snapshot
from screens.rules.states import Said, State, Wanted, state_of
from screens.services.access import bind, revoke
from screens.services.current import refresh
from screens.services.manifest import build
from screens.services.overview import how_they_are, known_screens
from tests.screens.conftest import give_role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
"""A Wednesday."""
WELL = Said(NOW - timedelta(seconds=30), "b", "s", painted=True)
WANTED = Wanted("b", "s", NOW - timedelta(hours=1))


def state(said=WELL, wanted=WANTED, *, bound=True, revoked=False, lit=True) -> State:
    return state_of(said, wanted, bound=bound, revoked=revoked, lit=lit, now=NOW)


def test_a_screen_that_shows_what_it_should_is_live():
    assert state() == State.LIVE


def test_a_screen_is_offline_after_three_minutes_of_silence():
    assert state(Said(NOW - timedelta(minutes=3), "b", "s", painted=True)) == State.LIVE
    silent = Said(NOW - timedelta(minutes=3, seconds=1), "b", "s", painted=True)
    assert state(silent) == State.OFFLINE
    assert state(None) == State.OFFLINE


def test_outside_its_hours_silence_means_nothing():
    assert state(None, lit=False) == State.ASLEEP


def test_a_screen_is_stale_when_it_shows_something_older_for_two_minutes():
    made = NOW - timedelta(minutes=2, seconds=30)
    assert state(wanted=Wanted("b", "new", made)) == State.LIVE
    assert state(wanted=Wanted("b", "new", made - timedelta(seconds=1))) == State.STALE


def test_a_screen_that_painted_nothing_is_stale():
    assert state(Said(NOW, "b", "s", painted=False)) == State.STALE


def test_a_screen_for_which_nothing_was_built_yet_is_not_stale():
    assert state(wanted=Wanted("b")) == State.LIVE


def test_an_old_build_is_named():
    assert state(wanted=Wanted("c", "s", WANTED.since)) == State.OLD_BUILD


def test_without_a_device_a_screen_waits_and_a_revoked_one_is_revoked():
    assert state(None, bound=False) == State.WAITING
    assert state(revoked=True) == State.REVOKED
    assert state(None, bound=False, revoked=True) == State.REVOKED


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def keeper(client, ann):
    give_role(ann, Role.EDITOR)
    client.force_login(ann)
    return client


def said_by(screen: Screen, **said) -> Contact:
    return Contact.objects.create(
        screen=screen, **{"seen_at": NOW, "painted_at": NOW, "build": build(), **said}
    )


def test_the_list_says_of_each_how_it_is(keeper, hall, secret, root):
    [shown] = refresh([hall], now=NOW - timedelta(hours=1))
    snapshot = shown.current.snapshot
    Snapshot.objects.filter(pk=snapshot.pk).update(date=date(2026, 3, 3))
    said_by(hall, snapshot=snapshot.sha256, width=1920, height=1080, error="manifest: 500")
    Screen.objects.create(name="Stairs", made_by=root)
    page = keeper.get("/screens/").content.decode()
    for words in (
        "✓ live", "… waits for a device", "Tue 3 Mar 2026", "1920 × 1080", "manifest: 500",
        "Ground floor", "1 screen is live.",
    ):  # fmt: skip
        assert words in page


def test_a_screen_with_another_snapshot_than_it_should_show_is_stale(hall, secret):
    refresh([hall], now=NOW - timedelta(hours=1))
    said_by(hall, snapshot="0" * 64)
    [seen] = how_they_are(known_screens(), now=NOW)
    assert seen.state == State.STALE


def test_at_night_a_screen_is_asleep_unless_there_is_an_emergency(hall, secret):
    from screens.models import Emergency

    night = NOW.replace(hour=22)
    assert how_they_are(known_screens(), now=night)[0].state == State.ASLEEP
    Emergency.objects.create(title="Fire", live=True)
    assert how_they_are(known_screens(), now=night)[0].state == State.OFFLINE


def test_a_list_of_many_asks_no_more_of_the_database(
    keeper, hall, root, playlist, django_assert_max_num_queries
):
    said_by(hall, snapshot="x")
    keeper.get("/screens/")
    with django_assert_max_num_queries(60) as few:
        keeper.get("/screens/")
    for number in range(30):
        screen = Screen.objects.create(
            name=f"Screen {number}", made_by=root, playlist=playlist, site=hall.site
        )
        bind(screen, now=NOW)
        said_by(screen, snapshot="x")
    with django_assert_max_num_queries(len(few)):
        keeper.get("/screens/")


def test_one_page_says_how_a_screen_is_and_where_it_hangs(keeper, hall, secret):
    page = keeper.get(f"/screens/{hall.pk}/").content.decode()
    for words in ("✗ offline", "never", "Ground floor", "Head office", "06:00–20:00"):
        assert words in page


def test_who_only_sees_screens_is_offered_nothing_to_change(client, ann, hall, secret):
    give_role(ann, Role.EXECUTIVE)
    client.force_login(ann)
    page = client.get(f"/screens/{hall.pk}/").content.decode()
    assert "Why does it show that?" in page
    for words in ("Revoke", "Change", "Repair", "See what it shows"):
        assert words not in page


CHANGED = {
    "name": "Hall", "place": "First floor", "site": "", "audience": "public", "department": "",
    "orientation": "portrait", "language": "zh-hans", "second_language": "", "playlist": "",
    "lit_from": "06:00", "lit_until": "20:00",
}  # fmt: skip


def test_a_screen_is_changed_and_the_log_says_what(keeper, hall):
    keeper.post(f"/screens/{hall.pk}/change/", CHANGED)
    hall.refresh_from_db()
    assert (hall.place, hall.audience, hall.languages) == ("First floor", "public", "zh-hans")
    assert not hall.only_working_days
    entry = AuditEntry.objects.get(action="change_screen")
    assert entry.before == {
        "place": "Ground floor", "site": "Head office", "audience": "staff",
        "orientation": "landscape", "languages": "en", "playlist": "Own",
        "only_working_days": True,
    }  # fmt: skip
    assert entry.after["place"] == "First floor"


def test_a_screen_is_told_of_its_change_at_once(keeper, hall, secret):
    from screens.services.freshness import change_now

    before = change_now()
    keeper.post(f"/screens/{hall.pk}/change/", CHANGED)
    assert change_now() > before


def test_what_was_not_changed_is_not_logged(keeper, hall):
    form = keeper.get(f"/screens/{hall.pk}/change/").context["form"]
    same = {name: form[name].value() or "" for name in form.fields}
    keeper.post(f"/screens/{hall.pk}/change/", {**same, "only_working_days": "on"})
    assert not AuditEntry.objects.filter(action="change_screen").exists()


def test_two_screens_have_two_names(keeper, hall, root):
    Screen.objects.create(name="Stairs", made_by=root)
    page = keeper.post(f"/screens/{hall.pk}/change/", {**CHANGED, "name": "Stairs"})
    assert "Another screen has this name." in page.content.decode()


def test_a_screen_is_revoked_only_after_it_was_said_what_happens(keeper, hall, secret):
    page = keeper.get(f"/screens/{hall.pk}/revoke/").content.decode()
    assert "shows a code" in page
    keeper.post(f"/screens/{hall.pk}/revoke/")
    hall.refresh_from_db()
    assert hall.revoked_at is None
    keeper.post(f"/screens/{hall.pk}/revoke/", {"confirmed": "yes"})
    hall.refresh_from_db()
    assert hall.revoked_at == NOW
    assert AuditEntry.objects.filter(action="revoke_screen").count() == 1


def test_a_screen_is_revoked_once(keeper, hall, secret, ann):
    revoke(hall, by=ann, now=NOW)
    keeper.post(f"/screens/{hall.pk}/revoke/", {"confirmed": "yes"})
    assert AuditEntry.objects.filter(action="revoke_screen").count() == 1


def test_only_a_screen_that_no_device_ever_was_is_removed(keeper, hall, secret, root):
    keeper.post(f"/screens/{hall.pk}/remove/", {"confirmed": "yes"})
    assert Screen.objects.filter(pk=hall.pk).exists()
    waiting = Screen.objects.create(name="Stairs", made_by=root)
    keeper.post(f"/screens/{waiting.pk}/remove/")
    assert Screen.objects.filter(pk=waiting.pk).exists()
    keeper.post(f"/screens/{waiting.pk}/remove/", {"confirmed": "yes"})
    assert not Screen.objects.filter(pk=waiting.pk).exists()
