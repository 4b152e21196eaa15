"""Somebody is told of silent screens and of a morning without figures: in working hours, once."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest

from cms.models import DaySnapshot
from incentives.models import DayVerdict
from people.models import Notice, Role, Site, WorkingWeek
from people.rules import BEGINNING
from people.services.notices import text_of
from screens.models import Contact, Painted, Playlist, Screen, Snapshot
from screens.services.access import bind
from screens.services.alerting import alert_about_missing_post, alert_about_silent_screens
from screens.services.current import refresh
from screens.services.overview import known_screens
from screens.services.painting import painted_share
from tests.scene import missed_monday, pool, wednesday  # noqa: F401
from tests.screens.conftest import give_role

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
"""A Wednesday; London keeps UTC until the end of March."""
MINUTE = timedelta(minutes=1)


def told(kind: str = "screens_silent") -> list[tuple[str, str]]:
    found = Notice.objects.filter(kind=kind).select_related("user").order_by("user__username")
    return [(notice.user.username, text_of(notice)) for notice in found]


@pytest.fixture
def bound(hall):
    bind(hall, now=TEN - timedelta(days=9))
    return hall


@pytest.fixture
def edna(cas):
    give_role(cas, Role.EDITOR)
    return cas


def heard(screen: Screen, ago: timedelta, *, now: datetime = TEN, **said) -> None:
    Contact.objects.update_or_create(screen=screen, defaults={"seen_at": now - ago, **said})


SILENT = "Office screens of Head office have been silent for 15 minutes: Hall."


def test_keepers_are_told_after_a_quarter_of_an_hour(bound, root, edna, ann):
    heard(bound, 15 * MINUTE)
    assert alert_about_silent_screens(now=TEN) == 0
    heard(bound, 15 * MINUTE + timedelta(seconds=1))
    assert alert_about_silent_screens(now=TEN) == 2
    assert told() == [("cas", SILENT), ("root", SILENT)]


def test_a_site_is_told_of_once_a_day(bound, root):
    heard(bound, 20 * MINUTE)
    alert_about_silent_screens(now=TEN)
    assert alert_about_silent_screens(now=TEN + timedelta(hours=3)) == 0
    assert alert_about_silent_screens(now=TEN + timedelta(days=1)) == 1


def test_a_working_day_across_midnight_of_utc_is_one_day(bound, root, site):
    Site.objects.filter(pk=site.pk).update(time_zone="America/Los_Angeles")
    evening = TEN.replace(hour=23, minute=50)
    heard(bound, 20 * MINUTE, now=evening)
    assert alert_about_silent_screens(now=evening) == 1
    assert alert_about_silent_screens(now=evening + 20 * MINUTE) == 0


def test_many_silent_screens_are_one_notice(bound, root, site):
    for number in range(5):
        bind(
            Screen.objects.create(name=f"S{number}", site=site, made_by=root),
            now=TEN - timedelta(days=1),
        )
    assert alert_about_silent_screens(now=TEN) == 1
    assert told() == [("root", SILENT.replace("Hall", "Hall, S0, S1 and 3 others"))]


@pytest.mark.parametrize(
    "now",
    [
        TEN.replace(hour=22),
        TEN.replace(hour=6, minute=10),  # switched on at six, it may still be starting
        datetime(2026, 3, 7, 10, tzinfo=UTC),  # a Saturday
    ],
)
def test_out_of_hours_nobody_is_called(bound, root, now):
    heard(bound, timedelta(hours=14), now=now)
    assert alert_about_silent_screens(now=now) == 0


def test_a_screen_that_shines_on_sundays_calls_nobody_on_a_sunday(bound, root):
    Screen.objects.update(only_working_days=False)
    assert alert_about_silent_screens(now=datetime(2026, 3, 8, 10, tzinfo=UTC)) == 0
    assert alert_about_silent_screens(now=TEN) == 1


def test_hours_are_those_of_the_site(bound, root):
    tokyo = Site.objects.create(code="TYO", name="Tokyo", time_zone="Asia/Tokyo")
    WorkingWeek.objects.create(site=tokyo, from_date=BEGINNING, working_days="Mon-Fri")
    Screen.objects.update(site=tokyo)
    assert alert_about_silent_screens(now=TEN.replace(hour=12)) == 0  # nine in the evening
    assert alert_about_silent_screens(now=TEN.replace(hour=3)) == 1


def test_revoked_and_waiting_screens_are_not_silent(bound, root, site):
    Screen.objects.create(name="Stairs", site=site, made_by=root)
    Screen.objects.filter(pk=bound.pk).update(revoked_at=TEN)
    assert alert_about_silent_screens(now=TEN) == 0


def posted(day: date, *, at: datetime) -> DaySnapshot:
    with patch("django.utils.timezone.now", return_value=at):
        return DaySnapshot.objects.create(
            date=day, version=1, status="final", payload="{}", sha256=str(day)
        )


MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
MISSING = "Tuesday 3 March 2026 is not posted: pages and screens still show the day before."
DARK = "Tuesday 3 March 2026 is posted, and no office screen shows it."


def test_a_morning_without_figures_is_told_once(goals, root, edna, eve):
    posted(MONDAY, at=TEN - timedelta(days=1))
    early = TEN.replace(hour=5)
    assert alert_about_missing_post(now=early) == 0
    assert alert_about_missing_post(now=TEN) == 3
    assert alert_about_missing_post(now=TEN + timedelta(hours=1)) == 0
    assert told("day_not_posted") == [("cas", MISSING), ("eve", MISSING), ("root", MISSING)]


def test_a_company_that_never_posted_a_day_is_not_alarmed(goals, root):
    assert alert_about_missing_post(now=TEN) == 0


def test_a_day_that_somebody_withheld_is_not_missing(goals, root, system):
    posted(MONDAY, at=TEN - timedelta(days=1))
    DayVerdict.objects.create(
        date=TUESDAY, version=1, status="provisional", is_company=True, posting_withheld=True,
        threshold_bp=9500, mode="share", unreported="missed", due=0, met=0, missed=0, awaited=0,
        excused=0, made_by=system,
    )  # fmt: skip
    assert alert_about_missing_post(now=TEN) == 0


def test_a_day_that_no_lit_screen_shows_is_told(bound, root):
    posted(TUESDAY, at=TEN - 15 * MINUTE + timedelta(seconds=1))
    assert alert_about_missing_post(now=TEN) == 0
    assert alert_about_missing_post(now=TEN + MINUTE) == 1
    assert told("day_not_posted") == [("root", DARK)]


def test_what_was_posted_late_and_stands_nowhere_is_told_too(goals, bound, root):
    posted(MONDAY, at=TEN - timedelta(days=1))
    assert alert_about_missing_post(now=TEN) == 1
    posted(TUESDAY, at=TEN)
    assert alert_about_missing_post(now=TEN + 15 * MINUTE) == 1
    assert told("day_not_posted") == [("root", MISSING), ("root", DARK)]


def test_screens_whose_slides_have_no_day_are_not_expected_to_show_one(bound, root):
    posted(TUESDAY, at=TEN - timedelta(hours=2))
    Playlist.objects.update(live=False)
    refresh(known_screens(), now=TEN)
    assert alert_about_missing_post(now=TEN) == 0


def test_one_screen_that_shows_the_day_is_enough(bound, root):
    posted(TUESDAY, at=TEN - timedelta(hours=2))
    Painted.objects.create(screen=bound, date=TUESDAY, at=TEN - timedelta(hours=1))
    assert alert_about_missing_post(now=TEN) == 0


def test_without_screens_a_posted_day_is_well(site, root):
    posted(TUESDAY, at=TEN - timedelta(hours=2))
    assert alert_about_missing_post(now=TEN) == 0


def test_the_share_counts_screens_that_were_there_and_show_days(bound, root, site):
    posted(TUESDAY, at=TEN)
    others = [
        Screen.objects.create(name=name, site=site, made_by=root)
        for name in ("Dark", "Notices only", "Later")
    ]
    dark, notices, later = others
    bind(dark, now=TEN - timedelta(days=1))
    bind(notices, now=TEN - timedelta(days=1))
    bind(later, now=TEN + timedelta(days=1))
    Snapshot.objects.create(sha256="n", payload="{}", made_at=TEN)
    heard(notices, MINUTE, snapshot="n")
    Painted.objects.create(screen=bound, date=TUESDAY, at=TEN + 2 * MINUTE)
    assert painted_share(TUESDAY) == (1, 2, TEN + 2 * MINUTE)


def test_the_days_page_says_it_to_those_who_see_screens(client, bound, missed_monday, ann, root):
    Screen.objects.filter(pk=bound.pk).update(paired_at=datetime(2026, 1, 1, tzinfo=UTC))
    Painted.objects.create(screen=bound, date=MONDAY, at=datetime(2026, 3, 3, 8, 2, tzinfo=UTC))
    client.force_login(root)
    page = client.get("/results/2026-03-02/").content.decode()
    assert "Painted on 1 of 1 screen by 08:02." in page
    client.force_login(ann)
    assert "Painted on" not in client.get("/results/2026-03-02/").content.decode()
