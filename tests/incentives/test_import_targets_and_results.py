"""Targets and figures from files: every mistake has its place, and nothing is half done."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command

from incentives.models import Metric, Result, Target
from incentives.services.closing import close_day
from people.models import AuditEntry, RememberedMapping
from people.services import audit
from tests.conftest import MONDAY, make_department, make_result, make_target, scaled_of
from tests.people.test_imports import counts, import_file, places

pytestmark = pytest.mark.django_db

TARGETS_HEADER = (
    "department,metric,metric_name,unit,direction,decimals,value,weight,effective_from,"
    "effective_until,reason,plausible_min,plausible_max\n"
)
ANSWERED = "CLAIMS,answered,Calls answered,percent,at_least,2"
WAITING = "CLAIMS,waiting,Waiting time,minutes,at_most,2"
HEADER = "date,department,metric,value,reason\n"
FIRST = date(2026, 1, 1)


@pytest.fixture
def importing(tmp_path, system):
    def run(kind: str, text: str, *flags: str) -> tuple[int, dict]:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(kind, path, *flags)

    return run


def everything() -> dict[str, list[tuple]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in (Metric, Target, Result, AuditEntry, RememberedMapping)
    }


def refused(importing, kind: str, text: str, *flags: str) -> list[dict]:
    """The errors of a file that must be refused and must change nothing."""
    before = everything()
    code, report = importing(kind, text, *flags)
    assert (code, everything()) == (1, before)
    assert report["errors"]
    return report["errors"]


def figures() -> list[tuple]:
    """Day, department, metric, value, revision and reason of every result."""
    found = Result.objects.order_by("date", "department__code", "metric__code", "revision")
    return [
        (r.date, r.department.code, r.metric.code, value_of(r), r.revision, r.reason) for r in found
    ]


def value_of(result: Result) -> Decimal:
    return result.metric.figure(result.value_scaled)


# --- Results: what is wrong with a figure or a day ----------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NaN", "counted with"),
        ("Infinity", "counted with"),
        ("1e5", "exponent"),
        ('"1,000"', "--decimal comma or --decimal point"),
        ("８０", "other digits"),
        ("-0", "minus zero"),
        ("1" + "0" * 18, "too many digits"),
        ("999999999999", "is too large"),
        ("80.123", "80.123 has more than the 2 decimals of this metric"),
        ("about 80", "not a number"),
        ("#DIV/0!", "error of the spreadsheet"),
    ],
)
def test_a_wrong_number_is_refused_with_its_line_and_column(goals, importing, text, words):
    lines = f"2026-03-02,BILLING,answered,81,\n2026-03-02,CLAIMS,answered,{text},\n"
    [error] = refused(importing, "results", HEADER + lines, *IMPLAUSIBLE_TOO)
    assert words in error["message"]
    assert error["column"] == "value"
    assert error["line"] == 3 or "--decimal" in words


IMPLAUSIBLE_TOO = ("--accept-implausible", "test")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-30", "no such day"),
        ("2026-13-01", "no such day"),
        ("1899-12-31", "between 1900 and 2200"),
        ("２０２６-03-02", "other digits"),
        ("2026-03-02 08:00", "time of day"),
        ("46083", "not a date"),
        ("yesterday", "not a date"),
        ("", "missing"),
    ],
)
def test_a_wrong_date_is_refused_with_its_line_and_column(goals, importing, text, words):
    [error] = refused(importing, "results", HEADER + f"{text},CLAIMS,answered,80,\n")
    assert words in error["message"]
    assert (error["line"], error["column"]) == (2, "date")


def test_a_date_that_could_be_two_days_is_refused_until_it_is_settled(goals, importing):
    text = HEADER + "3/2/2026,CLAIMS,answered,80,\n"
    [error] = refused(importing, "results", text)
    assert (error["column"], "--date-order mdy" in error["message"]) == ("date", True)
    assert importing("results", text, "--date-order", "mdy")[0] == 0
    assert figures() == [(MONDAY, "CLAIMS", "answered", Decimal("80.00"), 1, "")]


def test_an_unknown_department_and_an_unknown_metric_are_named(goals, importing):
    errors = refused(
        importing, "results", HEADER + "2026-03-02,MOON,answered,80,\n2026-03-02,CLAIMS,joy,80,\n"
    )
    assert errors == [
        {"line": 2, "column": "department", "message": "“MOON” is no department code"},
        {
            "line": 3, "column": "metric",
            "message": "“joy” is not a metric; metrics are made by the targets file",
        },
    ]  # fmt: skip


def test_a_file_without_a_column_for_departments_is_refused(goals, importing):
    [error] = refused(importing, "results", "date,answered\n2026-03-02,80\n")
    assert error["message"] == "no column for department; name it with --map 'HEADER=FIELD'"


def test_many_problems_are_cut_and_counted(goals, importing):
    errors = refused(importing, "results", HEADER + "2026-03-02,CLAIMS,answered,x,\n" * 250)
    assert len(errors) == 201
    assert errors[-1]["message"] == "and 50 more problems"
    implausible = "".join(
        f"2025-{month:02}-{day:02},CLAIMS,answered,101,\n"
        for month in range(1, 11)
        for day in range(1, 26)
    )
    errors = refused(importing, "results", HEADER + implausible)
    assert (len(errors), errors[-1]["message"]) == (201, "and 50 more problems")


# --- Results: blank, again, changed, contradicting -----------------------------------------------


def test_a_blank_is_not_zero_and_erases_nothing(goals, claims, answered, system, importing):
    make_result(claims, answered, MONDAY, "80", system)
    text = "date,department,answered,waiting\n2026-03-02,CLAIMS,,0\n2026-03-02,BILLING,n/a,-\n"
    code, report = importing("results", text)
    assert (code, counts(report), report["rows"]) == (0, (1, 0, 0), 2)
    assert figures() == [
        (MONDAY, "CLAIMS", "answered", Decimal("80.00"), 1, ""),
        (MONDAY, "CLAIMS", "waiting", Decimal("0.00"), 1, ""),
    ]


def test_a_changed_figure_is_a_second_revision_with_a_reason(goals, importing):
    importing("results", HEADER + "2026-03-02,CLAIMS,answered,80,\n2026-03-02,CLAIMS,waiting,4,\n")
    text = HEADER + "2026-03-02,CLAIMS,answered,81,miscounted\n2026-03-02,CLAIMS,waiting,5,\n"
    code, dry = importing("results", text, "--dry-run")
    assert (code, counts(dry)) == (0, (0, 2, 0))
    assert dry["changes"] == [
        "2026-03-02 CLAIMS answered 81.00 (was 80.00)",
        "2026-03-02 CLAIMS waiting 5.00 (was 4.00)",
    ]
    assert len(figures()) == 2
    assert importing("results", text) == (0, dry)
    again = "imported again from results.csv"
    assert figures() == [
        (MONDAY, "CLAIMS", "answered", Decimal("80.00"), 1, ""),
        (MONDAY, "CLAIMS", "answered", Decimal("81.00"), 2, "miscounted"),
        (MONDAY, "CLAIMS", "waiting", Decimal("4.00"), 1, ""),
        (MONDAY, "CLAIMS", "waiting", Decimal("5.00"), 2, again),
    ]
    assert counts(importing("results", text)[1]) == (0, 0, 2)
    assert set(Result.objects.values_list("source", "made_by__username")) == {("file", "system")}


def test_lines_that_contradict_each_other_are_refused_and_the_same_ones_counted_once(
    goals, importing
):
    line = "2026-03-02,CLAIMS,answered,80,\n"
    [error] = refused(importing, "results", HEADER + line + line.replace("80", "81"))
    assert error == {
        "line": 3, "column": "value",
        "message": "CLAIMS on 2026-03-02 has another figure in line 2",
    }  # fmt: skip
    code, report = importing("results", HEADER + line + line.replace(",80,", ",80.00,"))
    assert (code, counts(report), report["rows"], report["skipped"]) == (0, (1, 0, 0), 2, 1)
    assert report["notes"] == ["line 3: repeats an earlier line; left out"]


def test_one_wrong_line_keeps_all_figures_out(goals, importing):
    lines = "".join(f"2026-03-{day:02},CLAIMS,answered,80,\n" for day in range(2, 30))
    [error] = refused(importing, "results", HEADER + lines + "2026-03-30,CLAIMS,answered,8O,\n")
    assert (error["line"], error["column"]) == (30, "value")


def test_a_failure_to_log_records_no_figure(goals, importing, monkeypatch):
    before = everything()

    def fail(*_args, **_more):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError, match="the log is full"):
        importing("results", HEADER + "2026-03-02,CLAIMS,answered,80,\n")
    with pytest.raises(RuntimeError, match="the log is full"):
        importing("targets", TARGETS_HEADER + f"{ANSWERED},81,1,2027-01-01,,more,,\n")
    assert everything() == before


# --- Results: implausible, final, reasons, whose --------------------------------------------------


def test_an_implausible_figure_needs_to_be_accepted_with_a_reason(goals, importing):
    text = HEADER + "2026-03-02,CLAIMS,answered,100.01,\n2026-03-02,CLAIMS,waiting,900,\n"
    [error] = refused(importing, "results", text)
    assert error == {
        "line": 2, "column": "value",
        "message": "100.01 is outside the plausible range 0.00 to 100.00 of answered; correct it,"
        " or accept it with a reason (--accept-implausible REASON)",
    }  # fmt: skip
    assert importing("results", text, "--accept-implausible", "counted twice")[0] == 0
    assert figures() == [
        (MONDAY, "CLAIMS", "answered", Decimal("100.01"), 1, "counted twice"),
        (MONDAY, "CLAIMS", "waiting", Decimal("900.00"), 1, ""),
    ]
    assert counts(importing("results", text)[1]) == (0, 0, 2)


def test_a_reason_that_is_too_long_is_refused(goals, importing):
    text = HEADER + f"2026-03-02,CLAIMS,answered,80,{'x' * 501}\n"
    [error] = refused(importing, "results", text)
    assert (error["line"], error["message"]) == (2, "the reason is longer than 500 characters")


def closed(goals, system) -> None:
    for target in goals:
        value = "80" if target.metric.code == "answered" else "5"
        make_result(target.department, target.metric, MONDAY, value, system)
    [verdict] = close_day(MONDAY, by=system, now=datetime(2026, 3, 3, 8, tzinfo=UTC))
    assert verdict.status == "final"


def test_a_figure_of_a_final_day_is_refused_but_the_same_one_is_not(goals, system, importing):
    closed(goals, system)
    lines = "2026-03-02,BILLING,answered,80,\n2026-03-02,CLAIMS,answered,81,\n"
    [error] = refused(importing, "results", HEADER + lines)
    assert (error["line"], error["column"]) == (3, "value")
    assert error["message"].startswith("2026-03-02 is final; correct this figure by a restatement")
    assert counts(importing("results", HEADER + lines.replace("81", "80"))[1]) == (0, 0, 2)


def test_a_lead_imports_for_the_own_departments_and_those_below_only(
    goals, bob, claims, billing, site, importing
):
    make_department("CLAIMS-NORTH", site, claims)
    own = "2026-03-02,CLAIMS,answered,80,\n2026-03-02,CLAIMS-NORTH,answered,80,\n"
    text = HEADER + own + "2026-03-02,BILLING,answered,80,\n"
    [error] = refused(importing, "results", text, "--by", "bob")
    assert error == {
        "line": 4, "column": "department",
        "message": "“BILLING” is not a department you report for",
    }  # fmt: skip
    assert importing("results", HEADER + own, "--by", "bob")[0] == 0
    assert set(Result.objects.values_list("made_by__username", flat=True)) == {"bob"}


def test_hr_imports_for_all_departments(goals, dee, importing):
    text = HEADER + "2026-03-02,CLAIMS,answered,80,\n2026-03-02,BILLING,answered,80,\n"
    assert counts(importing("results", text, "--by", "dee@example.org")[1]) == (2, 0, 0)


# --- Targets ------------------------------------------------------------------------------------


def spans(code: str = "answered") -> list[tuple]:
    return [
        (t.metric.figure(t.value_scaled), t.weight, t.from_date, t.until_date)
        for t in Target.objects.filter(metric__code=code).order_by("from_date")
    ]


def test_a_targets_file_makes_metrics_and_targets_and_twice_is_once(claims, importing):
    text = TARGETS_HEADER
    text += f"{ANSWERED},80,3,2026-01-01,,first,0,100\n{WAITING},5.5,,2026-01-01,2026-12-31,,,\n"
    before = everything()
    code, dry = importing("targets", text, "--dry-run")
    assert (code, counts(dry), everything()) == (0, (2, 0, 0), before)
    assert importing("targets", text) == (0, dry)
    assert list(Metric.objects.values_list("code", "name", "unit", "direction", "decimals")) == [
        ("answered", "Calls answered", "percent", "at_least", 2),
        ("waiting", "Waiting time", "minutes", "at_most", 2),
    ]
    assert Metric.objects.get(code="answered").plausible_max == scaled_of("100")
    assert spans() == [(Decimal("80.00"), 3, FIRST, None)]
    assert spans("waiting") == [(Decimal("5.50"), 1, FIRST, date(2026, 12, 31))]
    assert Target.objects.get(metric__code="answered").reason == "first"
    entries = list(AuditEntry.objects.order_by("pk").values_list("action", "subject"))
    assert entries == [
        ("make_metric", "metric:answered"), ("set_target", "target:CLAIMS:answered"),
        ("make_metric", "metric:waiting"), ("set_target", "target:CLAIMS:waiting"),
    ]  # fmt: skip
    before = everything()
    assert counts(importing("targets", text)[1]) == (0, 0, 2)
    assert everything() == before


def test_a_new_effective_date_ends_the_open_target(claims, importing):
    importing("targets", TARGETS_HEADER + f"{ANSWERED},80,1,2026-01-01,,first,,\n")
    text = TARGETS_HEADER + f"{ANSWERED},85,1,2026-06-01,,harder,,\n"
    assert counts(importing("targets", text)[1]) == (1, 0, 0)
    assert spans() == [
        (Decimal("80.00"), 1, FIRST, date(2026, 5, 31)),
        (Decimal("85.00"), 1, date(2026, 6, 1), None),
    ]
    entry = AuditEntry.objects.filter(action="set_target").order_by("pk").last()
    assert (entry.before["until"], entry.after["until"], entry.why) == ("", "", "harder")


@pytest.mark.parametrize("order", [1, -1])
def test_a_file_with_targets_that_follow_each_other_may_come_twice_in_any_order(
    claims, importing, order
):
    lines = [f"{ANSWERED},80,1,2026-01-01,,first,,\n", f"{ANSWERED},85,1,2026-06-01,,harder,,\n"]
    text = TARGETS_HEADER + "".join(lines[::order])
    assert counts(importing("targets", text)[1]) == (2, 0, 0)
    before = everything()
    assert counts(importing("targets", text)[1]) == (0, 0, 2)
    assert counts(importing("targets", TARGETS_HEADER + lines[0])[1]) == (0, 0, 1)
    assert everything() == before


def test_an_overlap_is_refused(claims, importing):
    importing("targets", TARGETS_HEADER + f"{ANSWERED},80,1,2026-01-01,2026-06-30,,,\n")
    text = TARGETS_HEADER + f"{WAITING},5,1,2026-01-01,,,,\n{ANSWERED},85,1,2026-06-30,,,,\n"
    [error] = refused(importing, "targets", text)
    assert error == {
        "line": 3, "column": "value",
        "message": "overlaps the target 2026-01-01 to 2026-06-30 of CLAIMS for answered",
    }  # fmt: skip


def test_a_third_target_at_once_is_refused(claims, importing, settings):
    third = "CLAIMS,joy,Joy,score,at_least,0,3,1,2026-03-01,{until},,,\n"
    two = f"{ANSWERED},80,1,2026-01-01,2026-06-30,,,\n{WAITING},5,1,2026-01-01,,,,\n"
    importing("targets", TARGETS_HEADER + two)
    [error] = refused(importing, "targets", TARGETS_HEADER + third.format(until=""))
    assert error["line"] == 2
    assert error["message"] == (
        "CLAIMS would have 3 targets at once; the limit is 2 (setting MAX_TARGETS_PER_DEPARTMENT)"
    )
    later = third.replace("2026-03-01", "2026-07-01").format(until="")
    assert importing("targets", TARGETS_HEADER + later)[0] == 0
    settings.MAX_TARGETS_PER_DEPARTMENT = 3
    fine = third.format(until="2026-06-30")
    assert importing("targets", TARGETS_HEADER + fine)[0] == 0


def test_a_target_that_would_reach_behind_a_final_day_is_refused(goals, system, importing):
    closed(goals, system)
    for line in (
        f"{ANSWERED},85,1,2026-03-02,,more,,\n",
        f"{ANSWERED},85,1,2026-01-01,,more,,\n",
        f"{ANSWERED},80,2,2026-01-01,,more,,\n",
        f"{ANSWERED},80,1,2026-01-01,2026-03-01,shorter,,\n",
        "CLAIMS,joy,Joy,score,at_least,0,3,1,2026-03-02,2026-03-02,,,\n",
        "CLAIMS,joy,Joy,score,at_least,0,3,1,2025-01-01,,,,\n",
    ):
        errors = refused(importing, "targets", TARGETS_HEADER + line)
        assert errors[0]["line"] == 2
        assert errors[0]["message"].startswith("2026-03-02 is final and was decided without this")
    assert counts(
        importing("targets", TARGETS_HEADER + f"{ANSWERED},85,1,2026-03-03,,more,,\n")[1]
    ) == (1, 0, 0)  # fmt: skip


def test_ending_a_target_behind_its_last_final_day_is_possible(goals, system, importing):
    closed(goals, system)
    text = TARGETS_HEADER + f"{ANSWERED},80,1,2026-01-01,2026-03-02,over,,\n"
    assert counts(importing("targets", text)[1]) == (0, 1, 0)


def test_a_short_target_that_would_end_an_open_one_before_a_final_day_is_refused(
    goals, system, importing
):
    closed(goals, system)
    text = TARGETS_HEADER + f"{ANSWERED},85,1,2026-02-02,2026-02-06,a week,,\n"
    [error] = refused(importing, "targets", text)
    assert "2026-03-02 is final" in error["message"]


def test_a_metric_keeps_its_direction_unit_and_decimals(goals, claims, answered, system, importing):
    line = f"{ANSWERED},80,1,2027-01-01,,,,\n"
    for old, new in (("at_least", "at_most"), ("percent", "score")):
        [error] = refused(importing, "targets", TARGETS_HEADER + line.replace(old, new))
        assert error["line"] == 2
        assert error["message"].startswith("metric answered is known as percent, at_least; a")
    fewer = TARGETS_HEADER + line.replace("at_least,2", "at_least,1")
    assert importing("targets", fewer, "--dry-run")[0] == 0
    make_result(claims, answered, MONDAY, "80", system)
    [error] = refused(importing, "targets", fewer)
    assert error["message"].startswith("metric answered has 2 decimals and results; that is fixed")


def test_a_targets_file_without_a_plausible_range_erases_none(goals, importing):
    text = (
        "department,metric,metric_name,unit,direction,decimals,value,effective_from\n"
        "CLAIMS,ANSWERED,Answered calls,percent,at_least,2,85,2026-06-01\n"
    )
    assert importing("targets", text)[0] == 0
    metric = Metric.objects.get(code="answered")
    assert (metric.name, metric.plausible_min, metric.plausible_max) == (
        "Answered calls", 0, scaled_of("100"),
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="change_metric")
    assert (entry.before["name"], entry.after["name"]) == ("Calls answered", "Answered calls")


def test_a_file_that_describes_a_metric_in_two_ways_is_refused(claims, billing, importing):
    text = TARGETS_HEADER + f"{ANSWERED},80,1,2026-01-01,,,,\n"
    text += "BILLING,Answered,Calls answered,percent,at_least,1,80,1,2026-01-01,,,,\n"
    [error] = refused(importing, "targets", text)
    assert error == {
        "line": 3, "column": "metric", "message": "answered is described differently in line 2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (ANSWERED.replace("CLAIMS", "MOON") + ",80,1,2026-01-01,,,,", "department", "import it"),
        (ANSWERED.replace("answered,", ",") + ",80,1,2026-01-01,,,,", "metric", "is empty"),
        (ANSWERED.replace("percent", "per cent") + ",80,1,2026-01-01,,,,", "unit", "is none of"),
        (ANSWERED.replace("at_least", "more") + ",80,1,2026-01-01,,,,", "direction", "is none of"),
        (ANSWERED.replace(",2", ",8") + ",80,1,2026-01-01,,,,", "decimals", "from 0 to 7"),
        (ANSWERED.replace(",2", ",two") + ",80,1,2026-01-01,,,,", "decimals", "whole number"),
        (ANSWERED + ",,1,2026-01-01,,,,", "value", "a target needs a value"),
        (ANSWERED + ",NaN,1,2026-01-01,,,,", "value", "counted with"),
        (ANSWERED + ",80.001,1,2026-01-01,,,,", "value", "more than the 2 decimals"),
        (ANSWERED + ",80,0,2026-01-01,,,,", "weight", "is below 1"),
        (ANSWERED + ",80,1.5,2026-01-01,,,,", "weight", "not a whole number"),
        (ANSWERED + ",80,1,,,,,", "effective_from", "is empty"),
        (ANSWERED + ",80,1,2026-02-30,,,,", "effective_from", "no such day"),
        (ANSWERED + ",80,1,2026-01-02,2026-01-01,,,", "effective_until", "is before 2026-01-02"),
        (ANSWERED + ",80,1,2026-01-01,,,100,0", "plausible_max", "is below plausible_min"),
        (ANSWERED + f",80,1,2026-01-01,,{'x' * 501},,", "reason", "at most 500"),
        (ANSWERED.replace("answered", "a" * 61, 1) + ",8,1,2026-01-01,,,,", "metric", "at most 60"),
    ],
)
def test_what_is_wrong_with_a_target_is_named(claims, importing, line, column, words):
    text = TARGETS_HEADER + f"{WAITING},5,1,2026-01-01,,,,\n{line}\n"
    errors = refused(importing, "targets", text)
    assert (3, column) in places({"errors": errors})
    assert any(words in error["message"] for error in errors)


def test_the_readable_refusal_names_the_file(goals, tmp_path, system, capsys):
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + "2026-03-02,CLAIMS,answered,8O,\n")
    with pytest.raises(SystemExit) as exit_with:
        call_command("import_results", str(path))
    assert exit_with.value.code == 1
    printed = capsys.readouterr().err.splitlines()
    assert printed[0].startswith(f"{path}, line 2, column “value”: “8O” is not a number")
    assert printed[1] == "Nothing was imported."


def test_a_target_made_by_hand_is_not_touched_by_a_file_that_says_the_same(
    claims, answered, system, importing
):
    target = make_target(claims, answered, "80", system)
    text = TARGETS_HEADER + f"{ANSWERED},80,1,2026-01-01,,another reason,,\n"
    assert counts(importing("targets", text)[1]) == (0, 0, 1)
    target.refresh_from_db()
    assert target.reason == "test"
