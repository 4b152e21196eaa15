"""Budgets, files for accounting and card statements: their pages work, refuse, and stay fast."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from empowerment.models import AccountingExport, CardLine, CardMatch, CardStatement, Case, Remedy
from empowerment.services.accounting import as_csv
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.spending import spend
from people.models import ImportDraft
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import wanted
from tests.empowerment.test_card_lines import HEADER, imported, lines
from tests.recognition.test_award_views import show_second_factor_long_ago, text

MONEY, CARDS = "/empowerment/budgets/", "/empowerment/cards/"
ACCOUNTING = "/empowerment/accounting/"


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def case(limits, delayed, ann) -> Case:
    return spend(wanted(2_500, remedy=Remedy.GOODS), by=ann, now=TUESDAY_NOON)


def test_finance_sees_each_departments_month(client, case, ann, cas, fay):
    spend(wanted(1_000, reference="C-2"), by=cas, now=TUESDAY_NOON)
    give_back(case, GivenBack(uuid4(), 700, "unused"), by=ann, now=TUESDAY_NOON)
    client.force_login(fay)
    page = text(client.get(MONEY))
    assert "March 2026 Billing GBP 5,000.00 GBP 5,000.00 GBP 10.00 GBP 0.00 GBP 4,990.00" in page
    assert "Claims GBP 5,000.00 GBP 5,000.00 GBP 25.00 GBP 7.00 GBP 4,982.00" in page


def test_a_lead_sees_the_own_departments_only(client, case, bob, cas):
    spend(wanted(1_000, reference="C-2"), by=cas, now=TUESDAY_NOON)
    client.force_login(bob)
    response = client.get(MONEY)
    assert [row.department for row in response.context["table"].data] == ["Claims"]
    assert ACCOUNTING not in response.content.decode().split("<main")[1]


def test_who_has_nothing_to_do_with_money_sees_none(client, case, ann, dee):
    for user in (ann, dee):
        client.force_login(user)
        for address in (MONEY, ACCOUNTING, CARDS, f"{CARDS}lines/", f"{CARDS}cases/"):
            assert client.get(address).status_code == 403


def test_finance_makes_a_file_and_takes_it(client, case, fay, max_auditor):
    client.force_login(fay)
    assert "Cases not told yet GBP 25.00 (1)" in text(client.get(ACCOUNTING))
    said = {"currency": "GBP", "through": "2026-03-03"}
    assert client.post(f"{ACCOUNTING}make/", said).url == ACCOUNTING
    made = AccountingExport.objects.get()
    taken = client.post(f"{ACCOUNTING}{made.pk}/", {"form": "csv"})
    assert taken.content == as_csv(made)
    assert taken["Content-Disposition"] == f'attachment; filename="cases-{made.pk}.csv"'
    again = client.post(f"{ACCOUNTING}make/", said, follow=True)
    assert "Accounting has been told of everything in GBP" in text(again)
    client.force_login(max_auditor)
    page = client.get(ACCOUNTING).content.decode()
    assert f'action="{ACCOUNTING}{made.pk}/"' not in page
    assert client.post(f"{ACCOUNTING}{made.pk}/", {"form": "csv"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_files_day_stands_as_a_browsers_calendar_reads_it(client, case, fay, language):
    client.force_login(fay)
    page = client.get(ACCOUNTING, headers={"accept-language": language}).content.decode()
    assert 'type="date" name="through" value="2026-03-03"' in page


def test_a_wrong_day_or_form_makes_no_file(client, case, fay):
    client.force_login(fay)
    wrong = client.post(f"{ACCOUNTING}make/", {"currency": "GBP", "through": "yesterday"})
    assert "Enter a valid date" in text(wrong)
    assert client.post(f"{ACCOUNTING}make/", {"currency": "pounds"}).status_code == 400
    assert not AccountingExport.objects.exists()


def test_a_file_for_accounting_wants_the_second_factor_again(client, settings, case, fay):
    client.force_login(fay)
    settings.SECOND_FACTOR_REQUIRED = True
    show_second_factor_long_ago(client, fay)
    said = {"currency": "GBP", "through": "2026-03-03"}
    assert client.post(f"{ACCOUNTING}make/", said).url.startswith("/account")
    assert not AccountingExport.objects.exists()


def test_a_statement_is_looked_at_and_then_imported(client, case, fay, settings):
    client.force_login(fay)
    content = lines("04/03/2026,r1,25.00,Florist,", "13/03/2026,r2,9.99,Baker,").encode()
    file = SimpleUploadedFile("march.csv", content)
    response = client.post(f"{CARDS}import/", {"file": file, "currency": "gbp"})
    draft = ImportDraft.objects.get()
    assert response.url == f"/imports/{draft.pk}/"
    assert (draft.kind, draft.options["currency"]) == ("card-lines", "GBP")
    client.post(f"/imports/{draft.pk}/apply/")
    assert CardStatement.objects.get().name == "march.csv"
    assert CardMatch.objects.get().case == case
    assert "march.csv" in text(client.get(CARDS))
    months = text(client.get(f"{CARDS}months/"))
    assert "2 0 GBP 34.99 2 GBP 34.99 0 2 0 1" in months


@pytest.mark.parametrize(
    ("said", "says"),
    [({"currency": "GBP"}, "required"), ({"currency": "pounds"}, "valid value")],
)
def test_a_statement_needs_a_file_and_a_currency(client, fay, said, says):
    client.force_login(fay)
    assert says in text(client.post(f"{CARDS}import/", said))
    assert not ImportDraft.objects.exists()


def test_finance_says_which_case_a_line_is_and_that_it_is_not(client, case, fay, ann):
    other = spend(wanted(2_500, reference="C-2", remedy=Remedy.GOODS), by=ann, now=TUESDAY_NOON)
    imported(lines("13/03/2026,,1.00,Paper,", "03/03/2026,,25.00,Florist,"), by=fay)
    line = CardLine.objects.get(merchant="Florist")
    address = f"{CARDS}lines/{line.pk}/"
    client.force_login(fay)
    assert f'href="{address}"' in client.get(f"{CARDS}lines/").content.decode()
    assert f"case {case.pk}: C-1, GBP 25.00, Ann, 0 days before" in text(client.get(address))
    client.post(address, {"what": f"case-{other.pk}"})
    made = CardMatch.objects.get()
    assert (made.case, made.found) == (other, False)
    assert [row.pk for row in client.get(f"{CARDS}cases/").context["table"].data] == [case.pk]
    apart = f"{CARDS}matches/{made.pk}/apart/"
    assert "required" in text(client.post(apart, {"why": ""}))
    assert client.post(apart, {"why": "for the office"}).url == address
    assert not CardMatch.objects.exists()


def test_a_line_is_matched_by_the_number_of_a_case(client, case, fay):
    imported(lines("13/04/2026,,26.00,Florist,"), by=fay)
    address = f"{CARDS}lines/{CardLine.objects.get().pk}/"
    client.force_login(fay)
    for said, says in (
        ({"why": ""}, "Choose a case"), ({"number": "999999"}, "Choose a case"),
        ({"number": "x"}, "whole"), ({"number": str(case.pk)}, "The amounts differ"),
    ):  # fmt: skip
        assert says in text(client.post(address, said))
    assert not CardMatch.objects.exists()
    client.post(address, {"number": str(case.pk), "why": "with postage"})
    assert CardMatch.objects.get().case == case


def test_an_auditor_looks_and_changes_nothing(client, case, fay, max_auditor):
    imported(lines("13/04/2026,,26.00,Florist,"), by=fay)
    address = f"{CARDS}lines/{CardLine.objects.get().pk}/"
    client.force_login(max_auditor)
    assert "<form" not in client.get(address).content.decode().split("<main")[1].split("</main")[0]
    client.post(address, {"number": str(case.pk), "why": "x"})
    assert not CardMatch.objects.exists()


def many_lines(n: int, *, by) -> None:
    days = [TUESDAY_NOON.date() + timedelta(days=k % 20) for k in range(n)]
    rows = [f"{day:%d/%m/%Y},,{k + 1}.50,Shop {k}," for k, day in enumerate(days)]
    imported("\n".join([HEADER, *rows]), by=by, date_order="dmy")


def test_lists_ask_the_same_of_the_database_however_long(
    client, case, fay, django_assert_max_num_queries
):
    client.force_login(fay)
    pages = [CARDS, f"{CARDS}months/", f"{CARDS}lines/", f"{CARDS}cases/", MONEY, ACCOUNTING]
    asked = []
    for n in (1, 10, 1000):
        many_lines(n, by=fay)
        counts = []
        for page in pages:
            with django_assert_max_num_queries(60) as counted:
                assert client.get(page).status_code == 200
            counts.append(len(counted))
        asked.append(counts)
    assert asked[0] == asked[1] == asked[2]
