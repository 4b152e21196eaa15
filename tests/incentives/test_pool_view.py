"""Pools: what lies in them, and every movement with the day that made it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.conftest import MONDAY
from tests.incentives.test_bonus_runs import NEW_YEAR
from tests.incentives.test_closing import close, make_pool, report_all
from tests.incentives.test_day_view import queries_of
from tests.scene import TUESDAY, pool, propose_monday_met, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def hit_days(goals, system, number: int, *, first=date(2026, 2, 2)):
    """This many working days that hit and paid, from a Monday on."""
    day = first
    for _each in range(number):
        while day.weekday() > 4:
            day += timedelta(days=1)
        report_all(goals, system, day=day)
        close(system, day=day, now=datetime(2026, 3, 4, 8, tzinfo=UTC))
        day += timedelta(days=1)


def rows(response) -> list[tuple]:
    return [
        (row.get_cell("earned_day"), row.get_cell("amount_minor"), row.get_cell("balance"))
        for row in response.context["table"].paginated_rows
    ]


def test_each_movement_links_to_its_day_and_says_the_balance_after_it(
    as_ann,
    pool,
    goals,
    system,
):
    hit_days(goals, system, 3)
    response = as_ann.get("/pools/bonus/2026/")
    days = ((4, "Wed"), (3, "Tue"), (2, "Mon"))
    linked = [f'<a href="/days/2026-02-0{n}/">{name} {n} Feb 2026</a>' for n, name in days]
    assert [day for day, _amount, _balance in rows(response)] == linked
    money = [(amount, balance) for _day, amount, balance in rows(response)]
    assert [tuple("".join(c for c in text if c in "0123456789.-") for text in pair)
            for pair in money] == [("250.00", "750.00"), ("250.00", "500.00"),
                                   ("250.00", "250.00")]  # fmt: skip
    assert response.context["balance"] == 75_000
    assert response.context["hit_days"] == {"hit": 3, "of": 3}


def test_a_reversal_is_shown_as_money_out(as_ann, pool, goals, system, dee, fay, wednesday):
    from incentives.services.restating import Correction, decide, propose
    from tests.conftest import scaled_of

    report_all(goals, system)
    close(system)
    wrong = Correction(MONDAY, goals[3].department, goals[3].metric, "value", scaled_of("9"))
    made = propose(wrong, reason="typing mistake", by=dee, now=wednesday)
    decide(made, approve=True, by=fay, now=wednesday)
    response = as_ann.get("/pools/bonus/2026/")
    assert response.context["balance"] == 0
    assert [row.record.key for row in response.context["table"].paginated_rows] == [
        "pool:bonus:2026-03-02:v1:reversal", "pool:bonus:2026-03-02:v1",
    ]  # fmt: skip
    amounts = [amount for _day, amount, _balance in rows(response)]
    assert [("-" in a or "−" in a) for a in amounts] == [True, False]
    assert response.context["hit_days"] == {"hit": 0, "of": 1}


def test_expected_money_is_named_and_not_in_the_balance(as_ann, goals, system):
    make_pool(system, threshold_bp=7500)
    report_all(goals[:3], system, day=TUESDAY)
    close(system, day=TUESDAY, now=datetime(2026, 3, 4, 8, tzinfo=UTC))
    response = as_ann.get("/pools/bonus/2026/")
    assert (response.context["balance"], response.context["expected"]) == (0, 25_000)


def test_a_pool_without_movements_says_so(as_ann, pool):
    assert b"No money has moved yet" in as_ann.get("/pools/bonus/2026/").content


def test_the_policy_is_printed_with_the_pool(as_ann, pool):
    words = "a hit day pays"
    assert words in as_ann.get("/pools/bonus/2026/").content.decode()
    assert words in as_ann.get("/pools/").content.decode()


def test_each_year_of_a_pool_is_listed(as_ann, pool, goals, system):
    hit_days(goals, system, 1)
    page = as_ann.get("/pools/").content.decode()
    assert '<a href="/pools/bonus/2026/">2026</a>' in page


def test_without_a_pool_it_says_what_to_do(as_ann):
    assert b"set_pool_policy" in as_ann.get("/pools/").content


@pytest.mark.parametrize("path", ["nope/2026/", "bonus/2025/", "bonus/0/", "bonus/20260/",
                                  "bonus/" + "9" * 30 + "/"])  # fmt: skip
def test_an_unknown_pool_or_year_is_not_found(as_ann, pool, path):
    assert as_ann.get(f"/pools/{path}").status_code == 404


@pytest.mark.parametrize("query", ["sort=earned_day", "sort=-amount_minor", "sort=balance",
                                   "sort=nonsense", "page=0", "page=99"])  # fmt: skip
def test_a_sorted_list_keeps_each_movements_balance(as_ann, pool, goals, system, query):
    hit_days(goals, system, 3)
    response = as_ann.get(f"/pools/bonus/2026/?{query}")
    assert response.status_code == 200
    assert len({balance for _day, _amount, balance in rows(response)}) == 3


def test_pool_pages_cost_the_same_queries_with_one_movement_and_with_many(
    as_ann,
    pool,
    goals,
    system,
):
    hit_days(goals, system, 1)
    for path in ("/pools/bonus/2026/", "/pools/"):
        queries_of(as_ann, path)
    one = [queries_of(as_ann, path) for path in ("/pools/bonus/2026/", "/pools/")]
    hit_days(goals, system, 9, first=date(2026, 2, 3))
    assert [queries_of(as_ann, path) for path in ("/pools/bonus/2026/", "/pools/")] == one


def test_the_list_of_pools_costs_the_same_queries_for_one_pool_and_for_many(
    as_ann,
    pool,
    goals,
    system,
):
    hit_days(goals, system, 1)
    queries_of(as_ann, "/pools/")
    one = queries_of(as_ann, "/pools/")
    for number in range(4):
        make_pool(system, code=f"p{number}", from_date=date(2026, 2, 3))
    hit_days(goals, system, 1, first=date(2026, 2, 3))
    assert queries_of(as_ann, "/pools/") == one


def test_corrections_and_their_pool_agree(as_ann, pool, goals, system, dee, fay, wednesday):
    from incentives.services.restating import decide

    report_all(goals, system, met=3)
    close(system)
    decide(propose_monday_met(goals, by=dee, now=wednesday), approve=True, by=fay, now=wednesday)
    response = as_ann.get("/pools/bonus/2026/")
    assert response.context["balance"] == 25_000
    assert response.context["hit_days"] == {"hit": 1, "of": 1}


def bonus_of(pool, *, by, other):
    from incentives.services.bonus_runs import approve, draft, propose

    run = propose(draft(pool, 2026, by=by, now=NEW_YEAR), by=by, now=NEW_YEAR)
    return approve(run, seen_sha256=run.content_sha256, by=other, now=NEW_YEAR)


@pytest.fixture
def year_over(goals, system):
    for goal in goals:
        goal.from_date = goal.until_date = MONDAY
        goal.save()
    report_all(goals, system)
    close(system)


@pytest.mark.parametrize("query", ["", "?sort=-amount_minor", "?sort=-made_at&page=1",
                                   "?export=csv", "?sort=earned_day"])  # fmt: skip
def test_nobody_reads_anybodys_share_from_the_pools_movements(
    as_ann, pool, year_over, bob, cas, fay, eve, query
):
    cas.employee.salaries.update(annual_minor=9_000_000)
    run = bonus_of(pool, by=fay, other=eve)
    share = run.shares.get(employee=cas.employee)
    page = as_ann.get(f"/pools/bonus/2026/{query}").content.decode()
    assert "250.00" in page
    for secret in (":approved", share.code, f"{share.share_minor / 100:.2f}"):
        assert secret not in page


def test_a_bonus_is_one_line_of_its_pool_and_so_is_what_came_back(
    as_ann, pool, year_over, bob, fay, eve
):
    from incentives.services.bonus_runs import void

    run = bonus_of(pool, by=fay, other=eve)
    void(run, reason="wrong", by=fay, now=NEW_YEAR)
    again = bonus_of(pool, by=fay, other=eve)
    response = as_ann.get("/pools/bonus/2026/")
    lines = [row.record for row in response.context["table"].paginated_rows]
    assert [(line.key, line.signed_minor, line.balance_minor) for line in lines] == [
        (f"bonus:{again.pk}", -25_000, 0),
        (f"bonus:{run.pk}:reversal", 25_000, 25_000),
        (f"bonus:{run.pk}", -25_000, 0),
        ("pool:bonus:2026-03-02:v1", 25_000, 25_000),
    ]
    assert lines[1].why == "bonus bonus 2026 void, 4 shares"
