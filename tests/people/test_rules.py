"""Working days, holidays, and what "yesterday" is."""

from datetime import UTC, date, datetime

import pytest

from people.models import CalendarEntry, Site, WorkingWeek
from people.rules import BEGINNING, parse_working_days, public_holidays
from people.services.calendars import all_sites, company_yesterday, subtree
from tests.conftest import make_department


@pytest.mark.parametrize(
    ("text", "days"),
    [("Mon-Fri", {0, 1, 2, 3, 4}), ("Mon-Sun", set(range(7))), ("Mon-Thu,Sat", {0, 1, 2, 3, 5})],
)
def test_a_working_week_is_read(text, days):
    assert parse_working_days(text) == days


@pytest.mark.parametrize("text", ["", "Fri-Mon", "Monday", "Mon-Tue-Wed", "0-4"])
def test_a_wrong_working_week_is_refused(text):
    with pytest.raises(ValueError, match=r"Mon-Fri|backwards"):
        parse_working_days(text)


def test_public_holidays_are_those_of_country_and_subdivision():
    assert date(2026, 12, 25) in public_holidays("GB", "", 2026)
    assert date(2026, 11, 30) in public_holidays("GB", "SCT", 2026)
    assert public_holidays("", "", 2026) == {}
    with pytest.raises(ValueError, match="no public holidays known"):
        public_holidays("XX", "", 2026)


@pytest.mark.django_db
def test_yesterday_is_the_last_working_day(site):
    monday_morning = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert all_sites()[0].yesterday(monday_morning) == date(2026, 2, 27)
    assert company_yesterday(monday_morning) == date(2026, 2, 27)


@pytest.mark.django_db
def test_a_closure_and_an_extra_day_change_yesterday(site, system):
    closed, extra = date(2026, 2, 27), date(2026, 2, 28)
    CalendarEntry.objects.create(
        site=site, date=closed, kind="closure", name="Move", made_by=system
    )
    monday_morning = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert company_yesterday(monday_morning) == date(2026, 2, 26)
    CalendarEntry.objects.create(site=site, date=extra, kind="extra", name="Sale", made_by=system)
    assert company_yesterday(monday_morning) == extra


@pytest.mark.django_db
def test_a_business_day_belongs_to_its_sites_zone(site):
    far = Site.objects.create(code="AK", name="Auckland", time_zone="Pacific/Auckland")
    WorkingWeek.objects.create(site=far, from_date=BEGINNING, working_days="Mon-Sun")
    # Sunday noon in London is already Monday in Auckland; only Auckland worked on Sunday.
    assert company_yesterday(datetime(2026, 3, 1, 12, tzinfo=UTC)) == date(2026, 3, 1)


@pytest.mark.django_db
def test_a_new_week_holds_from_its_day_on(site):
    WorkingWeek.objects.create(site=site, from_date=date(2026, 3, 1), working_days="Mon-Sat")
    calendar = all_sites()[0].calendar
    assert not calendar.works_on(date(2026, 2, 28))
    assert calendar.works_on(date(2026, 3, 7))


@pytest.mark.django_db
def test_a_subtree_is_that_of_the_day(site):
    top = make_department("TOP", site)
    below = make_department("BELOW", site, parent=top)
    assert subtree({top.pk}, on=date(2026, 3, 2)) == {top.pk, below.pk}
    below.placements.update(until_date=date(2026, 3, 1))
    assert subtree({top.pk}, on=date(2026, 3, 2)) == {top.pk}
