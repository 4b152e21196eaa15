"""Sites: the list, one site with its calendar, and the acts that keep them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import CalendarEntry, Placement, Site, WorkingWeek
from people.rules import BEGINNING
from people.services.calendars import site_days
from tests.conftest import MONDAY, make_department
from tests.scene import missed_monday, pool, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

WEEK = {"working_days": ["0", "1", "2", "3", "4"], "country": "", "subdivision": ""}


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def act(client, path: str, said: dict):
    """Look, then act; the answer to the second step and the effects shown in the first."""
    looked = client.post(path, said)
    assert looked.status_code == 200, looked
    if not looked.context["effects"]:
        return looked, looked.context["form"].errors
    shown = looked.context
    return client.post(path, {**said, "seen": shown["seen"]}), shown["effects"]


def test_the_list_says_zone_week_and_departments(as_dee, claims, billing):
    page = as_dee.get("/sites/")
    [row] = page.context["table"].rows
    assert row.record.departments == 2
    assert "Mon–Fri" in page.content.decode()
    assert "/sites/HQ/" in page.content.decode()
    export = as_dee.get("/sites/?export=csv").content.decode("utf-8-sig")
    assert export == "Site,Code,Time zone,Working days,Departments\r\n" \
        "Head office,HQ,Europe/London,Mon-Fri,2\r\n"  # fmt: skip


def test_the_list_costs_the_same_queries_with_one_ten_and_a_thousand_rows(as_dee, site):
    queries_of(as_dee, "/sites/")
    one = queries_of(as_dee, "/sites/")
    for first, last in ((0, 9), (9, 999)):
        made = Site.objects.bulk_create(
            Site(code=f"S{n}", name=f"Site {n}", time_zone="Europe/London")
            for n in range(first, last)
        )
        WorkingWeek.objects.bulk_create(
            WorkingWeek(site=each, from_date=BEGINNING, working_days="Mon-Fri") for each in made
        )
        assert queries_of(as_dee, "/sites/") == one


def test_a_site_shows_weeks_holidays_and_who_added_a_day(as_dee, site, system, dee):
    WorkingWeek.objects.create(
        site=site, from_date=date(2026, 6, 1), working_days="Mon-Thu,Sat", country="GB"
    )
    for day, name in ((date(2025, 12, 24), "Old closure"), (date(2026, 12, 24), "Christmas Eve")):
        CalendarEntry.objects.create(site=site, date=day, kind="closure", name=name, made_by=dee)
    page = as_dee.get("/sites/HQ/")
    text = page.content.decode()
    assert [entry.name for entry in page.context["entries"]] == ["Christmas Eve"]
    assert [entry.name for entry in page.context["earlier"]] == ["Old closure"]
    assert text.count(">Dee</td>") == 2
    assert "Mon–Thu, Sat" in text and "in force" in text
    # The week with holidays begins in June, so Easter is a working day and Christmas is not.
    assert [day for day, _name in page.context["holidays"]][-1] == date(2026, 12, 28)
    assert all(day >= date(2026, 6, 1) for day, _name in page.context["holidays"])


def test_an_entry_costs_no_query_of_its_own(as_dee, site, dee):
    queries_of(as_dee, "/sites/HQ/")
    none = queries_of(as_dee, "/sites/HQ/")
    for month in range(1, 12):
        CalendarEntry.objects.create(
            site=site, date=date(2026, month, 1), kind="closure", name="x", made_by=dee
        )
    assert queries_of(as_dee, "/sites/HQ/") == none


def test_a_site_is_added(as_dee):
    said = {"code": "YARD", "name": "Yard", "time_zone": "Asia/Shanghai", **WEEK, "country": "CN"}
    answer, _effects = act(as_dee, "/add-site/", said)
    assert answer.status_code == 302
    yard = Site.objects.get(code="YARD")
    week = site_days(yard).week_in_force(MONDAY)
    assert (yard.name, week.working_days, week.country) == ("Yard", "Mon-Fri", "CN")


def test_nothing_happens_before_it_was_shown(as_dee, site):
    page = as_dee.post("/sites/HQ/rename/", {"name": "Main house"})
    assert page.context["effects"] == [
        "Head office is called Main house from now on, on pages about past days as well."
    ]
    site.refresh_from_db()
    assert site.name == "Head office"
    # The way back keeps what was said.
    assert as_dee.get(f"/sites/HQ/rename/{page.context['again']}").context["form"]["name"].value() \
        == "Main house"  # fmt: skip
    old = as_dee.post("/sites/HQ/rename/", {"name": "Main house", "seen": "of something else"})
    assert "please look again" in old.content.decode()
    assert as_dee.post(
        "/sites/HQ/rename/", {"name": "Main house", "seen": page.context["seen"]}
    ).url == "/sites/HQ/"  # fmt: skip
    site.refresh_from_db()
    assert site.name == "Main house"


def test_a_week_is_changed_from_a_day(as_dee, site):
    said = {**WEEK, "working_days": ["1", "2", "3"], "from_date": "2026-04-01", "country": "DE",
            "subdivision": "BY"}  # fmt: skip
    answer, effects = act(as_dee, "/sites/HQ/week/", said)
    assert answer.status_code == 302 and "working days fewer" in effects[0]
    week = site.weeks.get(from_date=date(2026, 4, 1))
    assert (week.working_days, week.country, week.subdivision) == ("Tue-Thu", "DE", "BY")


def test_the_time_zone_is_changed(as_dee, site):
    answer, effects = act(as_dee, "/sites/HQ/time-zone/", {"time_zone": "Asia/Shanghai"})
    assert answer.status_code == 302
    assert "12:00 in Asia/Shanghai, which is 04:00 in Europe/London" in effects[0]


def test_a_closure_is_added_and_removed(as_dee, site, claims):
    said = {"day": "2026-12-24", "kind": "closure", "name": "Christmas Eve"}
    answer, effects = act(as_dee, "/sites/HQ/days/", said)
    assert answer.status_code == 302
    assert effects[1] == "Goals of 2 departments are not due on that day."
    entry = CalendarEntry.objects.get()
    answer, _effects = act(as_dee, f"/sites/HQ/days/{entry.pk}/remove/", {})
    assert answer.status_code == 302 and not CalendarEntry.objects.exists()


def test_a_final_day_is_refused_beside_the_form(as_dee, missed_monday):
    said = {"day": "2026-03-02", "kind": "closure", "name": "Flood"}
    answer, errors = act(as_dee, "/sites/HQ/days/", said)
    assert "Monday 2 March 2026 is final" in errors["__all__"][0]
    assert "Flood" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "said", "field"),
    [
        ("/sites/HQ/week/", {**WEEK, "from_date": "2026-04-01", "working_days": []},
         "working_days"),
        ("/sites/HQ/week/", {**WEEK, "from_date": "9999-12-31"}, "from_date"),
        ("/sites/HQ/week/", {**WEEK, "from_date": "0001-01-01"}, "from_date"),
        ("/sites/HQ/week/", {**WEEK, "from_date": "2026-04-01", "country": "GB",
                             "subdivision": "ZZ"}, "subdivision"),
        ("/sites/HQ/week/", {**WEEK, "from_date": "2026-04-01", "subdivision": "BY"},
         "subdivision"),
        ("/sites/HQ/time-zone/", {"time_zone": "Mars/Olympus"}, "time_zone"),
        ("/sites/HQ/time-zone/", {"time_zone": "Europe/London"}, "__all__"),
        ("/sites/HQ/rename/", {"name": "x" * 201}, "name"),
        ("/sites/HQ/rename/", {"name": "a\x00b"}, "name"),
        ("/sites/HQ/days/", {"day": "24.12.2026", "kind": "closure", "name": "x"}, "day"),
        ("/sites/HQ/days/", {"day": "2026-12-24", "kind": "party", "name": "x"}, "kind"),
        ("/add-site/", {**WEEK, "code": "..", "name": "x", "time_zone": "UTC"}, "code"),
        ("/add-site/", {**WEEK, "code": "hq", "name": "x", "time_zone": "UTC"}, "__all__"),
    ],
)  # fmt: skip
def test_wrong_input_is_said_beside_the_field(as_dee, site, path, said, field):
    page = as_dee.post(path, said)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])


@pytest.mark.parametrize("name", ["nowhere", "HQ/days/999/remove"])
def test_what_is_not_there_is_not_found(as_dee, site, name):
    assert as_dee.get(f"/sites/{name}/").status_code == 404


def test_a_site_without_a_week_says_so(as_dee, site):
    WorkingWeek.objects.all().delete()
    assert "nobody works here" in as_dee.get("/sites/HQ/").content.decode()
    assert as_dee.get("/sites/").status_code == 200
    assert as_dee.get("/sites/HQ/week/").status_code == 200


def test_who_only_reads_is_offered_no_acts(client, max_auditor, site, dee):
    CalendarEntry.objects.create(site=site, date=MONDAY, kind="closure", name="x", made_by=dee)
    client.force_login(max_auditor)
    for path in ("/sites/", "/sites/HQ/"):
        page = client.get(path).content.decode()
        assert "add-site" not in page and "Rename" not in page and "Remove" not in page


def test_a_department_that_moved_away_is_not_counted(as_dee, site, claims, billing):
    Placement.objects.filter(department=claims).update(until_date=MONDAY)
    make_department("DESK", site)
    [row] = as_dee.get("/sites/").context["table"].rows
    assert row.record.departments == 2
