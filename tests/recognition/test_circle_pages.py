"""Pages of the circle: shares for those who lead, names for HR and their leads."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import AuditEntry, Employee, Membership, Role
from recognition.models import ReminderPutOff
from recognition.services.circle_people import reminders
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.recognition.conftest import TODAY, praised
from tests.recognition.test_circle import told

pytestmark = pytest.mark.django_db
CIRCLE, UNRECOGNISED = "/circle/", "/circle/unrecognised/"
GIVING, GIVERS = "/circle/givers/", "/circle/givers/people/"
LONG_AGO = date(2024, 12, 1)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def staff(department, count: int, *, name="Colleague", job="Clerk", hired_on=date(2019, 1, 1)):
    first = Employee.objects.count()
    made = Employee.objects.bulk_create(
        Employee(number=f"N{n}", name=f"{name} {n}", hired_on=hired_on, job_title=job)
        for n in range(first, first + count)
    )
    Membership.objects.bulk_create(
        Membership(employee=each, department=department, from_date=hired_on) for each in made
    )
    return made


def text_of(client, user, address: str) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    found = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])
    return " ".join(found.split())


def row_of(client, user, address: str, name: str) -> list[str]:
    """The cells of the table row that begins with a name."""
    client.force_login(user)
    page = client.get(address).content.decode()
    for row in re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.S):
        cells = [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        if cells[0] == name:
            return cells
    return []


@pytest.fixture
def company(ann, bob, cas, dee, eve, claims, billing, kept_promise):
    """Ten in Billing of whom two are in the circle, two in Claims of whom Ann is."""
    staff(billing, 7)
    praised(ann, dee, by=cas, behaviour=kept_promise)
    praised(eve, by=bob, behaviour=kept_promise)
    told(bob.employee, [cas.employee], LONG_AGO)
    return kept_promise


def test_hr_reads_every_group_with_its_share(client, company, dee):
    assert "3 of 12" in text_of(client, dee, CIRCLE)
    assert row_of(client, dee, CIRCLE, "Head office") == ["Head office", "12", "3", "25%"]
    assert row_of(client, dee, CIRCLE, "Billing") == ["Billing", "10", "2", "20%"]
    assert row_of(client, dee, CIRCLE, "Claims") == ["Claims", "2", "1", "50%"]
    assert row_of(client, dee, CIRCLE, "5 to 10 years") == ["5 to 10 years", "12", "3", "25%"]
    assert row_of(client, dee, CIRCLE, "Clerk") == ["Clerk", "7", "0", "0%"]
    assert row_of(client, dee, CIRCLE, "Without a job title")[1:3] == ["5", "3"]


def test_a_small_group_and_what_gives_it_away_are_hidden_from_others(client, company, eve):
    assert row_of(client, eve, CIRCLE, "Claims")[1:4] == ["—", "—", "fewer than five"]
    # Billing would be the company less Claims.
    kept = "kept back, as it would give away a small group"
    assert row_of(client, eve, CIRCLE, "Billing")[1:4] == ["—", "—", kept]
    assert row_of(client, eve, CIRCLE, "Head office")[1:4] == ["12", "3", "25%"]


def test_a_lead_sees_the_own_small_group(client, company, bob):
    assert row_of(client, bob, CIRCLE, "Claims")[1:4] == ["2", "1", "50%"]
    assert row_of(client, bob, CIRCLE, "Billing")[1:4] == ["10", "2", "20%"]


def test_whom_a_lead_knows_does_not_make_a_group_large(client, bob, claims, billing, site):
    """Four people besides the lead's own: what is told of all tells of those four."""
    staff(claims, 10)
    below = make_department("DESK", site, billing)
    staff(below, 4, job="Cook")
    assert row_of(client, bob, CIRCLE, "Cook")[1:4] == ["—", "—", "fewer than five"]
    staff(claims, 3, job="Cook")
    hidden = row_of(client, bob, CIRCLE, "Cook")
    assert hidden[3] == "kept back, as it would give away a small group"


def test_a_department_stands_with_those_below_it(client, company, dee, claims, site):
    desk = make_department("DESK", site, claims)
    staff(desk, 8)
    assert row_of(client, dee, CIRCLE, "Claims") == ["Claims", "10", "1", "10%", "50%"]
    assert row_of(client, dee, CIRCLE, "Desk") == ["Desk", "8", "0", "0%", "—"]


def test_the_circle_is_cut_by_site(client, company, dee, db):
    from people.models import Site

    other = Site.objects.create(code="N", name="North", time_zone="UTC")
    staff(make_department("NORTH", other), 6, job="Cook")
    text = text_of(client, dee, "/circle/?site=N")
    assert "Circle of North" in text
    assert "0 of 6" in text
    assert "Billing" not in text
    assert row_of(client, dee, "/circle/?site=N", "Cook") == ["Cook", "6", "0", "0%"]
    assert row_of(client, dee, "/circle/?site=N", "Clerk") == []


@pytest.mark.parametrize("said", ["site=nowhere", "site-page=x", "job-sort=nothing", "site=%00"])
def test_a_wrong_question_is_answered_for_the_whole_company(said, client, company, dee):
    assert "3 of 12" in text_of(client, dee, f"{CIRCLE}?{said}")


def test_groups_are_sorted_as_asked(client, company, dee):
    for said, first in (("group", "Billing"), ("-group", "Claims"), ("-total", "Billing")):
        text = text_of(client, dee, f"{CIRCLE}?department-sort={said}")
        table = text.partition("Departments, with those below")[2]
        assert min(("Billing", "Claims"), key=table.index) == first, said


@pytest.mark.parametrize("address", [CIRCLE, GIVING])
def test_employees_do_not_read_the_circle(address, client, company, ann, root, fay):
    for user in (ann, root, fay):
        client.force_login(user)
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [UNRECOGNISED, GIVERS])
def test_names_are_for_hr_and_leads_only(address, client, company, ann, eve, max_auditor, root):
    for user in (ann, eve, max_auditor, root):
        client.force_login(user)
        assert client.get(address).status_code == 403


def test_a_department_has_a_page_for_those_who_may_see_its_share(client, company, bob, dee, eve):
    assert "1 of 2" in text_of(client, bob, "/circle/departments/CLAIMS/")
    assert "1 of 2" in text_of(client, dee, "/circle/departments/CLAIMS/")
    client.force_login(eve)
    assert client.get("/circle/departments/CLAIMS/").status_code == 404
    client.force_login(dee)
    assert client.get("/circle/departments/NOWHERE/").status_code == 404


def names_in(client, user, address) -> list[str]:
    client.force_login(user)
    page = client.get(address).content.decode()
    return re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]*)</a>', page)


def test_hr_finds_everybody_who_was_not_recognised_the_longest_here_first(client, company, dee):
    Employee.objects.filter(number="N5").update(hired_on=date(2001, 1, 1))
    found = names_in(client, dee, UNRECOGNISED)
    assert found[0] == "Colleague 5"
    assert set(found) == {"Bob", "Cas", *(f"Colleague {n}" for n in range(5, 12))}
    assert names_in(client, dee, f"{UNRECOGNISED}?last=long-ago") == ["Cas"]
    assert "Cas" not in names_in(client, dee, f"{UNRECOGNISED}?last=never")
    text = text_of(client, dee, f"{UNRECOGNISED}?search=cas")
    assert "1 Dec 2024" in text
    client.force_login(dee)
    assert 'href="/nominations/new/?to=cas"' in client.get(UNRECOGNISED).content.decode()


def test_a_lead_finds_the_own_people_only_and_no_file(client, company, bob, claims):
    [new] = staff(claims, 1, name="New")
    assert set(names_in(client, bob, UNRECOGNISED)) == {"Bob", new.name}
    assert client.get(f"{UNRECOGNISED}?export=csv").status_code == 403
    assert names_in(client, bob, f"{UNRECOGNISED}?department=BILLING") == []
    # Nobody praises themself.
    assert "?to=bob" not in client.get(UNRECOGNISED).content.decode()


def test_hr_takes_the_list_as_a_file(client, company, dee):
    client.force_login(dee)
    file = client.get(f"{UNRECOGNISED}?export=csv&search=cas").content.decode("utf-8-sig")
    assert file.splitlines() == [
        "Name,Job title,Department,Here since,Last recognised,Number",
        "Cas,,Billing,2020-01-01,2024-12-01,cas",
    ]


def test_hr_finds_who_gives_and_who_never_does(client, company, dee, bob):
    assert set(names_in(client, dee, f"{GIVERS}?gave=gave")) == {"Bob", "Cas"}
    assert len(names_in(client, dee, f"{GIVERS}?gave=gave-nothing")) == 10
    assert set(names_in(client, bob, GIVERS)) == {"Ann", "Bob"}
    assert row_of(client, dee, GIVERS, "Cas")[4:6] == ["1", "Tue 3 Mar 2026"]


def test_others_read_shares_of_those_who_give(client, company, eve, dee):
    text = text_of(client, eve, GIVING)
    assert "16.6%" in text  # Bob and Cas of 12
    assert row_of(client, eve, GIVING, "Claims")[3] == "fewer than five"
    # Bob praised Eve; Cas praised Ann in Claims and Dee in Billing.
    assert row_of(client, dee, GIVING, "Claims") == ["Claims", "2", "1", "50%", "100%"]
    assert row_of(client, dee, GIVING, "Billing") == ["Billing", "10", "1", "10%", "50%"]
    assert "By name" not in text


@pytest.mark.parametrize("address", [CIRCLE, UNRECOGNISED, GIVING, GIVERS])
def test_many_colleagues_cost_as_many_queries_as_few(address, client, company, dee, billing):
    client.force_login(dee)
    client.get(address)
    asked = []
    for more in (1, 9, 990):
        staff(billing, more, job=f"Job {more}")
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        asked.append(len(captured))
    assert len(set(asked)) == 1, asked


def reminded(user, departments, on=TODAY) -> set:
    found = reminders(user, {each.pk for each in departments}, on=on)
    return {(each.employee.name, each.ever) for each in found}


def test_a_lead_is_reminded_of_people_and_not_of_scores(client, company, bob, claims, cas):
    [long_here] = staff(claims, 1, name="Quiet")
    staff(claims, 1, name="New", hired_on=date(2026, 1, 5))
    Membership.objects.filter(employee=cas.employee).update(department=claims)
    assert reminded(bob, [claims]) == {(long_here.name, False), ("Cas", True)}
    text = text_of(client, bob, "/")
    assert "You have not read anything about Cas for a year. Who saw Cas help a customer?" in text
    assert f"Nobody has told what {long_here.name} does for customers yet." in text


def test_a_lead_is_reminded_of_three_at_most_and_of_others_next_week(company, bob, claims):
    staff(claims, 6)
    first = reminded(bob, [claims])
    assert len(first) == 3
    assert reminded(bob, [claims], on=date(2026, 3, 8)) == first
    assert not reminded(bob, [claims], on=date(2026, 3, 9)) & first


def test_a_reminder_put_off_is_silent_for_90_days(client, company, bob, ann, claims):
    [quiet] = staff(claims, 1, name="Quiet")
    client.force_login(bob)
    for _twice in range(2):
        response = client.post(f"/circle/reminders/{quiet.number}/put-off/")
        assert (response.status_code, response.url) == (302, "/")
    assert ReminderPutOff.objects.values_list("employee", "until_date").get() == (
        quiet.pk, date(2026, 6, 1),
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="put_off_reminder").count() == 2
    assert reminded(bob, [claims]) == set()
    assert reminded(bob, [claims], on=date(2026, 6, 1)) == set()
    assert reminded(bob, [claims], on=date(2026, 6, 2)) != set()


def test_nobody_puts_off_reminders_of_somebody_elses_people(client, company, bob, cas, ann):
    client.force_login(bob)
    assert client.post("/circle/reminders/cas/put-off/").status_code == 404
    assert client.post("/circle/reminders/nobody/put-off/").status_code == 404
    assert client.get("/circle/reminders/ann/put-off/").status_code == 405
    client.force_login(ann)
    assert client.post("/circle/reminders/ann/put-off/").status_code == 403
    assert not ReminderPutOff.objects.exists()


def test_nobody_but_a_lead_is_reminded(client, company, ann, eve, dee):
    for user in (ann, eve, dee):
        assert "Who saw" not in text_of(client, user, "/")


def test_no_lead_is_reminded_of_themself_or_of_the_recognised(
    bob, ann, claims, system, kept_promise
):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    praised(ann, by=zoe, behaviour=kept_promise)
    assert reminded(zoe, [claims]) == {("Bob", False)}
