"""A bonus as a file for payroll: who gets how much, by one mapping, on the record."""

import csv
import io
import json
import stat
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from incentives.models import BonusRun, PayrollLayout
from incentives.services.bonus_payments import PaymentLine, confirm_payments
from incentives.services.bonus_runs import approve, draft, void
from incentives.services.payroll import PayrollFile, export_payroll
from incentives.services.payroll_files import PayrollRefused
from incentives.services.payroll_layouts import (
    LayoutRefused,
    all_layouts,
    preview,
    save_layout,
    standard_layout,
)
from people.models import AuditEntry, Employee, SalaryLook
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401

pytestmark = pytest.mark.django_db
HEADER = "employee number,name,department,amount,currency,pool,year,paid on"


@pytest.fixture
def approved(proposed, eve) -> BonusRun:
    return approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)


def make_layout(*columns: tuple[str, str], **more) -> PayrollLayout:
    """Columns as (header, field) or (header, "text", text)."""
    keys = ("header", "field", "text")
    named = [dict(zip(keys, (*column, "")[:3], strict=True)) for column in columns]
    return PayrollLayout(**{"name": "DATEV", "columns": named, **more})


def export(run, by, layout=None, form="csv", **more) -> PayrollFile:
    return export_payroll(
        run, layout=layout or standard_layout(), form=form, by=by,
        **{"unconfirmed": False, **more},
    )  # fmt: skip


def lines(made: PayrollFile, encoding="utf-8-sig") -> list[str]:
    return made.content.decode(encoding).split("\r\n")


def test_the_standard_layout_needs_no_setup(approved, fay):
    made = export(approved, fay)
    assert made.content.startswith(b"\xef\xbb\xbf")
    assert lines(made) == [
        HEADER,
        "ann,Ann,CLAIMS,50.00,GBP,bonus,2026,",
        "bob,Bob,CLAIMS,50.00,GBP,bonus,2026,",
        "cas,Cas,BILLING,50.00,GBP,bonus,2026,",
        "eve,Eve,BILLING,50.00,GBP,bonus,2026,",
        "fay,Fay,BILLING,50.00,GBP,bonus,2026,",
        "",
    ]
    assert (made.name, made.people, made.without_share) == ("payroll-bonus-2026.csv", 5, 0)


def test_a_layout_maps_every_column(approved, fay):
    layout = make_layout(
        ("Lohnart", "text", "4711"), ("Personalnr", "number"), ("Betrag", "amount"),
        ("KSt", "cost_centre"), ("von", "first"), ("bis", "last"), ("genehmigt", "approved_on"),
        cost_centres={"CLAIMS": "1001"}, delimiter="semicolon", decimal_mark="comma",
        encoding="cp1252", date_form="dotted",
    )  # fmt: skip
    found = lines(export(approved, fay, layout), "cp1252")
    assert found[:2] == [
        "Lohnart;Personalnr;Betrag;KSt;von;bis;genehmigt",
        "4711;ann;50,00;1001;01.01.2026;31.12.2026;04.01.2027",
    ]
    assert found[3] == "4711;cas;50,00;BILLING;01.01.2026;31.12.2026;04.01.2027"


def test_amounts_may_be_minor_units(approved, fay):
    layout = make_layout(("n", "number"), ("pence", "amount"), units="minor", encoding="utf-8")
    assert lines(export(approved, fay, layout), "utf-8")[1] == "ann,5000"


def test_a_workbook_has_numbers_and_texts(approved, fay):
    Employee.objects.filter(number="ann").update(number="00017")
    layout = make_layout(("n", "number"), ("a", "amount"), ("y", "year"), ("until", "last"))
    book = load_workbook(io.BytesIO(export(approved, fay, layout, "xlsx").content))
    [head, row, *rest] = book.active.iter_rows()
    assert ([cell.value for cell in head], len(rest)) == (["n", "a", "y", "until"], 4)
    assert [cell.value for cell in row] == ["00017", 50, 2026, datetime(2026, 12, 31)]
    assert [cell.data_type for cell in row] == ["s", "n", "n", "d"]
    assert [cell.number_format for cell in row] == ["@", "0.00", "0", "yyyy-mm-dd"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_nothing_in_a_file_runs_as_a_formula(form, approved, fay):
    Employee.objects.filter(number="ann").update(number="=1+1", name="@SUM(1)\x07")
    layout = make_layout(("=header", "number"), ("n", "name"), ("a", "amount"), ("c", "text", "+1"))
    content = export(approved, fay, layout, form).content
    if form == "xlsx":
        rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    else:
        rows = [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    assert rows[0][0] == "'=header"
    assert (rows[1][0], rows[1][1], rows[1][3]) == ("'=1+1", "'@SUM(1)\ufffd", "'+1")


def test_who_got_nothing_is_left_out_and_counted(pool, ann, cas, fay, eve):
    cas.employee.salaries.update(annual_minor=0)
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    BonusRun.objects.filter(pk=run.pk).update(
        state="approved", proposed_by=fay, approved_by=eve, approved_at=NEW_YEAR
    )
    nobody = run.shares.filter(share_minor=0)
    assert list(nobody.values_list("employee__number", flat=True)) == ["cas"]
    made = export(run, fay)
    assert (made.people, made.without_share) == (3, 1)
    assert "cas" not in made.content.decode()


def test_a_missing_character_is_named_and_nothing_is_exported(approved, fay):
    Employee.objects.filter(number="bob").update(name="Łucja")
    layout = make_layout(("n", "number"), ("name", "name"), ("a", "amount"), encoding="cp1252")
    with pytest.raises(PayrollRefused) as refused:
        export(approved, fay, layout)
    message = "Line 3, column “name”: Windows-1252 (Western Europe) has no “Ł”."
    assert str(refused.value).startswith(message)
    assert not SalaryLook.objects.exists()
    assert not AuditEntry.objects.filter(action="export_payroll").exists()
    assert b"\xc5\x81ucja" in export(approved, fay).content


def test_an_export_is_logged_with_its_digest_and_looks_at_everybody(approved, fay):
    made = export(approved, fay)
    entry = AuditEntry.objects.get(action="export_payroll")
    assert (entry.by, entry.subject) == (fay, f"bonus:bonus:2026:{approved.pk}")
    assert (entry.after["file"], entry.after["sha256"]) == (made.name, made.sha256)
    assert (entry.after["people"], entry.after["layout"]["name"]) == (5, "Standard")
    looks = SalaryLook.objects.order_by("employee__number").values_list("employee__number", "where")
    # The own share is no look at somebody's pay.
    assert list(looks) == [(number, "payroll export") for number in ("ann", "bob", "cas", "eve")]


def test_only_an_approved_run_goes_to_payroll(proposed, fay, eve):
    def refusal(run) -> str:
        with pytest.raises(PayrollRefused) as refused:
            export(run, fay)
        return str(refused.value)

    once = "payroll gets it once it is approved."
    assert refusal(proposed) == f"The bonus of bonus 2026 is proposed: {once}"
    BonusRun.objects.update(state="draft")
    assert refusal(proposed) == f"The bonus of bonus 2026 is draft: {once}"
    BonusRun.objects.update(state="estimate")
    assert refusal(proposed) == f"The bonus of bonus 2026 is estimate: {once}"
    BonusRun.objects.update(state="proposed")
    approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    void(proposed, reason="wrong leaver", by=eve, now=NEW_YEAR)
    assert refusal(proposed) == f"The bonus of bonus 2026 is void: {once}"
    assert not SalaryLook.objects.exists()


def test_those_not_confirmed_yet_are_a_file_of_their_own(approved, fay):
    today = NEW_YEAR.date()
    paid = [PaymentLine(2, number, 5000, today) for number in ("ann", "bob", "cas", "eve")]
    confirm_payments(approved, paid, by=fay, now=NEW_YEAR)
    made = export(approved, fay, unconfirmed=True)
    assert lines(made) == [HEADER, "fay,Fay,BILLING,50.00,GBP,bonus,2026,", ""]
    assert made.name == "payroll-bonus-2026-unconfirmed.csv"
    confirm_payments(approved, [PaymentLine(2, "fay", 5000, today)], by=fay, now=NEW_YEAR)
    with pytest.raises(PayrollRefused, match="Nobody is left"):
        export(approved, fay, unconfirmed=True)
    assert export(approved, fay).people == 5


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"columns": [{"header": "n", "field": "number", "text": ""}]}, "columns"),
        ({"columns": [{"header": "a", "field": "amount", "text": ""}]}, "columns"),
        (
            {"columns": [{"header": "A", "field": f, "text": ""} for f in ("number", "amount")]},
            "columns",
        ),
        ({"name": "standard"}, "name"),
        ({"name": "SAP"}, "name"),
        ({"decimal_mark": "comma"}, "delimiter"),
        (
            {
                "columns": [
                    {"header": "n", "field": "number", "text": ""},
                    {"header": "Ł", "field": "amount", "text": ""},
                ],
                "encoding": "cp1252",
            },
            "encoding",
        ),
    ],
)
def test_a_layout_that_pays_nobody_is_refused(wrong, field, fay):
    columns = (("n", "number"), ("a", "amount"))
    save_layout(make_layout(*columns, name="sap"), by=fay)
    layout = make_layout(*columns)
    for name, value in wrong.items():
        setattr(layout, name, value)
    with pytest.raises(LayoutRefused) as refused:
        save_layout(layout, by=fay)
    assert refused.value.field == field
    assert [each.name for each in all_layouts()] == ["Standard", "sap"]


def test_every_change_of_a_layout_is_logged(fay):
    layout = save_layout(make_layout(("n", "number"), ("a", "amount")), by=fay)
    layout.units = "minor"
    save_layout(layout, by=fay)
    save_layout(layout, by=fay)
    made, changed = AuditEntry.objects.filter(action="set_payroll_layout").order_by("pk")
    assert (made.before, made.after["units"]) == (None, "major")
    assert (changed.before["units"], changed.after["units"], changed.by) == ("major", "minor", fay)


def test_a_preview_shows_people_who_do_not_exist(ann):
    assert preview(standard_layout()).split("\r\n") == [
        HEADER,
        "00017,Ann Example,CLAIMS,3125.00,GBP,bonus,2026,",
        "00203,Zoé Müller,BILLING,987.05,GBP,bonus,2026,",
        "",
    ]


def run_command(*words) -> dict:
    out = io.StringIO()
    call_command("bonus_payroll", *map(str, words), "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_writes_the_file_for_its_owner_alone(approved, fay, tmp_path):
    save_layout(make_layout(("n", "number"), ("a", "amount")), by=fay)
    path = tmp_path / "out.csv"
    said = run_command(approved.pk, "--output", path, "--layout", "DATEV", "--by", "fay")
    entry = AuditEntry.objects.get(action="export_payroll")
    assert said == {
        "file": str(path), "people": 5, "without_share": 0, "sha256": entry.after["sha256"],
    }  # fmt: skip
    assert path.read_bytes().decode("utf-8-sig").startswith("n,a\r\nann,50.00\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_command_refuses_what_it_can_not_do(approved, tmp_path):
    known = tmp_path / "known.csv"
    known.write_text("kept")
    for words, message in (
        ((approved.pk, "--output", known), "File exists"),
        ((approved.pk, "--output", tmp_path / "no" / "x.csv"), "No such file"),
        ((approved.pk, "--output", tmp_path / "x.pdf"), "ends in .csv or .xlsx"),
        ((0, "--output", tmp_path / "x.csv"), "no such bonus run"),
        ((approved.pk, "--output", tmp_path / "x.csv", "--layout", "SAP"), "no such layout"),
    ):
        with pytest.raises(CommandError, match=message):
            run_command(*words)
    assert known.read_text() == "kept"
    # What was not written was not exported.
    assert not SalaryLook.objects.exists()
    BonusRun.objects.update(state="void", void_reason="x")
    with pytest.raises(CommandError, match="is void"):
        run_command(approved.pk, "--output", tmp_path / "x.csv")
