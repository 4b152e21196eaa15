"""The own bonus: so far on the first page, and the statement down to each day."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.models import BonusRun, BonusShare
from incentives.services.bonus_runs import approve, draft, propose
from incentives.services.estimates import estimate
from incentives.services.statements import statement_of
from people.models import Employee, Leave, SalaryLook
from tests.conftest import MONDAY, make_department, make_person
from tests.incentives.test_bonus_runs import NEW_YEAR
from tests.incentives.test_closing import close, make_pool, report_all
from tests.incentives.test_day_view import queries_of
from tests.scene import TUESDAY, pool, propose_monday_met, wednesday  # noqa: F401

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STATEMENT = "/bonus/bonus/2026/"


def text_of(response) -> str:
    """What a page says, without its tags and in single spaces."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ")
    return " ".join(plain.split())


def card_of(client, user) -> str:
    client.force_login(user)
    [card] = re.findall(
        r"<article class=\"card\">\s*<h3><a href=\"/bonus/\">.*?</article>",
        client.get("/").content.decode(), re.DOTALL,
    )  # fmt: skip
    return " ".join(re.sub(r"<[^>]+>", " ", card).replace("\xa0", " ").split())


@pytest.fixture
def half_time(cas):
    """Cas works half time."""
    cas.employee.memberships.update(fte_bp=5000)


@pytest.fixture
def two_days(pool, goals, ann, bob, cas, half_time, system, wednesday):
    """Monday hit and Tuesday did not; both are final, and the estimate knows."""
    report_all(goals, system)
    close(system)
    report_all(goals, system, met=3, day=TUESDAY)
    close(system, day=TUESDAY, now=NOW)
    return estimate(pool, 2026, by=system, now=NOW)


@pytest.fixture
def decided(pool, goals, ann, bob, cas, half_time, fay, eve, system, monkeypatch):
    """The year had one hit day of 250.00, is approved, and it is January."""
    from django.utils import timezone

    for goal in goals:
        goal.from_date = goal.until_date = MONDAY
        goal.save()
    report_all(goals, system)
    close(system, final=True)
    run = propose(draft(pool, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    run = approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)
    return run


# The card


def test_the_card_says_share_yesterday_days_and_rate(two_days, client, ann):
    card = card_of(client, ann)
    assert "GBP 100.00" in card
    assert "Tue 3 Mar 2026 : GBP 0.00, it was no hit day for you" in card
    assert "1 hit day of 2 so far" in card
    # 100.00 in the 63 days through 4 March; 365 days bring 365/63 of it.
    assert "At this rate, about GBP 579.36 by the year's end" in card
    assert "estimate" in card and "nothing is promised" in card


def test_the_card_says_what_a_hit_yesterday_added(pool, goals, ann, cas, system, wednesday, client):
    report_all(goals, system, day=TUESDAY)
    close(system, day=TUESDAY, now=NOW)
    estimate(pool, 2026, by=system, now=NOW)
    assert "Tue 3 Mar 2026 : GBP 125.00 earned" in card_of(client, ann)


def test_a_day_that_is_not_final_or_not_yet_in_the_estimate_is_not_counted_yet(
    pool, goals, ann, system, wednesday, client
):
    estimate(pool, 2026, by=system, now=NOW)
    assert "Tue 3 Mar 2026 : not counted yet" in card_of(client, ann)
    report_all(goals, system, day=TUESDAY)
    close(system, day=TUESDAY, now=NOW)
    assert "Tue 3 Mar 2026 : not counted yet" in card_of(client, ann)


def test_a_share_at_its_cap_says_so(pool, goals, ann, system, wednesday, client):
    ann.employee.salaries.update(annual_minor=10_000)
    report_all(goals, system)
    close(system)
    estimate(pool, 2026, by=system, now=NOW)
    card = card_of(client, ann)
    assert "GBP 20.00" in card
    assert "That is your cap" in card


def test_a_decided_year_is_a_link_in_place_of_the_estimate(decided, client, ann, pool, system):
    estimate(pool, 2026, by=system, now=NOW)
    card = card_of(client, ann)
    assert "Your bonus of 2026 (bonus) : GBP 55.56" in card
    assert "so far" not in card.removeprefix("My bonus so far")


@pytest.mark.parametrize("case, why", [
    ("no pool", "There is no bonus pool yet."),
    ("begins", "You begin on Friday 1 January 2027"),
    ("no place", "You are in no department now"),
    ("no salary", "No salary of yours is known here"),
    ("leave", "a leave on which no bonus is earned"),
    ("scope", "Your department is in no pool."),
    ("new", "You are new here"),
    ("nothing", "Nothing has been worked out yet"),
])  # fmt: skip
def test_who_has_no_share_is_told_why(case, why, goals, ann, site, system, wednesday, client):
    employee = ann.employee
    if case != "no pool":
        elsewhere = make_department("ELSE", site) if case == "scope" else None
        pool = make_pool(system, scope=elsewhere) if elsewhere else make_pool(system)
    if case == "begins":
        Employee.objects.filter(pk=employee.pk).update(hired_on=date(2027, 1, 1))
    if case in ("begins", "no place", "new"):
        places = list(employee.memberships.all())
        employee.memberships.all().delete()
    if case == "no salary":
        employee.salaries.all().delete()
    if case == "leave":
        Leave.objects.create(employee=employee, kind="unpaid", from_date=date(2025, 1, 1))
    if case not in ("no pool", "nothing"):
        estimate(pool, 2026, by=system, now=NOW)
    if case == "new":
        places[0].save(force_insert=True)
    assert why in card_of(client, ann)
    assert why in text_of(client.get("/bonus/"))


def test_an_account_without_a_person_has_no_card_and_no_page(
    pool, system, client, django_user_model
):
    user = django_user_model.objects.create_user(username="robot", password="x")
    client.force_login(user)
    assert "My bonus so far" not in client.get("/").content.decode()
    assert client.get("/bonus/").status_code == 404


def test_the_first_page_costs_three_queries_for_the_bonus_however_many_pools(
    two_days, client, ann, system
):
    client.force_login(ann)
    queries_of(client, "/")
    one = queries_of(client, "/")
    for number in range(3):
        estimate(make_pool(system, code=f"p{number}"), 2026, by=system, now=NOW)
    assert queries_of(client, "/") == one
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    of_bonus = [q for q in asked if "bonusshare" in q["sql"] or "bonusrun" in q["sql"]]
    assert len(of_bonus) <= 2


# The statement


def amounts(days) -> list[tuple]:
    return [(str(day.date), day.earned_minor) for day in days]


def test_the_days_add_up_to_what_was_earned_and_the_months_to_the_year(
    pool, goals, ann, cas, half_time, system
):
    day = date(2026, 2, 26)
    for number in range(7):
        on = day + number * DAY
        if on.weekday() < 5:
            report_all(goals, system, day=on)
            close(system, day=on, now=datetime(2026, 3, 6, 12, tzinfo=UTC))
    run = estimate(pool, 2026, by=system, now=datetime(2026, 3, 6, 12, tzinfo=UTC))
    for share in run.shares.select_related("employee", "department", "run__pool"):
        statement = statement_of(share)
        assert len(statement.days) == 5
        assert sum(day.earned_minor for day in statement.days) == statement.earned_minor
        assert sum(month.earned_minor for month in statement.months) == statement.earned_minor
        assert sum(month.hit_days for month in statement.months) == 5
        assert statement.curve[-1][1] == statement.earned_minor
        for each in statement.days:
            assert abs(each.contribution_minor * each.part / 100 - each.earned_minor) <= 1


def test_the_statement_says_how_it_came_about_in_figures(decided, client, ann):
    client.force_login(ann)
    response = client.get(STATEMENT)
    page = text_of(response)
    assert "Brought to you by the customer" in page
    assert "Share GBP 55.56" in page
    assert "1 of 1 hit days counts for you." in page
    # Ann, Bob, Fay and Eve work full time and Cas half: 1 of 4.5 parts.
    assert "GBP 250.00 22.222222% GBP 55.56" in page
    assert "among 5 people. It holds GBP 250.00" in page
    assert "Nobody gets more than the cap, 20% of GBP 30,000.00: GBP 6,000.00" in page
    assert "Your share: GBP 55.56 GBP 55.5556 × 1.00" in page
    assert "Wed 1 Jan 2026" not in page
    assert "GBP 30,000.00 a year at 100%" in page


def test_every_link_of_the_statement_leads_its_person_to_a_page(decided, client, ann):
    client.force_login(ann)
    page = client.get(STATEMENT).content.decode()
    [main] = re.findall(r"<main.*</main>", page, re.DOTALL)
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', main)}
    anchors = {link for link in links if link.startswith("#")}
    assert {link for link in anchors if f'id="{link[1:]}"' not in page} == set()
    assert {link: client.get(link).status_code for link in links - anchors} == dict.fromkeys(
        links - anchors, 200
    )
    assert {f"/days/{MONDAY}/?pool=bonus", "/pools/bonus/2026/", "/departments/CLAIMS/"} <= links


def test_from_the_statement_to_the_departments_figure_of_a_day(decided, client, ann):
    client.force_login(ann)
    assert f'href="/days/{MONDAY}/?pool=bonus"' in client.get(STATEMENT).content.decode()
    goals = client.get(f"/days/{MONDAY}/?pool=bonus").context["goals"]
    assert {(g.department.code, str(g.value)) for g in goals if g.metric.code == "answered"} == {
        ("CLAIMS", "80.00"), ("BILLING", "80.00"),
    }  # fmt: skip


def test_a_corrected_day_is_marked(pool, goals, ann, dee, fay, system, wednesday, client):
    from incentives.services.restating import decide

    report_all(goals, system, met=3)
    close(system)
    decide(propose_monday_met(goals, by=dee, now=NOW), approve=True, by=fay, now=NOW)
    estimate(pool, 2026, by=system, now=NOW)
    client.force_login(ann)
    assert "Mon 2 Mar 2026 corrected GBP 250.00" in text_of(client.get(STATEMENT))


def test_a_decided_statement_says_the_same_for_ever(decided, client, ann, claims, system, site):
    client.force_login(ann)
    before = text_of(client.get(STATEMENT))
    ann.employee.salaries.update(annual_minor=9_000_000)
    ann.employee.memberships.update(fte_bp=2500)
    make_person("zoe", claims, by=system)
    assert text_of(client.get(STATEMENT)) == before


def test_everybody_sees_only_the_own_statement(decided, client, ann, cas):
    for user, share in ((ann, "GBP 55.56"), (cas, "GBP 27.78")):
        client.force_login(user)
        response = client.get(STATEMENT)
        assert f"Share {share}" in text_of(response)
        assert response["Cache-Control"] == "no-store"
    assert not SalaryLook.objects.exists()


def test_a_year_a_pool_and_a_person_without_share_are_not_found(
    decided, client, ann, claims, system
):
    client.force_login(ann)
    for path in ("/bonus/bonus/2025/", "/bonus/nope/2026/", f"/bonus/bonus/{'9' * 30}/"):
        for suffix in ("", "statement.pdf"):
            assert client.get(path + suffix).status_code == 404
        assert client.post(f"{path}ask/", {"text": "x"}).status_code == 404
    client.force_login(make_person("zoe", claims, by=system))
    assert client.get(STATEMENT).status_code == 404


@pytest.mark.parametrize("state", ["draft", "proposed", "void"])
def test_what_is_not_decided_is_not_shown(decided, state, client, ann, pool, system):
    estimate(pool, 2026, by=system, now=NOW)
    without_sealing(decided, state)
    client.force_login(ann)
    response = client.get(STATEMENT)
    assert response.context["statement"].is_estimate
    assert "nothing is decided or paid" in text_of(response)


def without_sealing(run, state) -> None:
    from tests.free_texts import without_guards

    without_guards()
    BonusRun.objects.filter(pk=run.pk).update(state=state, void_reason="wrong")


def test_who_is_not_in_the_decided_year_does_not_keep_the_estimate(
    decided, client, cas, pool, system
):
    from tests.free_texts import without_guards

    estimate(pool, 2026, by=system, now=NOW)
    without_guards()
    BonusShare.objects.filter(run=decided, employee=cas.employee).delete()
    client.force_login(cas)
    assert client.get(STATEMENT).status_code == 404


def test_the_statement_costs_the_same_queries_with_one_day_and_with_many(
    pool, goals, ann, system, wednesday, client
):
    report_all(goals, system)
    close(system)
    estimate(pool, 2026, by=system, now=NOW)
    client.force_login(ann)
    queries_of(client, STATEMENT)
    one = queries_of(client, STATEMENT)
    for number in range(1, 40):
        day = MONDAY - number * DAY
        if day.weekday() < 5:
            report_all(goals, system, day=day)
            close(system, day=day, now=NOW)
    estimate(pool, 2026, by=system, now=NOW)
    assert queries_of(client, STATEMENT) == one
    assert len(client.get(STATEMENT).context["statement"].days) == 28


def test_the_cap_is_explained_by_the_salary_it_is_a_share_of(
    pool, goals, ann, system, client, wednesday
):
    from dataclasses import replace

    from incentives.services.bonus_policies import Terms, set_bonus_policy
    from people.models import Salary

    terms = replace(Terms(), cap_basis="year_end")
    set_bonus_policy(pool, terms, from_date=date(2026, 1, 1), reason="x", by=system)
    Salary.objects.create(
        employee=ann.employee, from_date=date(2026, 7, 1), annual_minor=4_000_000, currency="GBP"
    )
    estimate(pool, 2026, by=system, now=NOW)
    client.force_login(ann)
    assert "20% of GBP 40,000.00: GBP 8,000.00" in text_of(client.get(STATEMENT))


# All of them, and as a file


def test_all_years_and_pools_are_listed_decided_or_not(decided, client, ann, pool, system):
    estimate(pool, 2027, by=system, now=NEW_YEAR)
    client.force_login(ann)
    page = text_of(client.get("/bonus/"))
    assert "bonus 2027 estimate GBP 0.00" in page
    assert "bonus 2026 : GBP 55.56 approved" in page


def test_the_statement_is_a_file_too(decided, client, ann):
    client.force_login(ann)
    response = client.get(f"{STATEMENT}statement.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"%PDF")


def test_where_no_font_has_a_letter_the_page_says_so_and_whom_to_ask(decided, client, ann):
    Employee.objects.filter(pk=ann.employee.pk).update(name="Ann \U00012000")
    client.force_login(ann)
    response = client.get(f"{STATEMENT}statement.pdf")
    assert response.status_code == 422
    assert "\U00012000" in text_of(response)
    assert "Fay in finance can help." in text_of(response)
