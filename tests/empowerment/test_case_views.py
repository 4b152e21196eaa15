"""The pages of cases: one with what explains it, the lists, giving back and cancelling."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from empowerment.models import Case
from empowerment.rules.limits import Measure, Scope
from empowerment.services.asking import ask, decide
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.spending import spend
from people.models import Role
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import limited, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page(client, user, case) -> str:
    client.force_login(user)
    return text(client.get(f"/cases/{case.pk}/"))


@pytest.fixture
def spent(ann) -> Case:
    return spend(wanted(4_000, no_receipt="cash"), by=ann, now=TUESDAY_NOON)


@pytest.fixture
def asked(ann, bob) -> Case:
    return ask(wanted(20_000, reason="the party was spoilt"), by=ann, now=TUESDAY_NOON)


def test_a_case_says_why_it_was_within_the_limits(client, ann, spent):
    later = spend(wanted(5_000), by=ann, now=TUESDAY_NOON)
    found = page(client, ann, later)
    for said in (
        "It was within every limit, so it was approved the moment it was entered.",
        "Counts this case alone. GBP 150.00 GBP 0.00 GBP 50.00 GBP 100.00",
        "Counts what anybody spent on this customer from Mon 2 Feb 2026 through Tue 3 Mar 2026."
        " GBP 150.00 GBP 40.00 GBP 50.00 GBP 60.00",
        "Counts what Ann spent without asking on Tue 3 Mar 2026."
        " GBP 300.00 GBP 40.00 GBP 50.00 GBP 210.00",
        "Counts what Ann spent without asking in March 2026.",
        "Counts what all of Claims spent in March 2026.",
        "For everybody, from Mon 2 Mar 2026. as agreed",
    ):
        assert said in found


def test_a_case_above_says_which_limit_it_broke_and_by_how_much(client, bob, ann, system, asked):
    found = page(client, bob, asked)
    for said in (
        "It was above the limit per case, per customer, so a lead was asked.",
        "GBP 150.00 GBP 0.00 GBP 200.00 GBP 50.00 too much",
        "the party was spoilt",
        "The leads of Claims answer by 13:00.",
    ):
        assert said in found


def test_whose_limit_it_is_is_said(client, ann, system, claims, site):
    ann.employee.job_title = "Agent"
    ann.employee.save()
    for case_of, whom in (
        ({"scope": Scope.SITE, "site": site}, "For Head office"),
        ({"scope": Scope.DEPARTMENT, "department": claims}, "For Claims"),
        ({"scope": Scope.ROLE, "role": Role.EMPLOYEE}, "For everybody with the role employee"),
        ({"scope": Scope.GRADE, "grade": "Agent"}, "For everybody who works as Agent"),
        ({"scope": Scope.PERSON, "employee": ann.employee}, "For Ann"),
    ):
        limited(Measure.CASE, 10_000, by=system, **case_of)
        case = spend(wanted(100), by=ann, now=TUESDAY_NOON)
        assert f"{whom}, from Mon 2 Mar 2026." in page(client, ann, case)


def test_where_no_limit_was_set_the_page_says_so(client, ann, bob, system):
    limited(Measure.CASE, None, by=system)
    case = ask(wanted(100, reason="late"), by=ann, now=TUESDAY_NOON)
    assert "Nobody had set a limit per case, so nothing could be spent" in page(client, ann, case)


def test_what_was_set_since_changes_no_explanation(client, ann, system, spent):
    before = page(client, ann, spent)
    limited(Measure.CASE, 1, by=system, from_date=TUESDAY_NOON.date())
    assert page(client, ann, spent) == before


@pytest.mark.parametrize("who", ["ann", "bob", "fay", "max_auditor"])
def test_who_has_to_do_with_a_case_reads_it(client, request, who, spent):
    assert "Case" in page(client, request.getfixturevalue(who), spent)


@pytest.mark.parametrize("who", ["cas", "dee", "eve", "root"])
def test_for_anybody_else_a_case_is_not_there(client, request, who, spent):
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/cases/{spent.pk}/").status_code == 404


def test_executives_read_what_was_asked_of_them_also_when_it_is_decided(client, eve, ann):
    case = ask(wanted(20_000, reason="late"), by=ann, now=TUESDAY_NOON)
    assert "The executives answer by" in page(client, eve, case)
    decide(case, approve=True, reason="", by=eve, now=TUESDAY_NOON)
    assert "approved" in page(client, eve, case)


def test_a_case_tells_what_came_back(client, ann, spent):
    back = GivenBack(uuid4(), 1_000, "the parcel was found")
    give_back(spent, back, by=ann, now=TUESDAY_NOON)
    found = page(client, ann, spent)
    for said in ("Came back GBP 10.00", "Cost in the end GBP 30.00", "the parcel was found",
                 "No receipt because cash", "entered and approved at once"):  # fmt: skip
        assert said in found
