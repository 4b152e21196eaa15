"""The reports' page: who reads what, wrong spans, files, and as few questions for many rows."""

import pytest
from django.utils import timezone

from empowerment.models import Case, MonthlyBudget, Review
from tests.conftest import TUESDAY_NOON, make_person
from tests.empowerment.test_reporting import TODAY, many  # noqa: F401
from tests.empowerment.test_spending import spends

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]

ADDRESS = "/empowerment/reports/"


@pytest.fixture
def june(monkeypatch):
    moment = TUESDAY_NOON.replace(month=TODAY.month, day=TODAY.day)
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def spent(many, limits, delayed, ann):
    """Cases and a budget, so that the currency is known."""
    spends(ann, 1_000, moment=delayed)
    assert MonthlyBudget.objects.exists()


def page(client, user, query="") -> str:
    client.force_login(user)
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_report_begins_with_months_and_a_picture(client, fay, spent):
    shown = page(client, fay)
    assert "<svg" in shown
    assert "June 2025" in shown
    assert "May 2026" in shown
    assert "Kept" in shown
    # As the browser's choice of a month reads it.
    assert 'type="month" name="first" value="2025-06"' in shown


@pytest.mark.parametrize(
    ("by", "said"),
    [("remedy", "refund"), ("moment", "Moment 1"), ("department", "Claims"),
     ("power", "perhaps no moment arose"), ("reviews", "how many of them somebody has looked at")],
)  # fmt: skip
def test_each_cut_is_a_page(client, fay, spent, by, said):
    assert said in page(client, fay, f"?by={by}")


def test_a_lead_reads_nothing_of_other_departments(client, bob, spent):
    shown = page(client, bob, "?by=department")
    assert "Claims" in shown
    assert "Billing" not in shown


def test_how_cases_were_looked_at_is_counted_and_few_people_have_no_signals(
    client, dee, bob, spent, claims, system
):
    case = Case.objects.filter(department=claims, spent_on__year=2026, spent_on__month=5).last()
    Review.objects.create(case=case, why=Review.Why.SPLIT, opened_at=timezone.now())
    shown = page(client, dee, "?by=reviews")
    assert "Claims (fewer than five people)" in shown
    # Leads have their own list of them.
    assert "somebody has looked at" not in page(client, bob, "?by=reviews")


@pytest.mark.parametrize("who", ["dee", "eve"])
def test_few_people_are_kept_back_from_hr_and_executives(client, request, spent, who):
    shown = page(client, request.getfixturevalue(who), "?by=department")
    assert "Claims (fewer than five people)" in shown
    assert "GBP" not in shown.partition("<table")[2]


@pytest.mark.parametrize("who", ["ann", "root"])
def test_others_may_not(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(ADDRESS).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["?first=2026-05&last=2026-01", "?first=x", "?first=1900-01", "?currency=XXX",
     "?first=２０２６-01&last=2026-13"],
)  # fmt: skip
def test_a_wrong_span_is_said_and_shows_nothing(client, fay, spent, query):
    shown = page(client, fay, query)
    assert 'class="errors"' in shown or "error" in shown
    assert "<table" not in shown


def test_without_any_case_the_page_says_so(client, fay):
    assert page(client, fay)


def test_a_file_has_the_same_rows(client, fay, spent):
    client.force_login(fay)
    response = client.get(f"{ADDRESS}?by=remedy&export=csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Remedy,Cases,At once,Spent")
    assert len(lines) == 5
    assert lines[1].endswith(",GBP")


def test_a_file_keeps_back_what_the_page_does(client, dee, spent):
    client.force_login(dee)
    content = client.get(f"{ADDRESS}?by=department&export=csv").content.decode("utf-8-sig")
    assert "Claims (fewer than five people),,," in content


def test_executives_have_one_line_on_the_first_page(client, eve, ann, limits, claims, system):
    for n in range(5):
        make_person(f"new{n}", claims, by=system)
    client.force_login(eve)
    shown = client.get("/").content.decode()
    assert "of those who may put customers right" in shown
