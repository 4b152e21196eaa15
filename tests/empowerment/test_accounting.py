"""Accounting is told of each case once, and of what came back of it once."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from empowerment.models import AccountingExport, AccountingLine, Case, MomentOfTruth, Remedy
from empowerment.services import accounting
from empowerment.services.accounting import (
    ExportRefused,
    as_csv,
    as_xlsx,
    export_cases,
    take_file,
    waiting,
)
from empowerment.services.checking import check_accounting
from empowerment.services.giving_back import GivenBack, cancel, give_back
from empowerment.services.spending import spend
from ledger.models import Account
from ledger.services.checking import check_ledger
from people.models import AuditEntry
from people.services.erasing import erase
from people.services.policies import set_policy
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import wanted
from tests.free_texts import without_guards

TODAY = TUESDAY_NOON.date()
HEADER = [
    "date", "case", "department", "moment_of_truth", "remedy", "employee", "debit", "credit",
    "amount", "currency",
]  # fmt: skip


@pytest.fixture
def spends(limits, delayed, ann):
    def spends(amount_minor: int, *, days: int = 0, remedy: Remedy = Remedy.GOODS) -> Case:
        one = wanted(amount_minor, reference=f"C-{uuid4().hex[:8]}", remedy=remedy)
        return spend(one, by=ann, now=TUESDAY_NOON + timedelta(days=days))

    return spends


def back(case: Case, amount_minor: int, *, by, days: int = 0):
    given = GivenBack(uuid4(), amount_minor, "unused")
    return give_back(case, given, by=by, now=TUESDAY_NOON + timedelta(days=days))


def export(by, *, through: date = TODAY, currency: str = "GBP") -> AccountingExport:
    now = TUESDAY_NOON + (through - TODAY)
    return export_cases(currency=currency, through=through, by=by, now=now)


def rows(made: AccountingExport) -> list[list[str]]:
    header, *found = csv.reader(io.StringIO(as_csv(made).decode("utf-8-sig")))
    assert header == HEADER
    return found


def spent_balance() -> int:
    return Account.objects.get(code="empowerment:spent", currency="GBP").balance()


def test_a_case_is_in_one_file(spends, fay):
    case = spends(2_500)
    assert rows(export(fay)) == [
        ["2026-03-03", str(case.pk), "CLAIMS", "delay", "goods", "ann", "customer-care",
         "purchase-cards", "25.00", "GBP"],
    ]  # fmt: skip
    with pytest.raises(ExportRefused, match="told of everything in GBP"):
        export(fay)
    assert AccountingExport.objects.count() == 1
    assert check_ledger().problems == []


def test_what_comes_back_later_is_in_a_later_file_below_zero(spends, ann, fay):
    case = spends(2_500, remedy=Remedy.REFUND)
    first = export(fay)
    back(case, 500, by=ann, days=1)
    given = GivenBack(uuid4(), 0, "never sent")
    cancel(case, given, by=ann, now=TUESDAY_NOON + timedelta(days=2))
    second = export(fay, through=TODAY + timedelta(days=2))
    line = [str(case.pk), "CLAIMS", "delay", "refund", "ann", "customer-care", "receivables"]
    assert rows(second) == [
        ["2026-03-04", *line, "-5.00", "GBP"], ["2026-03-05", *line, "-20.00", "GBP"],
    ]  # fmt: skip
    assert rows(first) == [["2026-03-03", *line, "25.00", "GBP"]]
    assert spent_balance() == 0
    assert check_ledger().problems == []


def test_a_file_ends_with_its_day(spends, ann, fay):
    early, late = spends(1_000), spends(2_000, days=1)
    back(early, 300, by=ann, days=1)
    assert [row[8] for row in rows(export(fay))] == ["10.00"]
    assert waiting() == [accounting.Waiting("GBP", 1, 2_000, 1, -300)]
    assert [row[8] for row in rows(export(fay, through=late.spent_on))] == ["20.00", "-3.00"]
    assert waiting() == []


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland"])
def test_no_file_ends_with_a_day_that_has_begun_nowhere(spends, fay, site, zone):
    site.time_zone = zone
    site.save()
    case = spends(1_000)
    for day in (case.spent_on + timedelta(days=1), date.max):
        with pytest.raises(ExportRefused, match="today or an earlier"):
            export_cases(currency="GBP", through=day, by=fay, now=TUESDAY_NOON)
    export_cases(currency="GBP", through=case.spent_on, by=fay, now=TUESDAY_NOON)


def test_a_return_counts_on_the_day_of_its_site(spends, ann, fay, site):
    site.time_zone = "Pacific/Auckland"
    site.save()
    case = spends(1_000)
    back(case, 300, by=ann)
    with pytest.raises(ExportRefused):
        export(fay, through=TODAY)
    assert [row[0] for row in rows(export(fay, through=TODAY + timedelta(days=1)))] == [
        "2026-03-04", "2026-03-04",
    ]  # fmt: skip


def test_all_files_together_are_what_the_ledger_spent(spends, ann, fay):
    for days in range(6):
        case = spends(1_000 + days, days=days)
        back(case, 100 * days + 1, by=ann, days=days)
        if days % 2:
            export(fay, through=case.spent_on)
    told = sum(line.amount_minor for line in AccountingLine.objects.all())
    assert told == spent_balance() == sum(case.net_minor for case in Case.objects.all())
    assert check_ledger().problems == []


def test_currencies_and_what_was_not_spent_stay_out(spends, fay):
    case = spends(1_000)
    with pytest.raises(ExportRefused, match="EUR"):
        export(fay, currency="EUR")
    assert [line.case for line in export(fay).lines.all()] == [case]


def test_a_file_is_the_same_whenever_it_is_taken(spends, fay, system):
    spends(2_500)
    made = export(fay)
    before = as_csv(made), as_xlsx(made)
    set_policy("accounts_goods", "4830/1361", from_date=TODAY, reason="new plan", by=system)
    MomentOfTruth.objects.update(name="Something else")
    assert (as_csv(made), as_xlsx(made)) == before
    [header, line] = load_workbook(io.BytesIO(before[1])).active.iter_rows(values_only=True)
    assert (list(header), line[8:]) == (HEADER, (25, "GBP"))


def test_accounts_are_those_of_the_day_it_was_spent(spends, ann, fay, system):
    old = spends(1_000)
    following = TODAY + timedelta(days=1)
    set_policy("accounts_goods", "4830/1361", from_date=following, reason="new plan", by=system)
    spends(2_000, days=1)
    back(old, 100, by=ann, days=1)
    found = [(row[6], row[7], row[8]) for row in rows(export(fay, through=following))]
    assert found == [
        ("customer-care", "purchase-cards", "10.00"), ("4830", "1361", "20.00"),
        ("customer-care", "purchase-cards", "-1.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", ["", "4830", "4830/", "=1/2", "a/b/c", "a b/c"])
def test_accounts_are_written_as_debit_and_credit(system, wrong):
    with pytest.raises(ValueError, match="DEBIT/CREDIT"):
        set_policy("accounts_goods", wrong, from_date=TODAY, reason="x", by=system)


def test_numbers_of_employees_are_no_formulas(spends, ann, fay):
    ann.employee.number = "=1+1"
    ann.employee.save()
    spends(2_500)
    made = export(fay)
    assert rows(made)[0][5] == "'=1+1"
    [_header, line] = load_workbook(io.BytesIO(as_xlsx(made))).active.iter_rows()
    assert (line[5].value, line[5].data_type) == ("'=1+1", "s")


def test_who_took_a_file_is_in_the_log(spends, fay):
    spends(2_500)
    made = export(fay)
    assert take_file(made, "csv", by=fay) == as_csv(made)
    assert take_file(made, "xlsx", by=fay) == as_xlsx(made)
    said = AuditEntry.objects.filter(action="take_accounting_file").order_by("pk")
    assert [(entry.by, entry.subject) for entry in said] == [(fay, f"accounting:{made.pk}")] * 2


def test_erasing_somebody_takes_the_number_out_of_files(spends, ann, dee, fay):
    spends(2_500)
    made = export(fay)
    ann.employee.left_on = TODAY
    ann.employee.save()
    erase(ann.employee, why="asked", by=dee, now=TUESDAY_NOON + timedelta(days=9))
    assert rows(made)[0][5] == f"erased-{ann.employee.pk}"
    assert check_ledger().problems == []


def test_the_database_tells_of_a_case_and_a_return_once(spends, ann, fay):
    case = spends(2_500)
    back(case, 100, by=ann)
    spent, returned = export(fay).lines.order_by("pk")
    for line in (spent, returned):
        line.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            line.save(force_insert=True)


def test_who_comes_second_is_told_so(spends, fay, monkeypatch):
    spends(2_500)
    export(fay)
    stale = Case.objects.spent()
    monkeypatch.setattr(accounting, "cases_to_tell", lambda: stale)
    with pytest.raises(ExportRefused, match="Somebody else has just made"):
        export(fay)
    assert AccountingExport.objects.count() == 1


def test_ledger_check_finds_lines_that_say_otherwise(spends, fay):
    spends(2_500)
    export(fay)
    without_guards()
    AccountingLine.objects.update(amount_minor=2_400)
    found = check_accounting()
    assert [problem.split()[0] for problem in found] == ["accounting", "empowerment:spent"]


def test_lists_ask_the_same_of_the_database_however_many_lines(
    spends, fay, django_assert_num_queries
):
    for n in range(3):
        spends(1_000 + n)
    made = export(fay)
    with django_assert_num_queries(1):
        as_csv(made)
