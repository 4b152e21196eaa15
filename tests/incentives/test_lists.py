"""Days, departments, movements and corrections as lists: narrowed, exported, cheap."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from incentives.models import DayVerdict, Restatement
from ledger.models import Account, Transfer
from people.models import Department
from tests.conftest import MONDAY
from tests.incentives.test_day_view import queries_of
from tests.scene import (  # noqa: F401
    WEDNESDAY_MORNING,
    missed_monday,
    pool,
    propose_monday_met,
    wednesday,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

ADDRESSES = ["/days/", "/departments/", "/pools/bonus/2026/", "/restatements/"]


@pytest.fixture
def as_fay(client, fay):
    client.force_login(fay)
    return client


def csv_rows(response) -> list[list[str]]:
    assert response["Content-Disposition"].startswith('attachment; filename="')
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def xlsx_rows(response) -> list[list]:
    sheet = load_workbook(io.BytesIO(response.content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def verdicts(number: int, *, by, pool=None, **more) -> None:
    first = date(2022, 1, 1) - timedelta(days=number + DayVerdict.objects.count())
    DayVerdict.objects.bulk_create(
        DayVerdict(
            date=first + timedelta(days=n), pool=pool, threshold_bp=9500, mode="share",
            unreported="missed", status="final", contribution_kind="fixed", is_company=True,
            made_by=by, **more,
        )
        for n in range(number)
    )  # fmt: skip


def movements(number: int, *, by) -> None:
    into, source = (
        Account.objects.get_or_create(code=code, currency="GBP")[0]
        for code in ("pool:bonus:2026", "company")
    )
    before = Transfer.objects.count()
    Transfer.objects.bulk_create(
        Transfer(
            from_account=source, to_account=into, amount_minor=25_050, currency="GBP",
            key=f"test:{before + n}", earned_day=MONDAY, made_by=by, why="test",
            made_at=WEDNESDAY_MORNING,
        )
        for n in range(number)
    )  # fmt: skip


def corrections(number: int, *, goal, by) -> None:
    Restatement.objects.bulk_create(
        Restatement(
            department=goal.department, metric=goal.metric, date=MONDAY, made_by=by, kind="value",
            new_scaled=40_000_000, reason="typing mistake", moves_money=False, preview={},
        )
        for _n in range(number)
    )  # fmt: skip


def fill(number: int, *, goals, by, pool) -> None:
    """So many rows more in each of the lists."""
    verdicts(number, by=by, pool=pool, currency="GBP")
    before = Department.objects.count()
    Department.objects.bulk_create(
        Department(code=f"D{before + n}", name=f"Department {before + n}") for n in range(number)
    )
    movements(number, by=by)
    corrections(number, goal=goals[0], by=by)


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_list_costs_the_same_queries_with_1_10_and_1000_rows(as_fay, goals, pool, system, path):
    spent = []
    for number in (1, 10, 1000):
        fill(number, goals=goals, by=system, pool=pool)
        as_fay.get(path)
        spent.append(queries_of(as_fay, path))
    assert len(set(spent)) == 1, spent


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_list_goes_out_as_both_kinds_of_file(as_fay, goals, pool, system, path):
    fill(60, goals=goals, by=system, pool=pool)
    lines = csv_rows(as_fay.get(path, {"export": "csv"}))
    assert len(lines) > 60
    assert len(xlsx_rows(as_fay.get(path, {"export": "xlsx"}))) == len(lines)
    assert as_fay.get(path, {"export": "pdf"}).status_code == 404


def test_days_are_narrowed_by_date_verdict_and_status(as_fay, missed_monday, system):
    verdicts(1, by=system)

    def found(**asked) -> list[date]:
        rows = as_fay.get("/days/", asked).context["table"].paginated_rows
        return [row.record.date for row in rows]

    long_ago = date(2021, 12, 30)
    assert found() == [MONDAY, long_ago]
    assert found(first="2026-01-01") == [MONDAY]
    assert found(last="2025-12-31") == [long_ago]
    assert found(verdict="not-hit") == [MONDAY]
    assert found(verdict="none") == [long_ago]
    assert found(verdict="hit") == []
    assert found(status="provisional") == []
    assert found(status="final", sort="date") == [long_ago, MONDAY]


def test_a_day_that_is_none_is_said_beside_its_field_and_narrows_nothing(as_fay, missed_monday):
    response = as_fay.get("/days/", {"first": "yesterday"})
    assert len(response.context["table"].rows) == 1
    page = response.content.decode()
    assert 'aria-invalid="true"' in page
    assert 'id="id_first_error"' in page


def test_days_leave_as_dates_numbers_and_a_currency_of_their_own(as_fay, missed_monday):
    lines = csv_rows(as_fay.get("/days/", {"export": "csv"}))
    assert lines == [
        ["Day", "Verdict", "Met", "Of", "Needed", "Paid in", "Currency", "Status"],
        ["2026-03-02", "not hit", "3", "4", "4", "0.00", "GBP", "final"],
    ]


def test_movements_leave_with_signed_amounts_and_the_balance_after_each(as_fay, pool, system):
    movements(2, by=system)
    head, newest, _first = xlsx_rows(as_fay.get("/pools/bonus/2026/", {"export": "xlsx"}))
    assert head == ["Day", "Amount", "Balance", "Currency", "Why", "Booked", "Key"]
    assert newest[0].date() == MONDAY
    assert [Decimal(str(cell)) for cell in newest[1:3]] == [Decimal("250.5"), Decimal(501)]
    assert newest[3] == "GBP"


def test_departments_are_found_by_a_part_of_their_name_or_code(as_fay, claims, billing):
    def found(said: str) -> list[str]:
        rows = as_fay.get("/departments/", {"search": said}).context["table"].paginated_rows
        return [row.record.code for row in rows]

    assert found("laim") == ["CLAIMS"]
    assert found("BILL") == ["BILLING"]
    assert found("") == ["BILLING", "CLAIMS"]
    assert "No department was found" in as_fay.get("/departments/?search=x").content.decode()


def test_corrections_are_narrowed_by_state_and_department(as_fay, goals, missed_monday, dee):
    propose_monday_met(goals, by=dee, now=WEDNESDAY_MORNING)

    def found(**asked) -> int:
        return len(as_fay.get("/restatements/", asked).context["table"].rows)

    assert found(state="awaiting_approval") == 1
    assert found(state="applied") == 0
    assert found(department="BILLING") == 1
    assert found(department="CLAIMS") == 1, "a department without corrections is no choice"
    line = csv_rows(as_fay.get("/restatements/", {"export": "csv"}))[1]
    assert line[:9] == [
        "2026-03-02", "awaiting approval", "Billing", "Waiting time", "figure", "4.00",
        "typing mistake", "Dee", "",
    ]  # fmt: skip


def test_who_may_not_see_corrections_gets_no_file_of_them(client, ann, goals):
    client.force_login(ann)
    assert client.get("/restatements/", {"export": "csv"}).status_code == 403
