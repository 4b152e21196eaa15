"""The page of a run's payroll, and the layouts: finance exports, nobody else sees any of it."""

import hashlib
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from incentives.models import BonusRun, BonusShare, PayrollLayout
from incentives.services.bonus_payments import PaymentLine, confirm_payments
from incentives.services.estimates import estimate
from incentives.services.payroll_layouts import save_layout
from people.models import AuditEntry, Employee, SalaryLook
from tests.conftest import MONDAY
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401
from tests.incentives.test_day_view import queries_of
from tests.incentives.test_payroll_export import HEADER, approved, make_layout  # noqa: F401

pytestmark = pytest.mark.django_db

LAYOUTS, NEW = "/bonus/payroll-layouts/", "/bonus/payroll-layouts/new/"
AS_CSV = {"layout": "Standard", "form": "csv"}
DATEV = {
    "name": "DATEV", "delimiter": "semicolon", "decimal_mark": "comma", "units": "major",
    "encoding": "cp1252", "date_form": "dotted", "cost_centres": "claims = 1001\n",
    "header-1": "Lohnart", "field-1": "text", "text-1": "4711",
    "header-3": "Personalnummer", "field-3": "number", "text-3": "ignored",
    "header-4": "Betrag", "field-4": "amount", "header-5": "KSt", "field-5": "cost_centre",
}  # fmt: skip


@pytest.fixture
def as_fay(client, fay):
    client.force_login(fay)
    return client


def path(run: BonusRun) -> str:
    return f"/bonus/runs/{run.pk}/payroll/"


def numbers(response) -> list[str]:
    return [row.record.employee.number for row in response.context["table"].page.object_list]


def errors(response) -> dict:
    return response.context["form"].errors


def test_finance_takes_the_file_and_that_is_logged(approved, as_fay):
    answer = as_fay.post(path(approved), AS_CSV)
    assert answer["Content-Disposition"] == 'attachment; filename="payroll-bonus-2026.csv"'
    assert answer.content.decode("utf-8-sig").startswith(f"{HEADER}\r\nann,Ann,CLAIMS,50.00,GBP")
    entry = AuditEntry.objects.get(action="export_payroll")
    assert entry.after["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert SalaryLook.objects.count() == 4


def test_finance_takes_a_workbook_by_an_own_layout(approved, as_fay, fay):
    save_layout(make_layout(("n", "number"), ("a", "amount")), by=fay)
    answer = as_fay.post(path(approved), {"layout": "DATEV", "form": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]] == ["ann", 50]


def test_the_page_lists_who_is_to_be_confirmed_and_no_amounts(approved, as_fay, fay):
    payday = NEW_YEAR.date()
    confirm_payments(approved, [PaymentLine(2, "ann", 5000, payday)], by=fay, now=NEW_YEAR)
    page = as_fay.get(path(approved))
    assert numbers(page) == ["bob", "cas", "eve", "fay"]
    assert "50.00" not in page.content.decode().replace("250.00", "")
    assert not SalaryLook.objects.exists()
    answer = as_fay.post(path(approved), AS_CSV | {"unconfirmed": "on"})
    assert len(answer.content.split(b"\r\n")) == 6
    assert "-unconfirmed.csv" in answer["Content-Disposition"]


def test_when_everybody_is_confirmed_the_list_is_empty(approved, as_fay, fay):
    payday = NEW_YEAR.date()
    everybody = [
        PaymentLine(line, number, 5000, payday)
        for line, number in enumerate(("ann", "bob", "cas", "eve", "fay"), 2)
    ]
    confirm_payments(approved, everybody, by=fay, now=NEW_YEAR)
    page = as_fay.get(path(approved))
    assert "Nobody waits for payroll" in page.content.decode()
    answer = as_fay.post(path(approved), AS_CSV | {"unconfirmed": "on"})
    assert "Nobody is left to be paid" in str(errors(answer))


def test_a_run_that_is_not_approved_says_so_and_exports_nothing(proposed, as_fay):
    page = as_fay.get(path(proposed))
    assert "payroll gets it once it is approved" in page.content.decode()
    assert b"<button>Download" not in page.content
    answer = as_fay.post(path(proposed), AS_CSV)
    assert "is proposed" in str(errors(answer))
    assert not SalaryLook.objects.exists()


def test_a_character_that_is_missing_is_said_on_the_page(approved, as_fay, fay):
    Employee.objects.filter(number="bob").update(name="Łucja")
    columns = (("n", "number"), ("name", "name"), ("a", "amount"))
    save_layout(make_layout(*columns, encoding="cp1252"), by=fay)
    answer = as_fay.post(path(approved), {"layout": "DATEV", "form": "csv"})
    assert "has no “Ł”" in str(errors(answer))
    assert not SalaryLook.objects.exists()


def test_wrong_choices_are_refused(approved, as_fay):
    answer = as_fay.post(path(approved), {"layout": "SAP", "form": "pdf"})
    assert set(errors(answer)) == {"layout", "form"}


def test_the_runs_page_leads_there_once_it_is_approved(proposed, as_fay, eve):
    assert path(proposed) not in as_fay.get(f"/bonus/runs/{proposed.pk}/").content.decode()
    BonusRun.objects.update(state="approved", approved_by=eve, approved_at=NEW_YEAR)
    assert path(proposed) in as_fay.get(f"/bonus/runs/{proposed.pk}/").content.decode()


def test_an_estimate_has_no_payroll(pool, fay, as_fay):
    run = estimate(pool, 2026, by=fay, now=NEW_YEAR)
    assert as_fay.get(path(run)).status_code == 404


@pytest.mark.parametrize("name", ["ann", "bob", "dee", "eve", "max_auditor", "root"])
def test_who_may_not(name, approved, client, request, fay):
    layout = save_layout(make_layout(("n", "number"), ("a", "amount")), by=fay)
    client.force_login(request.getfixturevalue(name))
    edit = reverse("payroll-layout", args=[layout.pk])
    for address, said in ((path(approved), AS_CSV), (LAYOUTS, {}), (NEW, DATEV), (edit, DATEV)):
        assert client.get(address).status_code == 403
        assert client.post(address, said | {"save": ""}).status_code == 403
    assert not SalaryLook.objects.exists()
    assert PayrollLayout.objects.get().units == "major"


def with_people(run: BonusRun, count: int) -> None:
    """So many more shares of a run; its guards ask for none of what is changed here."""
    one = run.shares.first()
    staff = Employee.objects.bulk_create(
        Employee(number=f"N{count}-{n}", name=f"N {n}", hired_on=MONDAY) for n in range(count)
    )
    BonusShare.objects.bulk_create(
        BonusShare(
            run=run, employee=employee, department=one.department, position=place, hit_days=1,
            earned_minor=1, cap_minor=1, share_minor=1, working={}, code=f"{count}-{place}",
        )
        for place, employee in enumerate(staff, 10)
    )  # fmt: skip


def test_the_list_costs_the_same_with_one_ten_and_a_thousand(approved, as_fay):
    queries_of(as_fay, path(approved))
    first = queries_of(as_fay, path(approved))
    for count in (10, 1000):
        with_people(approved, count)
        assert queries_of(as_fay, path(approved)) == first


# Layouts


def test_a_layout_is_looked_at_and_then_kept(as_fay, claims, fay):
    looked = as_fay.post(NEW, DATEV)
    assert looked.context["first_lines"].split("\r\n") == [
        "Lohnart;Personalnummer;Betrag;KSt", "4711;00017;3125,00;1001",
        "4711;00203;987,05;BILLING", "",
    ]  # fmt: skip
    assert not PayrollLayout.objects.exists()
    assert as_fay.post(NEW, DATEV | {"save": ""}).url == LAYOUTS
    layout = PayrollLayout.objects.get()
    assert layout.columns == [
        {"header": "Lohnart", "field": "text", "text": "4711"},
        {"header": "Personalnummer", "field": "number", "text": ""},
        {"header": "Betrag", "field": "amount", "text": ""},
        {"header": "KSt", "field": "cost_centre", "text": ""},
    ]
    assert layout.cost_centres == {"CLAIMS": "1001"}
    entry = AuditEntry.objects.get(action="set_payroll_layout")
    assert (entry.by, entry.before, entry.after["name"]) == (fay, None, "DATEV")
    shown = as_fay.get(LAYOUTS).content.decode()
    assert f'href="{LAYOUTS}{layout.pk}/"' in shown
    assert "Standard" in shown


def test_a_layout_is_changed_in_its_place(as_fay, claims):
    as_fay.post(NEW, DATEV | {"save": ""})
    address = f"{LAYOUTS}{PayrollLayout.objects.get().pk}/"
    form = as_fay.get(address).context["form"]
    assert form["header-2"].initial == "Personalnummer"
    assert form["cost_centres"].initial == "CLAIMS = 1001"
    as_fay.post(address, DATEV | {"encoding": "utf-8", "save": ""})
    assert PayrollLayout.objects.get().encoding == "utf-8"
    changed = AuditEntry.objects.filter(action="set_payroll_layout").latest("pk")
    assert (changed.before["encoding"], changed.after["encoding"]) == ("cp1252", "utf-8")


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "STANDARD"}, "name", "already"),
        ({"field-4": ""}, "field-4", "Say what stands below"),
        ({"header-4": ""}, "header-4", "Write the header"),
        ({"header-4": "", "field-4": ""}, "__all__", "amount"),
        ({"header-4": "KSt"}, "__all__", "Two columns"),
        ({"delimiter": "comma"}, "delimiter", "comma"),
        ({"header-4": "Kwota Ł"}, "encoding", "has no “Ł”"),
        ({"cost_centres": "CLAIMS 1001"}, "cost_centres", "write it as"),
        ({"cost_centres": "NOWHERE = 1"}, "cost_centres", "not a department"),
        ({"encoding": "ebcdic"}, "encoding", "valid choice"),
        ({"header-1": "x" * 61}, "header-1", "60"),
    ],
)
def test_what_is_wrong_with_a_layout_is_said(wrong, field, message, as_fay, claims):
    for more in ({}, {"save": ""}):
        answer = as_fay.post(NEW, DATEV | wrong | more)
        # The name is looked at when the layout is kept.
        if answer.context and (more or field != "name"):
            assert message in str(errors(answer)[field])
    assert not PayrollLayout.objects.exists()


def test_a_name_that_is_taken_is_said(as_fay, claims):
    as_fay.post(NEW, DATEV | {"save": ""})
    assert "already" in str(errors(as_fay.post(NEW, DATEV | {"name": "datev", "save": ""}))["name"])


def test_an_unknown_layout_is_not_found(as_fay, site):
    assert as_fay.get(f"{LAYOUTS}999/").status_code == 404
