"""Pages of limits and currencies: they work, others are kept out, what is wrong is said."""

import pytest
from django.utils import timezone

from empowerment.models import Limit, SiteCurrencies
from empowerment.rules.limits import Measure, Scope
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import limited
from tests.recognition.test_award_views import confirmed, show_second_factor_long_ago, text

pytestmark = pytest.mark.django_db
NEW = "/empowerment/limits/new/"


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def said(**more) -> dict:
    return {
        "measure": "case", "scope": "everybody", "amount": "150.00", "currency": "gbp",
        "from_date": "2026-03-03", "reason": "as agreed", **more,
    }  # fmt: skip


def test_hr_sets_a_limit_after_seeing_whom_it_reaches(client, ann, dee):
    client.force_login(dee)
    effects, response = confirmed(client, NEW, **said())
    assert effects == [
        "From Tuesday 3 March 2026, per case, for everybody: GBP 150.00.",
        "Before that: none of their own.",
        "As things stand it is for 2 people.",
        "2 people: no limit until then, GBP 150.00 from then on.",
    ]
    limit = Limit.objects.get()
    assert (response.url, limit.amount_minor, limit.made_by) == (
        "/empowerment/limits/",
        15_000,
        dee,
    )
    assert "everybody per case GBP 150.00" in text(client.get("/empowerment/limits/"))


def test_several_errors_are_told_at_once_each_at_its_field(client, dee):
    client.force_login(dee)
    wrong = said(
        measure="customer", scope="grade", amount="1e5", from_date="2026-03-02", reason="",
        currency="pounds",
    )  # fmt: skip
    errors = client.post(NEW, wrong).context["form"].errors
    assert set(errors) == {"grade", "amount", "from_date", "reason", "currency", "days"}
    assert not Limit.objects.exists()


@pytest.mark.parametrize(
    "amount", ["-1", "NaN", "1e5", "1,000", "1.000,00", "１５０", "1.005", "9" * 19, ""]
)
def test_what_is_no_amount_is_said_at_its_field(client, dee, amount):
    client.force_login(dee)
    form = client.post(NEW, said(amount=amount)).context["form"]
    assert set(form.errors) == {"amount"}


def test_finance_is_offered_departments_and_hr_people(client, dee, fay):
    offered = {}
    for user in (dee, fay):
        client.force_login(user)
        choices = client.get(NEW).context["form"].fields["measure"].choices
        offered[user.username] = [value for value, _name in choices]
    assert offered == {"dee": ["case", "customer", "day", "month"], "fay": ["department"]}


def test_setting_asks_for_the_second_factor_again(client, settings, dee, site):
    client.force_login(dee)
    settings.SECOND_FACTOR_REQUIRED = True
    show_second_factor_long_ago(client, dee)
    for address in (NEW, "/empowerment/currencies/HQ/"):
        assert client.post(address, said()).url.startswith("/account")
    assert not Limit.objects.exists()


def test_somebody_elses_limit_is_not_found(client, ann, bob, cas, eve, system):
    limit = limited(Measure.CASE, 1, by=system, scope=Scope.PERSON, employee=cas.employee)
    for user in (bob, eve):
        client.force_login(user)
        assert client.get(f"/empowerment/limits/{limit.pk}/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many(
    client, dee, system, django_assert_max_num_queries
):
    client.force_login(dee)
    limited(Measure.CASE, 1, by=system)
    client.get("/empowerment/limits/")
    for n in range(60):
        limited(Measure.CASE, n, by=system, scope=Scope.GRADE, grade=f"G{n}")
    with django_assert_max_num_queries(16):
        assert "G1" in text(client.get("/empowerment/limits/?measure=case&when=now"))


def test_history_and_comparison_are_read(client, dee, system, limits):
    newer = limited(Measure.CASE, 20_000, by=system, from_date=TUESDAY_NOON.date())
    older = limits[Measure.CASE]
    client.force_login(dee)
    page = text(client.get(f"/empowerment/limits/{newer.pk}/"))
    assert "Raised from GBP 150.00 to GBP 200.00 on Tuesday 3 March 2026" in page
    assert "GBP 150.00, first set on Monday 2 March 2026" in page
    address = "/empowerment/limits/compare/"
    page = text(client.get(address, {"one": older.pk, "other": newer.pk}))
    assert "What this can't know" in page
    day = limits[Measure.DAY]
    for other, field in ((older, "other"), (day, "other")):
        form = client.get(address, {"one": older.pk, "other": other.pk}).context["form"]
        assert set(form.errors) == {field}


def test_everybody_reads_what_they_may_spend_and_why(client, ann, claims, system, limits):
    limited(Measure.CASE, 2_500, by=system, scope=Scope.DEPARTMENT, department=claims)
    client.force_login(ann)
    page = text(client.get("/empowerment/limits/mine/"))
    assert "You may spend up to GBP 25.00 on a new customer now" in page
    assert "It is for Claims, since Monday 2 March 2026." in page
    assert "GBP 150.00, for everybody" in page


def test_hr_says_in_which_currencies_a_site_spends(client, dee, fay, site):
    client.force_login(dee)
    address = "/empowerment/currencies/HQ/"
    wanted = {"currencies": "eur, gbp", "from_date": "2026-03-03", "reason": "Berlin"}
    _effects, response = confirmed(client, address, **wanted)
    assert (response.url, SiteCurrencies.objects.get().currencies) == (
        "/empowerment/currencies/", "EUR,GBP",
    )  # fmt: skip
    assert "Head office EUR, GBP" in text(client.get("/empowerment/currencies/"))
    form = client.post(address, {**wanted, "currencies": "pounds"}).context["form"]
    assert set(form.errors) == {"currencies"}
    client.force_login(fay)
    assert client.post(address, wanted).status_code == 403
