"""Payroll's confirmation: each share leaves the payout account once, to the penny, or none does."""

import io
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from incentives.models import BonusPayment, BonusRun
from incentives.services.bonus_payments import PaymentLine, PaymentsRefused, confirm_payments
from incentives.services.bonus_runs import approve, void
from incentives.services.eligibility import BonusRefused
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from people.models import AuditEntry, ImportDraft, Role, RoleAssignment
from people.second_factor import FRESH_SECONDS
from people.services import audit
from people.services.importing import ImportRefused, Options, Report, run_import
from tests.conftest import show_second_factor
from tests.incentives.test_bonus_runs import (  # noqa: F401
    NEW_YEAR,
    balances,
    pool,
    proposed,
)
from tests.incentives.test_payroll_export import approved, export  # noqa: F401

pytestmark = pytest.mark.django_db

PAYDAY = date(2027, 1, 29)
FEBRUARY = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
EVERYBODY = ("ann", "bob", "cas", "eve", "fay")


@pytest.fixture
def february(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: FEBRUARY)


def lines(*numbers: str, amount=5000, day=PAYDAY) -> list[PaymentLine]:
    return [PaymentLine(line, number, amount, day) for line, number in enumerate(numbers, 2)]


def confirm(run, by, *numbers: str, **more):
    return confirm_payments(run, lines(*numbers, **more), by=by, now=FEBRUARY)


def problems_of(run, by, wrong: list[PaymentLine]) -> list[tuple[int, str, str]]:
    with pytest.raises(PaymentsRefused) as refused:
        confirm_payments(run, wrong, by=by, now=FEBRUARY)
    assert not BonusPayment.objects.exists()
    assert balances()["payout:bonus:2026"] == 25_000
    return [(each.place, each.field, each.message) for each in refused.value.problems]


def test_everybody_confirmed_the_run_is_paid(approved, fay):
    outcome = confirm(approved, fay, *EVERYBODY)
    assert (len(outcome.new), outcome.known, outcome.left) == (5, 0, 0)
    run = BonusRun.objects.get()
    assert (run.state, run.paid_at) == ("paid", FEBRUARY)
    assert balances() == {
        "company:bonus-expense": -25_000, "pool:bonus:2026": 0, "payout:bonus:2026": 0,
        "company:payroll": 25_000,
    }  # fmt: skip
    assert set(BonusPayment.objects.values_list("amount_minor", "paid_on", "made_by")) == {
        (5000, PAYDAY, fay.pk)
    }
    keys = {f"bonus:{run.pk}:{share.employee_id}:paid" for share in run.shares.all()}
    assert set(Transfer.objects.filter(key__endswith=":paid").values_list("key", flat=True)) == keys
    entry = AuditEntry.objects.get(action="confirm_payments")
    assert entry.after == {"state": "paid", "confirmed": 5, "left": 0}
    assert check_ledger().problems == []


def test_several_lists_may_confirm_parts(approved, fay):
    assert confirm(approved, fay, "ann", "bob").left == 3
    assert BonusRun.objects.get().state == "approved"
    assert check_ledger().problems == []
    outcome = confirm(approved, fay, "bob", "cas", "eve")
    assert ([line.number for line in outcome.new], outcome.known) == (["cas", "eve"], 1)
    assert confirm(approved, fay, "fay").left == 0
    assert BonusRun.objects.get().state == "paid"
    assert check_ledger().problems == []


def test_the_same_list_twice_changes_nothing(approved, fay):
    confirm(approved, fay, *EVERYBODY)
    before = (Transfer.objects.count(), AuditEntry.objects.count(), BonusRun.objects.get().paid_at)
    outcome = confirm_payments(approved, lines(*EVERYBODY), by=fay, now=datetime.now(UTC).replace(
        year=2028))  # fmt: skip
    assert (outcome.new, outcome.known, outcome.left) == ([], 5, 0)
    after = (Transfer.objects.count(), AuditEntry.objects.count(), BonusRun.objects.get().paid_at)
    assert after == before


def test_wrong_lines_are_all_named_and_nothing_is_confirmed(approved, fay):
    wrong = [
        PaymentLine(2, "ann", 5000, PAYDAY),
        PaymentLine(3, "bob", 4999, PAYDAY),
        PaymentLine(4, "nobody", 5000, PAYDAY),
        PaymentLine(5, "ann", 5000, PAYDAY),
        PaymentLine(6, "cas", 5000, date(2027, 2, 2)),
        PaymentLine(7, "eve", 5000, date(2027, 1, 3)),
        PaymentLine(8, "fay", -5000, PAYDAY),
    ]
    found = problems_of(approved, fay, wrong)
    assert [(place, field) for place, field, _message in found] == [
        (1, "amount_minor"), (2, "number"), (3, "number"), (4, "paid_on"), (5, "paid_on"),
        (6, "amount_minor"),
    ]  # fmt: skip
    messages = [message for _place, _field, message in found]
    assert "GBP 49.99 is not the share of bob" in messages[0]
    assert "50.00" not in messages[0]
    assert "“nobody” has no share" in messages[1]
    assert "“ann” stands in line 2 already" in messages[2]
    assert "between the approval" in messages[3]


def test_a_payment_confirmed_before_keeps_its_day(approved, fay):
    confirm(approved, fay, "ann")
    with pytest.raises(PaymentsRefused, match="was paid on 2027-01-29"):
        confirm(approved, fay, "ann", "bob", day=date(2027, 1, 28))
    assert BonusPayment.objects.count() == 1


def test_who_gets_nothing_is_not_confirmed(approved, fay):
    assert [field for _p, field, _m in problems_of(approved, fay, lines("dee", amount=0))] == [
        "number"
    ]


def test_only_an_approved_run_is_confirmed(proposed, fay, eve):
    with pytest.raises(BonusRefused, match="is proposed"):
        confirm(proposed, fay, "ann")
    approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    void(proposed, reason="wrong", by=eve, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match="is void"):
        confirm(proposed, fay, "ann")


def test_what_is_paid_is_not_voided(approved, fay, eve):
    confirm(approved, fay, "ann")
    with pytest.raises(BonusRefused, match="Somebody has been paid"):
        void(approved, reason="late", by=eve, now=FEBRUARY)


def test_only_finance_confirms(approved, ann, eve, dee, system):
    for somebody in (ann, eve, dee, system):
        with pytest.raises(BonusRefused, match="somebody in finance"):
            confirm(approved, somebody, "ann")
    assert not BonusPayment.objects.exists()


def test_who_keeps_salaries_does_not_confirm(approved, fay, system):
    audit.record("set_salary", by=fay, subject="employee:1")
    with pytest.raises(BonusRefused, match="Who keeps salaries"):
        confirm(approved, fay, "ann")


def test_finance_that_is_hr_too_does_not_confirm(approved, fay, system):
    RoleAssignment.objects.create(
        user=fay, role=Role.HR, from_date=date(2026, 1, 1), made_by=system
    )
    with pytest.raises(BonusRefused, match="Who keeps salaries"):
        confirm(approved, fay, "ann")


def test_a_look_in_advance_changes_nothing(approved, fay):
    before = Transfer.objects.count()
    outcome = confirm_payments(approved, lines("ann"), by=fay, now=FEBRUARY, dry_run=True)
    assert (len(outcome.new), outcome.left) == (1, 4)
    assert (Transfer.objects.count(), BonusPayment.objects.count()) == (before, 0)


# As a file


def imported(content: str | bytes, by, *, name="p.csv", **more) -> Report:
    raw = content.encode() if isinstance(content, str) else content
    return run_import("payments", raw, filename=name, options=Options(), by=by, **more)


def refused(content: str | bytes, by, **more) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ImportRefused) as found:
        imported(content, by, **more)
    assert not BonusPayment.objects.exists()
    return [(each.line, each.column, str(each.message)) for each in found.value.problems]


def counts(report: Report) -> tuple[int, int, int]:
    return (report.created, report.unchanged, report.skipped)


in_february = pytest.mark.usefixtures("february")


@in_february
def test_the_exported_file_filled_in_comes_back(approved, fay):
    sent = export(approved, fay).content.decode("utf-8-sig")
    back = sent.replace(",2026,\r\n", ",2026,2027-01-29\r\n")
    assert counts(imported(back, fay, dry_run=True)) == (5, 0, 0)
    assert BonusRun.objects.get().state == "approved"
    report = imported(back, fay)
    assert (counts(report), report.notes) == ((5, 0, 0), [])
    assert report.changes[0] == "bonus 2026: ann, 2027-01-29"
    assert BonusRun.objects.get().state == "paid"
    assert counts(imported(back, fay)) == (0, 5, 0)
    assert check_ledger().problems == []


@in_february
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Personalnummer;Betrag;Ausgezahlt am\nann;50,00;29.01.2027\nSumme;50,00;\n", "cp1252"),
        ("工号,金额,支付日期\nann,50.00,2027年1月29日\n合计,50.00,\n", "gb18030"),
        ("Employee number\tAmount\tPaid on\nann\t50.00\t2027-01-29\nTotal\t50.00\t\n", "utf-16"),
        ("number,amount_minor,paid_on\nann,5000,2027-01-29\ntotal,5000,\n", "utf-8"),
        ("number,share,date,pool,year\nann,50.00,2027-01-29,Bonus,2026\nSum,50,,,\n", "utf-8"),
    ],
)
def test_payrolls_file_is_read_as_it_comes(text, encoding, approved, fay):
    report = imported(text.encode(encoding), fay)
    assert counts(report) == (1, 0, 1)
    assert report.notes == ["4 people of the bonus of bonus 2026 are still to be confirmed"]
    assert BonusPayment.objects.get().share.employee.number == "ann"


@in_february
def test_a_workbook_is_read_too(approved, fay):
    book, held = Workbook(), io.BytesIO()
    for row in (["number", "amount", "paid on", "year"], ["ann", 50.0, PAYDAY, 2026]):
        book.active.append(row)
    book.save(held)
    assert counts(imported(held.getvalue(), fay, name="p.xlsx")) == (1, 0, 0)


@in_february
def test_what_is_wrong_in_a_file_is_named_with_line_and_column(approved, fay):
    found = refused(
        "number,amount,currency,paid on\nann,49.99,GBP,2027-01-29\nnobody,50,GBP,2027-01-29\n", fay
    )
    assert [where[:2] for where in found] == [(2, "amount"), (3, "number")]
    found = refused(
        "number,amount,currency,paid on\n,50,GBP,2027-01-29\nbob,,GBP,2027-01-29\n"
        "cas,50.001,GBP,2027-01-29\neve,50,USD,2027-01-29\nfay,50,GBP,\nann,1e5,GBP,tomorrow\n",
        fay,
    )
    assert [where[:2] for where in found] == [
        (2, "number"), (3, "amount"), (4, "amount"), (5, "currency"), (6, "paid on"),
        (7, "amount"), (7, "paid on"),
    ]  # fmt: skip
    found = refused("number,amount_minor,paid on\nann,5000.5,2027-01-29\n", fay)
    assert found[0][:2] == (2, "amount_minor")
    assert "no column for amount" in refused("number,paid on\nann,2027-01-29\n", fay)[0][2]


@in_february
def test_a_double_line_is_named_with_the_first(approved, fay):
    found = refused("number,amount,paid on\nann,50,2027-01-29\nann,50,2027-01-29\n", fay)
    assert found == [(3, "number", "“ann” stands in line 2 already: leave one of them out.")]


@in_february
def test_a_file_is_about_one_bonus_that_is_approved(approved, fay):
    head = "number,amount,paid on,pool,year\n"
    found = refused(f"{head}ann,50,2027-01-29,bonus,2025\n", fay)
    assert found == [(2, None, "No bonus that fits is approved.")]
    found = refused(f"{head}ann,50,2027-01-29,bonus,2026\nbob,50,2027-01-29,bonus,2025\n", fay)
    assert found[0][:2] == (3, "year")
    found = refused(f"{head}ann,50,2027-01-29,bonus,2026\nbob,50,2027-01-29,other,2026\n", fay)
    assert found[0][:2] == (3, "pool")


@in_february
def test_of_two_approved_bonuses_the_file_says_which(approved, fay, eve):
    BonusRun.objects.create(
        pool=approved.pool, year=2025, state="approved", first=date(2025, 1, 1),
        last=date(2025, 12, 31), through=date(2025, 12, 31), policy={}, days=[], balance_minor=0,
        shared_minor=0, carried_minor=0, employees=0, capped=0, content_sha256="", made_by=fay,
        made_at=NEW_YEAR, proposed_by=fay, approved_by=eve, approved_at=NEW_YEAR,
    )  # fmt: skip
    line = "ann,50,2027-01-29"
    found = refused(f"number,amount,paid on\n{line}\n", fay)
    assert found[0][2].startswith("Say by the columns pool and year which bonus this is")
    assert counts(imported(f"number,amount,paid on,year\n{line},2026\n", fay)) == (1, 0, 0)


@in_february
def test_a_file_imported_by_somebody_else_than_finance_is_refused(approved, eve):
    found = refused("number,amount,paid on\nann,50,2027-01-29\n", eve)
    assert "somebody in finance" in found[0][2]


# By page


@pytest.fixture
def uploaded(approved, fay, client) -> str:
    """The address of a file that confirms Ann, looked at and not applied."""
    client.force_login(fay)
    file = SimpleUploadedFile("p.csv", b"number,amount,paid on\nann,50,2027-01-29\n")
    return client.post("/imports/", {"kind": "payments", "file": file}).url


@in_february
def test_finance_looks_at_the_file_and_then_confirms_it(uploaded, client):
    shown = client.get(uploaded).content.decode()
    assert "bonus 2026: ann, 2027-01-29" in shown
    assert "4 people of the bonus of bonus 2026 are still to be confirmed" in shown
    assert "50" not in shown.partition("What would change")[2].partition("</ul>")[0]
    assert not BonusPayment.objects.exists()
    client.post(f"{uploaded}apply/")
    assert BonusPayment.objects.get().share.employee.number == "ann"


@in_february
def test_confirming_asks_for_the_second_factor_again(uploaded, fay, client):
    client.force_login(fay, second_factor=False)
    session = client.session
    show_second_factor(session, fay, seconds_ago=FRESH_SECONDS + 1)
    session.save()
    answer = client.post(f"{uploaded}apply/", headers={"referer": f"http://testserver{uploaded}"})
    assert answer.url.startswith("/account/")
    assert f"next={quote(uploaded, safe='')}" in answer.url
    assert ImportDraft.objects.get().state == "checked"
    assert not BonusPayment.objects.exists()


@in_february
def test_finance_that_lost_its_role_in_between_confirms_nothing(uploaded, fay, client):
    fay.role_assignments.update(until_date=date(2026, 12, 31))
    assert client.post(f"{uploaded}apply/").status_code == 403
    assert not BonusPayment.objects.exists()
