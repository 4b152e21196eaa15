"""Finding colleagues: by any part of name, number or e-mail, by department, by state."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Employee, Membership, Placement
from people.rules import BEGINNING
from tests.conftest import make_department

pytestmark = pytest.mark.django_db
ADDRESS = "/people/"


def hire(number: str, name: str, department, **more) -> Employee:
    employee = Employee.objects.create(
        number=number, name=name, **{"hired_on": date(2020, 1, 1), **more}
    )
    Membership.objects.create(
        employee=employee, department=department, from_date=employee.hired_on,
        until_date=employee.left_on,
    )  # fmt: skip
    return employee


def found(client, **asked) -> list[str]:
    response = client.get(ADDRESS, asked)
    assert response.status_code == 200
    return [row.record.name for row in response.context["table"].paginated_rows]


@pytest.fixture
def company(claims, billing):
    """Claims stands above Motor."""
    motor = make_department("MOTOR", claims.placements.get().site, parent=claims)
    hire("1001", "Óscar Núñez", claims, email="oscar@example.org", job_title="Clerk")
    hire("1002", "王小明", motor)
    hire("1003", "Wang Li", billing)
    hire("1004", "Zoe 100%", billing)
    hire("1009", "Gone Girl", billing, left_on=date(2025, 5, 5))
    return motor


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("oscar", ["Óscar Núñez"]),
        ("ÓSC", ["Óscar Núñez"]),
        ("nunez oscar", ["Óscar Núñez"]),
        ("1003", ["Wang Li"]),
        ("oscar@ex", ["Óscar Núñez"]),
        ("wang", ["Wang Li", "王小明"]),
        ("xiao ming", ["王小明"]),
        ("wangxiaoming", ["王小明"]),
        ("小明", ["王小明"]),
        ("王", ["王小明"]),
        ("100%", ["Zoe 100%"]),
        ("_", []),
        ("gone", []),
        ("' OR 1=1 --", []),
    ],
)
def test_colleagues_are_found_by_any_part(client, company, ann, search, names):
    client.force_login(ann)
    assert found(client, search=search) == names


def test_everybody_here_is_listed_in_order_of_names_in_any_script(client, company, ann):
    client.force_login(ann)
    assert found(client) == ["Ann", "Óscar Núñez", "Wang Li", "王小明", "Zoe 100%"]


def test_a_department_is_shown_with_those_below(client, company, dee):
    client.force_login(dee)
    assert found(client, department="CLAIMS") == ["Óscar Núñez", "王小明"]
    assert found(client, department="MOTOR") == ["王小明"]
    assert found(client, department="CLAIMS", search="osc") == ["Óscar Núñez"]
    assert found(client, department="MOON") == found(client)


def test_a_department_as_it_stands_today(client, company, claims, dee):
    Placement.objects.filter(department=company).update(until_date=BEGINNING)
    Placement.objects.create(
        department=company, site=claims.placements.get().site, parent=None,
        from_date=BEGINNING + timedelta(days=1),
    )  # fmt: skip
    client.force_login(dee)
    assert found(client, department="CLAIMS") == ["Óscar Núñez"]


def test_a_colleague_is_shown_with_title_department_and_mail(client, company, ann):
    client.force_login(ann)
    page = client.get(ADDRESS, {"search": "oscar"}).content.decode()
    for part in ('<a href="/people/1001/">Óscar Núñez</a>', "Clerk", "Claims", "oscar@example.org"):
        assert part in page
    assert "Last day" not in page


@pytest.mark.parametrize("who", ["ann", "bob", "fay", "eve"])
def test_who_has_left_is_hidden(client, company, request, who):
    client.force_login(request.getfixturevalue(who))
    assert "Gone Girl" not in found(client)
    assert "Gone Girl" not in found(client, state="left")


@pytest.mark.parametrize("who", ["dee", "root", "max_auditor"])
def test_who_keeps_or_watches_the_people_sees_who_has_left(client, company, request, who):
    client.force_login(request.getfixturevalue(who))
    assert found(client, state="left") == ["Gone Girl"]
    assert "Gone Girl" in found(client)
    assert "Gone Girl" not in found(client, state="here")
    without = found(client, state="without-account")
    assert without == ["Óscar Núñez", "Wang Li", "王小明", "Zoe 100%"]


def test_whose_last_day_is_today_is_still_here(client, company, ann, billing):
    hire("1010", "Last Day", billing, left_on=timezone.localdate())
    client.force_login(ann)
    assert found(client, search="last day") == ["Last Day"]


def test_an_erased_colleague_is_not_found(client, company, ann):
    Employee.objects.filter(number="1003").update(erased_at=timezone.now())
    client.force_login(ann)
    assert found(client, search="1003") == []


def test_hr_takes_the_filtered_list_along_as_a_file(client, company, dee):
    client.force_login(dee)
    response = client.get(ADDRESS, {"department": "CLAIMS", "export": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "Name,Job title,Department,E-mail,Number,Last day",
        "Óscar Núñez,Clerk,Claims,oscar@example.org,1001,",
        "王小明,,Motor,,1002,",
    ]


@pytest.mark.parametrize("who", ["ann", "bob", "fay", "eve", "max_auditor", "root"])
def test_nobody_else_takes_the_people_along(client, company, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(ADDRESS, {"export": "csv"}).status_code == 403
    assert b"export=csv" not in client.get(ADDRESS).content


def test_a_company_of_many_is_shown_a_page_at_a_time(client, company, billing, ann):
    Employee.objects.bulk_create(
        [Employee(number=f"M{n}", name=f"Many {n:03}", hired_on=BEGINNING) for n in range(120)]
    )
    client.force_login(ann)
    assert len(found(client, search="many")) == 50
    last = client.get(ADDRESS, {"search": "many", "page": 3})
    assert [row.record.name for row in last.context["table"].paginated_rows][-1] == "Many 119"
    page = last.content.decode()
    assert ("Page 3" in page, "Previous" in page, "Next" in page) == (True, True, False)
    assert client.get(ADDRESS, {"search": "many", "page": "99"}).status_code == 200
    assert client.get(ADDRESS, {"page": "x", "sort": "-evil"}).status_code == 200


def test_a_search_that_is_too_long_is_said_so(client, company, ann):
    client.force_login(ann)
    assert b"at most 100 characters" in client.get(ADDRESS, {"search": "x" * 101}).content


@pytest.mark.parametrize("who", ["ann", "dee"])
def test_many_people_ask_the_database_no_more_than_one(client, claims, request, who):
    client.force_login(request.getfixturevalue(who))
    counted = []
    for number in (1, 10, 1000):
        known = Employee.objects.count()
        made = Employee.objects.bulk_create(
            [
                Employee(number=f"{number}-{n}", name=f"Zed {n}", hired_on=BEGINNING)
                for n in range(number - known if number > known else 0)
            ]
        )
        Membership.objects.bulk_create(
            [Membership(employee=e, department=claims, from_date=BEGINNING) for e in made]
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(ADDRESS)
        counted.append(len(queries))
    assert len(set(counted)) == 1
    assert not [q for q in queries if "COUNT(" in q["sql"] and "people_employee" in q["sql"]]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/people/?page=99999999999999999999999", 200),
        ("/people/?page=-1", 200),
        ("/people/%00/", 404),
        ("/people/%00/salary-looks/", 404),
        ("/people/ann%00/pay/", 404),
    ],
)
def test_an_address_that_no_database_takes_is_answered(client, dee, address, status):
    client.force_login(dee)
    assert client.get(address).status_code == status
