"""Nine files as departments really send them, through the command, to the figures they hold."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from demo import company
from incentives.models import Result
from people.models import AuditEntry, RememberedMapping
from people.services.importing import Options, run_import

FILES = Path(__file__).parent.parent / "files" / "daily-messy"
pytestmark = pytest.mark.django_db

FIGURES = ("on_time_pct", "mean_dep_delay_min")


def flags(scheduled: str, cancelled: str, on_time: str = "", delay: str = "") -> list[str]:
    said = [f"{scheduled}=ignore", f"{cancelled}=ignore"]
    said += [f"{on_time}=metric:on_time_pct"] if on_time else []
    said += [f"{delay}=metric:mean_dep_delay_min"] if delay else []
    return [word for text in said for word in ("--map", text)]


CHINESE = flags("计划航班数", "取消数", "准点率", "平均起飞延误（分钟）")
ENGLISH = flags("Scheduled", "Cancelled")
FLAGS = {
    "gbk-chinese-headers.csv": CHINESE,
    "gb18030-tab.txt": CHINESE,
    "semicolon-decimal-comma-cp1252.csv": flags(
        "Geplante Flüge", "Ausfälle", "Pünktlichkeit in %", "Ø Abflugverspätung (Min.)"
    ),
    "utf8-bom-us-dates-totals.csv": flags(
        "Scheduled", "Cancelled", "On-time %", "Avg dep. delay (min)"
    ),
    "utf16-tab-duplicate-rows.txt": ENGLISH,
    "latin1-cr-only.csv": ENGLISH,
    "chinese-mixed-dates.xlsx": CHINESE,
    "chinese-1904-epoch.xlsx": CHINESE,
    "wide-two-sheets.xlsx": [
        "--sheet", "On-time %=metric:on_time_pct", "--sheet", "Avg delay=metric:mean_dep_delay_min",
    ],
}  # fmt: skip
ROWS_AND_SKIPPED = {
    "utf8-bom-us-dates-totals.csv": (1326 + 90, 90),
    "utf16-tab-duplicate-rows.txt": (1340, 14),
    "wide-two-sheets.xlsx": (2 * 90, 0),
}


def canonical() -> dict[tuple[date, str, str], Decimal]:
    """Every figure of the expected file; a blank one is no figure."""
    with (FILES / "expected-canonical.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1326
    return {
        (date.fromisoformat(row["date"]), row["unit"], name): Decimal(row[name])
        for row in rows
        for name in FIGURES
        if row[name]
    }


def recorded() -> dict[tuple[date, str, str], Decimal]:
    results = Result.objects.select_related("department", "metric")
    return {
        (result.date, result.department.code, result.metric.code): result.metric.figure(
            result.value_scaled
        )
        for result in results
    }


def import_results(path: Path, *flags: str) -> tuple[int, dict]:
    """Exit code and the JSON object that was printed."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_results", str(path), "--format", "json", *flags, stdout=out)
    except SystemExit as exit_with:
        code = exit_with.code
    return code, json.loads(out.getvalue())


def counts(report: dict) -> dict[str, int]:
    return {name: report[name] for name in ("rows", "created", "updated", "unchanged", "skipped")}


@pytest.fixture
def airlines(system):
    for kind, content in (
        ("sites", company.sites_file()),
        ("departments", company.departments_file()),
        ("targets", company.targets_file(date(2013, 1, 1), "test")),
    ):
        run_import(kind, content, filename=f"{kind}.csv", options=Options(), by=system)


@pytest.mark.parametrize("name", FLAGS)
def test_a_messy_file_gives_exactly_the_expected_figures_and_is_remembered(airlines, name):
    expected = canonical()
    rows, skipped = ROWS_AND_SKIPPED.get(name, (1326, 0))
    nothing_yet = {"rows": rows, "updated": 0, "skipped": skipped}

    code, dry = import_results(FILES / name, *FLAGS[name], "--dry-run")
    assert (code, dry["errors"]) == (0, [])
    assert counts(dry) == nothing_yet | {"created": len(expected), "unchanged": 0}
    assert not Result.objects.exists()
    assert not RememberedMapping.objects.filter(kind="results").exists()
    assert not AuditEntry.objects.filter(action="record_results").exists()

    code, done = import_results(FILES / name, *FLAGS[name])
    assert (code, done) == (0, dry)
    assert recorded() == expected
    assert len(done["notes"]) == skipped

    code, again = import_results(FILES / name)
    assert (code, again["errors"]) == (0, [])
    assert counts(again) == nothing_yet | {"created": 0, "unchanged": len(expected)}
    assert again["mapping"] == done["mapping"]
    assert again["sheet_mapping"] == done["sheet_mapping"]
    assert Result.objects.count() == len(expected)


@pytest.mark.parametrize("name", FLAGS)
def test_a_second_messy_file_of_the_same_days_changes_nothing(airlines, name):
    import_results(FILES / "latin1-cr-only.csv", *FLAGS["latin1-cr-only.csv"])
    code, report = import_results(FILES / name, *FLAGS[name])
    assert (code, report["created"], report["updated"]) == (0, 0, 0)
    assert report["unchanged"] == Result.objects.count() == len(canonical())


@pytest.mark.parametrize("name", FLAGS)
def test_without_flags_a_messy_file_is_refused_with_the_flags_to_give(airlines, name):
    code, report = import_results(FILES / name)
    assert (code, report["created"]) == (1, 0)
    messages = "\n".join(error["message"] for error in report["errors"])
    if name == "wide-two-sheets.xlsx":
        assert [error["message"] for error in report["errors"]] == [
            "sheet “On-time %” has departments as columns; say its metric:"
            " --sheet 'On-time %=metric:CODE'",
            "sheet “Avg delay” has departments as columns; say its metric:"
            " --sheet 'Avg delay=metric:CODE'",
        ]
    else:
        headers = [text.split("=")[0] for text in FLAGS[name][1::2]]
        asked = {error["column"].upper() for error in report["errors"] if error["column"]}
        assert asked == {header.upper() for header in headers}
        choices = "department|metric|value|metric:CODE|ignore"
        for error in report["errors"]:
            if error["column"]:
                assert f"--map '{error['column']}={choices}'" in messages
                assert error["line"] in (1, 2, 3)
    assert not Result.objects.exists()


def test_total_lines_and_repeated_lines_are_named(airlines):
    name = "utf8-bom-us-dates-totals.csv"
    totals = import_results(FILES / name, *FLAGS[name])[1]["notes"]
    assert totals[0] == "line 18: “TOTAL” is a total and not a department; left out"
    assert len(totals) == 90
    name = "utf16-tab-duplicate-rows.txt"
    repeats = import_results(FILES / name, *FLAGS[name])[1]["notes"]
    assert repeats[0] == "line 3: repeats an earlier line; left out"
    assert len(repeats) == 14


def test_a_remembered_mapping_yields_to_a_flag_and_outranks_an_alias(airlines, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("date,unit,dept,on_time_pct\n2013-01-01,AA,elsewhere,80\n")
    assert import_results(path)[0] == 1
    assert import_results(path, "--map", "dept=ignore")[0] == 0
    assert import_results(path)[1]["unchanged"] == 1
    code, report = import_results(path, "--map", "on_time_pct=metric:MEAN_DEP_DELAY_MIN")
    assert (code, report["created"]) == (0, 1)
    assert report["mapping"]["on_time_pct"] == "metric:mean_dep_delay_min"


@pytest.mark.parametrize(
    ("flag", "text"), [("--map", "value=valeu"), ("--sheet", "One=metric:nobody")]
)
def test_a_flag_with_an_unknown_meaning_is_refused(airlines, tmp_path, flag, text):
    path = tmp_path / "figures.csv"
    path.write_text("date,department,metric,value\n2013-01-01,AA,on_time_pct,80\n")
    code, report = import_results(path, flag, text)
    assert code == 1
    assert report["errors"][0]["message"].startswith(f"{flag} '{text}': write one of date, ")
    assert not Result.objects.exists()


def test_a_metric_whose_code_ends_like_a_dates_header_is_a_number(airlines, system, tmp_path):
    """A header of figures is not taken for one of dates by its last letters."""
    targets = (
        "department,metric,unit,direction,decimals,value,effective_from,effective_until\n"
        "YV,calls_picked_up_on,count,at_least,2,5,2011-01-01,2011-12-31\n"
    )
    run_import("targets", targets.encode(), filename="t.csv", options=Options(), by=system)
    path = tmp_path / "figures.csv"
    path.write_text("date;unit;calls_picked_up_on\n2011-01-01;YV;5,25\n")
    assert import_results(path)[0] == 0
    assert recorded() == {(date(2011, 1, 1), "YV", "calls_picked_up_on"): Decimal("5.25")}
