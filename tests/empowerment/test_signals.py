"""Signals are questions with figures: what they show, what they leave alone, and how often honest
people are shown."""

import statistics
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.honest_spending import company
from benchmarks.reviews import false_alarms, people_found
from empowerment.rules import signals
from empowerment.rules.lots import HIGHEST, is_drawn, lot, lowest
from empowerment.rules.signals import (
    AT_ONCE,
    Far,
    JustUnder,
    SameCustomer,
    Spent,
    Split,
    far_from_peers,
    is_far,
    is_rarer,
    just_under,
    middle,
    same_customers,
    splits,
)
from tests.conftest import TUESDAY_NOON

TODAY = TUESDAY_NOON.date()
UNITS = {"GBP": 100}


def spent(case: int, amount_minor: int = 4_000, *, hours: float = 0, **more) -> Spent:
    """A case of employee 1 for customer 1, so many hours before Tuesday noon; a limit of 150."""
    at = TUESDAY_NOON - timedelta(hours=hours)
    said = {
        "employee": 1, "department": 1, "grade": "agent", "customer": 1, "currency": "GBP",
        "by_limits": True, "case_limit_minor": 15_000, "customer_limit_minor": None,
        "net_minor": amount_minor,
    } | more  # fmt: skip
    return Spent(case=case, entered_at=at, spent_on=at.date(), amount_minor=amount_minor, **said)


def split(*cases: Spent) -> list[Split]:
    return list(splits(cases, fresh={cases[-1].case}))


def test_cases_for_one_customer_within_a_day_above_the_limit_are_a_split():
    found = split(
        spent(1, 9_000, hours=3), spent(2, 9_000, hours=2, employee=2), spent(3, 9_000)
    )  # fmt: skip
    assert found == [Split(3, [1, 2, 3], 3, 2, 27_000, "GBP", "case", 15_000)]


def test_what_one_case_may_be_is_no_split():
    assert split(spent(1, 9_000, hours=3), spent(2, 6_000)) == []
    [found] = split(spent(1, 9_000, hours=3), spent(2, 6_001))
    assert found.total_minor == 15_001


def test_a_split_is_within_twenty_four_hours_and_not_a_second_more():
    first = spent(1, 9_000, hours=24)
    assert split(first, spent(2, 9_000))
    early = replace(first, entered_at=first.entered_at - timedelta(seconds=1))
    assert split(early, spent(2, 9_000)) == []


@pytest.mark.parametrize(
    "other", [{"customer": 2}, {"currency": "EUR"}, {"by_limits": False}, {"net_minor": 0}]
)
def test_other_customers_and_money_that_came_back_or_was_asked_for_are_no_split(other):
    assert split(spent(1, 9_000, hours=1, **other), spent(2, 9_000)) == []


def test_of_several_who_spend_the_most_generous_limit_counts():
    generous = spent(1, 9_000, hours=1, employee=2, case_limit_minor=18_000)
    assert split(generous, spent(2, 9_000)) == []


def test_the_limit_of_a_customer_is_exceeded_together_too():
    cases = [
        spent(n, 9_000, hours=2 - n, case_limit_minor=None, customer_limit_minor=15_000)
        for n in (1, 2)
    ]
    [found] = split(*cases)
    assert (found.measure, found.limit_minor) == ("customer", 15_000)


def test_an_old_split_does_not_come_back_by_itself():
    cases = [spent(1, 9_000, hours=3), spent(2, 9_000, hours=2)]
    assert list(splits([*cases, spent(3, 100, customer=2)], fresh={3})) == []


AMOUNTS = st.integers(1, 15_000)
MINUTES = st.integers(0, 3 * 24 * 60)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(AMOUNTS, MINUTES, st.integers(1, 3), st.booleans(), st.booleans())),
)  # fmt: skip
def test_splits_are_those_that_every_pair_of_cases_would_show(rows):
    cases = [
        spent(n, amount, hours=minutes / 60, customer=customer, by_limits=by_limits)
        for n, (amount, minutes, customer, by_limits, _fresh) in enumerate(rows, 1)
    ]
    fresh = {n for n, row in enumerate(rows, 1) if row[-1]}
    slow: dict[int, int] = defaultdict(int)
    for last in cases:
        if last.case not in fresh or not last.by_limits:
            continue
        order = (last.entered_at, last.case)
        window = [
            each for each in cases
            if each.customer == last.customer and each.by_limits
            and (each.entered_at, each.case) <= order
            and last.entered_at - each.entered_at <= AT_ONCE
        ]  # fmt: skip
        total = sum(each.net_minor for each in window)
        if len(window) > 1 and total > 15_000:
            slow[last.customer] = max(slow[last.customer], total)
    by_case = {each.case: each for each in cases}
    found = {by_case[each.case].customer: each.total_minor for each in splits(cases, fresh=fresh)}
    assert found == slow


def same(*cases: Spent, told=None) -> list[SameCustomer]:
    return list(same_customers(cases, fresh={cases[-1].case}, today=TODAY, told=told or {}))


def days_ago(case: int, days: int, amount_minor: int = 4_000, **more) -> Spent:
    return spent(case, amount_minor, hours=24 * days, **more)


def test_the_third_case_for_a_customer_in_ninety_days_is_shown():
    before = days_ago(1, 89), days_ago(2, 40, employee=2, by_limits=False)
    assert same(*before, spent(3, 5_000, currency="EUR")) == [
        SameCustomer(3, [1, 2, 3], 3, 2, {"GBP": 8_000, "EUR": 5_000})
    ]
    assert same(days_ago(1, 90), days_ago(2, 40), spent(3)) == []
    assert same(*before, spent(3, net_minor=0)) == []


def test_a_customer_is_shown_again_after_three_more_cases():
    cases = [days_ago(n, 50 - n) for n in range(1, 7)]
    assert same(*cases[:5], told={1: 3}) == []
    [found] = same(*cases, told={1: 3})
    assert (found.case, found.count) == (6, 6)


def under(*cases: Spent, fresh: int = 0, told=None) -> list[JustUnder]:
    newest = fresh or cases[-1].case
    return list(just_under(cases, fresh={newest}, today=TODAY, told=told or {}, units=UNITS))


def several(amounts: list[int], *, first: int = 1, **more) -> list[Spent]:
    return [
        days_ago(first + n, len(amounts) - 1 - n, amount, customer=n, **more)
        for n, amount in enumerate(amounts)
    ]


def test_round_amounts_just_under_the_limit_are_shown():
    cases = several([2_000, 14_500, 3_000, 14_900, 15_000, 14_000])
    assert under(*cases) == [JustUnder(6, [2, 4, 5, 6], 4, 6, 1, 13_500, 15_000, "GBP")]


def test_three_round_amounts_among_many_others_are_chance():
    others = [1_000, 2_000, 3_000, 2_500, 800, 4_100, 5_000]
    assert under(*several([*others, 14_500, 14_000, 15_000])) == []


@pytest.mark.parametrize("amount", [13_400, 14_321, 15_001])
def test_what_is_lower_added_up_or_above_is_not_just_under(amount):
    assert under(*several([amount] * 4)) == []


def test_the_last_penny_under_the_limit_is_just_under():
    assert under(*several([14_999] * 4))


def test_where_the_limit_is_what_things_cost_nobody_is_shown():
    own = several([15_000] * 6)
    colleagues = several([15_000] * 12, first=101, employee=2)
    cheaper = several([5_000] * 12, first=101, employee=2)
    assert under(*colleagues, *own) == []
    assert under(*cheaper, *own)


def test_who_spends_much_below_the_limit_too_is_there_by_chance():
    below = [8_000, 9_900, 12_000, 11_000, 10_000, 13_000]
    assert under(*several([*below, 14_500, 14_000, 15_000, 14_500])) == []


def test_what_was_told_is_told_again_after_three_more():
    cases = several([14_500] * 8)
    assert under(*cases[:6], told={1: 4}) == []
    assert under(*cases[:7], told={1: 4})


def test_under_a_small_limit_the_next_round_amount_counts():
    small = {"case_limit_minor": 2_500}
    assert under(*several([2_000] * 4, **small))
    assert under(*several([1_900] * 4, **small)) == []


def test_two_limits_are_two_questions():
    old = several([14_500] * 2, case_limit_minor=15_000)
    assert under(*old, *several([19_500] * 2, first=11, case_limit_minor=20_000)) == []


@given(st.integers(0, 6), st.integers(1, 6), st.fractions(0, 1, max_denominator=9))
def test_chances_are_those_of_all_outcomes_counted(hits, of, share):
    tail = Fraction(0)
    for outcome in product((True, False), repeat=of):
        if sum(outcome) >= hits:
            chance = Fraction(1)
            for hit in outcome:
                chance *= share if hit else 1 - share
            tail += chance
    for once_in in (1, 10, 1000):
        assert is_rarer(hits, of=of, share=share, once_in=once_in) == (tail * once_in < 1)


def team(counts: dict[int, int], *, amount_minor: int = 2_000, **more) -> list[Spent]:
    """By employee so many cases, one a day, the newest today."""
    cases = []
    for employee, count in counts.items():
        cases += [
            days_ago(
                1000 * employee + count - n, n, amount_minor, employee=employee,
                customer=1000 * employee + n, **more,
            )
            for n in range(count)
        ]  # fmt: skip
    return cases


def far(cases: list[Spent], *, told=()) -> list[Far]:
    newest = {each.case for each in cases if each.spent_on == TODAY}
    return list(far_from_peers(cases, fresh=newest, today=TODAY, told=told))


USUAL = {2: 2, 3: 3, 4: 2, 5: 2, 6: 1}


def test_who_spends_many_times_what_colleagues_do_is_shown():
    assert far(team(USUAL | {1: 13})) == [
        Far(1013, 13, 26_000, "GBP", 5, "department", 2, 4_000)
    ]  # fmt: skip
    assert far(team(USUAL | {1: 12})) == []


def test_money_alone_is_enough_and_what_came_back_does_not_count():
    cases = team(USUAL) + team({1: 3}, amount_minor=15_000)
    [found] = far(cases)
    assert (found.count, found.net_minor) == (3, 45_000)
    back = [replace(each, net_minor=0) if each.employee == 1 else each for each in cases]
    assert far(back) == []


def test_with_fewer_than_five_colleagues_who_spend_nobody_is_far():
    fewer = {who: count for who, count in USUAL.items() if who != 6}
    assert far(team(fewer | {1: 20}, grade="")) == []


def test_colleagues_with_the_same_job_count_where_the_department_is_small():
    own = team({1: 13})
    elsewhere = team(USUAL, department=2)
    [found] = far(own + elsewhere)
    assert (found.among, found.peers) == ("grade", 5)
    assert far(own + team(USUAL, department=2, grade="clerk")) == []


def test_somebody_is_told_of_once_a_month_and_only_for_a_new_case():
    cases = team(USUAL | {1: 13})
    assert far(cases, told={1}) == []
    assert list(far_from_peers(cases, fresh={2002}, today=TODAY, told=())) == []


def test_other_money_and_what_a_lead_approved_is_not_compared():
    assert far(team(USUAL, currency="EUR") + team({1: 13})) == []
    assert far(team(USUAL) + team({1: 13}, by_limits=False)) == []


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_the_middle_is_the_median(values):
    assert middle(values) == int(statistics.median(values))


@given(st.integers(0, 10_000), st.lists(st.integers(1, 500), min_size=5))
def test_who_is_far_spends_six_times_the_middle_and_more_moves_nobody_nearer(value, others):
    if is_far(value, others):
        assert value > 6 * middle(others) - 6
        assert is_far(value + 1, others)


def test_a_day_of_another_moment_is_left_alone():
    later = TODAY + timedelta(days=1)
    cases = several([14_500] * 5)
    found = just_under(cases, fresh={5}, today=TODAY - timedelta(days=3), told={}, units=UNITS)
    assert list(found) == []
    assert list(just_under(cases, fresh={5}, today=later, told={}, units=UNITS))


KEYS = [UUID(int=n) for n in range(20_000)]


def test_the_lot_draws_the_percentage_that_was_asked_for():
    drawn = sum(is_drawn(lot(key, b"s"), percent=5) for key in KEYS)
    assert 900 < drawn < 1100
    assert all(is_drawn(lot(key, b"s"), percent=100) for key in KEYS[:1000])
    assert not any(is_drawn(lot(key, b"s"), percent=0) for key in KEYS[:1000])
    assert is_drawn(0, percent=1)
    assert not is_drawn(HIGHEST - 1, percent=99)


def test_the_lot_is_the_same_again_and_another_without_the_secret():
    assert lot(KEYS[7], b"s") == lot(KEYS[7], b"s") != lot(KEYS[7], b"t")
    assert lowest(KEYS, b"s") == lowest(reversed(KEYS), b"s")


SEEDS = (11, 12)
SMALL = {"people": 200}


def test_a_thousand_honest_cases_give_few_questions():
    alarms = defaultdict(int)
    cases = 0
    for seed in SEEDS:
        made = company(seed, **SMALL)
        cases += len(made.spent) * 3 / 4
        for why, count in false_alarms(made).items():
            alarms[why] += count
    a_thousand = {why: 1000 * count / cases for why, count in alarms.items()}
    assert a_thousand.pop("same") < 15
    assert a_thousand.pop("split") < 5
    assert all(rate < 2 for rate in a_thousand.values())


def test_planted_habits_are_shown():
    found, planted = {}, {}
    for seed in SEEDS:
        one, all_of = people_found(company(seed, **SMALL, strength=10))
        for habit, count in all_of.items():
            planted[habit] = planted.get(habit, 0) + count
            found[habit] = found.get(habit, 0) + one[habit]
    assert set(planted) == {"split", "just_under", "same", "far"}
    assert all(found[habit] >= 0.7 * planted[habit] for habit in planted), (found, planted)


@pytest.mark.parametrize(("threshold", "weaker"), [("FAR_SPREADS", 3), ("LEAST_SHARE", None)])
def test_weaker_thresholds_show_honest_people(monkeypatch, threshold, weaker):
    monkeypatch.setattr(signals, threshold, weaker or Fraction(1, 1000))
    if threshold == "LEAST_SHARE":
        monkeypatch.setattr(signals, "ONCE_IN", 1)
    made = [company(seed, **SMALL) for seed in SEEDS]
    why = "far" if threshold == "FAR_SPREADS" else "just_under"
    weak = sum(false_alarms(each)[why] for each in made)
    assert weak > 0.02 * sum(each.people for each in made)
