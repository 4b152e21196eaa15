"""Office screens: a link opened once, a cookie, a manifest, snapshots; nobody logs in."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cms.models import DaySnapshot
from people.models import AuditEntry, CalendarEntry, Site, WorkingWeek
from people.rules import BEGINNING
from screens.models import Screen
from screens.services.access import add_screen, digest
from screens.services.manifest import expectations
from tests.scene import missed_monday, pool, wednesday  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(root):
    """A screen and its secret."""
    return add_screen("Hall", place="Ground floor", language="zh-hans", by=root)


@pytest.fixture
def on_screen(client, hall):
    _screen, secret = hall
    client.get(f"/screen/open/{secret}/")
    return client


def revoke(screen: Screen):
    screen.revoked_at = timezone.now()
    screen.save()


def test_an_unknown_browser_is_told_what_to_do(client):
    response = client.get("/screen/")
    assert response.status_code == 403
    page = response.content.decode()
    assert "This screen is not known here" in page
    assert '<html lang="en">' in page


@pytest.mark.parametrize("path", ["manifest.json", f"snapshot/{'0' * 64}.json"])
def test_an_unknown_browser_gets_no_figures(client, path):
    assert client.get(f"/screen/{path}").status_code == 403


def test_the_link_sets_a_cookie_for_the_screen_only_and_moves_on(client, hall):
    _screen, secret = hall
    response = client.get(f"/screen/open/{secret}/")
    assert (response.status_code, response.url) == (302, "/screen/")
    cookie = response.cookies["screen"]
    assert cookie["httponly"] is True
    assert cookie["path"] == "/screen/"
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert secret not in response.url


def test_over_https_the_cookie_stays_on_https(client, hall):
    _screen, secret = hall
    response = client.get(f"/screen/open/{secret}/", secure=True)
    assert response.cookies["screen"]["secure"] is True


def test_a_known_screen_shows_the_shell_in_its_language(on_screen):
    response = on_screen.get("/screen/")
    assert response.status_code == 200
    assert '<html lang="zh-hans">' in response.content.decode()
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("secret", ["x", "A" * 43, "%00", "%ff", "…"])
def test_a_wrong_secret_is_not_found(client, hall, secret):
    response = client.get(f"/screen/open/{secret}/")
    assert response.status_code == 404
    assert "screen" not in response.cookies


@pytest.mark.parametrize("cookie", ["x", "", "\xe4\xff", "a" * 5000])
def test_a_made_up_cookie_opens_nothing(client, hall, cookie):
    client.cookies["screen"] = cookie
    assert client.get("/screen/").status_code == 403
    assert client.get("/screen/manifest.json").status_code == 403


def test_the_digest_is_no_key(client, hall):
    screen, _secret = hall
    assert client.get(f"/screen/open/{screen.secret_digest}/").status_code == 404


def test_the_secret_is_nowhere_kept_in_clear(hall):
    screen, secret = hall
    rows = [*Screen.objects.values_list(), *AuditEntry.objects.values_list()]
    assert secret not in str(rows)
    assert screen.secret_digest == digest(secret)


def test_a_revoked_screen_is_gone(on_screen, hall):
    screen, secret = hall
    revoke(screen)
    for path in ("manifest.json", f"snapshot/{'0' * 64}.json", ""):
        assert on_screen.get(f"/screen/{path}").status_code == 410
    assert on_screen.get(f"/screen/open/{secret}/").status_code == 404


def test_a_screen_opens_no_other_page(on_screen):
    for path in ("/days/", "/pools/", "/cms/", "/imports/"):
        assert on_screen.get(path).url.startswith("/sign-in/")


def test_the_manifest_names_the_newest_snapshot(on_screen, missed_monday):
    content = on_screen.get("/screen/manifest.json").json()
    snapshot = DaySnapshot.objects.get()
    assert (content["snapshot"], content["date"]) == (snapshot.sha256, "2026-03-02")
    assert (content["language"], content["pace_seconds"]) == ("zh-hans", 30)


def test_the_manifest_says_when_nothing_was_posted(on_screen):
    content = on_screen.get("/screen/manifest.json").json()
    assert (content["snapshot"], content["date"], content["posted_at"]) == (None, None, None)


def test_the_same_manifest_is_answered_in_one_line(on_screen, missed_monday):
    first = on_screen.get("/screen/manifest.json")
    again = on_screen.get("/screen/manifest.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "no-cache"


def test_a_new_snapshot_is_a_new_manifest(on_screen, missed_monday, wednesday):
    first = on_screen.get("/screen/manifest.json")
    newest = DaySnapshot.objects.get()
    DaySnapshot.objects.create(
        date=newest.date, version=2, status="final", payload="{}", sha256="1" * 64
    )
    again = on_screen.get("/screen/manifest.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.json()["snapshot"]) == (200, "1" * 64)


def test_a_snapshot_is_kept_for_good_by_the_screen(on_screen, missed_monday):
    snapshot = DaySnapshot.objects.get()
    response = on_screen.get(f"/screen/snapshot/{snapshot.sha256}.json")
    assert response.content.decode() == snapshot.payload
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "%00"])
def test_an_unknown_snapshot_is_not_found(on_screen, sha256):
    assert on_screen.get(f"/screen/snapshot/{sha256}.json").status_code == 404


def test_a_colleague_may_look_as_a_screen_does(client, ann, missed_monday):
    client.force_login(ann)
    assert client.get("/screen/").status_code == 200
    assert client.get("/screen/manifest.json").json()["language"] == "en"


def expected_at(moment: datetime) -> str | None:
    """The newest day that must be up at a moment."""
    due = [each["date"] for each in expectations(now=moment)
           if datetime.fromisoformat(each["from"]) <= moment]  # fmt: skip
    return max(due, default=None)


def test_on_monday_morning_friday_is_expected(site):
    assert expected_at(datetime(2026, 3, 9, 9, tzinfo=UTC)) == "2026-03-06"
    assert expected_at(datetime(2026, 3, 8, 9, tzinfo=UTC)) == "2026-03-06"


def test_a_day_is_expected_from_eight_in_the_morning_of_its_site(site):
    assert expected_at(datetime(2026, 3, 4, 7, 59, tzinfo=UTC)) == "2026-03-02"
    assert expected_at(datetime(2026, 3, 4, 8, 0, tzinfo=UTC)) == "2026-03-03"
    # British summer time begins on 29 March: eight o'clock is seven in UTC.
    assert expected_at(datetime(2026, 3, 31, 6, 59, tzinfo=UTC)) == "2026-03-27"
    assert expected_at(datetime(2026, 3, 31, 7, 0, tzinfo=UTC)) == "2026-03-30"


def test_public_holidays_and_closures_are_not_expected(site, system):
    site.weeks.update(country="GB", subdivision="ENG")
    good_friday, easter_monday = "2026-04-03", "2026-04-06"
    CalendarEntry.objects.create(
        site=site, date=date(2026, 4, 2), kind="closure", name="Flood", made_by=system
    )
    dates = [each["date"] for each in expectations(now=datetime(2026, 4, 7, 9, tzinfo=UTC))]
    assert not {good_friday, easter_monday, "2026-04-02"} & set(dates)
    assert expected_at(datetime(2026, 4, 7, 9, tzinfo=UTC)) == "2026-04-01"


def test_two_weeks_ahead_are_known_for_screens_without_network(site):
    dates = [each["date"] for each in expectations(now=datetime(2026, 3, 9, 9, tzinfo=UTC))]
    assert dates[-1] >= "2026-03-20"
    assert dates == sorted(dates)


def test_a_day_is_expected_when_the_last_of_its_sites_had_its_morning(site):
    honolulu = Site.objects.create(code="HNL", name="Hawaii", time_zone="Pacific/Honolulu")
    WorkingWeek.objects.create(site=honolulu, from_date=BEGINNING, working_days="Mon-Fri")
    assert expected_at(datetime(2026, 3, 4, 17, 59, tzinfo=UTC)) == "2026-03-02"
    assert expected_at(datetime(2026, 3, 4, 18, 0, tzinfo=UTC)) == "2026-03-03"


def test_without_sites_nothing_is_expected(db):
    assert expectations(now=datetime(2026, 3, 4, tzinfo=UTC)) == []


def test_the_command_tells_the_link_once_and_refuses_a_second_of_that_name(system, capsys):
    call_command("add_screen", "Hall")
    out = capsys.readouterr().out
    secret = out.rstrip("/\n").rpartition("/")[2]
    assert Screen.objects.get().secret_digest == digest(secret)
    with pytest.raises(CommandError, match="known already"):
        call_command("add_screen", "Hall")
    assert Screen.objects.count() == 1


def test_screens_are_only_read(on_screen):
    for path in ("", "manifest.json"):
        assert on_screen.post(f"/screen/{path}").status_code == 405
