"""A day's page and the list of days; excusing a goal."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.models import Excuse
from incentives.services.recording import excuse
from tests.conftest import MONDAY, make_department, make_result, make_target
from tests.incentives.test_closing import close, make_pool, report_all
from tests.scene import TUESDAY, missed_monday, pool, propose_monday_met, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


def test_the_day_says_in_one_sentence_why_it_did_not_hit(as_ann, pool, goals, system):
    for target, value in zip(goals, ("80", "5.01", "80", "5"), strict=True):
        make_result(target.department, target.metric, MONDAY, value, system)
    close(system)
    response = as_ann.get(f"/days/{MONDAY}/")
    assert response.context["sentence"] == "3 of 4 goals met, 4 needed; Claims missed."
    page = response.content.decode()
    assert "3 of 4 goals met, 4 needed; Claims missed." in page
    assert "A day hits with 95% of its goals; goals without a figure count as missed." in page
    assert "GBP 0.00 went into pool bonus." in page


def test_the_day_lists_every_goal_with_figure_target_and_state(as_ann, missed_monday):
    goals = as_ann.get(f"/days/{MONDAY}/").context["goals"]
    shown = [(g.department.code, g.metric.code, str(g.value), str(g.target), g.state.name)
             for g in goals]  # fmt: skip
    assert shown == [
        ("BILLING", "answered", "80.00", "80.00", "MET"),
        ("BILLING", "waiting", "5.01", "5.00", "MISSED"),
        ("CLAIMS", "answered", "80.00", "80.00", "MET"),
        ("CLAIMS", "waiting", "5.00", "5.00", "MET"),
    ]


def test_a_hit_day_shows_its_money(as_ann, pool, goals, system):
    report_all(goals, system)
    close(system)
    page = as_ann.get(f"/days/{MONDAY}/").content.decode()
    assert "250.00" in page
    assert "company:bonus-expense → pool:bonus:2026" in page


def test_a_provisional_day_shows_awaited_goals_and_expected_money(as_ann, pool, goals, system):
    report_all(goals[:3], system, day=TUESDAY)
    from tests.scene import WEDNESDAY_MORNING

    close(system, day=TUESDAY, now=WEDNESDAY_MORNING)
    page = as_ann.get(f"/days/{TUESDAY}/").content.decode()
    assert "1 figure awaited" in page
    assert "is expected for pool bonus when the day is final." in page


def test_an_open_day_shows_what_is_due_and_no_verdict(as_ann, goals):
    page = as_ann.get(f"/days/{TUESDAY}/").content.decode()
    assert "This day is open" in page
    assert page.count("awaited") >= 4


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-01", "Nothing was due on this day"),
        ("2026-03-05", "is still to come"),
        ("9999-12-31", "is still to come"),
        ("1990-01-01", "Nothing was due on this day"),
    ],
)
def test_a_day_without_a_verdict_says_why(as_ann, goals, day, words):
    assert words in as_ann.get(f"/days/{day}/").content.decode()


def test_the_first_day_of_the_calendar_breaks_nothing(as_ann, goals):
    assert as_ann.get("/days/0001-01-01/").status_code == 200


@pytest.mark.parametrize("path", ["2026-02-30/", "2026-3-1/", "soon/", "2026-03-02/?pool=nope",
                                  "2026-03-02/?pool=%00"])  # fmt: skip
def test_what_is_no_day_and_no_pool_is_not_found(as_ann, missed_monday, path):
    assert as_ann.get(f"/days/{path}").status_code == 404


def test_a_day_without_sites_says_what_to_do(as_ann, goals, monkeypatch):
    monkeypatch.setattr("incentives.services.closing.all_sites", list)
    assert b"import_sites" in as_ann.get(f"/days/{TUESDAY}/").content


def test_a_day_by_another_pools_rule(as_ann, pool, goals, claims, system):
    make_pool(system, code="claims", scope=claims)
    report_all(goals, system, met=3)
    close(system)
    page = as_ann.get(f"/days/{MONDAY}/").content.decode()
    assert "In other pools" in page
    response = as_ann.get(f"/days/{MONDAY}/?pool=claims")
    assert response.context["sentence"] == "2 of 2 goals met, 2 needed."


def test_a_corrected_day_says_what_it_was_and_why(
    as_ann,
    missed_monday,
    goals,
    dee,
    fay,
    wednesday,
):
    from incentives.services.restating import decide

    decide(propose_monday_met(goals, by=dee, now=wednesday), approve=True, by=fay, now=wednesday)
    page = as_ann.get(f"/days/{MONDAY}/").content.decode()
    assert "corrected, was 75.0%" in page
    assert "Version 1: 3 of 4 met" in page
    assert "Corrected by Dee: typing mistake" in page


def test_a_waiting_correction_is_announced(as_ann, missed_monday, goals, dee, wednesday):
    propose_monday_met(goals, by=dee, now=wednesday)
    assert b"A correction waits for approval." in as_ann.get(f"/days/{MONDAY}/").content


def test_only_those_who_may_act_are_offered_to(client, missed_monday, ann, dee):
    for user, offered in ((ann, False), (dee, True)):
        client.force_login(user)
        assert (b"/restate/" in client.get(f"/days/{MONDAY}/").content) is offered
        assert (b"/excuse/" in client.get(f"/days/{TUESDAY}/").content) is offered


EXCUSE = f"/days/{TUESDAY}/BILLING/waiting/excuse/"


def test_an_excuse_needs_a_reason(as_dee, goals):
    for reason in ("", "   "):
        response = as_dee.post(EXCUSE, {"reason": reason})
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["reason"]
    assert not Excuse.objects.exists()


def test_an_excuse_is_shown_with_name_and_reason(as_dee, goals):
    response = as_dee.post(EXCUSE, {"reason": "Water in the building"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == f"/days/{TUESDAY}/"
    assert "Water in the building (Dee)" in page


def test_an_excuse_twice_is_one(as_dee, goals):
    for _time in range(2):
        assert as_dee.post(EXCUSE, {"reason": "Water"}).status_code == 302
    assert Excuse.objects.count() == 1


def test_a_goal_of_a_final_day_is_excused_by_a_restatement_only(as_dee, missed_monday):
    response = as_dee.post(f"/days/{MONDAY}/BILLING/waiting/excuse/", {"reason": "Water"})
    assert b"is final" in response.content
    assert not Excuse.objects.exists()


@pytest.mark.parametrize("path", [
    f"/days/{TUESDAY}/NOPE/waiting/excuse/", f"/days/{TUESDAY}/BILLING/nope/excuse/",
    "/days/2026-03-01/BILLING/waiting/excuse/", "/days/2026-03-09/BILLING/waiting/excuse/",
    f"/days/{TUESDAY}/%00/waiting/excuse/",
])  # fmt: skip
def test_what_is_not_due_cannot_be_excused(as_dee, goals, path):
    assert as_dee.post(path, {"reason": "Water"}).status_code == 404
    assert not Excuse.objects.exists()


def test_a_lead_does_not_excuse(client, goals, bob):
    client.force_login(bob)
    assert client.post(EXCUSE, {"reason": "Water"}).status_code == 403
    assert not Excuse.objects.exists()


def test_days_are_listed_newest_first(as_ann, goals, system):
    close_days(system, 3)
    rows = [row.record.date for row in as_ann.get("/days/").context["table"].paginated_rows]
    assert rows == [date(2026, 2, 27), date(2026, 2, 26), date(2026, 2, 25)]


@pytest.mark.parametrize("query", ["sort=nonsense", "page=99", "page=x", "sort=-hit", "per_page=0"])
def test_a_strange_question_to_the_list_still_gives_the_list(as_ann, goals, system, query):
    close_days(system, 2)
    assert as_ann.get(f"/days/?{query}").status_code == 200


def close_days(system, number: int, *, before: date = date(2026, 2, 28)):
    """Close this many working days before a Saturday."""
    day = before
    while number:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            close(system, day=day, now=datetime(2026, 3, 4, 8).astimezone(), final=True)
            number -= 1


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_the_list_costs_the_same_queries_with_one_day_and_with_many(as_ann, pool, goals, system):
    close_days(system, 1)
    queries_of(as_ann, "/days/")
    one = queries_of(as_ann, "/days/")
    close_days(system, 6, before=date(2026, 2, 21))
    assert queries_of(as_ann, "/days/") == one


def test_a_day_costs_the_same_queries_with_few_goals_and_with_many(
    as_dee,
    pool,
    goals,
    site,
    answered,
    system,
    eve,
):
    def day_with(number: int, day: date) -> int:
        """Excused goals, pools with money: all that could cost a query each."""
        for place in range(number):
            department = make_department(f"X{day:%d}{place}", site)
            make_target(department, answered, "80", system)
            excuse(day, department=department, metric=answered, reason="Water",
                   by=(eve, system)[place % 2])  # fmt: skip
            make_pool(system, code=f"p{day:%d}{place}", from_date=day)
        report_all(goals, system, day=day)
        close(system, day=day, now=datetime(2026, 3, 4, 8).astimezone(), final=True)
        queries_of(as_dee, f"/days/{day}/")
        return queries_of(as_dee, f"/days/{day}/")

    assert day_with(1, MONDAY) == day_with(5, TUESDAY)


def test_days_with_many_movements_cost_the_same_queries(
    as_ann,
    missed_monday,
    goals,
    dee,
    fay,
    wednesday,
):
    from incentives.services.restating import Correction, decide, propose
    from tests.conftest import scaled_of

    def correct(value: str):
        goal = Correction(MONDAY, goals[3].department, goals[3].metric, "value", scaled_of(value))
        decide(
            propose(goal, reason="again", by=dee, now=wednesday), approve=True, by=fay,
            now=wednesday,
        )  # fmt: skip

    correct("4")
    queries_of(as_ann, f"/days/{MONDAY}/")
    one = queries_of(as_ann, f"/days/{MONDAY}/")
    for value in ("6", "3", "7", "2"):
        correct(value)
    assert queries_of(as_ann, f"/days/{MONDAY}/") == one
