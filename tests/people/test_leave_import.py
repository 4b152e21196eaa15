"""Leave from files: all or nothing, twice is once, logged; and good leavers with the employees."""

from datetime import date

import pytest

from people.models import AuditEntry, Department, Employee, Leave, LeaveKind, Role, User
from people.services.audit import opened
from people.services.importing import ImportRefused, Options, run_import
from people.services.leave_imports import KINDS
from tests.conftest import make_person
from tests.people.test_imports import (  # noqa: F401
    company,
    counts,
    import_file,
    importing,
    places,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

HEADER = "number,kind,from,until\n"
LEAVES = (
    HEADER
    + """\
E1,parental,2024-01-08,2024-06-28
E1,sickness,2024-07-01,
E2,病假,2024-02-05,2024-02-09
E2,Elternzeit,2024-02-10,2024-03-01
"""
)


def stored() -> list[tuple]:
    rows = Leave.objects.order_by("employee__number", "from_date")
    return list(rows.values_list("employee__number", "kind", "from_date", "until_date"))


def test_a_file_of_leave_is_imported(importing):
    code, report = importing("leaves", LEAVES)
    assert (code, counts(report)) == (0, (4, 0, 0))
    assert stored() == [
        ("E1", "parental", date(2024, 1, 8), date(2024, 6, 28)),
        ("E1", "sickness", date(2024, 7, 1), None),
        ("E2", "sickness", date(2024, 2, 5), date(2024, 2, 9)),
        ("E2", "parental", date(2024, 2, 10), date(2024, 3, 1)),
    ]
    entries = opened(AuditEntry.objects.filter(action="import_leave").order_by("pk"))
    assert [each.entry.person.number for each in entries] == ["E1", "E1", "E2", "E2"]
    assert [each.before for each in entries] == [None] * 4
    assert entries[0].after == {"kind": "parental", "from": "2024-01-08", "until": "2024-06-28"}


def test_a_dry_run_tells_the_same_and_writes_nothing(importing):
    entries = AuditEntry.objects.count()
    code, dry = importing("leaves", LEAVES, "--dry-run")
    assert (code, counts(dry), stored()) == (0, (4, 0, 0), [])
    assert AuditEntry.objects.count() == entries
    assert dry["changes"][0] == "E1: parental, 2024-01-08 – 2024-06-28"
    assert importing("leaves", LEAVES) == (0, dry)


def test_the_same_file_twice_changes_nothing(importing):
    importing("leaves", LEAVES)
    before, entries = stored(), AuditEntry.objects.count()
    code, report = importing("leaves", LEAVES)
    assert (code, counts(report)) == (0, (0, 0, 4))
    assert (stored(), AuditEntry.objects.count()) == (before, entries)


def test_a_leave_is_known_by_its_first_day_and_the_next_may_follow(importing):
    importing("leaves", LEAVES)
    text = HEADER + "E1,care,2024-07-01,2024-07-31\nE1,unpaid,2024-08-01,\n"
    assert counts(importing("leaves", text)[1]) == (1, 1, 0)
    assert stored()[1:3] == [
        ("E1", "care", date(2024, 7, 1), date(2024, 7, 31)),
        ("E1", "unpaid", date(2024, 8, 1), None),
    ]
    assert len(stored()) == 5


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (",sickness,2024-09-02,", "number", "is empty"),
        ("E99,sickness,2024-09-02,", "number", "“E99” is not an employee number"),
        ("E2,,2024-09-02,", "kind", "is empty"),
        ("E2,holiday,2024-09-02,", "kind", "“holiday” is not one of parental, sickness, care"),
        ("E2,sickness,,", "from", "is empty; leave holds from a day on"),
        ("E2,sickness,2024-02-30,", "from", "no such day"),
        ("E2,sickness,2024-09-02,soon", "until", "date"),
        ("E2,sickness,2024-09-02,2024-09-01", "until_date", "is before the first day 2024-09-02"),
        ("E2,sickness,2018-12-31,2019-02-01", "from_date", "does not work here on 2018-12-31"),
        ("E3,sickness,2022-06-01,2022-07-01", "until_date", "works here until 2022-06-30"),
        ("E3,sickness,2022-06-01,", "until_date", "works here until 2022-06-30"),
        ("E3,sickness,2023-06-01,2023-07-01", "from_date", "does not work here"),
        ("E1,sickness,2024-06-28,2024-06-28", "from_date", "is on leave from 2024-01-08 through"),
        ("E1,sickness,2024-09-02,2024-09-02", "from_date", "is on leave from 2024-07-01 on"),
        ("E2,sickness,2024-02-01,2024-02-05", "from_date", "is on leave from 2024-02-05 through"),
    ],
)
def test_what_is_wrong_with_a_leave_is_named_and_keeps_all_out(
    importing, line, column, words
):  # fmt: skip
    importing("leaves", LEAVES)
    before = stored()
    code, report = importing("leaves", HEADER + "E4,care,2024-03-04,2024-03-05\n" + line + "\n")
    assert code == 1
    assert places(report) == [(3, column)]
    assert words in report["errors"][0]["message"]
    assert stored() == before


def test_lines_of_a_file_that_clash_are_refused(importing):
    twice = HEADER + "E1,care,2024-03-04,2024-03-05\n" * 2
    code, report = importing("leaves", twice)
    assert (code, places(report)) == (1, [(3, "from_date")])
    assert "in line 2 already" in report["errors"][0]["message"]
    clash = HEADER + "E1,care,2024-03-05,2024-03-06\nE1,care,2024-03-04,2024-03-05\n"
    code, report = importing("leaves", clash)
    assert (code, places(report)) == (1, [(2, "from_date")])
    assert stored() == []


def test_the_erased_and_oneself_are_left_alone(importing):
    dee = User.objects.get(username="E4")
    with pytest.raises(ImportRefused, match="the own employment"):
        run_import("leaves", (HEADER + "E4,care,2024-03-04,\n").encode(), filename="f.csv",
                   options=Options(), by=dee)  # fmt: skip
    Employee.objects.filter(number="E3").update(erased_at="2026-01-01T00:00Z")
    code, report = importing("leaves", HEADER + "E3,care,2022-03-04,2022-03-05\n")
    assert (code, places(report), stored()) == (1, [(2, "number")], [])


@pytest.mark.parametrize("number", ["E1", "E2"])
def test_nobody_but_hr_imports_leave(number):
    with pytest.raises(ImportRefused, match="entered by HR"):
        run_import("leaves", LEAVES.encode(), filename="f.csv", options=Options(),
                   by=User.objects.get(username=number))  # fmt: skip
    assert stored() == []


def test_every_kind_is_understood_in_three_languages():
    assert {kind.value for kind in KINDS.values()} == set(LeaveKind.values)
    assert [KINDS[word] for word in ("sick leave", "krankheit", "病假", "产假", "pflegezeit")] == [
        "sickness", "sickness", "sickness", "parental", "care",
    ]  # fmt: skip


def test_german_and_chinese_headers_are_understood(importing):
    text = "Personalnummer;Abwesenheitsart;von;bis\nE1;Sabbatjahr;08.01.2024;28.06.2024\n"
    assert counts(importing("leaves", text)[1]) == (1, 0, 0)
    text = "工号,假期类型,开始日期,结束日期\nE2,事假,2024-01-08,2024-01-09\n"
    assert counts(importing("leaves", text)[1]) == (1, 0, 0)
    assert [kind for _number, kind, _from, _until in stored()] == ["sabbatical", "unpaid"]


def test_many_leaves_cost_no_more_queries_than_few(
    importing, django_assert_max_num_queries
):  # fmt: skip
    lines = [f"E1,care,20{10 + n // 12 + 10}-{n % 12 + 1:02}-01,20{20 + n // 12}-{n % 12 + 1:02}-02"
             for n in range(1, 500)]  # fmt: skip
    with django_assert_max_num_queries(40):
        assert counts(importing("leaves", HEADER + "\n".join(lines) + "\n")[1]) == (499, 0, 0)


# Good leavers

COLUMNS = "number,name,department,hired_on,left_on,good_leaver\n"


def mark(importing, said: str, *, left_on: str = "2022-06-30") -> tuple[int, dict]:
    line = f"E3,Cas Cole,BILLING,2021-05-01,{left_on},{said}\n"
    return importing("employees", COLUMNS + line)


def marked(number: str = "E3") -> bool | None:
    return Employee.objects.get(number=number).good_leaver


@pytest.mark.parametrize(
    ("said", "good"),
    [("yes", True), ("Ja", True), ("是", True), ("TRUE", True), ("no", False), ("nein", False),
     ("否", False), ("", None), ("–", None)],
)  # fmt: skip
def test_a_file_of_employees_says_who_is_a_good_leaver(importing, said, good):
    code, report = mark(importing, said)
    assert (code, marked()) == (0, good)
    assert counts(report) == ((0, 0, 1) if good is None else (0, 1, 0))
    assert counts(mark(importing, said)[1]) == (0, 0, 1)


def test_an_empty_cell_keeps_what_hr_has_said(importing):
    mark(importing, "yes")
    assert counts(mark(importing, "")[1]) == (0, 0, 1)
    assert marked() is True


def test_a_leaver_is_marked_at_once_when_new(importing):
    text = COLUMNS + "E9,Gus,CLAIMS,2021-05-01,2024-05-31,no\n"
    assert counts(importing("employees", text)[1]) == (1, 0, 0)
    assert marked("E9") is False


def test_a_last_day_that_is_taken_back_takes_the_mark_with_it(importing):
    mark(importing, "yes")
    assert mark(importing, "", left_on="")[0] == 0
    assert marked() is None


@pytest.mark.parametrize(
    ("said", "left_on", "words"),
    [("perhaps", "2022-06-30", "“perhaps” is neither yes nor no"),
     ("yes", "", "a leaver has a last day")],
)  # fmt: skip
def test_a_wrong_mark_is_refused(importing, said, left_on, words):
    code, report = mark(importing, said, left_on=left_on)
    assert (code, places(report)) == (1, [(2, "good_leaver")])
    assert words in report["errors"][0]["message"]
    assert marked() is None


def test_an_administrator_marks_nobody_by_file(system):
    claims = Department.objects.get(code="CLAIMS")
    root = make_person("root", claims, (Role.ADMINISTRATOR, None), by=system)
    text = COLUMNS + "E3,Cas Cole,BILLING,2021-05-01,2022-06-30,yes\n"
    with pytest.raises(ImportRefused, match="HR says who is a good leaver"):
        run_import("employees", text.encode(), filename="f.csv", options=Options(), by=root)
    text = text.replace(",yes", ",")
    run_import("employees", text.encode(), filename="f.csv", options=Options(), by=root)
    assert marked() is None


def test_leave_is_cut_by_a_last_day_from_a_file(importing):
    importing("leaves", LEAVES)
    text = COLUMNS + "E1,Ann Ames,CLAIMS,2020-01-01,2024-03-31,\n"
    assert importing("employees", text)[0] == 0
    assert [row for row in stored() if row[0] == "E1"] == [
        ("E1", "parental", date(2024, 1, 8), date(2024, 3, 31))
    ]
