"""The rules, exhaustively where that is possible."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from incentives import rules
from incentives.rules import Direction, GoalState, Mode, Tally, Unreported


def test_ninety_five_percent_is_compared_in_integers_up_to_2000_goals():
    for counted in range(1, 2001):
        first_hit = next(m for m in range(counted + 1) if 10_000 * m >= 9500 * counted)
        assert rules.needed(counted, 9500) == first_hit
        assert rules.hits(first_hit, counted, 9500) is True
        assert first_hit == 0 or rules.hits(first_hit - 1, counted, 9500) is False


def test_a_rounded_95_percent_that_is_not_95_does_not_hit():
    # 18 of 19 is 94.74 percent, shown as 95.
    assert round(100 * 18 / 19) == 95
    assert rules.hits(18, 19, 9500) is False


def test_exactly_on_target_is_met():
    assert rules.meets(5, 5, Direction.AT_LEAST)
    assert rules.meets(5, 5, Direction.AT_MOST)


def test_blank_is_not_zero():
    state = rules.goal_state(
        None, 0, Direction.AT_LEAST, excused=False, without_figure=GoalState.AWAITED
    )
    assert state is GoalState.AWAITED
    assert (
        rules.goal_state(0, 0, Direction.AT_LEAST, excused=False, without_figure=GoalState.AWAITED)
        is GoalState.MET
    )


def test_nothing_counted_is_no_verdict():
    assert rules.hits(0, 0, 9500) is None


def test_an_excuse_outranks_a_value():
    state = rules.goal_state(
        10, 5, Direction.AT_LEAST, excused=True, without_figure=GoalState.MISSED
    )
    assert state is GoalState.EXCUSED


def _tally(**goals) -> Tally:
    counts = {GoalState[name.upper()]: n for name, n in goals.items()}
    return Tally(counts, {state: 3 * n for state, n in counts.items()})


def _judge(tally, **more):
    return rules.judge(
        tally,
        **{"threshold_bp": 9500, "mode": Mode.SHARE, "unreported": Unreported.MISSED, "final": True}
        | more,
    )


def test_awaited_goals_are_not_yet_met_until_the_day_is_final():
    tally = _tally(met=19, awaited=1)
    for unreported in Unreported:
        provisional = _judge(tally, unreported=unreported, final=False)
        assert (provisional.counted, provisional.needed, provisional.hit) == (20, 19, True)
    assert _judge(tally, unreported=Unreported.LEAVE_OUT).counted == 19


def test_excused_goals_do_not_count():
    assert _judge(_tally(met=18, missed=1, excused=1)).counted == 19


def test_weights_count_in_weighted_mode():
    judged = _judge(_tally(met=19, missed=1), mode=Mode.WEIGHTED)
    assert (judged.met, judged.counted, judged.met_weight, judged.counted_weight) == (
        19,
        20,
        57,
        60,
    )
    assert judged.needed == 57
    assert judged.hit is True


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(
    goals=st.lists(
        st.tuples(
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.integers(-(2**63), 2**63 - 1),
            st.sampled_from(list(Direction)),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    ),
    near=st.booleans(),
    without=st.sampled_from([GoalState.AWAITED, GoalState.MISSED]),
)
def test_the_sql_expression_is_the_verdict_function(goals, near, without):
    if near:
        goals = [(t if v is not None else None, t, d, e) for v, t, d, e in goals]
    for value, target, direction, excused in goals:
        expression = rules.goal_state_sql("v", "t", "d", "e", without)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {expression} FROM (SELECT CAST(%s AS bigint) AS v,"
                " CAST(%s AS bigint) AS t, CAST(%s AS varchar) AS d, CAST(%s AS bigint) AS e) g",
                [value, target, direction.value, 1 if excused else None],
            )
            (state,) = cursor.fetchone()
        assert state == rules.goal_state(
            value, target, direction, excused=excused, without_figure=without
        )


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=7, min_value=-(10**11), max_value=10**11
    )
)
def test_a_figure_survives_scaling(value):
    assert rules.unscaled(rules.scaled(value), 7) == value


@pytest.mark.parametrize(
    ("value", "decimals", "from_float", "expected"),
    [
        ("71.43", 2, False, "71.43"),
        ("0.6970000000000001", 3, True, "0.697"),
        ("71.434", 2, False, None),
        ("71.434", 2, True, None),
    ],
)
def test_decimals_fit_or_are_refused(value, decimals, from_float, expected):
    if expected is None:
        with pytest.raises(ValueError, match="decimals"):
            rules.fit_decimals(Decimal(value), decimals, from_float=from_float)
    else:
        fitted = rules.fit_decimals(Decimal(value), decimals, from_float=from_float)
        assert fitted == Decimal(expected)


def test_the_fiscal_year_is_named_by_the_year_in_which_it_ends():
    april = rules.fiscal_year(date(2026, 3, 31), "04-01")
    assert (april.name, april.first, april.last) == (2026, date(2025, 4, 1), date(2026, 3, 31))
    assert rules.fiscal_year(date(2026, 4, 1), "04-01").name == 2027
    assert rules.fiscal_year(date(2024, 2, 29), "01-01").days == 366


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [("fixed", 25_000, 25_000), ("per_head", 150, 450), ("payroll_bp", 50, 123)],
)
def test_a_contribution_is_fixed_per_head_or_of_the_payroll(kind, amount, expected):
    # Three people at 30,000.00 full time: 90,000.00 a year is 246.58 a day; 50 bp of it is 1.23.
    paid = rules.contribution_minor(
        kind, amount, heads=3, payroll_minor_bp=3 * 3_000_000 * 10_000, days_in_year=365
    )
    assert paid == expected
