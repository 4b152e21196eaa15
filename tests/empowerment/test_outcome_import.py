"""What became of customers from files: all or nothing, twice is once, the unknown are counted."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from empowerment.models import Case, FollowUp, Outcome
from empowerment.services.outcomes import answer, questions
from people.models import AuditEntry, ImportDraft
from people.services.audit import opened
from tests.conftest import TUESDAY_NOON
from tests.empowerment.test_spending import spends
from tests.people.test_imports import counts, importing, places  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed", "clock")]

HEADER = "customer,date,outcome\n"
FACTS = HEADER + "c 1,2026-04-10,stayed\nC-2,2026-03-20,left\nC-9,2026-04-10,left\n"


@pytest.fixture
def clock(monkeypatch):
    """The clock of whoever imports stands 200 days later."""
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON + timedelta(days=200))


@pytest.fixture
def cases(ann, cas) -> list[Case]:
    """Of 3 March: C-1 by Ann, and by Cas; C-2 by Ann."""
    return [spends(ann, 1_000), spends(cas, 2_000), spends(ann, 1_000, reference="C-2")]


def stored() -> list[tuple]:
    rows = FollowUp.objects.order_by("pk")
    return list(
        rows.values_list("case__customer__reference", "after_days", "answer", "source", "known_on")
    )


def outcomes(cases) -> list[str]:
    for case in cases:
        case.refresh_from_db()
    return [case.outcome for case in cases]


def test_facts_are_noted_with_each_case_of_the_customer(importing, cases, system):
    code, report = importing("outcomes", FACTS)
    assert (code, counts(report), report["skipped"]) == (0, (3, 0, 0), 1)
    assert report["notes"] == ["1 customers unknown here: C-9"]
    stayed = ("C-1", 30, "stayed", "crm", date(2026, 4, 10))
    assert stored() == [stayed, stayed, ("C-2", 30, "left", "crm", date(2026, 3, 20))]
    assert outcomes(cases) == ["stayed", "stayed", "left"]
    entries = opened(AuditEntry.objects.filter(action="note_outcome").order_by("pk"))
    assert {(each.before, each.after) for each in entries} == {
        ("unknown", "stayed"), ("unknown", "left"),
    }  # fmt: skip
    assert {each.why for each in entries} == {"import of outcomes.csv"}


def test_a_dry_run_tells_the_same_and_writes_nothing(importing, cases):
    entries = AuditEntry.objects.count()
    code, dry = importing("outcomes", FACTS, "--dry-run")
    assert (code, counts(dry), stored()) == (0, (3, 0, 0), [])
    assert (AuditEntry.objects.count(), outcomes(cases)) == (entries, ["unknown"] * 3)
    assert dry["changes"][2] == f"C-2, case {cases[2].pk}: left, 2026-03-20"
    assert importing("outcomes", FACTS) == (0, dry)


def test_the_same_file_twice_changes_nothing(importing, cases):
    importing("outcomes", FACTS)
    before, entries = stored(), AuditEntry.objects.count()
    code, report = importing("outcomes", FACTS)
    assert (code, counts(report), report["skipped"]) == (0, (0, 0, 3), 1)
    assert (stored(), AuditEntry.objects.count()) == (before, entries)


def test_an_older_file_does_not_undo_a_newer_one(importing, cases):
    importing("outcomes", HEADER + "C-2,2026-06-10,left\n")
    code, report = importing("outcomes", HEADER + "C-2,2026-04-10,stayed\n")
    assert (code, counts(report)) == (0, (0, 0, 1))
    assert outcomes(cases)[2] == "left"


def test_of_several_facts_in_a_file_the_last_counts(importing, cases):
    text = HEADER + "C-2,2026-06-10,stayed\nC-2,2026-03-10,left\nC-2,2026-06-10,stayed\n"
    code, report = importing("outcomes", text)
    assert (code, counts(report), outcomes(cases)[2]) == (0, (1, 0, 0), "stayed")
    assert stored()[0][1] == 90


def test_a_fact_that_tells_nothing_about_a_case_is_left_out_and_said(importing, cases):
    # Before the case; too early to say that somebody stayed; so late that the case kept them.
    for day, said in (("2026-03-02", "left"), ("2026-03-15", "stayed"), ("2026-09-01", "left")):
        code, report = importing("outcomes", f"{HEADER}C-2,{day},{said}\n")
        assert (code, counts(report), report["skipped"]) == (0, (0, 0, 0), 1)
        assert report["notes"] == [
            "1 customers without a case that these dates say anything about: C-2"
        ]
    assert stored() == []


def test_the_customer_system_corrects_what_a_colleague_thought(importing, cases, ann):
    now = TUESDAY_NOON + timedelta(days=35)
    answer(cases[2], Outcome.STAYED, by=ann, now=now)
    importing("outcomes", HEADER + "C-2,2026-04-04,left\n")
    assert outcomes(cases)[2] == "left"


def test_who_is_told_by_the_customer_system_is_asked_no_more(importing, cases, ann):
    importing("outcomes", FACTS)
    assert questions(ann, now=TUESDAY_NOON + timedelta(days=35)) == []


@pytest.mark.parametrize(
    ("header", "line", "outcome"),
    [
        ("Kundennummer;Datum;Ergebnis", "C-2;10.04.2026;geblieben", "stayed"),
        ("Kunde;Datum;Status", "C-2;10.04.2026;Gekündigt", "left"),
        ("客户编号,日期,结果", "Ｃ-2,2026-04-10,流失", "left"),
        ("客户,日期,状态", "c2,2026年4月10日,留存", "stayed"),
        ("Customer reference,As of,Status", "C-2,2026-04-10,Don't know", "unknown"),
    ],
)
def test_files_are_understood_in_each_language(importing, cases, header, line, outcome):
    code, report = importing("outcomes", f"{header}\n{line}\n")
    assert (code, report["errors"], report["created"]) == (0, [], 1)
    assert outcomes(cases)[2] == outcome


def test_a_column_of_another_name_is_told_by_map(importing, cases):
    text = "who,date,outcome\nC-2,2026-04-10,left\n"
    assert importing("outcomes", text)[0] == 1
    assert importing("outcomes", text, "--map", "who=customer")[0] == 0


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("C-1,2026-04-10,perhaps", "outcome", "“perhaps” is not one of unknown, stayed, left"),
        ("C-1,2026-04-10,", "outcome", "is empty"),
        (",2026-04-10,left", "customer", "is empty"),
        ("---,2026-04-10,left", "customer", "has neither letters nor digits"),
        ("C-1,,left", "date", "is empty"),
        ("C-1,2026-13-10,left", "date", "2026-13-10"),
        ("C-1,2027-01-01,left", "date", "is still to come"),
        (f"{'9' * 61},2026-04-10,left", "customer", "61 characters"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(importing, cases, line, column, said):
    code, report = importing("outcomes", f"{HEADER}C-2,2026-04-10,left\n{line}\n")
    assert (code, places(report), stored()) == (1, [(3, column)], [])
    assert said in report["errors"][0]["message"]


def test_two_lines_that_contradict_each_other_are_refused(importing, cases):
    text = HEADER + "C-1,2026-04-10,left\nc1,2026-04-10,stayed\n"
    code, report = importing("outcomes", text)
    assert (code, places(report), stored()) == (1, [(3, "outcome")], [])
    assert "is “left” on 2026-04-10 in line 2" in report["errors"][0]["message"]


# The page.


def uploaded(client, content: str):
    file = SimpleUploadedFile("crm.csv", content.encode())
    return client.post("/empowerment/outcomes/import/", {"file": file})


def test_a_file_is_looked_at_first_and_imported_as_a_whole(client, fay, cases):
    client.force_login(fay)
    address = uploaded(client, FACTS).url
    shown = client.get(address).content.decode()
    assert "C-2, case" in shown
    assert "1 customers unknown here: C-9" in shown
    assert stored() == []
    client.post(f"{address}apply/")
    assert ImportDraft.objects.get().state == "applied"
    assert outcomes(cases) == ["stayed", "stayed", "left"]


def test_a_form_without_a_file_says_so(client, dee):
    client.force_login(dee)
    page = client.post("/empowerment/outcomes/import/", {})
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["file"])


@pytest.mark.parametrize("who", ["ann", "bob", "eve", "max_auditor", "root"])
def test_others_may_not_import(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/empowerment/outcomes/import/").status_code == 403
