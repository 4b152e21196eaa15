"""What a device gets and what it does not: its manifest, its own snapshot, nobody's pages."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from people.models import AuditEntry, SignInAttempt
from screens.models import Contact, Current, Emergency, Painted, Screen, Snapshot
from screens.services import standing
from screens.services.access import bind, digest, revoke
from screens.services.building import Loop
from screens.services.current import keep
from tests.scene import missed_monday, pool, wednesday  # noqa: F401
from tests.screens.conftest import put_live, slides_of

pytestmark = pytest.mark.django_db
OWN = ("manifest.json", f"snapshot/{'0' * 64}.json")


def test_any_browser_gets_the_shell_and_nothing_else(client):
    response = client.get("/screen/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-cache"
    assert "screen" not in response.cookies
    for path in OWN:
        assert client.get(f"/screen/{path}").status_code == 401


def test_the_shell_speaks_the_browsers_language(client):
    page = client.get("/screen/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert '<html lang="zh-hans"' in page


def test_the_shells_parts_are_named_with_their_digests(client):
    page = client.get("/screen/").content.decode()
    assert page.count('integrity="sha384-') == 6
    assert "<style" not in page
    assert " style=" not in page


@pytest.mark.parametrize("cookie", ["x", "\xe4\xff", "a" * 5000])
def test_a_made_up_secret_opens_nothing_and_is_counted(client, hall, cookie):
    client.cookies["screen"] = cookie
    for path in OWN:
        assert client.get(f"/screen/{path}").status_code == 401
    attempts = SignInAttempt.objects.filter(way=SignInAttempt.Way.SCREEN, succeeded=False)
    assert attempts.count() == 2


def test_guessing_secrets_ends_at_a_limit(client, hall, caplog):
    for number in range(200):
        client.cookies["screen"] = f"guess{number}"
        assert client.get("/screen/manifest.json").status_code == 401
    client.cookies["screen"] = "one more"
    response = client.get("/screen/manifest.json")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "limit of guesses by address" in caplog.text


def test_the_digest_is_no_key(client, hall, secret):
    hall.refresh_from_db()
    client.cookies["screen"] = hall.secret_digest
    assert client.get("/screen/manifest.json").status_code == 401


def test_the_secret_is_nowhere_kept_in_clear(hall, secret):
    rows = [*Screen.objects.values_list(), *AuditEntry.objects.values_list()]
    assert secret not in str(rows)
    hall.refresh_from_db()
    assert hall.secret_digest == digest(secret)


def test_a_revoked_screen_is_told_so_and_gets_nothing(on_screen, hall, root, missed_monday):
    sha = on_screen.get("/screen/manifest.json").json()["snapshot"]
    revoke(hall, by=root, now=timezone.now())
    for path in ("manifest.json", f"snapshot/{sha}.json"):
        response = on_screen.get(f"/screen/{path}")
        assert (response.status_code, response.json()) == (410, {"error": "revoked"})


def test_a_device_whose_place_was_given_to_another_is_unknown(on_screen, hall):
    assert on_screen.get("/screen/manifest.json").status_code == 200
    bind(hall, now=timezone.now())
    assert on_screen.get("/screen/manifest.json").status_code == 401


def test_a_screen_opens_no_other_page(on_screen):
    for path in ("/days/", "/pools/", "/cms/", "/imports/"):
        assert on_screen.get(path).url.startswith("/sign-in/")


def test_somebody_signed_in_is_nobody_below_the_screens_path(client, hall, root):
    client.force_login(root)
    for path in OWN:
        assert client.get(f"/screen/{path}").status_code == 401
    response = client.get("/screen/")
    assert "sessionid" not in response.cookies


def test_the_manifest_names_what_to_show(on_screen, missed_monday):
    content = on_screen.get("/screen/manifest.json").json()
    snapshot = Snapshot.objects.get()
    assert (content["snapshot"], content["date"]) == (snapshot.sha256, "2026-03-02")
    assert (content["language"], content["pace_seconds"], content["urgent"]) == ("en", 30, False)
    assert content["words"]["stale"] == "Not updated since {time}"


def test_a_screen_is_told_when_an_emergency_ends_by_itself(on_screen, root):
    until = timezone.now() + timedelta(hours=1)
    Emergency.objects.create(title="No water", ends_at=until, live=True)
    content = on_screen.get("/screen/manifest.json").json()
    assert (content["urgent"], content["urgent_until"]) == (True, until.isoformat())


def test_slides_come_in_their_order_and_say_their_day(on_screen, missed_monday):
    slides = slides_of(on_screen)
    assert [(each["kind"], each["date"], each["lang"]) for each in slides] == [
        ("board", "2026-03-02", "en"), ("pool", "2026-03-02", "en"),
    ]  # fmt: skip


def test_two_languages_are_shown_one_after_the_other(on_screen, hall, missed_monday):
    hall.languages = "en,zh-hans"
    hall.save()
    assert [each["lang"] for each in slides_of(on_screen)] == ["en", "en", "zh-hans", "zh-hans"]


def test_before_the_first_day_the_house_shows_its_name(on_screen):
    slides = slides_of(on_screen)
    assert [each["kind"] for each in slides] == ["brand"]
    assert "Ninetyfive" in slides[0]["html"]


def test_the_same_manifest_is_answered_in_one_line(on_screen, missed_monday):
    first = on_screen.get("/screen/manifest.json")
    again = on_screen.get("/screen/manifest.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "private, no-cache"


def test_a_tag_that_a_proxy_has_weakened_is_the_same(on_screen, missed_monday):
    first = on_screen.get("/screen/manifest.json")
    again = on_screen.get("/screen/manifest.json", headers={"If-None-Match": f"W/{first['ETag']}"})
    assert again.status_code == 304


def test_an_unchanged_manifest_costs_one_look_at_one_number(
    on_screen, missed_monday, django_assert_num_queries, monkeypatch
):
    first = on_screen.get("/screen/manifest.json")
    monkeypatch.setattr("screens.services.health.WRITTEN_EVERY", 1000)
    with django_assert_num_queries(1):
        on_screen.get("/screen/manifest.json", headers={"If-None-Match": first["ETag"]})
    monkeypatch.setattr(standing, "LOOKED_AT_EVERY", 2.0)
    with django_assert_num_queries(0):
        on_screen.get("/screen/manifest.json", headers={"If-None-Match": first["ETag"]})


def test_reading_anew_costs_the_same_for_one_screen_and_for_many(
    on_screen, hall, missed_monday, django_assert_max_num_queries, root
):
    def queries() -> int:
        standing.forget()
        with django_assert_max_num_queries(100) as counted:
            on_screen.get("/screen/manifest.json")
        return len(counted)

    queries()
    one = queries()
    for number in range(20):
        bind(
            Screen.objects.create(
                name=f"S{number}", site=hall.site, playlist=hall.playlist, made_by=root
            ),
            now=timezone.now(),
        )
    queries()
    assert queries() == one
    assert Snapshot.objects.count() == 1


def test_a_snapshot_is_kept_for_good_by_the_screen(on_screen, missed_monday):
    sha = on_screen.get("/screen/manifest.json").json()["snapshot"]
    response = on_screen.get(f"/screen/snapshot/{sha}.json")
    assert response.content.decode() == Snapshot.objects.get().payload
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_screen_gets_no_other_screens_snapshot(on_screen, hall, client, root, missed_monday):
    own = on_screen.get("/screen/manifest.json").json()["snapshot"]
    other = Screen.objects.create(
        name="Boardroom", site=hall.site, playlist=put_live("Other", "pool"), made_by=root
    )
    client.cookies["screen"] = bind(other, now=timezone.now())
    theirs = client.get("/screen/manifest.json").json()["snapshot"]
    assert own != theirs
    assert client.get(f"/screen/snapshot/{theirs}.json").status_code == 200
    assert client.get(f"/screen/snapshot/{own}.json").status_code == 404


def test_wrong_digests_make_no_server_read_anew(
    on_screen, missed_monday, django_assert_max_num_queries
):
    on_screen.get("/screen/manifest.json")
    on_screen.get(f"/screen/snapshot/{'0' * 64}.json")
    with django_assert_max_num_queries(5):
        assert on_screen.get(f"/screen/snapshot/{'0' * 64}.json").status_code == 404


def test_what_another_server_has_told_is_served_by_this_one(on_screen, hall, missed_monday):
    """Built by the clock, which no number announces."""
    on_screen.get("/screen/manifest.json")
    current = Current.objects.get()
    kept = keep(Loop(slides=[{"date": None}]), current.key, change=current.change,
                now=timezone.now())  # fmt: skip
    answer = on_screen.get(f"/screen/snapshot/{kept.snapshot.sha256}.json")
    assert answer.json() == {"slides": [{"date": None}]}


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "%00"])
def test_an_unknown_snapshot_is_not_found(on_screen, sha256):
    assert on_screen.get(f"/screen/snapshot/{sha256}.json").status_code == 404


def test_devices_only_read(on_screen):
    for path in ("", "manifest.json", "worker.js", "secret/"):
        assert on_screen.post(f"/screen/{path}").status_code == 405
    assert on_screen.get("/screen/code/").status_code == 405


def test_what_a_screen_says_of_itself_is_kept(on_screen, hall, missed_monday):
    sha = on_screen.get("/screen/manifest.json").json()["snapshot"]
    said = f"build=abc&snapshot={sha}&item=board.en&painted=1&size=1920x1080&error=oh"
    before = timezone.now()
    on_screen.get("/screen/manifest.json", headers={"Screen-Report": said})
    contact = Contact.objects.get()
    assert contact.screen == hall
    assert (contact.build, contact.snapshot, contact.item) == ("abc", sha, "board.en")
    assert (contact.width, contact.height, contact.error) == (1920, 1080, "oh")
    assert contact.painted_at == contact.seen_at >= before
    painted = Painted.objects.get()
    assert (painted.screen, str(painted.date), painted.at) == (hall, "2026-03-02", contact.seen_at)


def test_a_day_is_first_painted_once(on_screen, missed_monday, monkeypatch, wednesday):
    sha = on_screen.get("/screen/manifest.json").json()["snapshot"]
    said = {"Screen-Report": f"snapshot={sha}&painted=1"}
    on_screen.get("/screen/manifest.json", headers=said)
    monkeypatch.setattr(timezone, "now", lambda: wednesday + timedelta(minutes=5))
    on_screen.get("/screen/manifest.json", headers=said)
    assert [each.at for each in Painted.objects.all()] == [wednesday]
    assert Contact.objects.get().seen_at == wednesday + timedelta(minutes=5)


@pytest.mark.parametrize(
    "report", ["", "size=wide", "size=99999999999999999999x1", "%ff%00=%00", "x" * 5000, "a&b;c"]
)
def test_a_report_that_can_not_be_read_is_no_reason_to_refuse(on_screen, report):
    response = on_screen.get("/screen/manifest.json", headers={"Screen-Report": report})
    assert response.status_code == 200
    assert Contact.objects.get().width == 0


def test_a_report_that_no_database_keeps_is_cleaned(on_screen, hall):
    said = {"Screen-Report": "build=a%00b&error=%00%1b[0mlost"}
    assert on_screen.get("/screen/manifest.json", headers=said).status_code == 200
    contact = Contact.objects.get()
    assert (contact.build, contact.error) == ("ab", "[0mlost")


def test_a_screen_is_told_how_far_its_hours_of_light_are_known(on_screen, hall):
    told = on_screen.get("/screen/manifest.json").json()
    assert told["lit_known_until"] > max(until for _from, until in told["lit"])


@pytest.mark.parametrize("clock", ["LOOKED_AT_EVERY", "READ_EVERY"])
def test_a_server_without_its_database_does_not_say_that_all_is_as_it_was(
    on_screen, monkeypatch, clock
):
    """Else a screen would go on showing names that may have been taken back, without a banner."""
    assert on_screen.get("/screen/manifest.json").status_code == 200

    def stopped() -> int:
        raise OperationalError("the database is stopped")

    monkeypatch.setattr(standing, "change_now", stopped)
    monkeypatch.setattr(standing, clock, 0)
    on_screen.raise_request_exception = False
    assert [on_screen.get("/screen/manifest.json").status_code for _poll in range(2)] == [503, 503]
