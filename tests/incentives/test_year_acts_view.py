"""The year of a pool as finance closes it, and two open it again."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from incentives.models import PoolYearAct
from incentives.services.bonus_years import propose_reopening
from incentives.services.years import is_closed
from tests.incentives.test_bonus_runs import NEW_YEAR, pool  # noqa: F401
from tests.incentives.test_bonus_years import (  # noqa: F401
    balance,
    cap,
    closed,
    owe,
    paid_run,
    staff,
)

pytestmark = pytest.mark.django_db
PAGE = "/pools/bonus/2026/"


@pytest.fixture(autouse=True)
def in_january(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)


@pytest.fixture
def paid(pool, staff, fay, eve, system):
    cap(pool, system)
    paid_run(pool, 2026, by=fay, other=eve)
    return pool


def act(client, name: str, **said):
    """Look at the effects, then do just that."""
    looked = client.post(f"{PAGE}{name}/", said)
    assert looked.context["effects"], looked.context["form"].errors
    done = client.post(f"{PAGE}{name}/", {**said, "seen": looked.context["seen"]})
    assert (done.status_code, done.url) == (302, PAGE)
    return looked.context["effects"]


def test_finance_closes_a_year_and_sees_first_what_goes_over(client, paid, fay):
    client.force_login(fay)
    looked = client.post(f"{PAGE}close/", {"reason": "all paid"})
    assert looked.context["effects"][0].replace("\xa0", " ") == (
        "GBP 235.00 goes over into the pool of 2027."
    )
    assert not is_closed(paid, 2026)
    act(client, "close", reason="all paid")
    assert is_closed(paid, 2026)
    assert (balance(2026), balance(2027)) == (0, 23_500)
    page = client.get(PAGE).content.decode()
    assert "closed" in page and "all paid" in page and "Year closed" in page
    assert "Close the year" not in page and "Propose to open the year again" in page


def test_the_page_says_why_a_year_is_not_closed(client, pool, staff, fay):
    client.force_login(fay)
    assert "not been shared out" in client.get(f"{PAGE}close/").content.decode()
    response = client.post(f"{PAGE}close/", {"reason": "x"})
    assert "not been shared out" in str(response.context["form"].non_field_errors())
    assert not PoolYearAct.objects.exists()


def test_two_open_a_year_again(client, closed, fay, eve):
    client.force_login(fay)
    act(client, "reopen", reason="a late figure")
    waiting = PoolYearAct.objects.get(kind="reopen")
    decide = f"{PAGE}acts/{waiting.pk}/decide/"
    response = client.post(decide, {"approve": ""}, follow=True)
    assert "Who proposes does not approve" in response.content.decode()
    assert is_closed(closed, 2026)
    client.force_login(eve)
    assert "waits for your decision" in client.get("/").content.decode()
    response = client.post(decide, {"approve": ""}, follow=True)
    assert "Decided by Eve" in response.content.decode()
    assert not is_closed(closed, 2026)


def test_two_let_the_company_bear_a_debt(client, pool, staff, fay, eve, system):
    owe(pool, 300_00, system)
    client.force_login(fay)
    effects = act(client, "write-off", amount="20.00", reason="bad luck")
    assert effects[1].replace("\xa0", " ") == (
        "Approved, the company bears GBP 20.00; the pool then owes GBP 30.00."
    )
    client.force_login(eve)
    client.post(f"{PAGE}acts/{PoolYearAct.objects.get().pk}/decide/", {"approve": ""})
    assert balance(2026) == -30_00


@pytest.mark.parametrize(
    "amount", ["", "NaN", "1e99", "1,000", "-1", "-0", "0.001", "50.01", "9" * 19]
)
def test_no_other_amount_is_written_off(client, pool, staff, fay, system, amount):
    owe(pool, 300_00, system)
    client.force_login(fay)
    response = client.post(f"{PAGE}write-off/", {"amount": amount, "reason": "x"})
    assert response.context["form"].errors and not response.context["effects"]
    assert not PoolYearAct.objects.exists()


@pytest.mark.parametrize("name", ["close", "reopen", "write-off"])
def test_each_act_says_why(client, paid, fay, name):
    client.force_login(fay)
    response = client.post(f"{PAGE}{name}/", {"reason": " ", "amount": "1"})
    assert "reason" in response.context["form"].errors


@pytest.mark.parametrize("name", ["close", "reopen", "write-off"])
def test_who_does_not_run_payouts_does_not_act(client, paid, ann, dee, eve, name):
    for user in (ann, dee, eve):
        client.force_login(user)
        assert client.get(f"{PAGE}{name}/").status_code == 403
        assert client.post(f"{PAGE}{name}/", {"reason": "x"}).status_code == 403
    assert not PoolYearAct.objects.exists()


def test_an_act_needs_the_second_factor_again(client, closed, fay, eve, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    waiting = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    client.force_login(eve, second_factor=False)
    client.post(f"{PAGE}acts/{waiting.pk}/decide/", {"approve": ""})
    client.force_login(fay, second_factor=False)
    client.post(f"{PAGE}close/", {"reason": "x"})
    assert is_closed(closed, 2026)
    assert PoolYearAct.objects.count() == 2


def test_an_act_of_another_pool_or_year_is_not_found(client, closed, fay, eve):
    waiting = propose_reopening(closed, 2026, reason="x", by=fay, now=NEW_YEAR)
    client.force_login(eve)
    for path in (f"/pools/bonus/2025/acts/{waiting.pk}/", f"/pools/other/2026/acts/{waiting.pk}/"):
        assert client.post(f"{path}decide/", {"approve": ""}).status_code == 404
    assert client.post(f"{PAGE}acts/{waiting.pk}/decide/").status_code == 400
    assert client.post(f"{PAGE}acts/{waiting.pk}9/decide/", {"refuse": ""}).status_code == 404


@pytest.mark.parametrize("year", [0, 9999, 10**18, 10**30])
def test_a_year_that_there_is_not_is_not_found(client, pool, fay, year):
    client.force_login(fay)
    for name in ("", "close/", "reopen/", "write-off/"):
        assert client.get(f"/pools/bonus/{year}/{name}").status_code == 404


def command(*words, year=2026, pool="bonus") -> str:
    out = StringIO()
    call_command("close_year", str(year), "--pool", pool, "--reason", "paid", *words, stdout=out)
    return out.getvalue()


def test_the_command_closes_the_year(paid):
    said = json.loads(command("--format", "json"))
    assert said == {"pool": "bonus", "year": 2026, "carried_minor": 23_500}
    with pytest.raises(CommandError, match="closed already"):
        command()


def test_the_command_refuses_what_there_is_not(paid):
    with pytest.raises(CommandError, match="no such pool"):
        command(pool="nowhere")
    with pytest.raises(CommandError):
        command(year=10**12)
    with pytest.raises(CommandError, match="longer than 500"):
        command("--reason", "x" * 501)
