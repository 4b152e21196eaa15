"""The log of changes on its page: who sees which entries, found by what, and as a file."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.services import audit
from people.services.audit import changes
from people.tables import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(system, ann, bob, dee, root):
    """One of a policy, one of Ann's roles, one about Ann's employment."""
    return [
        audit.record("set_policy", by=root, subject="policy:cut_off", before={"value": "12:00"},
                     after={"value": "13:00", "from": "2026-04-01"}, why="summer"),
        audit.record("set_roles", by=root, subject=f"user:{ann.pk}", before=[], after=["editor"]),
        audit.record("import_employee", by=dee, subject=f"employee:{ann.employee.pk}",
                     before={"name": "Ann", "department": "CLAIMS"},
                     after={"name": "Anna", "department": "CLAIMS"}, why="married",
                     person=ann.employee),
    ]  # fmt: skip


def rows(client, user, **query) -> list[list[str]]:
    client.force_login(user)
    answer = client.get("/audit/", {**query, "export": "csv"})
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def actions(client, user, **query) -> list[str]:
    return [row[2] for row in rows(client, user, **query)]


def test_hr_reads_who_did_what_before_and_after_and_why(client, dee, entries):
    client.force_login(dee)
    page = client.get("/audit/").content.decode()
    assert "<div>name: Ann → Anna</div>" in page
    assert "married" in page
    assert "department: CLAIMS" not in page
    assert "<div>from: – → 2026-04-01</div><div>value: 12:00 → 13:00</div>" in page
    assert "set roles" in page
    assert "encrypted" not in page


def test_the_newest_entry_comes_first_in_page_and_file(client, dee, ann, entries):
    found = rows(client, dee)
    assert [row[1:] for row in found] == [
        ["Dee", "import_employee", f"employee:{ann.employee.pk} Ann", "name: Ann → Anna",
         "married"],
        ["Root", "set_roles", f"user:{ann.pk}", "– → editor", ""],
        ["Root", "set_policy", "policy:cut_off", "from: – → 2026-04-01; value: 12:00 → 13:00",
         "summer"],
    ]  # fmt: skip


def test_an_auditor_sees_all_and_an_administrator_nothing_about_employment(
    client, max_auditor, root, entries
):
    assert actions(client, max_auditor) == ["import_employee", "set_roles", "set_policy"]
    assert actions(client, root) == ["set_roles", "set_policy"]
    assert actions(client, root, person="ann") == ["set_roles"]


@pytest.mark.parametrize("name", ["ann", "bob", "fay", "eve"])
def test_everybody_else_is_refused(client, request, entries, name):
    client.force_login(request.getfixturevalue(name))
    assert client.get("/audit/").status_code == 403


@pytest.mark.parametrize(
    "query, found",
    [
        ({"text": "policy"}, ["set_policy"]),
        ({"text": "set roles"}, ["set_roles"]),
        ({"text": "employee:"}, ["import_employee"]),
        ({"text": "nothing like it"}, []),
        ({"person": "ANN"}, ["import_employee", "set_roles"]),
        ({"person": "bob"}, []),
        ({"who": "dee"}, ["import_employee"]),
        ({"who": "Root"}, ["set_roles", "set_policy"]),
        ({"person": "ann", "who": "root"}, ["set_roles"]),
    ],
)
def test_a_filter_finds(client, dee, entries, query, found):
    assert actions(client, dee, **query) == found


def test_days_are_both_included(client, dee, system, monkeypatch):
    for day in (1, 2, 3):
        at = datetime(2026, 3, day, 23, 30, tzinfo=UTC)
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda at=at: at)
            audit.record(f"day{day}", by=system, subject="x")
    assert actions(client, dee, since="2026-03-02") == ["day3", "day2"]
    assert actions(client, dee, through="2026-03-02") == ["day2", "day1"]
    assert actions(client, dee, since="2026-03-02", through="2026-03-02") == ["day2"]


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"text": "x" * 101}])
def test_a_wrong_filter_is_told_beside_its_field(client, dee, entries, query):
    client.force_login(dee)
    answer = client.get("/audit/", query)
    assert answer.status_code == 200
    assert 'class="errors"' in answer.content.decode()


def test_an_erased_persons_values_say_so(client, dee, ann, entries):
    audit.destroy_key(ann.employee)
    client.force_login(dee)
    page = client.get("/audit/").content.decode()
    assert '<span class="tag">erased</span>' in page
    assert "Anna" not in page and "married" not in page
    assert rows(client, dee)[0][4:] == ["erased", ""]


def test_what_somebody_typed_is_shown_and_never_run(client, dee, system):
    audit.record("act", by=system, subject="<b>x</b>", after="<script>alert(1)</script>",
                 why="<img src=x onerror=alert(1)>")  # fmt: skip
    client.force_login(dee)
    page = client.get("/audit/").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>x</b>" not in page


def test_many_changes_unfold_on_the_page_and_are_whole_in_the_file(client, dee, system):
    audit.record("act", by=system, subject="x", after={f"k{n}": n for n in range(40)})
    client.force_login(dee)
    assert "<summary>37 more</summary>" in client.get("/audit/").content.decode()
    assert rows(client, dee)[0][4].count("→") == 40


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_page_asks_the_same_number_of_queries(
    client, dee, ann, bob, count, django_assert_num_queries
):
    people = [(ann.employee, bob.employee)[n % 2] for n in range(count)]
    audit.record_many(
        "act", by=ann, changes=[(f"x:{n}", None, {"n": n}) for n in range(count)], people=people
    )
    assert AuditEntry.objects.count() == count
    client.force_login(dee)
    client.get("/audit/")
    with django_assert_num_queries(7):
        client.get("/audit/")


@pytest.mark.parametrize(
    "before, after, expected",
    [
        (None, None, []),
        ("a", "a", []),
        (None, "excused", [("", None, "excused")]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("b", 2, 3)]),
        ({"a": 1, "c": 2}, {"b": 3}, [("a", 1, None), ("b", None, 3), ("c", 2, None)]),
        ([], ["hr"], [("", [], ["hr"])]),
        ({"a": 1}, None, [("a", 1, None)]),
        ({"a": 1}, "gone", [("", {"a": 1}, "gone")]),
    ],
)
def test_only_what_differs_is_a_change(before, after, expected):
    assert changes(before, after) == expected


@pytest.mark.parametrize(
    "value, text",
    [(None, "–"), ("", "–"), ([], "–"), (0, "0"), (False, "False"), (["a", "b"], "a, b"),
     ({"a": [1, 2]}, "a: 1, 2")],
)  # fmt: skip
def test_a_value_is_written_for_people(value, text):
    assert written(value) == text
