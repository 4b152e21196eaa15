"""Keeping departments and sites: what an act does is what it has shown."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from incentives.services.goals import GoalsOfDay
from people.models import (
    AuditEntry,
    CalendarEntry,
    Department,
    Membership,
    Placement,
    Role,
    RoleAssignment,
    Site,
    WorkingWeek,
)
from people.rules import BEGINNING
from people.services import departments, places, sites
from people.services.calendars import site_days, subtree
from people.services.importing import ImportRefused, Options, run_import
from people.services.places import PlacesRefused
from people.services.previews import act_once_seen
from tests.conftest import MONDAY, make_department, make_person
from tests.incentives.test_closing import make_pool
from tests.scene import WEDNESDAY_MORNING, missed_monday, pool, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

APRIL = date(2026, 4, 1)
LAST_OF_MARCH = date(2026, 3, 31)


@pytest.fixture
def north(db):
    site = Site.objects.create(code="NORTH", name="North", time_zone="Europe/London")
    WorkingWeek.objects.create(site=site, from_date=BEGINNING, working_days="Mon-Sat")
    return site


def place_rows(department: Department) -> list[tuple]:
    rows = department.placements.order_by("from_date")
    return [(p.parent and p.parent.code, p.site.code, p.from_date, p.until_date) for p in rows]


def member_rows(user) -> list[tuple]:
    rows = user.employee.memberships.order_by("from_date")
    return [(m.department.code, m.from_date, m.until_date) for m in rows]


def move(department, by, **changed):
    wanted = {"parent": None, "site": Site.objects.get(code="HQ"), "from_date": APRIL,
              "why": "new plan"}  # fmt: skip
    return departments.move_department(department, by=by, **{**wanted, **changed})


def merge(department, into, by, *, from_date=APRIL):
    return departments.merge_department(
        department, into=into, from_date=from_date, why="one team", by=by
    )


def close(department, by, *, last_day=LAST_OF_MARCH):
    return departments.close_department(department, last_day=last_day, why="sold", by=by)


# Looking first


def test_looking_shows_what_acting_does_and_keeps_nothing(claims, billing, ann, dee):
    looked = act_once_seen(lambda: merge(claims, billing, dee), seen="")
    assert not looked.done
    assert place_rows(claims) == [(None, "HQ", BEGINNING, None)]
    assert not AuditEntry.objects.exists()
    done = act_once_seen(lambda: merge(claims, billing, dee), seen=looked.digest)
    assert done.done and done.effects == looked.effects
    assert place_rows(claims) == [(None, "HQ", BEGINNING, LAST_OF_MARCH)]


def test_what_has_changed_meanwhile_is_looked_at_again(claims, billing, ann, dee, system):
    looked = act_once_seen(lambda: merge(claims, billing, dee), seen="")
    make_person("new", claims, by=system)
    again = act_once_seen(lambda: merge(claims, billing, dee), seen=looked.digest)
    assert not again.done
    assert member_rows(ann) == [("CLAIMS", date(2020, 1, 1), None)]


# Moving


def test_a_department_moves_from_a_day_and_keeps_its_history(claims, billing, north, dee):
    desk = make_department("DESK", claims.placements.get().site, claims)
    effects = move(claims, dee, parent=billing, site=north)
    assert place_rows(claims) == [
        (None, "HQ", BEGINNING, LAST_OF_MARCH),
        ("BILLING", "NORTH", APRIL, None),
    ]
    assert place_rows(desk) == [("CLAIMS", "HQ", BEGINNING, None)]
    assert effects == [
        "Claims stands below Billing at North from Wednesday 1 April 2026.",
        "1 department below comes along and keeps its site.",
        "Its goals are due on the working days of North.",
    ]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.by, entry.why) == (
        "move_department", "department:CLAIMS", dee, "new plan",
    )  # fmt: skip
    assert entry.before["parent"] == "" and entry.after["parent"] == "BILLING"


def test_a_move_says_who_leads_from_above_then(claims, billing, cas, bob, dee, system):
    desk = make_department("DESK", claims.placements.get().site, claims)
    RoleAssignment.objects.create(
        user=cas, role=Role.LEAD, department=billing, from_date=MONDAY, made_by=system
    )
    assert move(desk, dee, parent=billing)[1:] == [
        "No longer led from above by Bob.",
        "From then on led from above by Cas.",
    ]


def test_a_move_says_which_pools_it_changes(claims, billing, pool, dee, system):
    desk = make_department("DESK", claims.placements.get().site, claims)
    make_pool(system, code="claims-pool", scope=claims, headline=False)
    assert move(desk, dee, parent=billing)[1:] == ["Desk no longer counts for pool claims-pool."]


def test_a_planned_closing_outlives_a_move(claims, billing, dee):
    claims.placements.update(until_date=date(2026, 12, 31))
    move(claims, dee, parent=billing)
    assert place_rows(claims)[1] == ("BILLING", "HQ", APRIL, date(2026, 12, 31))


def test_a_closed_department_opens_again(claims, dee):
    close(claims, dee)
    move(claims, dee, from_date=date(2026, 5, 1))
    assert place_rows(claims) == [
        (None, "HQ", BEGINNING, LAST_OF_MARCH),
        (None, "HQ", date(2026, 5, 1), None),
    ]


def test_nothing_stands_below_itself(claims, dee):
    desk = make_department("DESK", claims.placements.get().site, claims)
    corner = make_department("CORNER", claims.placements.get().site, desk)
    with pytest.raises(PlacesRefused, match="Desk stands below Claims on Wednesday 1 April 2026"):
        move(claims, dee, parent=corner)
    assert place_rows(claims) == [(None, "HQ", BEGINNING, None)]


def test_nothing_will_stand_below_itself_on_a_later_day(claims, billing, dee):
    move(billing, dee, parent=claims, from_date=date(2026, 6, 1))
    with pytest.raises(PlacesRefused, match="Billing stands below Claims on Monday 1 June 2026"):
        move(claims, dee, parent=billing)


def test_nothing_stands_below_what_is_closed(claims, site, dee):
    short = make_department("SHORT", site)
    close(short, dee, last_day=date(2026, 6, 30))
    with pytest.raises(PlacesRefused, match="Short is closed from Wednesday 1 July 2026"):
        move(claims, dee, parent=short)
    claims.placements.update(until_date=date(2026, 6, 30))
    move(claims, dee, parent=short)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "stands there already"),
        ({"from_date": MONDAY}, "Monday 2 March 2026 is final"),
    ],
)
def test_a_move_is_refused(missed_monday, claims, dee, north, changed, words):
    site = {"site": north} if changed else {}
    with pytest.raises(PlacesRefused, match=words):
        move(claims, dee, **changed, **site)


def test_a_move_before_a_planned_one_is_refused(claims, billing, north, dee):
    move(claims, dee, site=north, from_date=date(2026, 6, 1))
    with pytest.raises(PlacesRefused, match=r"on Monday 1 June 2026 already"):
        move(claims, dee, parent=billing)


def test_two_moves_at_once_are_refused_in_words(claims, billing, north, dee, monkeypatch):
    """What the second of two knew is old: the database refuses, and its refusal is readable."""
    old = places.last_place(claims)
    move(claims, dee, site=north)
    monkeypatch.setattr(departments, "last_place", lambda _department: old)
    with pytest.raises(PlacesRefused, match="Somebody else has just moved"):
        move(claims, dee, parent=billing, from_date=date(2026, 3, 20))
    assert len(place_rows(claims)) == 2


def test_other_faults_of_the_database_are_not_hidden():
    with pytest.raises(IntegrityError), places.one_place_at_a_time():
        raise IntegrityError("something else")


# Merging


def test_a_merge_moves_people_and_departments_and_ends_leads(claims, billing, ann, bob, dee):
    desk = make_department("DESK", claims.placements.get().site, claims)
    effects = merge(claims, billing, dee)
    joined = date(2020, 1, 1)
    assert member_rows(ann) == [("CLAIMS", joined, LAST_OF_MARCH), ("BILLING", APRIL, None)]
    assert place_rows(desk)[1] == ("BILLING", "HQ", APRIL, None)
    assert place_rows(claims) == [(None, "HQ", BEGINNING, LAST_OF_MARCH)]
    assert bob.role_assignments.get().until_date == LAST_OF_MARCH
    assert effects == [
        "2 colleagues move to Billing from Wednesday 1 April 2026: Ann, Bob.",
        "Desk stands below Billing at Head office from Wednesday 1 April 2026.",
        "The role of Bob as lead of Claims ends.",
        "Claims is open through Tuesday 31 March 2026 for the last time; its history stays.",
    ]
    logged = AuditEntry.objects.values_list("action", "person__number")
    assert set(logged) == {
        ("merge_department", "ann"), ("merge_department", "bob"), ("move_department", None),
        ("set_roles", None), ("close_department", None),
    }  # fmt: skip


def test_a_merge_keeps_hours_and_leaving_days_and_moves_who_comes_later(
    claims, billing, ann, bob, cas, dee
):
    leaving = date(2026, 9, 30)
    Membership.objects.filter(employee=ann.employee).update(fte_bp=5000, until_date=leaving)
    Membership.objects.filter(employee=bob.employee).update(from_date=date(2026, 5, 1))
    merge(claims, billing, dee)
    assert ann.employee.memberships.order_by("from_date").last().fte_bp == 5000
    assert member_rows(ann)[1] == ("BILLING", APRIL, leaving)
    assert member_rows(bob) == [("BILLING", date(2026, 5, 1), None)]


def test_a_merge_into_a_department_below_lifts_that_one_first(claims, billing, dee, site):
    top = make_department("TOP", site)
    Placement.objects.filter(department=claims).update(parent=top)
    middle = make_department("MIDDLE", site, claims)
    low = make_department("LOW", site, middle)
    merge(claims, low, dee)
    assert place_rows(low)[1][0] == "TOP"
    assert place_rows(middle)[1][0] == "LOW"
    assert subtree({top.pk}, on=APRIL) == {top.pk, low.pk, middle.pk}


def test_a_merge_says_what_becomes_of_targets_and_they_are_due_no_more(goals, claims, billing, dee):
    effects = merge(claims, billing, dee)
    assert effects[-1].startswith("2 targets of Claims hold after that: their goals are no longer")
    site_id = claims.placements.get().site_id
    due = GoalsOfDay(APRIL, (site_id,), None, "missed", final=False).rows("t.department_id")
    assert {department for (department,) in due} == {billing.pk}


@pytest.mark.parametrize("case", ["itself", "closed", "final", "closed already"])
def test_a_merge_is_refused(missed_monday, claims, billing, dee, ann, case):
    into, day, words = billing, APRIL, ""
    if case == "itself":
        into, words = claims, "not into itself"
    elif case == "closed":
        Placement.objects.filter(department=billing).update(until_date=date(2026, 6, 30))
        words = "closed from Wednesday 1 July 2026"
    elif case == "final":
        day, words = MONDAY, "is final"
    else:
        Placement.objects.filter(department=claims).update(until_date=MONDAY)
        words = "closed after Monday 2 March 2026 already"
    with pytest.raises(PlacesRefused, match=words):
        merge(claims, into, dee, from_date=day)
    assert len(member_rows(ann)) == 1


def test_a_merge_is_refused_while_a_department_below_has_a_later_move(claims, billing, north, dee):
    desk = make_department("DESK", claims.placements.get().site, claims)
    move(desk, dee, parent=claims, site=north, from_date=date(2026, 6, 1))
    with pytest.raises(PlacesRefused, match="Desk moves on Monday 1 June 2026 already"):
        merge(claims, billing, dee)


# Closing


def test_an_empty_department_closes_and_says_what_becomes_of_its_targets(goals, claims, dee):
    assert close(claims, dee) == [
        "Claims is open through Tuesday 31 March 2026 for the last time; its history stays.",
        "2 targets of Claims hold after that: their goals are no longer due, and would be again if"
        " the department opened again.",
    ]
    assert place_rows(claims) == [(None, "HQ", BEGINNING, LAST_OF_MARCH)]


def test_a_department_with_people_or_departments_does_not_close(claims, ann, dee, site):
    with pytest.raises(PlacesRefused, match="1 colleague works in Claims"):
        close(claims, dee)
    Membership.objects.filter(employee=ann.employee).update(until_date=LAST_OF_MARCH)
    for number in range(5):
        make_department(f"D{number}", site, claims)
    with pytest.raises(PlacesRefused, match="still open: D0, D1, D2 and 2 more"):
        close(claims, dee)


def test_a_department_does_not_close_behind_a_final_day(missed_monday, claims, dee):
    with pytest.raises(PlacesRefused, match="Monday 2 March 2026 is final"):
        close(claims, dee, last_day=MONDAY - timedelta(days=1))
    close(claims, dee, last_day=MONDAY)


# Adding and renaming


def test_a_department_is_added_and_renamed(claims, site, dee):
    departments.add_department("DESK", "Desk", parent=claims, site=site, from_date=APRIL, by=dee)
    desk = Department.objects.get(code="DESK")
    assert place_rows(desk) == [("CLAIMS", "HQ", APRIL, None)]
    departments.rename_department(desk, name="Front desk", by=dee)
    desk.refresh_from_db()
    assert desk.name == "Front desk"
    with pytest.raises(PlacesRefused, match="its name already"):
        departments.rename_department(desk, name="Front desk", by=dee)
    with pytest.raises(PlacesRefused, match="choose another code"):
        departments.add_department("desk", "Desk", parent=None, site=site, from_date=APRIL, by=dee)


# Files


def read_file(kind: str, text: str, *, as_of: date, by):
    return run_import(
        kind, text.encode(), filename="f.csv", options=Options(as_of=as_of), by=by, dry_run=False
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("departments", "code,name,parent,site\nCLAIMS,Claims,BILLING,HQ\n"),
        ("sites", "code,name,time_zone,working_days\nHQ,Head office,Europe/London,Tue-Fri\n"),
    ],
)
def test_a_file_changes_no_final_day_either(missed_monday, claims, billing, system, kind, text):
    with pytest.raises(ImportRefused, match="Monday 2 March 2026 is final"):
        read_file(kind, text, as_of=MONDAY, by=system)
    assert place_rows(claims) == [(None, "HQ", BEGINNING, None)]
    assert WorkingWeek.objects.count() == 1
    assert read_file(kind, text, as_of=MONDAY + timedelta(days=1), by=system).updated == 1


def test_a_file_puts_nothing_below_itself_for_a_while(claims, billing, dee, system):
    """As the departments stand in the end there is no circle; until June there would be."""
    move(claims, dee, parent=billing)
    move(claims, dee, from_date=date(2026, 6, 1))
    text = "code,name,parent,site\nBILLING,Billing,CLAIMS,HQ\n"
    with pytest.raises(ImportRefused, match="BILLING would be above itself on 2026-04-01"):
        read_file("departments", text, as_of=APRIL, by=system)
    read_file("departments", text, as_of=date(2026, 6, 1), by=system)


# Sites


def new_week(site, by, **changed):
    wanted = {"working_days": "Mon-Fri", "country": "", "subdivision": "", "from_date": APRIL}
    return sites.change_week(site, by=by, **{**wanted, **changed})


def add_day(site, by, day, kind="closure", name="Stocktaking"):
    return sites.add_calendar_entry(site, day=day, kind=kind, name=name, by=by)


def test_a_new_week_says_which_days_change(site, dee):
    effects = new_week(site, dee, country="GB", subdivision="ENG")
    assert effects[0].startswith(
        "10 working days fewer from Wednesday 1 April 2026 to Wednesday 31 March 2027:"
        " Friday 3 April 2026, Monday 6 April 2026"
    )
    assert site_days(site).calendar.works_on(date(2026, 4, 3)) is False
    assert new_week(site, dee, working_days="Mon-Sat", from_date=date(2026, 3, 30))[-1] == (
        "From Wednesday 1 April 2026 the later week holds."
    )


def test_a_new_week_never_changes_a_final_day(missed_monday, site, dee):
    with pytest.raises(PlacesRefused, match="Monday 2 March 2026 is final"):
        new_week(site, dee, working_days="Tue-Fri", from_date=MONDAY)
    with pytest.raises(PlacesRefused, match="in force on that day already"):
        new_week(site, dee)
    # Up to the next week that is known, and no further.
    WorkingWeek.objects.create(site=site, from_date=MONDAY, working_days="Mon-Fri")
    new_week(site, dee, working_days="Tue-Fri", from_date=date(2026, 2, 1))


def test_a_closure_is_added_and_removed(goals, site, dee):
    christmas = date(2026, 12, 24)
    assert add_day(site, dee, christmas) == [
        "Thursday 24 December 2026 is no working day.",
        "Goals of 2 departments are not due on that day.",
    ]
    entry = CalendarEntry.objects.get()
    assert (entry.made_by, entry.kind) == (dee, "closure")
    with pytest.raises(PlacesRefused, match="“Stocktaking” already"):
        add_day(site, dee, christmas, kind="extra")
    assert sites.remove_calendar_entry(site, entry.pk, by=dee) == [
        "Thursday 24 December 2026 is a working day.",
        "Goals of 2 departments become due on that day.",
    ]
    with pytest.raises(PlacesRefused, match="removed it already"):
        sites.remove_calendar_entry(site, entry.pk, by=dee)


def test_a_day_that_changes_nothing_says_so(site, dee):
    sunday = date(2026, 12, 27)
    assert add_day(site, dee, sunday)[1] == "That is so without this entry too."


def test_a_closure_never_changes_a_final_day(missed_monday, site, dee):
    with pytest.raises(PlacesRefused, match="Monday 2 March 2026 is final"):
        add_day(site, dee, MONDAY)
    entry = CalendarEntry.objects.create(
        site=site, date=MONDAY, kind="extra", name="Old", made_by=dee
    )
    with pytest.raises(PlacesRefused, match="Monday 2 March 2026 is final"):
        sites.remove_calendar_entry(site, entry.pk, by=dee)


def test_another_time_zone_says_what_becomes_of_the_cut_off(site, dee):
    effects = sites.change_time_zone(
        site, time_zone="Pacific/Auckland", now=WEDNESDAY_MORNING + timedelta(hours=4), by=dee
    )
    assert effects == [
        "Figures due at 12:00 are due at 12:00 in Pacific/Auckland, which is 23:00 in"
        " Europe/London.",
        "This holds for every day that is not final yet; final days and their dates stay.",
        "It is Thursday 5 March 2026 there at once, and no longer Wednesday 4 March 2026.",
    ]
    with pytest.raises(PlacesRefused, match="already"):
        sites.change_time_zone(site, time_zone="Pacific/Auckland", now=timezone.now(), by=dee)


def test_a_site_is_added_and_renamed(site, dee):
    week = {"working_days": "Mon-Fri", "country": "", "subdivision": ""}
    sites.add_site("YARD", "Yard", time_zone="Asia/Shanghai", by=dee, **week)
    yard = Site.objects.get(code="YARD")
    assert site_days(yard).week_in_force(MONDAY).from_date == BEGINNING
    sites.rename_site(yard, name="Old yard", by=dee)
    with pytest.raises(PlacesRefused, match="its name already"):
        sites.rename_site(yard, name="Old yard", by=dee)
    with pytest.raises(PlacesRefused, match="choose another code"):
        sites.add_site("yard", "Yard", time_zone="Asia/Shanghai", by=dee, **week)
