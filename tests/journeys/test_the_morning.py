"""The morning in the clocks of the sites: when a day is posted that is not complete, and what
screens say until then."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from cms.models import DaySnapshot
from incentives.models import Target
from people.models import Site, WorkingWeek
from people.rules import BEGINNING
from people.services.calendars import all_sites
from people.services.policies import set_policy
from screens.services.manifest import expectations
from tests.conftest import make_result
from tests.incentives.test_closing import make_pool, report_all
from tests.test_commands import time_machine_at  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_zones(goals, system):
    """London and New York; Claims owes its figures for days."""
    make_pool(system)
    new_york = Site.objects.create(code="NYC", name="New York", time_zone="America/New_York")
    WorkingWeek.objects.create(site=new_york, from_date=BEGINNING, working_days="Mon-Fri")


def posted_days() -> set[str]:
    return {str(day) for day in DaySnapshot.objects.values_list("date", flat=True)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# 07:00 in New York is 12:00 in UTC in winter and 11:00 in summer; its clock is changed on 8 March
# and 1 November 2026, London's on 29 March and 25 October.
MORNINGS = [
    ("2026-03-05", "2026-03-06T12:00"),
    ("2026-03-06", "2026-03-07T12:00"),
    ("2026-03-09", "2026-03-10T11:00"),
    ("2026-03-27", "2026-03-28T11:00"),
    ("2026-03-30", "2026-03-31T11:00"),
    ("2026-10-26", "2026-10-27T11:00"),
    ("2026-10-30", "2026-10-31T11:00"),
    ("2026-11-02", "2026-11-03T12:00"),
]


@pytest.mark.parametrize(("day", "moment"), MORNINGS)
def test_an_incomplete_day_is_posted_at_seven_by_its_last_site(
    two_zones, day, moment, time_machine_at
):
    due = at(moment)
    time_machine_at((due - timedelta(minutes=1)).isoformat())
    call_command("run_due", stdout=StringIO())
    assert day not in posted_days()
    time_machine_at(due.isoformat())
    call_command("run_due", stdout=StringIO())
    assert day in posted_days()


@pytest.mark.parametrize(("day", "moment"), MORNINGS)
def test_screens_expect_a_day_an_hour_after_it_is_posted(two_zones, day, moment):
    found = {each["date"]: each["from"] for each in expectations(all_sites(), now=at(moment))}
    assert datetime.fromisoformat(found[day]) == at(moment) + timedelta(hours=1)


def test_a_complete_day_is_posted_as_soon_as_it_is_over_everywhere(
    two_zones, goals, system, time_machine_at
):
    monday = date(2026, 3, 2)
    report_all(goals, system, met=4)
    time_machine_at("2026-03-03T04:59:00Z")
    call_command("run_due", stdout=StringIO())
    assert str(monday) not in posted_days(), "it is still Monday in New York"
    time_machine_at("2026-03-03T05:00:00Z")
    call_command("run_due", stdout=StringIO())
    assert str(monday) in posted_days()


def test_a_company_says_when_its_morning_is(two_zones, system, time_machine_at):
    set_policy("posting_time", "05:30", from_date=BEGINNING, reason="early shift", by=system)
    time_machine_at("2026-03-06T10:29:00Z")
    call_command("run_due", stdout=StringIO())
    assert "2026-03-05" not in posted_days()
    time_machine_at("2026-03-06T10:30:00Z")
    call_command("run_due", stdout=StringIO())
    assert "2026-03-05" in posted_days()


def test_a_part_that_fails_keeps_no_other_from_being_done(
    two_zones, monkeypatch, time_machine_at, caplog
):
    def broken(**_more):
        raise OSError("no mail server")

    monkeypatch.setattr("screens.management.commands.run_due.end_feeds", broken)
    time_machine_at("2026-03-06T12:00:00Z")
    out = StringIO()
    with pytest.raises(Exception, match="begin: no mail server"):
        call_command("run_due", "--format", "json", stdout=out)
    assert json.loads(out.getvalue())["posted"] == ["2026-03-05"]
    assert "_begin failed" in caplog.text


def test_a_step_that_fails_keeps_no_other_of_its_part_from_being_done(
    two_zones, monkeypatch, time_machine_at
):
    def broken(*_any, **_more):
        raise OSError("broken")

    done = []
    due = "screens.management.commands.run_due"
    for name in ("follow_the_day", "refresh", "renew_estimates", "tell_waiting"):
        monkeypatch.setattr(f"{due}.{name}", broken)
    for name in ("alert_about_missing_post", "notice_of_day", "send_waiting"):
        monkeypatch.setattr(f"{due}.{name}", lambda name=name, **_more: done.append(name))
    time_machine_at("2026-03-06T12:00:00Z")
    with pytest.raises(Exception, match="begin: broken; screens: broken; keep: broken; mail"):
        call_command("run_due", stdout=StringIO())
    assert done == ["alert_about_missing_post", "notice_of_day", "send_waiting"]


def test_once_posted_a_day_follows_its_figures(two_zones, goals, system, time_machine_at):
    set_policy("posting_time", "06:00", from_date=BEGINNING, reason="early shift", by=system)
    time_machine_at("2026-03-03T11:00:00Z")
    call_command("run_due", stdout=StringIO())
    first = goals[0]
    make_result(first.department, first.metric, date(2026, 3, 2), "80", system)
    call_command("run_due", stdout=StringIO())
    assert DaySnapshot.objects.filter(date="2026-03-02").count() == 2


def test_a_working_day_on_which_nothing_was_due_is_not_waited_for(
    two_zones, goals, system, time_machine_at
):
    report_all(goals, system, met=4)
    time_machine_at("2026-03-03T12:00:00Z")
    call_command("run_due", stdout=StringIO())
    Target.objects.update(until_date=date(2026, 3, 2))
    moment = at("2026-03-05T14:00")
    days = [each["date"] for each in expectations(all_sites(), now=moment)]
    assert {"2026-03-03", "2026-03-04"}.isdisjoint(days)
    assert {"2026-03-02", "2026-03-05"} <= set(days)


def test_screens_expect_a_day_by_the_rule_of_its_own_morning(two_zones, system):
    set_policy("posting_time", "05:30", from_date=date(2026, 3, 7), reason="early", by=system)
    found = {each["date"]: each["from"] for each in expectations(all_sites(), now=at("2026-03-05"))}
    assert datetime.fromisoformat(found["2026-03-05"]) == at("2026-03-06T13:00")
    assert datetime.fromisoformat(found["2026-03-06"]) == at("2026-03-07T11:30")
