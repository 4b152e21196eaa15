"""One colleague's page: who sees how much of it, and who saw whose salary."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from people.models import Employee, Invitation, Membership, RoleAssignment, SalaryLook
from people.services.invitations import invite

pytestmark = pytest.mark.django_db
SALARY = "30,000.00"
EVERYBODY = ("ann", "bob", "cas", "dee", "fay", "eve", "max_auditor", "root")
IN_FULL = {"ann", "bob", "dee", "max_auditor", "root"}


@pytest.fixture
def everybody(request, claims):
    people = {name: request.getfixturevalue(name) for name in EVERYBODY}
    Employee.objects.filter(number="ann").update(
        manager=people["bob"].employee, job_title="Senior clerk"
    )
    return people


def page(client, user, address="/people/ann/") -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_sees_who_a_colleague_is(client, everybody, who):
    shown = page(client, everybody[who])
    for part in (
        "Senior clerk", "ann@example.org", '<a href="/people/bob/">Bob</a>',
        '<a href="/departments/CLAIMS/">Claims</a>',
    ):  # fmt: skip
        assert part in shown


@pytest.mark.parametrize("who", EVERYBODY)
def test_history_roles_and_account_are_for_the_person_the_lead_and_who_keeps_the_people(
    client, everybody, who
):
    shown = page(client, everybody[who])
    parts = ["Departments over time", "Account</h2>", "Roles</h2>"]
    assert {part in shown for part in parts} == {who in IN_FULL}


@pytest.mark.parametrize("who", EVERYBODY)
def test_opening_a_page_shows_no_salary_and_logs_no_look(client, everybody, who):
    assert SALARY not in page(client, everybody[who])
    assert not SalaryLook.objects.exists()


@pytest.mark.parametrize("who", ["dee", "fay"])
def test_hr_and_finance_ask_for_a_salary_and_each_look_is_logged(client, everybody, who):
    client.force_login(everybody[who])
    for _look in range(2):
        assert SALARY in client.post("/people/ann/salary/").content.decode()
    looks = SalaryLook.objects.values_list("by__username", "employee__number", "where")
    assert list(looks) == [(who, "ann", "person page")] * 2
    assert client.get("/people/ann/salary/").status_code == 405


@pytest.mark.parametrize("who", ["ann", "bob", "cas", "eve", "max_auditor", "root"])
def test_nobody_else_sees_a_salary(client, everybody, who):
    client.force_login(everybody[who])
    response = client.post("/people/ann/salary/")
    assert (response.status_code, SALARY in response.content.decode()) == (403, False)
    assert "Show the salary" not in page(client, everybody[who])
    assert not SalaryLook.objects.exists()


def test_a_salary_whose_look_cannot_be_logged_is_not_shown(client, everybody, monkeypatch):
    def refuse(**_row):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(SalaryLook.objects, "create", refuse)
    client.force_login(everybody["dee"])
    client.raise_request_exception = False
    assert SALARY not in client.post("/people/ann/salary/").content.decode()


def test_a_person_reads_who_saw_the_own_salary(client, everybody):
    client.force_login(everybody["fay"])
    client.post("/people/ann/salary/")
    assert "Who saw it" in page(client, everybody["ann"])
    shown = page(client, everybody["ann"], "/people/ann/salary-looks/")
    assert ("Fay" in shown, "person page" in shown) == (True, True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ann", 200), ("dee", 200), ("max_auditor", 200), ("bob", 404), ("cas", 404), ("fay", 404),
     ("eve", 404), ("root", 404)],
)  # fmt: skip
def test_who_reads_who_saw_a_salary(client, everybody, who, status):
    client.force_login(everybody[who])
    assert client.get("/people/ann/salary-looks/").status_code == status


def test_hr_and_auditor_read_all_looks(client, everybody):
    SalaryLook.objects.create(by=everybody["fay"], employee=everybody["ann"].employee, where="x")
    for who in ("dee", "max_auditor"):
        shown = page(client, everybody[who], "/salary-looks/")
        assert ("Fay" in shown, '<a href="/people/ann/">Ann</a>' in shown) == (True, True)
    for who in ("ann", "bob", "fay", "eve", "root"):
        client.force_login(everybody[who])
        assert client.get("/salary-looks/").status_code == 403


@pytest.mark.parametrize(("who", "status"), [("dee", 200), ("root", 200), ("max_auditor", 200),
                                             ("bob", 404), ("fay", 404), ("cas", 404)])  # fmt: skip
def test_whoever_has_left_is_found_by_those_who_keep_the_people_only(
    client, everybody, who, status
):
    Employee.objects.filter(number="ann").update(left_on=date(2025, 5, 5))
    client.force_login(everybody[who])
    assert client.get("/people/ann/").status_code == status
    assert client.get("/people/nobody/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, everybody):
    assert client.get("/people/ann/").url == "/sign-in/?next=/people/ann/"


def test_a_number_with_strange_signs_has_its_page(client, dee):
    Employee.objects.create(number="A/7 %?", name="Odd", hired_on=date(2020, 1, 1))
    assert "/people/A/7%20%25%3F/" in page(client, dee, "/people/")
    assert "Odd" in page(client, dee, "/people/A/7%20%25%3F/")


def test_the_history_names_every_department_with_its_days(client, everybody, billing):
    ann = everybody["ann"].employee
    ann.memberships.update(until_date=date(2023, 12, 31))
    Membership.objects.create(
        employee=ann, department=billing, from_date=date(2024, 1, 1), fte_bp=7_550
    )
    shown = page(client, everybody["dee"])
    assert shown.index("Billing</strong>, 75.5%") < shown.index("Claims</strong>, 100%")


def test_roles_are_shown_with_since_why_and_by_whom(client, everybody):
    RoleAssignment.objects.create(
        user=everybody["ann"], role="finance", from_date=date(2021, 2, 3), reason="year end",
        made_by=everybody["root"],
    )  # fmt: skip
    shown = page(client, everybody["ann"])
    for part in ("finance", "Wed 3 Feb 2021", "year end", "Root"):
        assert part in shown


def test_the_account_is_told_from_invitation_to_leaving(client, everybody, billing, system):
    new = Employee.objects.create(
        number="E9", name="New", email="new@example.org", hired_on=date(2020, 1, 1)
    )

    def account() -> str:
        return page(client, everybody["dee"], "/people/E9/")

    assert "Never invited." in account()
    invite(new, way="mail", by=everybody["root"])
    assert "Invited; the link works until" in account()
    Invitation.objects.update(expires_at=timezone.now())
    assert "was not used in time" in account()
    new.refresh_from_db()
    new.user.set_password("a long sentence")
    new.user.save()
    assert "No passkey and no app is set up." in account()
    Authenticator.objects.create(user=new.user, type="totp", data={})
    assert "A passkey or an app is set up." in account()
    Employee.objects.filter(number="E9").update(left_on=date(2025, 5, 5))
    assert "Closed." in account()


def test_many_reports_ask_the_database_no_more_than_one(
    client, everybody, django_assert_max_num_queries
):
    bob = everybody["bob"].employee
    Employee.objects.bulk_create(
        [
            Employee(number=f"R{n}", name=f"R {n}", hired_on=bob.hired_on, manager=bob)
            for n in range(1000)
        ]
    )
    client.force_login(everybody["dee"])
    with django_assert_max_num_queries(17):
        assert "R 999" in client.get("/people/bob/").content.decode()
