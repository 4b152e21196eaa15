"""Sites, departments and employees from files: all or nothing, dated, twice is once, and logged."""

import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from people.models import (
    AuditEntry,
    Department,
    Employee,
    Membership,
    Placement,
    RememberedMapping,
    RoleAssignment,
    Salary,
    Site,
    User,
    WorkingWeek,
)
from people.rules import BEGINNING
from people.services import audit
from people.services.importing import ImportRefused, Options, run_import

pytestmark = pytest.mark.django_db

SITES = """\
code,name,time_zone,country,subdivision,working_days
HQ,Head office,Europe/London,GB,ENG,Mon-Fri
SHA,上海,Asia/Shanghai,CN,,Mon-Sun
"""
DEPARTMENTS = """\
code,name,parent,site
CLAIMS,Claims,SERVICE,HQ
SERVICE,Service,,HQ
BILLING,Billing,SERVICE,SHA
"""
EMPLOYEES = """\
number,name,email,department,job_title,hired_on,left_on,annual_salary,currency,fte,manager,\
language,roles
E1,Ann Ames,ann@example.org,CLAIMS,Clerk,2020-01-01,,30000.50,GBP,0.8,E2,en,
E2,Bob Byrd,bob@example.org,CLAIMS,Lead,2019-01-01,,40000,GBP,1,,en,lead
E3,Cas Cole,,BILLING,Clerk,2021-05-01,2022-06-30,500000,JPY,100%,E2,de,
E4,Dee Dunn,dee@example.org,SERVICE,HR,2018-01-01,,50000,GBP,,,zh,hr;lead:CLAIMS
"""
JUNE = date(2026, 6, 1)
IN_JUNE = ("--as-of", str(JUNE))


def import_file(kind: str, path: Path, *flags: str) -> tuple[int, dict]:
    """Exit code and the JSON object that the command printed."""
    out, code = io.StringIO(), 0
    try:
        call_command(f"import_{kind}", str(path), "--format", "json", *flags, stdout=out)
    except SystemExit as exit_with:
        code = int(str(exit_with.code))
    return code, json.loads(out.getvalue())


def counts(report: dict) -> tuple[int, int, int]:
    return (report["created"], report["updated"], report["unchanged"])


def places(report: dict) -> list[tuple[int | None, str | None]]:
    """Line and column of every error."""
    return [(error["line"], error["column"]) for error in report["errors"]]


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables that an import may write, except the time of a login."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in (
            Site, WorkingWeek, Department, Placement, Employee, Membership, Salary, User,
            RoleAssignment, AuditEntry, RememberedMapping,
        )
    }  # fmt: skip


@pytest.fixture
def importing(tmp_path, system):
    """Import a text as a file: importing("sites", text, *flags)."""

    def run(kind: str, text: str, *flags: str) -> tuple[int, dict]:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(kind, path, *flags)

    return run


@pytest.fixture
def company(importing):
    for kind, text in (("sites", SITES), ("departments", DEPARTMENTS), ("employees", EMPLOYEES)):
        assert importing(kind, text)[0] == 0


def tree() -> Iterator[tuple[str, str | None, str, date, date | None]]:
    for place in Placement.objects.order_by("department__code", "from_date"):
        parent = place.parent.code if place.parent else None
        yield place.department.code, parent, place.site.code, place.from_date, place.until_date


def spans(number: str) -> list[tuple[str, int, date, date | None]]:
    found = Membership.objects.filter(employee__number=number).order_by("from_date")
    return list(found.values_list("department__code", "fte_bp", "from_date", "until_date"))


def pay(number: str) -> list[tuple[int, str, date]]:
    found = Salary.objects.filter(employee__number=number).order_by("from_date")
    return list(found.values_list("annual_minor", "currency", "from_date"))


def roles(number: str) -> list[tuple[str, str | None, date, date | None]]:
    found = RoleAssignment.objects.filter(user__employee__number=number).order_by("role", "pk")
    return list(found.values_list("role", "department__code", "from_date", "until_date"))


# --- All three kinds ----------------------------------------------------------------------------


KINDS = [("sites", SITES, 2), ("departments", DEPARTMENTS, 3), ("employees", EMPLOYEES, 4)]


def load_before(importing, kind: str) -> None:
    for earlier, text, _count in KINDS:
        if earlier == kind:
            return
        assert importing(earlier, text)[0] == 0


@pytest.mark.parametrize(("kind", "text", "count"), KINDS)
def test_a_dry_run_tells_the_same_and_writes_nothing(importing, kind, text, count):
    load_before(importing, kind)
    before = everything()
    code, dry = importing(kind, text, "--dry-run")
    assert (code, counts(dry), everything()) == (0, (count, 0, 0), before)
    assert importing(kind, text) == (0, dry)


@pytest.mark.parametrize(("kind", "text", "count"), KINDS)
def test_the_same_file_twice_changes_nothing(importing, kind, text, count):
    load_before(importing, kind)
    importing(kind, text)
    before = everything()
    for flags in ((), IN_JUNE, ("--as-of", "1999-01-01")):
        code, report = importing(kind, text, *flags)
        assert (code, counts(report), everything()) == (0, (0, 0, count), before)


def named(subject: str) -> str:
    """What the file calls it: the log has an employee's id, which says nothing once erased."""
    kind, _colon, key = subject.partition(":")
    return Employee.objects.get(pk=key).number if kind == "employee" else key


@pytest.mark.parametrize(("kind", "text", "count"), KINDS)
def test_every_line_is_in_the_log(importing, kind, text, count):
    load_before(importing, kind)
    importing(kind, text)
    entries = AuditEntry.objects.filter(action=f"import_{kind[:-1]}")
    assert [named(entry.subject) for entry in entries.order_by("pk")] == [
        line.partition(",")[0] for line in text.replace("\\\n", "").splitlines()[-count:]
    ]
    assert {entry.by.username for entry in entries} == {"system"}
    assert all(entry.before is None and entry.after for entry in entries)


@pytest.mark.parametrize(
    ("kind", "text", "verb"),
    [
        ("sites", SITES, "record"),
        ("departments", DEPARTMENTS, "record"),
        ("employees", EMPLOYEES, "record"),
        ("employees", EMPLOYEES, "record_many"),
    ],
)
def test_a_failure_to_log_fails_the_import(importing, monkeypatch, kind, text, verb):
    load_before(importing, kind)
    before = everything()

    def fail(*_args, **_more):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, verb, fail)
    with pytest.raises(RuntimeError, match="the log is full"):
        importing(kind, text)
    assert everything() == before


@pytest.mark.parametrize(("kind", "text", "count"), KINDS)
def test_one_wrong_line_keeps_all_out(importing, kind, text, count):
    load_before(importing, kind)
    before = everything()
    code, report = importing(kind, text + ",,,,,,,,,,,,\n" + "X,x\n")
    assert (code, counts(report)) == (1, (0, 0, 0))
    assert report["errors"]
    assert {line for line, _column in places(report)} == {count + 3}
    assert everything() == before


@pytest.mark.parametrize(("kind", "text", "count"), KINDS)
def test_a_line_that_stands_there_twice_is_refused(importing, kind, text, count):
    load_before(importing, kind)
    last = text.splitlines()[-1]
    code, report = importing(kind, text + last + "\n")
    assert code == 1
    assert f"stands in line {count + 1} already" in report["errors"][0]["message"]
    assert report["errors"][0]["line"] == count + 2


@pytest.mark.parametrize(
    ("kind", "column", "most"),
    [
        ("sites", "code", 30), ("sites", "name", 200), ("sites", "subdivision", 10),
        ("departments", "code", 30), ("departments", "name", 200),
        ("employees", "number", 30), ("employees", "name", 200), ("employees", "email", 254),
        ("employees", "job_title", 200), ("employees", "language", 10),
    ],
)  # fmt: skip
def test_a_text_that_is_too_long_is_refused(importing, kind, column, most):
    load_before(importing, kind)
    header, first = {known: text for known, text, _count in KINDS}[kind].splitlines()[:2]
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    long = "x" * (most + 1)
    cells[column] = f"{'a' * 60}@{'b.' * 100}example.org" if column == "email" else long
    text = f"{header}\n{','.join(cells.values())}\n"
    code, report = importing(kind, text)
    assert code == 1
    assert (2, column) in places(report)


def test_the_readable_answer_names_file_line_and_column(tmp_path, system, capsys):
    path = tmp_path / "sites.csv"
    path.write_text(SITES.replace("Asia/Shanghai", "Shanghai"))
    out, errors = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as exit_with:
        call_command("import_sites", str(path), stdout=out, stderr=errors)
    assert exit_with.value.code == 1
    assert errors.getvalue().splitlines() == [
        f"{path}, line 3, column “time_zone”: “Shanghai” is not a time zone; for example"
        " Europe/London",
        "Nothing was imported.",
    ]
    path.write_text(SITES)
    call_command("import_sites", str(path), stdout=out)
    assert out.getvalue() == (
        f"{path}: 2 rows, 0 left out; 2 were created, 0 updated, 0 unchanged\n"
    )


def test_a_file_that_is_not_there_and_a_flag_in_a_wrong_form_are_refused(tmp_path, system):
    with pytest.raises(CommandError, match="No such file") as refused:
        call_command("import_sites", str(tmp_path / "nothing.csv"))
    assert refused.value.returncode == 1
    path = tmp_path / "sites.csv"
    path.write_text(SITES)
    with pytest.raises(CommandError, match="write it as HEADER=FIELD") as refused:
        call_command("import_sites", str(path), "--map", "code")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="no such account"):
        call_command("import_sites", str(path), "--by", "nobody")
    assert not Site.objects.exists()


def test_headers_in_chinese_and_german_in_any_order_are_understood(importing):
    sites = "时区,名称,工作日,代码\nEurope/London,Head office,Mon-Fri,HQ\n"
    assert importing("sites", sites)[0] == 0
    german = "Bezeichnung;Standort;Kürzel\nSchäden;HQ;CLAIMS\n"
    code, report = importing("departments", german)
    assert (code, report["mapping"]) == (
        0, {"Bezeichnung": "name", "Standort": "site", "Kürzel": "code"},
    )  # fmt: skip
    chinese = "部门,姓名,工号,入职日期,年薪,币种\nCLAIMS,王芳,7,2020年1月2日,100000,CNY\n"
    assert importing("employees", chinese)[0] == 0
    assert spans("7") == [("CLAIMS", 10_000, date(2020, 1, 2), None)]
    assert pay("7") == [(10_000_000, "CNY", date(2020, 1, 2))]


# --- Sites --------------------------------------------------------------------------------------


def weeks(code: str) -> list[tuple]:
    found = WorkingWeek.objects.filter(site__code=code).order_by("from_date")
    return list(found.values_list("from_date", "working_days", "country", "subdivision"))


def test_a_site_has_its_week_from_the_beginning_and_changes_from_a_day(importing):
    importing("sites", SITES)
    code, report = importing("sites", SITES.replace("ENG,Mon-Fri", "ENG,Mon-Sat"), *IN_JUNE)
    assert (code, counts(report)) == (0, (0, 1, 1))
    assert weeks("HQ") == [
        (BEGINNING, "Mon-Fri", "GB", "ENG"), (JUNE, "Mon-Sat", "GB", "ENG"),
    ]  # fmt: skip
    [entry] = AuditEntry.objects.filter(subject="site:HQ").exclude(before=None)
    assert entry.before == ["Head office", "Europe/London", ["Mon-Fri", "GB", "ENG"]]
    assert entry.after["working_days"] == "Mon-Sat"


def test_a_sites_change_behind_a_later_one_is_refused(importing):
    importing("sites", SITES)
    importing("sites", SITES.replace("ENG,Mon-Fri", "ENG,Mon-Sat"), *IN_JUNE)
    code, report = importing("sites", SITES, "--as-of", "2026-05-01")
    assert (code, places(report)) == (1, [(2, "working_days")])
    assert "was changed from 2026-06-01 already" in report["errors"][0]["message"]
    assert len(weeks("HQ")) == 2


def test_columns_that_a_sites_file_has_not_erase_nothing(importing):
    importing("sites", SITES)
    text = "code,name,time_zone,working_days\nhq,Headquarters,Europe/London,Mon-Fri\n"
    assert counts(importing("sites", text)[1]) == (0, 1, 0)
    assert Site.objects.get(code="HQ").name == "Headquarters"
    assert weeks("HQ") == [(BEGINNING, "Mon-Fri", "GB", "ENG")]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("Europe/London", "Mars/Base", "time_zone"),
        ("ENG,Mon-Fri", "ENG,Fri-Mon", "working_days"),
        ("ENG,Mon-Fri", "ENG,", "working_days"),
        ("GB,ENG", "XX,", "country"),
        ("Head office", "", "name"),
    ],
)
def test_what_is_wrong_with_a_site_is_named(importing, old, new, column):
    code, report = importing("sites", SITES.replace(old, new))
    assert (code, places(report)) == (1, [(2, column)])
    assert not Site.objects.exists()


# --- Departments --------------------------------------------------------------------------------


def test_departments_make_a_tree_in_whatever_order_they_come(importing):
    importing("sites", SITES)
    importing("departments", DEPARTMENTS)
    assert list(tree()) == [
        ("BILLING", "SERVICE", "SHA", BEGINNING, None),
        ("CLAIMS", "SERVICE", "HQ", BEGINNING, None),
        ("SERVICE", None, "HQ", BEGINNING, None),
    ]


def test_a_department_moves_from_a_day(importing):
    importing("sites", SITES)
    importing("departments", DEPARTMENTS)
    moved = DEPARTMENTS.replace("CLAIMS,Claims,SERVICE,HQ", "CLAIMS,Claims,BILLING,SHA")
    assert counts(importing("departments", moved, *IN_JUNE)[1]) == (0, 1, 2)
    last = JUNE - timedelta(days=1)
    assert [row for row in tree() if row[0] == "CLAIMS"] == [
        ("CLAIMS", "SERVICE", "HQ", BEGINNING, last), ("CLAIMS", "BILLING", "SHA", JUNE, None),
    ]  # fmt: skip
    assert counts(importing("departments", moved, *IN_JUNE)[1]) == (0, 0, 3)
    code, report = importing("departments", DEPARTMENTS, "--as-of", "2026-05-01")
    assert (code, places(report)) == (1, [(2, "parent")])


def test_a_department_that_was_closed_opens_again_from_a_day(importing):
    importing("sites", SITES)
    importing("departments", DEPARTMENTS)
    closed = date(2026, 1, 31)
    Placement.objects.filter(department__code="CLAIMS").update(until_date=closed)
    assert counts(importing("departments", DEPARTMENTS, *IN_JUNE)[1]) == (0, 1, 2)
    assert [row for row in tree() if row[0] == "CLAIMS"] == [
        ("CLAIMS", "SERVICE", "HQ", BEGINNING, closed), ("CLAIMS", "SERVICE", "HQ", JUNE, None),
    ]  # fmt: skip


def test_a_file_without_parents_leaves_the_tree_alone(importing):
    importing("sites", SITES)
    importing("departments", DEPARTMENTS)
    text = "code,name,site\nclaims,Claims and more,hq\nNEW,New,HQ\n"
    assert counts(importing("departments", text)[1]) == (1, 1, 0)
    assert [row[:3] for row in tree()] == [
        ("BILLING", "SERVICE", "SHA"), ("CLAIMS", "SERVICE", "HQ"), ("NEW", None, "HQ"),
        ("SERVICE", None, "HQ"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("CLAIMS,Claims,SERVICE", "CLAIMS,Claims,NOWHERE", [(2, "parent")]),
        ("CLAIMS,Claims,SERVICE,HQ", "CLAIMS,Claims,SERVICE,MOON", [(2, "site")]),
        ("CLAIMS,Claims,SERVICE", "CLAIMS,Claims,CLAIMS", [(2, "parent")]),
        ("SERVICE,Service,,", "SERVICE,Service,CLAIMS,", [(2, "parent"), (3, "parent")]),
        ("SERVICE,Service", ",Service", [(2, "parent"), (3, "code"), (4, "parent")]),
    ],
)
def test_unknown_parents_and_sites_and_circles_are_refused(importing, old, new, wrong):
    importing("sites", SITES)
    before = everything()
    code, report = importing("departments", DEPARTMENTS.replace(old, new))
    assert (code, sorted(places(report))) == (1, wrong)
    assert everything() == before


def test_a_circle_with_what_is_known_already_is_refused(importing):
    importing("sites", SITES)
    importing("departments", DEPARTMENTS)
    code, report = importing("departments", "code,name,parent,site\nSERVICE,Service,BILLING,HQ\n")
    assert (code, places(report)) == (1, [(2, "parent")])
    assert report["errors"][0]["message"] == "SERVICE would be above itself"


# --- Employees ----------------------------------------------------------------------------------


def test_employees_come_with_department_salary_manager_login_and_roles(company):
    ann, bob, cas, dee = Employee.objects.order_by("number")
    assert (ann.name, ann.email, ann.job_title, ann.language, ann.manager) == (
        "Ann Ames", "ann@example.org", "Clerk", "en", bob,
    )  # fmt: skip
    assert spans("E1") == [("CLAIMS", 8_000, date(2020, 1, 1), None)]
    assert spans("E3") == [("BILLING", 10_000, date(2021, 5, 1), date(2022, 6, 30))]
    assert pay("E1") == [(3_000_050, "GBP", date(2020, 1, 1))]
    assert pay("E3") == [(500_000, "JPY", date(2021, 5, 1))]
    assert roles("E1") == []
    assert roles("E2") == [("lead", "CLAIMS", date(2019, 1, 1), None)]
    assert roles("E4") == [
        ("hr", None, date(2018, 1, 1), None), ("lead", "CLAIMS", date(2018, 1, 1), None),
    ]  # fmt: skip
    assert (ann.user.username, ann.user.email, ann.user.is_active) == ("E1", ann.email, True)
    assert not ann.user.has_usable_password()
    assert cas.user is None
    assert {group.name for group in dee.user.groups.all()} == {"hr", "lead"}


def changed(**cells: str) -> str:
    """The employees file with other cells for E1."""
    lines = EMPLOYEES.splitlines()
    header = lines[0].split(",")
    values = dict(zip(header, lines[1].split(","), strict=True)) | cells
    return "\n".join([lines[0], ",".join(values[name] for name in header), *lines[2:]]) + "\n"


def test_a_change_of_department_share_and_salary_holds_from_its_day(company, importing):
    text = changed(department="BILLING", fte="1", annual_salary="36000")
    assert counts(importing("employees", text, *IN_JUNE)[1]) == (0, 1, 3)
    last = JUNE - timedelta(days=1)
    assert spans("E1") == [
        ("CLAIMS", 8_000, date(2020, 1, 1), last), ("BILLING", 10_000, JUNE, None),
    ]  # fmt: skip
    assert pay("E1") == [(3_000_050, "GBP", date(2020, 1, 1)), (3_600_000, "GBP", JUNE)]
    assert counts(importing("employees", text, *IN_JUNE)[1]) == (0, 0, 4)
    employee = Employee.objects.get(number="E1")
    stored = AuditEntry.objects.filter(subject=f"employee:{employee.pk}").exclude(before=None)
    [entry] = audit.opened(stored)
    names = ("department", "fte_bp", "since", "salary_since")
    assert [entry.before[name] for name in names] == ["CLAIMS", 8_000, "2020-01-01", "2020-01-01"]
    assert [entry.after[name] for name in names] == ["BILLING", 10_000, "2026-06-01", "2026-06-01"]


def test_a_second_change_of_the_same_day_replaces_the_first(company, importing):
    importing("employees", changed(department="BILLING", annual_salary="36000"), *IN_JUNE)
    importing("employees", changed(department="SERVICE", annual_salary="37000"), *IN_JUNE)
    assert [span[0] for span in spans("E1")] == ["CLAIMS", "SERVICE"]
    assert pay("E1")[1:] == [(3_700_000, "GBP", JUNE)]


@pytest.mark.parametrize("column", ["department", "annual_salary"])
def test_a_change_behind_a_later_one_is_refused(company, importing, column):
    new = {"department": "BILLING", "annual_salary": "36000"}
    importing("employees", changed(**{column: new[column]}), *IN_JUNE)
    before = everything()
    code, report = importing("employees", EMPLOYEES, "--as-of", "2026-05-01")
    assert (code, places(report), everything()) == (1, [(2, column)], before)
    assert "was changed from 2026-06-01 already" in report["errors"][0]["message"]


def test_a_leaver_loses_the_login_and_coming_back_gives_it_back(company, importing):
    text = changed(left_on="2026-03-31")
    assert counts(importing("employees", text)[1]) == (0, 1, 3)
    ann = Employee.objects.select_related("user").get(number="E1")
    assert (ann.left_on, ann.user.is_active) == (date(2026, 3, 31), False)
    assert spans("E1") == [("CLAIMS", 8_000, date(2020, 1, 1), date(2026, 3, 31))]
    assert counts(importing("employees", text)[1]) == (0, 0, 4)
    assert counts(importing("employees", EMPLOYEES)[1]) == (0, 1, 3)
    ann = Employee.objects.select_related("user").get(number="E1")
    assert (ann.left_on, ann.user.is_active) == (None, True)
    assert spans("E1") == [("CLAIMS", 8_000, date(2020, 1, 1), None)]


def test_who_leaves_before_a_move_never_moves(company, importing):
    importing("employees", changed(department="BILLING"), *IN_JUNE)
    text = changed(department="BILLING", left_on="2026-05-15")
    assert importing("employees", text, *IN_JUNE)[0] == 0
    assert spans("E1") == [("CLAIMS", 8_000, date(2020, 1, 1), date(2026, 5, 15))]
    assert counts(importing("employees", text, *IN_JUNE)[1]) == (0, 0, 4)


def test_who_is_leaving_still_moves_until_the_last_day(company, importing):
    text = changed(department="BILLING", left_on="2099-12-31")
    importing("employees", text, *IN_JUNE)
    assert spans("E1")[1:] == [("BILLING", 8_000, JUNE, date(2099, 12, 31))]
    assert Employee.objects.get(number="E1").user.is_active


def test_columns_that_an_employees_file_has_not_erase_nothing(company, importing):
    before = everything()
    text = "number,name,department,hired_on\nE3,Cas Cole,BILLING,2021-05-01\n"
    assert counts(importing("employees", text)[1]) == (0, 0, 1)
    after = everything()
    assert after.pop("RememberedMapping") != before.pop("RememberedMapping")
    assert after == before


def test_a_login_that_was_switched_off_by_hand_stays_off(company, importing):
    User.objects.filter(username="E1").update(is_active=False)
    importing("employees", changed(job_title="Senior clerk"))
    assert not User.objects.get(username="E1").is_active


def test_the_login_follows_the_e_mail(company, importing):
    importing("employees", changed(email="ames@example.org"))
    assert Employee.objects.get(number="E1").user.email == "ames@example.org"


def test_roles_change_from_a_day_and_with_a_reason(company, importing):
    importing("employees", changed(roles="finance;lead:BILLING"), *IN_JUNE)
    assert roles("E1") == [("finance", None, JUNE, None), ("lead", "BILLING", JUNE, None)]
    importing("employees", changed(roles="finance"), "--as-of", "2026-07-01")
    assert roles("E1") == [
        ("finance", None, JUNE, None), ("lead", "BILLING", JUNE, date(2026, 6, 30)),
    ]  # fmt: skip
    reasons = RoleAssignment.objects.filter(user__username="E1").values_list("reason", flat=True)
    assert set(reasons) == {"import of employees.csv"}
    user = User.objects.get(username="E1")
    entries = AuditEntry.objects.filter(action="set_roles", subject=f"user:{user.pk}")
    assert [entry.after for entry in entries.order_by("pk")] == [
        ["finance", "lead:BILLING"], ["finance"],
    ]  # fmt: skip


def test_a_new_employee_may_be_managed_by_another_new_one(company, importing):
    text = "number,name,department,hired_on,manager\n"
    text += "E8,A,CLAIMS,2020-01-01,E9\nE9,B,CLAIMS,2020-01-01,E1\n"
    assert counts(importing("employees", text)[1]) == (2, 0, 0)
    assert Employee.objects.get(number="E8").manager.number == "E9"
    assert Employee.objects.get(number="E9").manager.number == "E1"


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"hired_on": ""}, "hired_on", "is empty; the first department and salary hold from"),
        ({"hired_on": "2020-02-30"}, "hired_on", "no such day"),
        ({"hired_on": "2020-02-01"}, "hired_on", "is known as hired on 2020-01-01"),
        ({"left_on": "2019-12-31"}, "left_on", "is before the hiring day"),
        ({"department": "MOON"}, "department", "“MOON” is not a department"),
        ({"name": ""}, "name", "is empty"),
        ({"email": "ann at example"}, "email", "is not an e-mail address"),
        ({"email": "BOB@example.org"}, "email", "belongs to employee E2"),
        ({"annual_salary": "-1"}, "annual_salary", "is below zero"),
        ({"annual_salary": "30000.505"}, "annual_salary", "more decimals than the 2 of GBP"),
        ({"annual_salary": "NaN"}, "annual_salary", "counted with"),
        ({"annual_salary": "1e5"}, "annual_salary", "exponent"),
        ({"currency": "pounds"}, "currency", "is not a currency"),
        ({"fte": "0"}, "fte", "is not a full-time share"),
        ({"fte": "80"}, "fte", "is not a full-time share"),
        ({"fte": "1.2"}, "fte", "is not a full-time share"),
        ({"manager": "E77"}, "manager", "“E77” is not an employee number"),
        ({"roles": "king"}, "roles", "“king” is not a role"),
        ({"roles": "lead:MOON"}, "roles", "no such department"),
    ],
)
def test_what_is_wrong_with_an_employee_is_named(company, importing, cells, column, words):
    before = everything()
    code, report = importing("employees", changed(**cells, number=cells.get("number", "E1")))
    assert code == 1
    assert (2, column) in places(report)
    assert words in report["errors"][0]["message"]
    assert everything() == before


def test_a_number_that_is_somebody_elses_login_is_refused(company, importing):
    text = "number,name,email,department,hired_on\nsystem,Sy,sy@example.org,CLAIMS,2020-01-01\n"
    code, report = importing("employees", text)
    assert (code, places(report)) == (1, [(2, "number")])
    assert report["errors"][0]["message"] == "there is another login system"


def test_a_workbooks_80_percent_is_four_days_a_week(company, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["number", "name", "department", "hired_on", "fte"])
    cells = ((70, 0.8, "0%"), (71, 0.8, "0.00"), (72, 1, "0%"), (73, "80%", "@"))
    for number, share, form in cells:
        book.active.append([number, "Wu", "CLAIMS", date(2020, 1, 1), share])
        book.active.cell(book.active.max_row, 5).number_format = form
    book.save(tmp_path / "employees.xlsx")
    assert import_file("employees", tmp_path / "employees.xlsx")[0] == 0
    assert [spans(str(number))[0][1] for number, _share, _form in cells] == [
        8_000, 8_000, 10_000, 8_000,
    ]  # fmt: skip


def test_an_import_of_many_asks_the_database_no_more_than_one_of_few(
    company, importing, django_assert_max_num_queries
):
    header = "number,name,email,department,hired_on,annual_salary,currency,manager,roles\n"
    lines = [
        f"N{n},Name {n},n{n}@example.org,CLAIMS,2020-01-01,100,GBP,{'N0' if n else ''},\n"
        for n in range(300)
    ]
    with django_assert_max_num_queries(60):
        assert counts(importing("employees", header + "".join(lines))[1]) == (300, 0, 0)
    with django_assert_max_num_queries(40):
        assert counts(importing("employees", header + "".join(lines))[1]) == (0, 0, 300)


HEADER = "number,name,department,hired_on"


@pytest.mark.parametrize(
    ("who", "text", "message"),
    [
        ("root", f"{HEADER},annual_salary,currency\n9,Wu,CLAIMS,2020-01-01,9,GBP\n",
         "salaries are set by HR or finance"),
        ("dee", f"{HEADER},roles\n9,Wu,CLAIMS,2020-01-01,finance\n",
         "only an administrator gives or takes finance"),
        ("dee", f"{HEADER},email,roles\ndee,Dee,BILLING,2020-01-01,dee@example.org,hr;lead\n",
         "nobody changes the own roles"),
        ("dee", f"{HEADER},annual_salary,currency\ndee,Dee,BILLING,2020-01-01,90000,GBP\n",
         "nobody changes the own employment"),
        ("dee", f"{HEADER}\ndee,Dee,CLAIMS,2020-01-01\n", "nobody changes the own employment"),
        ("dee", f"{HEADER},email\nroot,Root,BILLING,2020-01-01,dees@example.org\n",
         "only an administrator changes the account of somebody with the role administrator"),
    ],
)  # fmt: skip
def test_nobody_imports_beyond_the_own_rights(request, claims, billing, root, who, text, message):
    by = request.getfixturevalue(who)
    before = everybody()
    with pytest.raises(ImportRefused, match=message):
        run_import("employees", text.encode(), filename="e.csv", options=Options(), by=by)
    assert everybody() == before


def everybody() -> list[tuple]:
    """Who there is, with address, department and salary."""
    stands = ("number", "email", "user__email", "memberships__department", "salaries__annual_minor")
    return list(Employee.objects.order_by("number").values_list(*stands))


def test_the_own_line_of_a_whole_list_may_stand_in_the_file_unchanged(billing, dee):
    text = f"{HEADER},email,annual_salary,currency\ndee,Dee,BILLING,2020-01-01,,30000,GBP\n"
    text = text.replace("01-01,,", "01-01,dee@example.org,")
    report = run_import("employees", text.encode(), filename="e.csv", options=Options(), by=dee)
    assert (report.updated, report.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("BOSS,Bo,BILLING,2020-01-01,", "there is another login BOSS"),
        ("boss@example.org,Bo,BILLING,2020-01-01,", "there is another login boss@example.org"),
        ("7,Bo,BILLING,2020-01-01,Boss@example.org", "there is another login Boss@example.org"),
        ("DEE,Bo,BILLING,2020-01-01,", "there is an employee dee already"),
        ("7a,Bo,BILLING,2020-01-01,\n7A,Bo,BILLING,2020-01-01,", "there is an employee 7a already"),
    ],
)
def test_no_file_makes_somebody_whose_name_at_sign_in_is_somebody_elses(
    billing, dee, line, message
):
    User.objects.create_user("boss", email="boss@example.org")
    before = everybody()
    with pytest.raises(ImportRefused, match=message):
        run_import(
            "employees", f"{HEADER},email\n{line}\n".encode(), filename="e.csv",
            options=Options(), by=dee,
        )  # fmt: skip
    assert everybody() == before


def test_hr_makes_leads_and_leaves_other_roles_alone(claims, billing, dee, fay):
    text = (
        f"{HEADER},email,roles\n9,Wu,CLAIMS,2020-01-01,,lead\n"
        "fay,Fay,BILLING,2020-01-01,fay@example.org,finance\n"
    )
    report = run_import("employees", text.encode(), filename="e.csv", options=Options(), by=dee)
    assert (report.created, report.unchanged) == (1, 1)
