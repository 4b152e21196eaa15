"""Budgets, files for payroll, levels, behaviours and limits: their pages work and refuse."""

from uuid import uuid4

import pytest
from django.utils import timezone

from people.models import Role, Salary
from recognition.models import AwardLevel, Behaviour, BudgetGrant, PanelMember, RewardExport
from recognition.services.awards import raise_to
from recognition.services.policies import terms_on
from recognition.services.reward_files import as_csv
from tests.conftest import TUESDAY_NOON, make_person
from tests.recognition.conftest import TODAY, praised
from tests.recognition.test_award_views import confirmed, show_second_factor_long_ago, text
from tests.recognition.test_awards import balance, funded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


FUND = "/recognition/budgets/fund/"


def funding(**more) -> dict:
    said = {
        "key": str(uuid4()), "way": "in", "department": "", "year": "2026", "amount": "500.00",
        "currency": "gbp", "reason": "plan",
    }  # fmt: skip
    return said | more


def test_finance_funds_a_budget_and_takes_back_what_is_left(client, fay):
    client.force_login(fay)
    effects, response = confirmed(client, FUND, **funding())
    assert effects == [
        "GBP 500.00 go into the recognition budget of the company for 2026.",
        "Then GBP 500.00 are left in it.",
    ]
    assert (response.url, balance("recognition:company:2026")) == ("/recognition/budgets/", 50_000)
    confirmed(client, FUND, **funding(way="out", amount="200"))
    assert balance("recognition:company:2026") == 30_000
    page = text(client.get("/recognition/budgets/"))
    assert "the company 2026 GBP 300.00 GBP 0.00 GBP 300.00" in page


def test_the_currency_offered_is_that_of_the_newest_budget_else_of_salaries(client, fay):
    def offered() -> str:
        return client.get(FUND).context["form"]["currency"].value()

    client.force_login(fay)
    assert offered() == "GBP"
    Salary.objects.update(currency="CHF")
    assert offered() == "CHF"
    confirmed(client, FUND, **funding(currency="eur"))
    assert offered() == "EUR"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"amount": "0"}, "above 0"), ({"amount": "-5"}, "above 0"), ({"amount": "NaN"}, "number"),
        ({"amount": "1.005"}, "decimals"), ({"currency": "pounds"}, "valid"),
        ({"year": "2030"}, "last year, this year"), ({"reason": ""}, "required"),
        ({"way": "out"}, "holds less"), ({"department": "nowhere"}, "valid choice"),
    ],
)  # fmt: skip
def test_wrong_funding_is_said_and_moves_nothing(client, fay, wrong, says):
    client.force_login(fay)
    assert says in text(client.post(FUND, funding(**wrong)))
    assert not BudgetGrant.objects.exists()


def test_money_pages_ask_for_the_second_factor_again(client, settings, fay, spot):
    client.force_login(fay)
    settings.SECOND_FACTOR_REQUIRED = True
    show_second_factor_long_ago(client, fay)
    for address, said in (
        (FUND, funding()), ("/recognition/rewards/export/", {"currency": "GBP"}),
    ):  # fmt: skip
        assert client.post(address, said).url.startswith("/account")
    assert not BudgetGrant.objects.exists()


def test_a_lead_sees_the_budgets_of_the_own_departments(client, bob, fay, claims, billing):
    own, other, company = funded(fay, 7_000, claims), funded(fay, 100, billing), funded(fay)
    client.force_login(bob)
    assert list(client.get("/recognition/budgets/").context["table"].data) == [own]
    assert client.get(f"/recognition/budgets/{own.pk}/").status_code == 200
    for budget in (other, company):
        assert client.get(f"/recognition/budgets/{budget.pk}/").status_code == 404
    client.force_login(fay)
    found = client.get("/recognition/budgets/?year=2026").context["table"].data
    assert {each.code for each in found} == {each.account_code for each in (own, other, company)}


def test_finance_makes_a_file_and_takes_it(
    client, ann, bob, cas, fay, max_auditor, spot, kept_promise
):
    funded(fay)
    made = praised(ann, by=cas, behaviour=kept_promise)
    raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    client.force_login(fay)
    assert "To pay GBP 50.00 (1)" in text(client.get("/recognition/rewards/"))
    client.post("/recognition/rewards/export/", {"currency": "GBP"})
    file = RewardExport.objects.get()
    page = client.get("/recognition/rewards/")
    assert "csrfmiddlewaretoken" in page.content.decode().split("<tbody")[1]
    taken = client.post(f"/recognition/rewards/{file.pk}/", {"form": "csv"})
    assert taken.content == as_csv(file)
    assert taken["Content-Disposition"] == f'attachment; filename="rewards-{file.pk}.csv"'
    again = client.post("/recognition/rewards/export/", {"currency": "GBP"}, follow=True)
    assert "Payroll knows of every reward" in text(again)
    for address, said in (
        ("/recognition/rewards/export/", {"currency": "pounds"}),
        (f"/recognition/rewards/{file.pk}/", {"form": "pdf"}),
    ):
        assert client.post(address, said).status_code == 400
    client.force_login(max_auditor)
    page = client.get("/recognition/rewards/").content.decode()
    assert f'action="/recognition/rewards/{file.pk}/"' not in page


LEVEL = {
    "name": "Star", "position": "1", "decides": "panel", "quorum": "2", "amount": "250",
    "currency": "gbp", "tax_class": "benefit", "repeat_months": "",
}  # fmt: skip


def test_hr_keeps_levels_and_their_panels(client, dee, ann):
    client.force_login(dee)
    new = "/recognition/levels/new/"
    wrong = text(client.post(new, LEVEL | {"code": "star", "tax_class": ""}))
    assert "Say how payroll taxes it" in wrong
    assert client.post(new, LEVEL | {"code": "star"}).url == "/recognition/levels/"
    level = AwardLevel.objects.get()
    assert (level.amount_minor, level.currency, level.quorum) == (25_000, "GBP", 2)
    page = "/recognition/levels/of/star/"
    client.post(f"{page}change/", LEVEL | {"name_zh-hans": "季度之星"})
    level.refresh_from_db()
    assert level.names == {"zh-hans": "季度之星"}
    seat = {"employee": "ann", "from_date": "2026-03-01", "until_date": ""}
    assert "Nobody here has the number" in text(
        client.post(f"{page}seat/", seat | {"employee": "x"})
    )
    assert client.post(f"{page}seat/", seat).url == page
    member = PanelMember.objects.get()
    client.post(f"/panels/seats/{member.pk}/end/", {"last_day": "2026-03-03"})
    member.refresh_from_db()
    assert (member.employee, member.until_date) == (ann.employee, TODAY)
    client.post(f"{page}retire/")
    assert "Not given any more since" in text(client.get(page))


def test_hr_keeps_behaviours(client, dee, kept_promise):
    client.force_login(dee)
    client.post("/recognition/behaviours/new/", {"code": "ask", "name": "Asked", "position": "2"})
    client.post("/recognition/behaviours/of/ask/", {"name": "Asked first", "position": "0"})
    client.post("/recognition/behaviours/of/promise/retire/")
    found = Behaviour.objects.values_list("code", "name", "retired_on")
    assert list(found) == [("ask", "Asked first", None), ("promise", "Kept a promise", TODAY)]
    last = client.post("/recognition/behaviours/of/ask/retire/", follow=True)
    assert "the last behaviour" in text(last)


def test_hr_sets_limits_from_a_day_on(client, dee):
    client.force_login(dee)
    said = {
        "from_date": "2026-03-03", "giver": "5", "giver_days": "7", "pair": "1", "pair_days": "30",
        "nominees": "4", "repeat_months": "6", "reason": "calm",
    }  # fmt: skip
    new = "/recognition/policy/new/"
    assert "what was, stays" in text(client.post(new, said | {"from_date": "2026-03-02"}))
    client.post(new, said)
    assert (terms_on(TODAY).limits.giver, terms_on(TODAY).repeat_months) == (5, 6)
    assert "begins on that day already" in text(client.post(new, said))
    assert "calm" in text(client.get("/recognition/policy/"))


def test_a_lead_of_finance_sees_all_budgets(client, claims, system, fay):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), (Role.FINANCE, None), by=system)
    company = funded(fay)
    client.force_login(zoe)
    assert list(client.get("/recognition/budgets/").context["table"].data) == [company]
