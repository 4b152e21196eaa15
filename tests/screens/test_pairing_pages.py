"""A keeper types the code of a new screen, sees what it is, and approves it or not."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry, Role, SignInAttempt
from screens.models import Pairing, Screen
from screens.services import pairing
from tests.screens.conftest import give_role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
NEW = {
    "act": "new", "name": "Lobby", "place": "Beside the lifts", "site": "", "audience": "staff",
    "department": "", "orientation": "landscape", "language": "en", "second_language": "zh-hans",
    "playlist": "", "lit_from": "06:30", "lit_until": "19:00", "only_working_days": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def asked(db):
    return pairing.ask(width=1920, height=1080, browser="Kiosk 1", address="10.0.0.7", now=NOW)


@pytest.fixture
def keeper(client, ann):
    give_role(ann, Role.EDITOR)
    client.force_login(ann)
    return client


def typed(keeper, asked, **posted):
    return keeper.post("/screens/pair/", {"code": pairing.spelled(asked.code).lower(), **posted})


def test_a_link_with_the_code_approves_nothing_and_counts_nothing(keeper, asked):
    page = keeper.get(f"/screens/pair/?code={asked.code}")
    assert f'value="{asked.code}"' in page.content.decode()
    assert "Is this the code on the screen before you?" in page.content.decode()
    assert Pairing.objects.get().approved_at is None
    assert not SignInAttempt.objects.exists()


def test_before_approving_one_sees_what_the_device_is(keeper, asked):
    page = typed(keeper, asked).content.decode()
    for said in ("1920 × 1080", "Kiosk 1", "10.0.0.7", "4 Mar 2026, 08:00"):
        assert said in page
    assert Pairing.objects.get().approved_at is None
    assert not Screen.objects.exists()


def test_a_new_screen_is_made_as_it_was_described(keeper, asked):
    response = typed(keeper, asked, **NEW)
    screen = Screen.objects.get()
    assert response.url == f"/screens/{screen.pk}/"
    assert (screen.name, screen.place, screen.spoken) == (
        "Lobby", "Beside the lifts", ["en", "zh-hans"],
    )  # fmt: skip
    assert (screen.lit_from, screen.lit_until) == (time(6, 30), time(19))
    found = Pairing.objects.get()
    assert (found.screen, found.approved_by.username) == (screen, "ann")
    assert pairing.collect(asked.secret, now=NOW) is not None
    assert AuditEntry.objects.get(action="pair_screen").after == {
        "name": "Lobby", "place": "Beside the lifts", "audience": "staff",
    }  # fmt: skip


def test_a_device_takes_the_place_of_another(keeper, asked, hall, secret):
    old = Screen.objects.get(pk=hall.pk).secret_digest
    typed(keeper, asked, act="repair", screen=hall.pk)
    pairing.collect(asked.secret, now=NOW)
    hall.refresh_from_db()
    assert hall.secret_digest not in (None, old)
    assert AuditEntry.objects.filter(action="repair_screen").count() == 1


def test_what_is_none_of_ours_is_refused(keeper, asked):
    typed(keeper, asked, act="refuse")
    with pytest.raises(pairing.PairingRefused):
        pairing.collect(asked.secret, now=NOW)
    assert AuditEntry.objects.get(action="refuse_screen").by.username == "ann"
    page = typed(keeper, asked, **NEW).content.decode()
    assert "Somebody has refused this code" in page


def test_a_second_click_leads_to_the_screen_that_the_first_has_made(keeper, asked):
    first, second = typed(keeper, asked, **NEW), typed(keeper, asked, **NEW)
    assert second.url == first.url
    assert Screen.objects.count() == 1
    assert AuditEntry.objects.filter(action="pair_screen").count() == 1


def test_of_two_people_one_wins_and_the_other_reads_who(keeper, asked, client, bob):
    typed(keeper, asked, **NEW)
    give_role(bob, Role.EDITOR)
    client.force_login(bob)
    page = typed(client, asked, **{**NEW, "name": "Hall"}).content.decode()
    assert "Ann has approved this code for “Lobby”, 4 Mar 2026, 08:00." in page
    assert Screen.objects.count() == 1


def test_who_was_slower_by_a_moment_reads_why_too(keeper, asked, bob, monkeypatch):
    """Both have looked it up before either approves."""
    slow = pairing.approve

    def overtaken(found, screen, *, by, now):
        slow(found, Screen(name="Theirs"), by=bob, now=now)
        slow(found, screen, by=by, now=now)

    monkeypatch.setattr(pairing, "approve", overtaken)
    page = typed(keeper, asked, **NEW).content.decode()
    assert "Bob has approved this code for “Theirs”" in page
    assert [screen.name for screen in Screen.objects.all()] == ["Theirs"]


def test_a_code_that_nobody_shows_is_refused_in_words(keeper, asked):
    page = keeper.post("/screens/pair/", {"code": "BBBB-BBBB"}).content.decode()
    assert "No screen shows this code." in page


def test_a_code_that_is_over_says_so(keeper, asked, monkeypatch):
    later = NOW + timedelta(minutes=10)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "This code is over." in typed(keeper, asked, **NEW).content.decode()
    assert not Screen.objects.exists()


def test_after_ten_wrong_codes_nothing_is_tried_any_more(keeper, asked):
    for _n in range(10):
        assert keeper.post("/screens/pair/", {"code": "BBBB-BBBB"}).status_code == 200
    response = typed(keeper, asked)
    assert response.status_code == 429
    assert "Too many attempts. Try again in 15 minutes." in response.content.decode()
    assert "1920 × 1080" not in response.content.decode()


def test_right_codes_are_no_guesses(keeper, asked):
    for _n in range(12):
        assert typed(keeper, asked).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"audience": "department"}, "Choose the department that stands before it."),
        ({"second_language": "en"}, "Choose another than the first, or none."),
        ({"lit_until": "06:30"}, "It must be later than “lit from”, on the same day."),
        ({"language": "xx"}, "Select a valid choice."),
        ({"playlist": "999"}, "Select a valid choice."),
    ],
)
def test_a_description_that_cannot_be_is_refused_in_words(keeper, asked, wrong, said):
    page = typed(keeper, asked, **{**NEW, **wrong})
    assert said in page.content.decode()
    assert not Screen.objects.exists()
    assert Pairing.objects.get().approved_at is None


def test_a_name_that_is_taken_leads_to_repair(keeper, asked, hall):
    page = typed(keeper, asked, **{**NEW, "name": "Hall"}).content.decode()
    assert "A screen has this name. If it is that one, choose it under “Repair”." in page


def test_a_department_that_was_chosen_and_is_not_meant_is_forgotten(keeper, asked, claims):
    typed(keeper, asked, **{**NEW, "department": claims.pk})
    assert Screen.objects.get().department is None


def test_who_keeps_no_screens_approves_none(client, asked, bob):
    client.force_login(bob)
    assert typed(client, asked, **NEW).status_code == 403
    assert not Screen.objects.exists()
