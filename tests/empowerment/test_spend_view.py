"""Entering a case: approved at once, refused clearly with the ways on, and never counted twice."""

import json
import re
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import timezone, translation

from empowerment.forms.amounts import read_amount, typed
from empowerment.models import Case, MomentOfTruth, SiteCurrencies
from empowerment.rules.limits import Measure, Scope
from empowerment.services.spending import spend
from people.models import Membership
from tests.conftest import MONDAY, TUESDAY_NOON
from tests.empowerment.conftest import limited, spent_in_all, wanted
from tests.recognition.test_nominate_view import errors

pytestmark = pytest.mark.django_db
ADDRESS = "/cases/new/"
AS_SCRIPT = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def ann_there(client, ann, limits, delayed):
    client.force_login(ann)
    return client


def entered(amount: str = "20", **more) -> dict:
    """What a browser sends."""
    return {
        "key": str(uuid4()), "reference": "C-1", "moment": "delay", "amount": amount,
        "currency": "GBP", "remedy": "refund", "reason": "", "no_receipt": "", **more,
    }  # fmt: skip


def text_of(response) -> str:
    return response.content.decode()


# within the limits


def test_a_case_within_the_limits_is_approved_at_once(ann_there, ann):
    sent = entered("20.50", remedy="gesture", reason="Late", no_receipt="Flowers from the market")
    response = ann_there.post(ADDRESS, sent, follow=True)
    assert "Approved: GBP 20.50 for C-1." in text_of(response)
    case = Case.objects.get()
    assert (
        case.key, case.employee.user, case.customer.reference, case.moment.code, case.amount_minor,
        case.currency, case.remedy, case.reason, case.no_receipt, case.state,
    ) == (
        UUID(sent["key"]), ann, "C-1", "delay", 2_050, "GBP", "gesture", "Late",
        "Flowers from the market", "approved",
    )  # fmt: skip


def test_what_may_be_spent_stands_before_the_amount(ann_there):
    page = text_of(ann_there.get(ADDRESS))
    said = "You may spend up to GBP 150.00 on one customer today."
    assert page.index(said) < page.index('name="amount"')
    assert re.search(r'<input [^>]*value="refund"[^>]* checked', page)


def test_a_link_names_the_customer(ann_there, ann, limits):
    spend(wanted(5_000), by=ann, now=TUESDAY_NOON)
    page = ann_there.get(f"{ADDRESS}?customer=C-1")
    assert page.context["form"]["reference"].value() == "C-1"
    assert "You may spend up to GBP 100.00 on this customer today." in text_of(page)


def test_the_same_form_sent_twice_counts_once(ann_there):
    sent = entered()
    first, second = (ann_there.post(ADDRESS, sent) for _press in range(2))
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert spent_in_all() == 2_000


def test_a_key_with_another_content_is_refused(ann_there):
    sent = entered()
    ann_there.post(ADDRESS, sent)
    page = ann_there.post(ADDRESS, {**sent, "amount": "30"})
    assert errors(page) == {
        "__all__": ["This form was sent before with another content. Open a new one."]
    }
    assert spent_in_all() == 2_000


def test_a_script_is_told_what_became_of_it(ann_there):
    answer = ann_there.post(ADDRESS, entered(), **AS_SCRIPT).json()
    case = Case.objects.get()
    assert answer == {"next": f"/cases/{case.pk}/", "said": "Approved: GBP 20.00 for C-1."}


def test_a_case_that_waited_in_the_browser_is_told_there_alone(ann_there):
    ann_there.post(ADDRESS, entered(waited=""), **AS_SCRIPT)
    assert "Approved" not in text_of(ann_there.get(ADDRESS))


def test_each_form_has_a_key_of_its_own(ann_there):
    first, second = (ann_there.get(ADDRESS).context["form"]["key"].value() for _look in range(2))
    assert first != second


# above the limits


def test_above_a_limit_each_one_is_named_with_its_figures(ann_there, ann):
    spend(wanted(12_000), by=ann, now=TUESDAY_NOON)
    page = text_of(ann_there.post(ADDRESS, entered("160")))
    for said in (
        "GBP 160.00 is more than you may spend without asking",
        "At most GBP 150.00 may go into one case.",
        "At most GBP 150.00 may go to one customer in 30 days: GBP 120.00 is spent, GBP 30.00 is"
        " left.",
        '<button name="instead" value="30.00">Spend GBP 30.00 now</button>',
        "You may spend up to GBP 30.00 on this customer today.",
    ):
        assert said in page
    assert "You may spend at most" not in page
    assert spent_in_all() == 12_000


def test_the_smaller_amount_is_spent_by_a_button_under_the_same_key(ann_there):
    sent = entered("200")
    ann_there.post(ADDRESS, sent)
    assert ann_there.post(ADDRESS, {**sent, "instead": "150.00"}).status_code == 302
    case = Case.objects.get()
    assert (case.key, case.amount_minor) == (UUID(sent["key"]), 15_000)


def test_the_lead_is_asked_and_it_is_said_who_and_until_when(ann_there, bob):
    sent = entered("200")
    page = text_of(ann_there.post(ADDRESS, sent))
    assert "Bob will be asked and can answer until 3 Mar 2026" in page
    sent |= {"ask": "", "reason": "A birthday was spoilt"}
    said = text_of(ann_there.post(ADDRESS, sent, follow=True))
    assert "Asked: GBP 200.00 for C-1, to be decided by" in said
    case = Case.objects.get()
    assert (case.state, case.key, case.reason) == (
        "asked", UUID(sent["key"]), "A birthday was spoilt",
    )  # fmt: skip


def test_asking_needs_a_reason_and_the_ways_on_stay(ann_there, bob):
    page = ann_there.post(ADDRESS, entered("200", ask=""))
    assert errors(page)["reason"] == ["Say why the customer needs it, so that a lead can decide."]
    assert "<details open>" in text_of(page)
    assert 'name="ask"' in text_of(page)
    assert not Case.objects.exists()


def test_what_is_within_the_limits_by_now_is_approved_and_not_asked(ann_there):
    ann_there.post(ADDRESS, entered("20", ask=""))
    assert Case.objects.get().state == "approved"


def test_where_nobody_can_be_asked_it_is_said(ann_there):
    page = text_of(ann_there.post(ADDRESS, entered("200")))
    assert "Nobody can be asked: no lead and no executive is named. Ask HR." in page
    assert 'name="ask"' not in page


def test_beyond_the_departments_budget_no_lead_is_asked(ann_there, bob, system):
    limited(Measure.DEPARTMENT, 10_000, by=system, from_date=TUESDAY_NOON.date(), now=TUESDAY_NOON)
    page = text_of(ann_there.post(ADDRESS, entered("120")))
    assert "Your department may spend at most GBP 100.00 this month" in page
    assert "Ask finance for more." in page
    assert 'name="ask"' not in page
    assert "Spend GBP 100.00 now" in page


# nothing to spend


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([Measure.CASE], "Your department has no empowerment budget yet. Ask finance."),
        ([Measure.DEPARTMENT], "Nobody has set yet what you may spend on one case. Ask HR."),
        ([], "Nobody has set yet what you may spend on one case. Ask HR."),
    ],
)
def test_without_a_limit_or_a_budget_it_is_said_whom_to_ask(
    client, ann, system, delayed, known, said
):
    for measure in known:
        limited(measure, 10_000, by=system)
    client.force_login(ann)
    for page in (client.get(ADDRESS), client.post(ADDRESS, entered())):
        assert said in text_of(page)
        assert 'name="amount"' not in text_of(page)
    assert not Case.objects.exists()


def test_who_stands_in_no_department_is_told(ann_there, ann):
    Membership.objects.filter(employee__user=ann).delete()
    assert "You stand in no department today." in text_of(ann_there.get(ADDRESS))
    assert "You stand in no department today." in ann_there.get("/cases/allowance/").json()["said"]


def test_without_moments_there_is_nothing_to_choose(ann_there):
    MomentOfTruth.objects.update(retired_on=MONDAY)
    assert "HR department has not yet said" in text_of(ann_there.get(ADDRESS))


def test_a_day_that_is_spent_is_said_to_be(ann_there, ann):
    for customer in ("C-1", "C-2"):
        spend(wanted(15_000, reference=customer), by=ann, now=TUESDAY_NOON)
    assert "You may spend nothing more today without asking." in text_of(ann_there.get(ADDRESS))


# currencies


@pytest.fixture
def euros(ann_there, site, system):
    """The site spends pounds and euros."""
    SiteCurrencies.objects.create(
        site=site, currencies="GBP,EUR", from_date=MONDAY, reason="shop", made_by=system,
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    for measure in (Measure.CASE, Measure.DEPARTMENT):
        limited(measure, 4_000, by=system, currency="EUR", scope=Scope.EVERYBODY)


def test_one_currency_is_not_asked_for(ann_there):
    assert '<input type="hidden" name="currency" value="GBP"' in text_of(ann_there.get(ADDRESS))


def test_of_several_currencies_one_is_chosen(ann_there, euros):
    page = text_of(ann_there.get(ADDRESS))
    assert "up to GBP 150.00 or EUR 40.00 on one customer" in page
    assert '<select name="currency"' in page
    ann_there.post(ADDRESS, entered("40", currency="EUR"))
    assert Case.objects.get().currency == "EUR"


def test_another_currency_is_refused_at_its_field(ann_there):
    page = ann_there.post(ADDRESS, entered(currency="USD"))
    assert errors(page) == {"currency": ["USD is not spent at your site."]}
    assert not Case.objects.exists()


# amounts as people type them

REFUSED = (
    "-5", "−5", "－5", "-0", "0", "0.00", "0,00", "1000000000000000000", "9" * 40, "1" * 400,
    "12.345", "1,000", "1.000", "1.000,00", "1,000.00", "1 000", "1\u00a0000", "1\u202f000",
    "1'000", "12,5", "1,2,3", "12.", ".", ",", "NaN", "nan", "Infinity", "1e5", "1E5", "0x10",
    "1_000", "１２", "１２．５０", "٣", "①", "½", "²", "£5", "5 GBP", "USD 5", "$5", "5€", "five",
    "五", "=1+1", "+5", "1/2", "   ", "", "5;5",
)  # fmt: skip
READ = {
    "20": 2_000, "20.5": 2_050, "20.50": 2_050, "20,50": 2_050, " 20 ": 2_000, "007": 700,
    "0.01": 1, "150.00": 15_000,
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("text", REFUSED)
def test_an_amount_that_is_none_or_may_mean_two_is_refused_at_its_field(ann_there, text, language):
    sent = entered(text)
    page = ann_there.post(f"{ADDRESS}?language={language}", sent)
    assert list(errors(page)) == ["amount"]
    assert page.context["form"]["amount"].value() == text
    assert not Case.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("text", READ)
def test_an_amount_is_read_as_it_is_meant(text, language):
    with translation.override(language):
        assert read_amount(text, "GBP") == READ[text]


@override_settings(LANGUAGES=[("en", "English"), ("de", "German")])
def test_where_a_comma_stands_before_decimals_it_is_read_so():
    with translation.override("de"):
        assert [read_amount(text, "EUR") for text in ("12,5", "12,50", "12.50")] == [
            1_250, 1_250, 1_250,
        ]  # fmt: skip
        assert typed(125_000, "EUR") == "1250,00"


@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("1250", "JPY", 1_250), ("1.000", "KWD", 1_000)]
)
def test_currencies_have_decimals_of_their_own(text, currency, minor):
    with translation.override("en"):
        assert read_amount(text, currency) == minor


@pytest.mark.parametrize(("text", "currency"), [("1.5", "JPY"), ("1,000", "JPY"), ("1,000", "KWD")])
def test_what_another_currency_would_read_is_refused(text, currency):
    with translation.override("en"), pytest.raises(ValidationError):
        read_amount(text, currency)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-5", "Write an amount above 0."),
        ("1,000", "Write thousands without any mark or space between them, as in 1250.00."),
        ("１２", "Write it in plain digits, as in 1250.00."),
        ("12.345", "GBP has 2 decimals, as in 1250.00."),
        ("$5", "Write the amount alone, in digits, as in 1250.00; it is in GBP."),
        ("1000000000000000000", "This amount is too large."),
    ],
)
def test_the_message_says_how_to_write_it(ann_there, text, said):
    assert errors(ann_there.post(ADDRESS, entered(text))) == {"amount": [said]}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("reference", "", "This field is required."),
        ("reference", "–", "Write the customer's reference: letters and digits, at most 60"),
        ("moment", "", "Choose what it was for."),
        ("moment", "nothing", "Choose from the list what it was for."),
        ("remedy", "castle", "Select a valid choice."),
        ("reason", "x" * 501, "Ensure this value has at most 500 characters"),
        ("key", "1", "Enter a valid UUID."),
    ],
)
def test_what_is_wrong_stands_at_its_field(ann_there, field, text, said):
    page = ann_there.post(ADDRESS, entered(**{field: text}))
    [message] = errors(page)[field]
    assert message.startswith(said)
    assert not Case.objects.exists()


# what the form's script asks


def room(client, reference: str = "C-1"):
    return client.get("/cases/allowance/", {"customer": reference})


def test_the_room_on_a_customer_is_told_and_nothing_about_who_used_it(ann_there, ann, bob):
    spend(wanted(4_000, reference="c 1"), by=bob, now=TUESDAY_NOON)
    answer = room(ann_there)
    assert answer.json() == {"said": "You may spend up to GBP 110.00 on this customer today."}
    assert answer["Cache-Control"] == "no-store"
    assert room(ann_there, "").json() == {
        "said": "You may spend up to GBP 150.00 on one customer today."
    }
    assert room(ann_there, "C-2\x00").json() == room(ann_there, "C-9").json()


def test_references_are_not_tried_out_by_the_thousand(ann_there):
    answers = [room(ann_there, f"C-{number}").status_code for number in range(70)]
    assert (answers[:60], set(answers[60:])) == ([200] * 60, {429})


# who may


def test_a_stranger_signs_in_first_and_comes_back(client):
    assert client.get(f"{ADDRESS}?customer=C-1").url == (
        "/sign-in/?next=/cases/new/%3Fcustomer%3DC-1"
    )
    assert client.get("/cases/allowance/").status_code == 302


def test_a_login_without_an_employee_spends_nothing(client, limits, delayed):
    client.force_login(get_user_model().objects.create_user(username="robot"))
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, entered()).status_code == 403
    assert room(client).status_code == 403


# the first page


def test_the_first_page_says_what_may_be_spent(ann_there):
    page = text_of(ann_there.get("/"))
    assert "You may spend up to GBP 150.00 on one customer today." in page
    assert page.count('href="/cases/new/"') == 2


def test_the_first_page_is_silent_where_nothing_may_be_spent(client, ann):
    client.force_login(ann)
    assert "Did something go wrong for a customer?" not in text_of(client.get("/"))


def test_the_answer_is_json_a_script_can_read(ann_there):
    assert json.loads(room(ann_there).content).keys() == {"said"}
