"""Giving and taking roles on a page, with date and reason, and what follows from them."""

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from people.models import AuditEntry, Employee, RoleAssignment
from people.services.access import follow_the_day
from people.services.roles import follow_roles, roles_in_force
from tests.conftest import make_department, make_person

pytestmark = pytest.mark.django_db
PAGE = "/people/ann/roles/"


@pytest.fixture
def as_root(client, root, ann):
    client.force_login(root)
    return client


def today(*, plus: int = 0) -> date:
    return timezone.localdate() + timedelta(days=plus)


def give(client, *roles: str, leads=(), address: str = PAGE, **said):
    said = {"from_date": today(), "reason": "year end", **said}
    return client.post(address, {"roles": roles, "leads": [d.code for d in leads], **said})


def roles(user) -> list[tuple]:
    rows = user.role_assignments.select_related("department").order_by("role", "from_date")
    return [(a.role, a.department and a.department.code, a.from_date, a.until_date) for a in rows]


def groups(user) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def refusal(response) -> dict:
    assert response.status_code == 200
    return response.context["form"].errors


def test_an_administrator_gives_roles_from_today_with_a_reason(as_root, ann, root, claims):
    assert give(as_root, "finance", "editor", leads=[claims]).url == "/people/ann/"
    assert roles(ann) == [
        ("editor", None, today(), None),
        ("finance", None, today(), None),
        ("lead", "CLAIMS", today(), None),
    ]
    assert set(ann.role_assignments.values_list("reason", "made_by")) == {("year end", root.pk)}
    assert groups(ann) == {"editor", "finance", "lead"}
    assert AuditEntry.objects.filter(action="set_roles", subject=f"user:{ann.pk}").count() == 1


def test_the_page_shows_what_is_held_and_taking_it_away_ends_it(as_root, ann, system, claims):
    RoleAssignment.objects.create(
        user=ann, role="finance", from_date=date(2020, 1, 1), reason="joined", made_by=system
    )
    form = as_root.get(PAGE).context["form"]
    assert {**form.initial, "leads": list(form.initial["leads"])} == {
        "roles": ["finance"],
        "leads": [],
    }
    give(as_root, from_date=today(plus=3))
    assert roles(ann) == [("finance", None, date(2020, 1, 1), today(plus=2))]
    give(as_root, "finance")
    assert roles(ann) == [("finance", None, date(2020, 1, 1), None)]
    assert roles_in_force(ann) == {"finance"}


def test_a_role_from_a_later_day_works_from_that_day(as_root, ann, client, system):
    give(as_root, "auditor", from_date=today(plus=2))
    client.force_login(ann)
    assert client.get("/roles/").status_code == 403
    assert groups(ann) == set()
    follow_the_day(today=today(plus=1), by=system)
    assert groups(ann) == set()
    RoleAssignment.objects.update(from_date=today())
    assert client.get("/roles/").status_code == 200
    assert follow_the_day(today=today(), by=system) == 1
    assert groups(ann) == {"auditor"}
    assert follow_the_day(today=today(), by=system) == 0


def test_a_role_that_has_ended_leaves_its_group(ann, system):
    RoleAssignment.objects.create(
        user=ann, role="editor", from_date=date(2020, 1, 1), made_by=system
    )
    follow_roles(ann)
    RoleAssignment.objects.update(until_date=today(plus=-1))
    follow_the_day(today=today(), by=system)
    assert groups(ann) == set()


def test_each_day_closes_the_accounts_of_leavers(bob, claims, system):
    Employee.objects.filter(number="bob").update(left_on=today(plus=-1))
    UserSession.objects.create(user=bob, ip="127.0.0.1", session_key="x" * 32, user_agent="x")
    follow_roles(bob)
    assert follow_the_day(today=today(plus=-1), by=system) == 0
    assert follow_the_day(today=today(), by=system) == 1
    bob.refresh_from_db()
    assert (bob.is_active, groups(bob)) == (False, set())
    assert roles(bob) == [("lead", "CLAIMS", date(2020, 1, 1), today(plus=-1))]
    assert not UserSession.objects.exists()
    assert follow_the_day(today=today(), by=system) == 0


def test_hr_makes_leads_and_editors_and_no_more(client, dee, ann, claims):
    client.force_login(dee)
    give(client, "editor", leads=[claims])
    assert {role for role, *_rest in roles(ann)} == {"editor", "lead"}
    for role in ("hr", "finance", "executive", "auditor", "administrator"):
        response = give(client, "editor", role, leads=[claims])
        assert f"{role} is not one of the available choices" in str(refusal(response)["roles"])
    assert {role for role, *_rest in roles(ann)} == {"editor", "lead"}


def test_hr_takes_no_role_that_an_administrator_gave(client, dee, fay):
    client.force_login(dee)
    offered = client.get("/people/fay/roles/").context["form"].fields["roles"].choices
    assert [value for value, _label in offered] == ["editor"]
    give(client, "editor", address="/people/fay/roles/")
    assert roles_in_force(fay) == {"finance", "editor"}


@pytest.mark.parametrize("who", ["dee", "root"])
def test_nobody_changes_the_own_roles(client, request, who):
    client.force_login(request.getfixturevalue(who))
    address = f"/people/{who}/roles/"
    assert client.get(address).status_code == 403
    assert give(client, "administrator", "finance", address=address).status_code == 403


@pytest.mark.parametrize("who", ["ann", "bob", "cas", "fay", "eve", "max_auditor"])
def test_who_may_not_give_roles(client, ann, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert give(client, "administrator").status_code == 403
    assert not ann.role_assignments.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"from_date": "2020-01-01"}, "from_date"),
        ({"from_date": "soon"}, "from_date"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": ["employee"]}, "roles"),
        ({"leads": ["999999"]}, "leads"),
        ({"leads": ["9" * 400]}, "leads"),
        ({"leads": ["9" * 30]}, "leads"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(as_root, ann, said, field):
    response = as_root.post(
        PAGE, {"roles": ["editor"], "leads": [], "from_date": today(), "reason": "x", **said}
    )
    assert list(refusal(response)) == [field]
    assert not ann.role_assignments.exists()


def test_whoever_has_no_account_gets_one_with_the_role(as_root, claims):
    Employee.objects.create(number="E1", name="New", hired_on=date(2020, 1, 1))
    give(as_root, "editor", address="/people/E1/roles/")
    user = Employee.objects.get(number="E1").user
    assert (user.username, user.has_usable_password(), roles_in_force(user)) == (
        "E1", False, {"editor"},
    )  # fmt: skip


def test_whoever_has_left_gets_no_role(as_root, ann):
    Employee.objects.filter(number="ann").update(left_on=today(plus=-1))
    assert "has left" in str(refusal(give(as_root, "editor"))["__all__"])


@pytest.mark.parametrize("who", ["dee", "root", "max_auditor"])
def test_who_has_which_role_is_listed(client, bob, request, who):
    client.force_login(request.getfixturevalue(who))
    page = client.get("/roles/").content.decode()
    assert '<a href="/people/bob/">Bob</a>' in page
    page = client.get("/roles/", {"role": "lead", "search": "bo"}).content.decode()
    assert ("Bob" in page, "/people/dee/" in page) == (True, False)


def test_roles_of_many_ask_the_database_no_more_than_those_of_one(
    client, root, site, system, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(root)
    counted = []
    for number in (1, 10, 60):
        for n in range(number):
            if not Employee.objects.filter(number=f"L{n}").exists():
                department = make_department(f"D{n}", site)
                make_person(f"L{n}", department, ("lead", department), by=system)
        with CaptureQueriesContext(connection) as queries:
            client.get("/roles/")
        counted.append(len(queries))
    assert len(set(counted)) == 1
