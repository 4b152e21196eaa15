"""Departments: the list, and one over time with its targets as steps."""

from datetime import date, timedelta

import pytest
from django.utils.html import escape

from incentives.charts import step_chart
from incentives.models import GoalVerdict
from tests.conftest import MONDAY, make_department, make_target
from tests.incentives.test_closing import close, report_all
from tests.incentives.test_day_view import close_days, queries_of
from tests.scene import missed_monday, pool, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def test_every_department_is_listed_and_linked(as_ann, goals):
    page = as_ann.get("/departments/").content.decode()
    assert '<a href="/departments/CLAIMS/">Claims</a>' in page
    assert '<a href="/departments/BILLING/">Billing</a>' in page


def test_without_departments_it_says_what_to_do(client, system, django_user_model):
    client.force_login(django_user_model.objects.create_user("new"))
    assert b"import them first" in client.get("/departments/").content


def test_a_department_shows_each_metric_with_figures_and_targets(as_ann, missed_monday):
    response = as_ann.get("/departments/BILLING/")
    metrics = {each["metric"].code: each["goals"] for each in response.context["charts"]}
    assert set(metrics) == {"answered", "waiting"}
    [(day, goal)] = metrics["waiting"]
    assert (day, str(goal.value), str(goal.target_value)) == (MONDAY, "5.01", "5.00")
    assert response.content.decode().count("<svg") == 2


def test_the_corrected_figure_is_shown(as_ann, missed_monday, goals, dee, fay, wednesday):
    from incentives.services.restating import decide
    from tests.scene import propose_monday_met

    decide(propose_monday_met(goals, by=dee, now=wednesday), approve=True, by=fay, now=wednesday)
    charts = as_ann.get("/departments/BILLING/").context["charts"]
    shown = {each["metric"].code: str(each["goals"][0][1].value) for each in charts}
    assert shown["waiting"] == "4.00"


def test_targets_are_drawn_as_steps(goals, claims, answered, system):
    first = goals[0]
    first.until_date = date(2026, 3, 3)
    first.save()
    make_target(claims, answered, "90", system, from_date=date(2026, 3, 4))
    for offset in range(4):
        day = MONDAY + timedelta(days=offset)
        report_all(goals, system, day=day)
        close(system, day=day, now=_noon_after(day))
    found = GoalVerdict.objects.filter(
        target__metric=answered, target__department=claims
    ).select_related("verdict", "target__metric")
    points = sorted(((goal.verdict.date, goal) for goal in found), key=lambda pair: pair[0])
    chart = step_chart(answered, points)
    # 720 wide with margins of 12: a day is 232 units; 80 lies at the bottom and 90 at the top.
    assert chart.targets == ["12,188 476,188 476,12 708,12"]
    assert chart.figures == ["12,188 244,188 476,188 708,188"]
    assert [mark.state for mark in chart.marks] == ["met", "met", "missed", "missed"]


def _noon_after(day: date):
    from datetime import UTC, datetime, time

    return datetime.combine(day + timedelta(days=1), time(12), UTC)


def test_a_span_is_asked_for_and_may_be_back_to_front(as_ann, missed_monday):
    within = as_ann.get("/departments/BILLING/?first=2026-03-04&last=2026-03-01")
    assert len(within.context["charts"]) == 2
    before = as_ann.get("/departments/BILLING/?first=2026-02-01&last=2026-03-01")
    assert before.context["charts"] == []
    assert b"No final day in this span." in before.content


@pytest.mark.parametrize("query", ["first=soon", "last=2026-02-30", "first=%00"])
def test_an_unreadable_day_is_named_and_the_page_still_stands(as_ann, missed_monday, query):
    response = as_ann.get(f"/departments/BILLING/?{query}")
    assert response.status_code == 200
    assert "Enter a valid date." in response.content.decode()
    assert len(response.context["charts"]) == 2


@pytest.mark.parametrize("query", ["last=0001-01-05", "first=0001-01-01&last=9999-12-31"])
def test_the_ends_of_the_calendar_break_nothing(as_ann, missed_monday, query):
    assert as_ann.get(f"/departments/BILLING/?{query}").status_code == 200


def test_an_unknown_department_is_not_found(as_ann, goals):
    for code in ("NOPE", "claims", "%00", "..%2F"):
        assert as_ann.get(f"/departments/{code}/").status_code == 404


def test_a_name_is_text_and_never_markup(as_ann, site, answered, system):
    department = make_department("SCRIPT", site)
    department.name = "<script>alert(1)</script>"
    department.save()
    make_target(department, answered, "80", system)
    close(system, final=True)
    for path in ("/departments/", "/departments/SCRIPT/", f"/days/{MONDAY}/", "/days/"):
        page = as_ann.get(path).content.decode()
        assert "<script>alert" not in page
        assert escape(department.name) in page or path == "/days/"


def test_departments_cost_the_same_queries_for_one_and_for_many(as_ann, goals, site):
    queries_of(as_ann, "/departments/")
    few = queries_of(as_ann, "/departments/")
    for number in range(10):
        make_department(f"D{number}", site)
    assert queries_of(as_ann, "/departments/") == few


def test_a_department_costs_the_same_queries_for_one_day_and_for_many(as_ann, goals, system):
    close_days(system, 1)
    queries_of(as_ann, "/departments/CLAIMS/")
    one = queries_of(as_ann, "/departments/CLAIMS/")
    close_days(system, 8, before=date(2026, 2, 21))
    assert queries_of(as_ann, "/departments/CLAIMS/") == one
