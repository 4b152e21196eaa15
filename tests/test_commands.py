"""Commands as scripts use them: shapes, exit codes, JSON."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cms.models import DaySnapshot, ResultsPage
from incentives.models import DayVerdict
from tests.conftest import MONDAY, make_result

pytestmark = pytest.mark.django_db
HEADER = (
    "date,pool,status,version,mode,unreported,threshold_bp,due,met,missed,awaited,excused,counted,"
    "needed,hit,contribution_minor,currency,pool_balance_minor"
)


def run(*words) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def lines(*words) -> list[dict]:
    return [json.loads(line) for line in run(*words, "--format", "json").splitlines()]


@pytest.fixture
def reported(goals, system):
    for target in goals:
        good = "80" if target.metric.direction == "at_least" else "5"
        make_result(target.department, target.metric, MONDAY, good, system)
    run("set_pool_policy", "--pool", "bonus", "--from", "2026-01-01", "--currency", "GBP",
        "--contribution", "250.00", "--headline")  # fmt: skip
    return goals


def test_close_day_prints_one_line_a_pool(reported):
    expected = "2026-03-02,bonus,final,1,share,missed,9500,4,4,0,0,0,4,4,true,25000,GBP,25000"
    assert run("close_day", "--date", MONDAY).strip() == expected
    assert run("close_day", "--date", MONDAY).strip() == expected


def test_close_day_in_json_has_the_columns_and_more(reported):
    [line] = lines("close_day", "--date", MONDAY)
    assert list(line)[: HEADER.count(",") + 1] == HEADER.split(",")
    assert (line["hit"], line["expected_minor"], line["pool"]) == (True, 0, "bonus")


def test_close_day_of_a_span_prints_each_day(reported):
    found = lines("close_day", "--from", MONDAY, "--through", "2026-03-08", "--final")
    assert [line["date"] for line in found] == [f"2026-03-0{d}" for d in range(2, 9)]
    assert [line["hit"] for line in found] == [True, False, False, False, False, None, None]


def test_a_day_with_nothing_due_is_one_line_without_a_verdict(reported):
    assert run("close_day", "--date", "2026-03-07").split(",")[14] == "null"
    assert not DayVerdict.objects.exists()


def test_a_day_to_come_is_refused(reported):
    with pytest.raises(CommandError, match="still to come"):
        run("close_day", "--date", "2199-01-01")


@pytest.mark.parametrize(
    "words",
    [[], ["--from", MONDAY], ["--date", MONDAY, "--from", MONDAY],
     ["--from", "2026-03-03", "--through", MONDAY]],
)  # fmt: skip
def test_close_day_wants_a_date_or_a_span(reported, words):
    with pytest.raises(CommandError) as refused:
        run("close_day", *words)
    assert refused.value.returncode == 2


def test_closing_posts_page_and_snapshot_unless_told_not_to(reported):
    run("close_day", "--date", MONDAY, "--no-post")
    assert not ResultsPage.objects.exists()
    assert DayVerdict.objects.get().posting_withheld
    run("run_due")
    assert not DaySnapshot.objects.filter(date=MONDAY).exists()
    run("close_day", "--date", MONDAY)
    assert ResultsPage.objects.filter(date=MONDAY).count() == 1
    assert DaySnapshot.objects.filter(date=MONDAY).count() == 1


def test_day_shows_each_goal_and_the_versions(reported):
    run("close_day", "--date", MONDAY)
    [shown] = lines("day", MONDAY)
    assert shown["goals"][0] == {
        "department": "BILLING", "metric": "answered", "direction": "at_least",
        "target": "80.00", "value": "80.00", "state": "met",
    }  # fmt: skip
    assert [version["version"] for version in shown["versions"]] == [1]


def test_day_without_a_verdict_is_refused(reported):
    with pytest.raises(CommandError, match="no verdict yet"):
        run("day", MONDAY)


def restate(*more) -> dict:
    [answer] = lines(
        "restate", MONDAY, "--department", "CLAIMS", "--metric", "answered", "--reason", "typo",
        *more,
    )  # fmt: skip
    return answer


def test_restate_looks_waits_and_applies(reported, fay, dee):
    run("close_day", "--date", MONDAY)
    looked = restate("--value", "79", "--dry-run")
    assert looked["status"] == "preview"
    assert looked["verdicts"][0]["after"]["hit"] is False
    assert restate("--value", "79")["status"] == "awaiting_approval"
    assert DayVerdict.objects.count() == 1
    assert restate("--value", "79", "--approved-by", "fay")["status"] == "applied"
    line = lines("close_day", "--date", MONDAY)[0]
    assert (line["version"], line["hit"], line["pool_balance_minor"]) == (2, False, 0)


def test_restate_is_approved_by_somebody_else_with_the_right(reported, fay, dee):
    run("close_day", "--date", MONDAY)
    with pytest.raises(CommandError, match="does not approve"):
        restate("--value", "79", "--by", "fay", "--approved-by", "fay")
    with pytest.raises(CommandError, match="needs the role"):
        restate("--value", "79", "--approved-by", "dee")


def test_ledger_check_exits_with_1_when_something_is_wrong(reported, capsys):
    run("close_day", "--date", MONDAY)
    assert json.loads(run("ledger_check", "--format", "json"))["ok"] is True
    run("close_day", "--date", "2026-03-05", "--final")
    with pytest.raises(SystemExit) as ended:
        run("ledger_check")
    assert ended.value.code == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--contribution", "2.505"], "decimals"),
        (["--contribution", "-1"], "below zero"),
        (["--contribution", "much"], "not an amount"),
        (["--payroll-bp", "1.5"], "whole number"),
        (["--contribution", "1", "--threshold", "101"], "percentage"),
        (["--contribution", "1", "--scope", "NOWHERE"], "no such department"),
    ],
)
def test_a_wrong_pool_policy_is_refused(site, words, message):
    with pytest.raises(CommandError, match=message):
        run("set_pool_policy", "--pool", "p", "--from", "2026-01-01", "--currency", "GBP", *words)


def test_run_due_closes_yesterday_and_posts_it(goals, system, time_machine_at):
    time_machine_at("2026-03-03T08:00:00Z")
    assert lines("run_due") == [{"closed": ["2026-03-02"], "posted": ["2026-03-02"]}]
    assert DayVerdict.objects.get().status == "provisional"
    time_machine_at("2026-03-03T12:00:00Z")
    run("run_due")
    assert DayVerdict.objects.get().status == "final"
    assert ResultsPage.objects.get().date == date(2026, 3, 2)


@pytest.fixture
def time_machine_at():
    import time_machine

    travellers = []

    def travel(moment: str) -> None:
        for earlier in travellers:
            earlier.stop()
        travellers[:] = [time_machine.travel(moment, tick=False)]
        travellers[0].start()

    yield travel
    for traveller in travellers:
        traveller.stop()


def test_run_due_posts_figures_that_came_while_a_day_is_provisional(goals, system, time_machine_at):
    time_machine_at("2026-03-03T08:00:00Z")
    run("run_due")
    first = goals[0]
    make_result(first.department, first.metric, MONDAY, "80", system)
    run("run_due")
    board = DaySnapshot.objects.latest().board
    assert (board["status"], board["company"]["met"], board["company"]["awaited"]) == (
        "provisional", 1, 3,
    )  # fmt: skip


def test_run_due_keeps_a_posting_withheld(goals, system, time_machine_at):
    time_machine_at("2026-03-03T08:00:00Z")
    run("close_day", "--date", MONDAY, "--no-post")
    run("run_due")
    assert not DaySnapshot.objects.exists()


def test_the_first_administrator_is_invited_by_a_command(ann, client):
    printed = json.loads(run("invite", ann.employee.number, "--format", "json"))
    assert (printed["number"], printed["way"]) == (ann.employee.number, "slip")
    page = client.get(printed["link"].removeprefix("http://127.0.0.1:8000"))
    assert b"Choose" in page.content


def test_an_invitation_by_mail_is_not_printed(ann, capsys):
    ann.employee.email = "ann@example.com"
    ann.employee.save()
    assert "mailed to ann@example.com" in run("invite", ann.employee.number, "--mail")


def test_nobody_is_invited_by_a_number_that_is_not_known(system):
    with pytest.raises(CommandError, match="E404: no such employee number"):
        run("invite", "E404")
