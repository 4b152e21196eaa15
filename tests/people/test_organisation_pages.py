"""The organisation on a day: tree, list, one department, and the acts that change it."""

import re
from datetime import date

import pytest

from people.models import Department, Membership, Placement
from people.rules import BEGINNING
from tests.conftest import MONDAY, make_department, make_person
from tests.people.test_site_pages import act, queries_of
from tests.scene import missed_monday, pool, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

APRIL = date(2026, 4, 1)


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


@pytest.fixture
def desk(claims, site):
    """Below Claims since April."""
    desk = Department.objects.create(code="DESK", name="Desk")
    Placement.objects.create(department=desk, site=site, parent=claims, from_date=APRIL)
    return desk


def shown(page) -> list[tuple]:
    return [
        (b.department.code, b.heads, b.heads_below, b.leads, b.has_below, len(b.closes))
        for b in page.context["tree"]
    ]


def test_the_tree_shows_a_day_with_people_and_leads(as_ann, claims, desk, billing, bob, system):
    low = make_department("LOW", claims.placements.get().site, desk)
    make_person("lou", low, by=system)
    assert shown(as_ann.get("/organisation/?on=2026-04-01")) == [
        ("BILLING", 0, 0, [], False, 0),
        ("CLAIMS", 2, 3, ["Bob"], True, 0),
        ("DESK", 0, 1, [], True, 0),
        ("LOW", 1, 1, [], False, 2),
    ]


def test_the_tree_of_an_earlier_day_is_the_one_of_that_day(as_ann, claims, desk):
    page = as_ann.get("/organisation/?on=2026-03-31")
    assert shown(page) == [("CLAIMS", 1, 1, [], False, 0)]
    text = page.content.decode()
    for tag in ("ul", "li"):
        assert len(re.findall(f"<{tag}[ >]", text)) == text.count(f"</{tag}>")
    assert shown(as_ann.get("/organisation/")) == shown(page)


def test_what_stands_below_a_closed_department_stands_at_the_top(as_ann, claims, site):
    lost = make_department("LOST", site, claims)
    Placement.objects.filter(department=claims).update(until_date=MONDAY)
    assert [row[0] for row in shown(as_ann.get("/organisation/"))] == ["LOST"]
    assert as_ann.get(f"/organisation/{lost.code}/").status_code == 200


@pytest.mark.parametrize("on", ["yesterday", "9999-12-31", "0001-01-01", "2026-13-01"])
@pytest.mark.parametrize("path", ["/organisation/", "/organisation-list/", "/organisation/CLAIMS/"])
def test_a_wrong_day_is_said_and_today_shown(as_ann, path, on):
    page = as_ann.get(path, {"on": on})
    assert (page.status_code, b'class="errors"' in page.content) == (200, True)


def test_without_departments_it_says_what_to_do(client, system, django_user_model):
    client.force_login(django_user_model.objects.create_user("new"))
    assert b"add one, or import them" in client.get("/organisation/").content


def test_the_list_is_of_that_day_and_its_file_too(as_ann, claims, desk, bob):
    page = as_ann.get("/organisation-list/?on=2026-04-02&search=des")
    [row] = page.context["table"].rows
    assert (row.record.site, row.record.parent, row.record.heads) == ("Head office", "Claims", 0)
    export = as_ann.get("/organisation-list/?on=2026-03-31&site=HQ&export=csv")
    assert export.content.decode("utf-8-sig") == (
        "Department,Code,Below,Site,Colleagues,Leads\r\nClaims,CLAIMS,,Head office,2,Bob\r\n"
    )


def many_departments(site, first: int, last: int) -> None:
    made = Department.objects.bulk_create(
        Department(code=f"D{n}", name=f"Department {n}") for n in range(first, last)
    )
    Placement.objects.bulk_create(
        Placement(
            department=each, site=site, parent=made[n - 1] if n % 7 else None, from_date=BEGINNING
        )
        for n, each in enumerate(made)
    )


@pytest.mark.parametrize("path", ["/organisation/", "/organisation-list/"])
def test_it_costs_the_same_queries_with_one_ten_and_a_thousand_rows(as_ann, site, bob, path):
    queries_of(as_ann, path)
    one = queries_of(as_ann, path)
    for first, last in ((0, 9), (9, 999)):
        many_departments(site, first, last)
        assert queries_of(as_ann, path) == one


def test_a_department_costs_the_same_queries_with_many_people_and_below(
    as_ann, claims, site, bob, system
):
    queries_of(as_ann, "/organisation/CLAIMS/")
    few = queries_of(as_ann, "/organisation/CLAIMS/")
    for number in range(20):
        make_person(f"p{number}", claims, by=system)
        make_department(f"C{number}", site, claims)
    assert queries_of(as_ann, "/organisation/CLAIMS/") == few


def test_a_department_shows_people_leads_and_its_places(as_ann, claims, billing, desk, bob):
    Placement.objects.filter(department=claims).update(until_date=date(2026, 4, 30))
    Placement.objects.create(
        department=claims, site=claims.placements.get().site, parent=billing,
        from_date=date(2026, 5, 1),
    )  # fmt: skip
    page = as_ann.get("/organisation/CLAIMS/?on=2026-04-01")
    assert page.context["leads"] == ["Bob"]
    assert [row.record.employee.name for row in page.context["table"].rows] == ["Ann", "Bob"]
    assert list(page.context["below"]) == [desk]
    text = page.content.decode()
    assert "below Billing, at Head office" in text and "at the top, at Head office" in text
    assert "30,000" not in text and "3000000" not in text
    assert "/move/" not in text
    assert ">closed<" in as_ann.get("/organisation/DESK/?on=2026-03-01").content.decode()


def test_who_has_left_is_counted_but_named_to_few(as_ann, client, claims, bob, dee):
    bob.employee.left_on = MONDAY
    bob.employee.save()
    for user, names in ((None, ["Ann"]), (dee, ["Ann", "Bob"])):
        if user:
            client.force_login(user)
        page = client.get("/organisation/CLAIMS/?on=2026-03-02")
        assert [row.record.employee.name for row in page.context["table"].rows] == names
        assert page.context["heads"] == 2
    assert 'href="/people/ann/"' in page.content.decode()


def test_a_department_that_is_not_there_is_not_found(as_ann):
    assert as_ann.get("/organisation/NOWHERE/").status_code == 404


def test_a_code_with_a_slash_has_a_page(as_dee, site):
    make_department("N/A", site)
    assert as_dee.get("/organisation/").status_code == 200
    assert as_dee.get("/organisation/N~2FA/move/").status_code == 200


# Acts


def test_a_department_is_added_moved_renamed_and_closed(as_dee, claims, billing, site):
    said = {"code": "NEW", "name": "New", "parent": claims.pk, "site": site.pk,
            "from_date": "2026-04-01"}  # fmt: skip
    assert act(as_dee, "/add-department/", said)[0].url == "/organisation/"
    said = {"parent": billing.pk, "site": site.pk, "from_date": "2026-05-01", "why": "nearer"}
    answer, effects = act(as_dee, "/organisation/NEW/move/", said)
    assert answer.url == "/organisation/NEW/"
    assert effects == ["New stands below Billing at Head office from Friday 1 May 2026."]
    assert act(as_dee, "/organisation/NEW/rename/", {"name": "Newer"})[0].status_code == 302
    said = {"last_day": "2026-12-31", "why": "done"}
    assert act(as_dee, "/organisation/NEW/close/", said)[0].status_code == 302
    new = Department.objects.get(code="NEW")
    assert (new.name, new.placements.last().until_date) == ("Newer", date(2026, 12, 31))


def test_a_merge_is_shown_first(as_dee, claims, billing, ann, bob):
    said = {"into": billing.pk, "from_date": "2026-04-01", "why": "one team"}
    page = as_dee.post("/organisation/CLAIMS/merge/", said)
    text = page.content.decode()
    assert "2 colleagues move to Billing from Wednesday 1 April 2026: Ann, Bob." in text
    assert "The role of Bob as lead of Claims ends." in text
    assert Membership.objects.filter(department=billing).count() == 1
    seen = {**said, "seen": page.context["seen"]}
    assert as_dee.post("/organisation/CLAIMS/merge/", seen).url == "/organisation/CLAIMS/"
    assert Membership.objects.filter(department=billing).count() == 3


def test_the_second_of_two_who_move_the_same_department_looks_again(as_dee, claims, billing, site):
    said = {"parent": billing.pk, "site": site.pk, "from_date": "2026-04-01", "why": "x"}
    first = as_dee.post("/organisation/CLAIMS/move/", said).context["seen"]
    other = {**said, "from_date": "2026-06-01"}
    act(as_dee, "/organisation/CLAIMS/move/", other)
    second = as_dee.post("/organisation/CLAIMS/move/", {**said, "seen": first})
    assert "moves or opens on Monday 1 June 2026 already" in second.content.decode()
    assert claims.placements.count() == 2


def test_a_closed_department_is_offered_to_open_again(as_dee, claims, site):
    Placement.objects.filter(department=claims).update(until_date=MONDAY)
    page = as_dee.get("/organisation/CLAIMS/").content.decode()
    assert "Open again" in page and "/merge/" not in page
    said = {"site": site.pk, "from_date": "2026-03-04", "why": "needed"}
    _answer, effects = act(as_dee, "/organisation/CLAIMS/move/", said)
    assert effects == ["Claims stands at the top, at Head office, from Wednesday 4 March 2026."]


@pytest.mark.parametrize(
    ("path", "said", "field"),
    [
        ("/add-department/", {"code": "claims", "from_date": "2026-04-01"}, "__all__"),
        ("/add-department/", {"code": "...", "from_date": "2026-04-01"}, "code"),
        ("/add-department/", {"code": "x" * 31, "from_date": "2026-04-01"}, "code"),
        ("/add-department/", {"code": "X", "from_date": ""}, "from_date"),
        ("/organisation/CLAIMS/move/", {"from_date": "2026-04-01", "why": ""}, "why"),
        ("/organisation/CLAIMS/move/", {"from_date": "2026-04-01", "parent": "0"}, "parent"),
        ("/organisation/CLAIMS/move/", {"from_date": "2026-04-01", "site": "0"}, "site"),
        ("/organisation/CLAIMS/move/", {"from_date": "2026-04-01", "parent": "self"}, "__all__"),
        ("/organisation/CLAIMS/move/", {"from_date": "2026-03-02", "parent": "billing"},
         "__all__"),
        ("/organisation/CLAIMS/merge/", {"from_date": "2026-04-01", "into": "self"}, "__all__"),
        ("/organisation/CLAIMS/merge/", {"from_date": "2026-04-01"}, "into"),
        ("/organisation/CLAIMS/close/", {"last_day": "2026-03-01"}, "__all__"),
        ("/organisation/CLAIMS/close/", {"last_day": "1899-01-01"}, "last_day"),
    ],
)  # fmt: skip
def test_wrong_input_is_said_beside_the_field(
    as_dee, missed_monday, claims, billing, site, path, said, field
):
    known = {"self": claims.pk, "billing": billing.pk}
    whole = {"name": "X", "site": site.pk, "why": "because", **said}
    whole = {name: known.get(value, value) for name, value in whole.items()}
    page = as_dee.post(path, whole)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert Placement.objects.count() == 2
