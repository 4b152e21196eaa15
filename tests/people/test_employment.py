"""Joining, changing, moving, being paid, leaving and coming back on HR's pages."""

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from people.models import AuditEntry, Employee, Membership, RoleAssignment, Salary, SalaryLook, User
from people.services.audit import opened
from tests.conftest import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("claims", "billing")]
JUNE = date(2099, 6, 1)
DETAILS = {
    "name": "Ann", "email": "ann@example.org", "job_title": "", "language": "", "manager": "",
}  # fmt: skip
NEW = {
    "number": "E7", "name": "王小明", "email": "wang@example.org", "job_title": "Clerk",
    "department": "CLAIMS", "fte": "75.5", "hired_on": "2026-06-01", "manager": "ann",
    "language": "zh-hans",
}  # fmt: skip


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


@pytest.fixture
def employee(ann):
    return ann.employee


def everything():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Employee, Membership, Salary, RoleAssignment, AuditEntry)
    }


def errors(response) -> dict:
    assert response.status_code == 200
    return response.context["form"].errors


def spans(number: str = "ann") -> list[tuple]:
    rows = Membership.objects.filter(employee__number=number).order_by("from_date")
    return [(m.department.code, m.fte_bp, m.from_date, m.until_date) for m in rows]


def logged() -> tuple:
    [entry] = opened([AuditEntry.objects.order_by("pk").last()])
    return entry.entry.action, entry.before, entry.after


def act(client, what: str, *, confirmed: bool = True, number: str = "ann", **said):
    return client.post(
        f"/people/{number}/{what}/", said | ({"confirmed": "yes"} if confirmed else {})
    )


def test_somebody_joins(as_dee, ann, dee):
    response = as_dee.post("/people/new/", NEW | {"annual_salary": "42000.50", "currency": "gbp"})
    assert response.url == "/people/E7/"
    new = Employee.objects.get(number="E7")
    assert (new.name, new.email, new.job_title, new.language) == (
        "王小明", "wang@example.org", "Clerk", "zh-hans",
    )  # fmt: skip
    assert (new.hired_on, new.manager, new.user) == (date(2026, 6, 1), ann.employee, None)
    assert spans("E7") == [("CLAIMS", 7_550, date(2026, 6, 1), None)]
    [salary] = new.salaries.values_list("from_date", "annual_minor", "currency")
    assert salary == (date(2026, 6, 1), 4_200_050, "GBP")
    action, before, after = logged()
    assert (action, before, after["department"]) == ("join", None, "CLAIMS")
    assert "4200050" not in str(after)


def test_an_administrator_lets_somebody_join_without_a_salary(client, ann, root):
    client.force_login(root)
    assert "annual_salary" not in client.get("/people/new/").content.decode()
    client.post("/people/new/", NEW | {"annual_salary": "9", "currency": "GBP"})
    assert Employee.objects.filter(number="E7").exists()
    assert not Salary.objects.filter(employee__number="E7").exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"number": "ANN"}, "number"),
        ({"number": "system"}, "number"),
        ({"number": "a/b"}, "number"),
        ({"email": "ANN@example.org"}, "email"),
        ({"email": "ann at home"}, "email"),
        ({"name": ""}, "name"),
        ({"department": "MOON"}, "department"),
        ({"fte": "0"}, "fte"),
        ({"fte": "101"}, "fte"),
        ({"fte": "NaN"}, "fte"),
        ({"hired_on": "2026-02-30"}, "hired_on"),
        ({"manager": "E99"}, "manager"),
        ({"annual_salary": "9"}, "currency"),
        ({"annual_salary": "-1", "currency": "GBP"}, "annual_salary"),
        ({"annual_salary": "1.005", "currency": "GBP"}, "annual_salary"),
        ({"annual_salary": "1e5000", "currency": "GBP"}, "annual_salary"),
    ],
)
def test_nobody_joins_with_what_cannot_be(as_dee, ann, said, field):
    before = everything()
    assert list(errors(as_dee.post("/people/new/", NEW | said))) == [field]
    assert everything() == before


def test_details_change_and_the_login_follows_the_address(as_dee, ann, bob):
    said = DETAILS | {"name": "Ann Ames", "email": "ames@example.org", "manager": "bob"}
    assert act(as_dee, "change", **said).url == "/people/ann/"
    ann.refresh_from_db()
    ann.employee.refresh_from_db()
    assert (ann.email, ann.employee.name, ann.employee.manager) == (
        "ames@example.org", "Ann Ames", bob.employee,
    )  # fmt: skip
    action, before, after = logged()
    assert (action, before["name"], after["name"]) == ("describe", "Ann", "Ann Ames")


def test_the_same_details_change_nothing(as_dee, ann):
    before = everything()
    act(as_dee, "change", **DETAILS)
    assert everything() == before


def test_nobody_stands_above_themself(as_dee, ann, bob, cas):
    Employee.objects.filter(number="bob").update(manager=ann.employee)
    Employee.objects.filter(number="cas").update(manager=bob.employee)
    before = everything()
    for manager in ("ann", "bob", "cas"):
        response = act(as_dee, "change", **DETAILS | {"manager": manager})
        assert errors(response) == {"manager": ["Ann would stand above themself"]}
    assert everything() == before


def test_hr_does_not_take_an_administrators_account_by_its_address(as_dee, root):
    said = DETAILS | {"name": "Root", "email": "dee2@example.org"}
    response = act(as_dee, "change", number="root", **said)
    assert "only an administrator" in errors(response)["email"][0]
    root.refresh_from_db()
    assert (root.email, root.employee.email) == ("root@example.org",) * 2


def test_nobody_gets_the_address_of_a_login_without_an_employee(as_dee, ann):
    User.objects.create_user("boss", email="boss@example.org")
    answer = as_dee.post("/people/ann/change/", {"name": "Ann", "email": "Boss@example.org"})
    assert "email" in answer.context["form"].errors
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"


def test_somebody_moves_from_a_day_on(as_dee, employee):
    act(as_dee, "move", department="BILLING", fte="80", from_date=JUNE)
    assert spans() == [
        ("CLAIMS", 10_000, date(2020, 1, 1), JUNE - timedelta(days=1)),
        ("BILLING", 8_000, JUNE, None),
    ]
    action, before, after = logged()
    assert (action, before["fte_bp"], after["fte_bp"]) == ("move", 10_000, 8_000)


def test_a_move_in_the_past_says_what_it_touches_before_it_is_made(as_dee, employee):
    said = {"department": "BILLING", "fte": "100", "from_date": "2026-01-05"}
    response = act(as_dee, "move", confirmed=False, **said)
    assert "final days keep their head counts" in response.content.decode()
    assert len(spans()) == 1
    act(as_dee, "move", **said)
    assert [span[0] for span in spans()] == ["CLAIMS", "BILLING"]


def test_a_move_before_a_later_one_is_refused(as_dee, employee):
    act(as_dee, "move", department="BILLING", fte="100", from_date=JUNE)
    before = everything()
    said = {"department": "CLAIMS", "fte": "50", "from_date": JUNE - timedelta(days=1)}
    assert "was changed from" in errors(act(as_dee, "move", **said))["department"][0]
    assert everything() == before


def test_whoever_has_left_does_not_move(as_dee, employee):
    act(as_dee, "leave", last_day="2025-05-05")
    before = everything()
    said = {"department": "BILLING", "fte": "100", "from_date": JUNE}
    assert list(errors(act(as_dee, "move", **said))) == ["from_date"]
    assert everything() == before


@pytest.mark.parametrize("who", ["dee", "fay"])
def test_hr_and_finance_set_a_salary_from_a_day_on(client, employee, request, who):
    client.force_login(request.getfixturevalue(who))
    act(client, "pay", annual_salary="31000", currency="GBP", from_date=JUNE)
    rows = employee.salaries.order_by("from_date").values_list("from_date", "annual_minor")
    assert list(rows) == [(date(2020, 1, 1), 3_000_000), (JUNE, 3_100_000)]
    action, before, after = logged()
    assert (action, before["salary_since"], after["salary_since"]) == (
        "set_salary", "2020-01-01", str(JUNE),
    )  # fmt: skip
    assert "31000" not in str((before, after))


@pytest.mark.parametrize("who", ["ann", "bob", "cas", "eve", "max_auditor", "root"])
def test_nobody_else_sets_a_salary(client, employee, request, who):
    client.force_login(request.getfixturevalue(who))
    response = act(client, "pay", annual_salary="1", currency="GBP", from_date=JUNE)
    assert (response.status_code, employee.salaries.count()) == (403, 1)


def test_whoever_guesses_a_salary_has_looked_at_it(client, employee, fay):
    client.force_login(fay)
    said = {"annual_salary": "30000", "currency": "GBP", "from_date": "2026-01-05"}
    act(client, "pay", **said)
    looks = SalaryLook.objects.values_list("by__username", "employee__number", "where")
    assert list(looks) == [("fay", employee.number, "salary form")]
    act(client, "pay", **said | {"annual_salary": "30001"})
    assert looks.count() == 1


def test_a_salary_before_the_hiring_day_is_refused(as_dee, employee):
    said = {"annual_salary": "1", "currency": "GBP", "from_date": "2019-12-31"}
    assert list(errors(act(as_dee, "pay", **said))) == ["from_date"]


@pytest.mark.parametrize("what", ["change", "move", "pay", "leave", "come-back"])
def test_nobody_changes_the_own_employment(as_dee, what):
    before = everything()
    assert as_dee.get(f"/people/dee/{what}/").status_code == 403
    said = DETAILS | {
        "department": "CLAIMS", "fte": "50", "from_date": JUNE, "last_day": JUNE,
        "annual_salary": "9000000", "currency": "GBP",
    }  # fmt: skip
    assert act(as_dee, what, number="dee", **said).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("who", ["ann", "bob", "cas", "fay", "eve", "max_auditor"])
@pytest.mark.parametrize("what", ["change", "move", "leave", "come-back"])
def test_nobody_but_hr_and_administrators_changes_an_employment(
    client, employee, request, who, what
):
    client.force_login(request.getfixturevalue(who))
    before = everything()
    said = DETAILS | {"department": "BILLING", "fte": "5", "from_date": JUNE, "last_day": JUNE}
    assert act(client, what, **said).status_code == 403
    assert everything() == before
    assert client.post("/people/new/", NEW).status_code == 403


def test_leaving_shows_first_what_it_ends(as_dee, bob, ann, claims):
    Employee.objects.filter(number="ann").update(manager=bob.employee)
    before = everything()
    response = act(as_dee, "leave", number="bob", last_day=JUNE, confirmed=False)
    shown = response.content.decode()
    for part in (
        "The last day is Mon 1 Jun 2099.", "lead of Claims", "1 colleague has Bob as manager",
        "signed out the day after",
    ):  # fmt: skip
        assert part in shown
    assert everything() == before


def test_whoever_has_left_is_out_at_once(as_dee, bob, claims, client):
    from tests.conftest import SignedInClient

    of_bob = SignedInClient()
    of_bob.force_login(bob)
    UserSession.objects.create(
        user=bob, ip="127.0.0.1", session_key=of_bob.session.session_key, user_agent="x"
    )
    assert of_bob.get("/people/").status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    act(as_dee, "leave", number="bob", last_day=yesterday)
    assert of_bob.get("/people/").status_code == 302
    assert not UserSession.objects.filter(user=bob).exists()
    bob.refresh_from_db()
    assert (bob.is_active, spans("bob")[0][3]) == (False, yesterday)
    assert [a.until_date for a in bob.role_assignments.all()] == [yesterday]


def test_leaving_removes_what_was_to_begin_later_and_can_be_taken_back(as_dee, employee):
    act(as_dee, "move", department="BILLING", fte="100", from_date=JUNE)
    act(as_dee, "leave", last_day=JUNE - timedelta(days=10))
    assert spans() == [("CLAIMS", 10_000, date(2020, 1, 1), JUNE - timedelta(days=10))]
    act(as_dee, "leave", last_day="")
    employee.refresh_from_db()
    assert employee.left_on is None
    assert spans() == [("CLAIMS", 10_000, date(2020, 1, 1), None)]


def test_a_last_day_before_the_first_is_refused(as_dee, employee):
    before = everything()
    assert list(errors(act(as_dee, "leave", last_day="2019-12-31"))) == ["last_day"]
    assert everything() == before


def test_a_leaver_comes_back_with_a_gap_and_without_the_old_roles(as_dee, bob, claims):
    act(as_dee, "leave", number="bob", last_day="2025-05-05")
    assert list(errors(act(as_dee, "leave", number="bob", last_day=""))) == ["last_day"]
    said = {"number": "bob", "department": "BILLING", "fte": "50"}
    refused = act(as_dee, "come-back", **said, from_date="2025-05-05")
    assert list(errors(refused)) == ["from_date"]
    act(as_dee, "come-back", **said, from_date="2026-01-05")
    bob.refresh_from_db()
    assert (bob.is_active, bob.employee.left_on) == (True, None)
    assert spans("bob") == [
        ("CLAIMS", 10_000, date(2020, 1, 1), date(2025, 5, 5)),
        ("BILLING", 5_000, date(2026, 1, 5), None),
    ]
    assert not bob.role_assignments.on(timezone.localdate()).exists()


def test_whoever_comes_back_before_the_account_was_closed_has_no_old_roles_either(
    as_dee, fay, billing
):
    yesterday = timezone.localdate() - timedelta(days=1)
    act(as_dee, "leave", number="fay", last_day=str(timezone.localdate()))
    Employee.objects.filter(user=fay).update(left_on=yesterday)
    Membership.objects.filter(employee__user=fay).update(until_date=yesterday)
    session = UserSession.objects.create(
        user=fay, session_key="abc", ip="127.0.0.1", user_agent="x"
    )
    said = {"number": "fay", "department": "BILLING", "fte": "100"}
    act(as_dee, "come-back", **said, from_date=str(timezone.localdate()))
    fay.refresh_from_db()
    assert fay.is_active
    assert list(fay.role_assignments.values_list("role", "until_date")) == [("finance", yesterday)]
    assert not UserSession.objects.filter(pk=session.pk).exists()


def test_whoever_is_here_does_not_come_back(as_dee, employee):
    said = {"department": "BILLING", "fte": "50", "from_date": JUNE}
    assert errors(act(as_dee, "come-back", **said)) == {"__all__": ["has not left"]}


def test_an_erased_colleague_changes_no_more(as_dee, employee):
    Employee.objects.filter(pk=employee.pk).update(erased_at=timezone.now())
    assert "__all__" in errors(act(as_dee, "change", **DETAILS | {"name": "X"}))


def test_nobody_who_is_not_found_is_changed(as_dee):
    assert act(as_dee, "move", number="nobody").status_code == 404


def test_the_page_offers_what_one_may_do(client, employee, dee, fay, root, bob, system, billing):
    def offered(user) -> set[str]:
        client.force_login(user)
        page = client.get("/people/ann/").content.decode()
        return {what for what in ("change", "move", "leave", "come-back", "pay")
                if f"/people/ann/{what}/" in page}  # fmt: skip

    assert offered(dee) == {"change", "move", "leave", "pay"}
    assert offered(root) == {"change", "move", "leave"}
    assert offered(fay) == {"pay"}
    assert offered(bob) == set()
    other = make_person("hal", billing, ("hr", None), by=system)
    Employee.objects.filter(number="ann").update(left_on=date(2025, 5, 5))
    assert offered(other) == {"change", "come-back", "pay"}
