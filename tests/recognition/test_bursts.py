"""Many nominations in few hours, compared with what the same people give otherwise."""

from datetime import UTC, datetime, timedelta

from recognition.rules.fair_play.bursts import Gift, bursts

YEAR = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
LAST_DAY = datetime(2026, 3, 30, 13, 0, tzinfo=UTC)
CLAIMS, BILLING = 1, 2


def quiet_year(*givers: int, department: int = CLAIMS) -> list[Gift]:
    """Each gives one nomination a week."""
    return [
        Gift(1000 * giver + week, giver, department, YEAR + timedelta(weeks=week, hours=giver))
        for giver in givers
        for week in range(56)
    ]


def afternoon(*givers: int, each: int, at=LAST_DAY, department: int = CLAIMS) -> list[Gift]:
    return [
        Gift(90_000 + 100 * giver + n, giver, department, at + timedelta(minutes=5 * n + giver))
        for giver in givers
        for n in range(each)
    ]


def test_a_few_who_give_a_year_s_praise_in_an_afternoon_are_found():
    year, many = quiet_year(1, 2, 3, 4), afternoon(1, 2, each=6)
    [found] = bursts([*year, *many])
    assert set(found.nominations) == {gift.nomination for gift in many}
    assert (found.givers, found.first, found.days_left) == ((1, 2), many[0].at, 1)
    assert found.usual == 2


def test_what_they_give_every_week_is_no_burst():
    weeks = [
        gift
        for week in range(56)
        for gift in afternoon(1, 2, 3, each=4, at=YEAR + timedelta(weeks=week))
    ]
    assert bursts(weeks) == []


def test_on_a_day_on_which_everybody_praises_nobody_stands_out():
    year = quiet_year(*range(1, 40)) + quiet_year(*range(40, 80), department=BILLING)
    day = afternoon(1, 2, each=5)
    everybody = [
        gift for giver in range(40, 80) for gift in afternoon(giver, each=10, department=BILLING)
    ]
    assert [found.givers for found in bursts([*year, *day])] == [(1, 2)]
    assert bursts([*year, *day, *everybody]) == []


def test_who_gave_one_that_afternoon_is_not_of_the_burst():
    [found] = bursts([*quiet_year(1, 2, 3), *afternoon(1, 2, each=6), *afternoon(3, each=1)])
    assert found.givers == (1, 2)


def test_one_alone_is_no_burst():
    assert bursts([*quiet_year(1, 2), *afternoon(1, each=12)]) == []


def test_a_handful_is_no_burst():
    assert bursts([*quiet_year(1, 2), *afternoon(1, 2, each=4)]) == []


def test_nothing_is_no_burst():
    assert bursts([]) == []


def test_the_quarter_s_end_is_counted_over_new_year():
    late = datetime(2025, 12, 31, 12, 0, tzinfo=UTC)
    [found] = bursts([*quiet_year(1, 2), *afternoon(1, 2, each=6, at=late)])
    assert found.days_left == 0
