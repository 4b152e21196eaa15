"""Which business day must be up when, and when a screen is lit."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from people.models import CalendarEntry, Site, WorkingWeek
from people.rules import BEGINNING
from people.services.calendars import all_sites
from screens.rules.dayparts import NotNow, Part, holds, lit_spans
from screens.services.manifest import expectations

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def expected(moment: datetime) -> list[dict[str, str]]:
    return expectations(all_sites(), now=moment)


def expected_at(moment: datetime) -> str | None:
    """The newest day that must be up at a moment."""
    due = [
        each["date"] for each in expected(moment)
        if datetime.fromisoformat(each["from"]) <= moment
    ]  # fmt: skip
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
    dates = [each["date"] for each in expected(datetime(2026, 4, 7, 9, tzinfo=UTC))]
    assert not {good_friday, easter_monday, "2026-04-02"} & set(dates)
    assert expected_at(datetime(2026, 4, 7, 9, tzinfo=UTC)) == "2026-04-01"


def test_two_weeks_ahead_are_known_for_screens_without_network(site):
    dates = [each["date"] for each in expected(datetime(2026, 3, 9, 9, tzinfo=UTC))]
    assert dates[-1] >= "2026-03-20"
    assert dates == sorted(dates)


def test_a_day_is_expected_when_the_last_of_its_sites_had_its_morning(site):
    honolulu = Site.objects.create(code="HNL", name="Hawaii", time_zone="Pacific/Honolulu")
    WorkingWeek.objects.create(site=honolulu, from_date=BEGINNING, working_days="Mon-Fri")
    assert expected_at(datetime(2026, 3, 4, 17, 59, tzinfo=UTC)) == "2026-03-02"
    assert expected_at(datetime(2026, 3, 4, 18, 0, tzinfo=UTC)) == "2026-03-03"


def test_without_sites_nothing_is_expected(db):
    assert expected(datetime(2026, 3, 4, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("part", "why_not"),
    [
        (Part(), None),
        (Part(weekdays="Mon-Fri"), None),
        (Part(weekdays="Sat,Sun"), NotNow.OTHER_WEEKDAY),
        (Part(from_time=time(12)), None),
        (Part(from_time=time(12, 1)), NotNow.TOO_EARLY),
        (Part(until_time=time(12)), NotNow.TOO_LATE),
        (Part(until_time=time(12, 1)), None),
        (Part(first_day=date(2026, 3, 4)), None),
        (Part(first_day=date(2026, 3, 5)), NotNow.NOT_YET),
        (Part(last_day=date(2026, 3, 4)), None),
        (Part(last_day=date(2026, 3, 3)), NotNow.OVER),
    ],
)
def test_a_part_of_the_day_holds_or_says_why_not(part, why_not):
    wednesday_noon = datetime(2026, 3, 4, 12, tzinfo=BERLIN)
    assert holds(part, local=wednesday_noon) == why_not


def test_a_screen_is_lit_by_its_own_clock_across_a_change_of_it():
    spans = list(
        lit_spans(
            date(2026, 3, 28), days=2, lit_from=time(6), lit_until=time(20), zone=BERLIN,
            calendar=None,
        )
    )  # fmt: skip
    assert [(a.astimezone(UTC).hour, b.astimezone(UTC).hour) for a, b in spans] == [
        (5, 19),
        (4, 18),
    ]
