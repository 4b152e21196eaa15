"""Card lines find their cases: never by guessing, and as many as are certain."""

from datetime import date, datetime, timedelta
from itertools import combinations
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from empowerment.models import CardLine, CardMatch, CardMismatch, Case, CaseReturn, Customer, Remedy
from empowerment.rules.matching import Item, Pair, certain, fits
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.matching import (
    MatchRefused,
    cases_without_line,
    counterparts,
    match,
    match_lines,
    take_apart,
)
from empowerment.services.spending import spend
from people.models import AuditEntry
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import wanted
from tests.empowerment.test_card_lines import STATEMENTS, imported, lines

DAY = date(2026, 3, 3)


def best_sets(lines: list[Item], cases: list[Item], apart: frozenset[Pair]) -> list[frozenset]:
    """Every set of pairs in which nobody stands twice, tried one by one; those with most pairs,
    and of these those with the fewest days."""
    by_pair = {
        (line.key, case.key): abs((line.day - case.day).days)
        for line in lines for case in cases
        if fits(line, case) and (line.key, case.key) not in apart
    }  # fmt: skip
    found: list[tuple[int, int, frozenset]] = []
    for size in range(min(len(lines), len(cases)) + 1):
        for some in combinations(by_pair, size):
            whole = len({line for line, _case in some}) == len({case for _line, case in some})
            if whole and len({line for line, _case in some}) == size:
                found.append((-size, sum(by_pair[pair] for pair in some), frozenset(some)))
    best = min(found)[:2]
    return [some for *worth, some in found if tuple(worth) == best]


def items(side: str) -> st.SearchStrategy[list[Item]]:
    one = st.tuples(st.integers(0, 11), st.sampled_from([100, 100, 100, 250]))
    return st.lists(one, max_size=4).map(
        lambda rows: [
            Item(n + (100 if side == "case" else 0), DAY + timedelta(days=days), amount, "GBP")
            for n, (days, amount) in enumerate(rows)
        ]
    )


PAIRS = st.frozensets(st.tuples(st.integers(0, 3), st.integers(100, 103)), max_size=3)


@settings(max_examples=400, deadline=None)
@given(items("line"), items("case"), PAIRS)
def test_a_pair_is_certain_when_it_is_in_every_best_set(
    lines: list[Item], cases: list[Item], apart: frozenset[Pair]
) -> None:
    obvious = frozenset.intersection(*best_sets(lines, cases, apart))
    assert certain(lines, cases, apart) == sorted(obvious)


def item(key: int, days: int, amount: int = 100) -> Item:
    return Item(key, DAY + timedelta(days=days), amount, "GBP")


@pytest.mark.parametrize(
    ("lines", "cases", "pairs"),
    [
        ([(1, 0)], [(2, 0)], [(1, 2)]),
        ([(1, -2)], [(2, 0)], [(1, 2)]), ([(1, -3)], [(2, 0)], []),
        ([(1, 7)], [(2, 0)], [(1, 2)]), ([(1, 8)], [(2, 0)], []),
        ([(1, 0, 101)], [(2, 0)], []),
        ([(1, 0)], [(2, 0), (3, 0)], []), ([(1, 0), (4, 0)], [(2, 0)], []),
        # The nearest day decides, where it can.
        ([(1, 0)], [(2, 0), (3, 1)], [(1, 2)]), ([(1, 0)], [(2, -1), (3, 1)], []),
        # As many as possible: the nearest for one would leave the other alone.
        ([(1, 5), (4, 3)], [(2, 3), (3, -3)], [(1, 2), (4, 3)]),
    ],
)  # fmt: skip
def test_pairs(lines, cases, pairs):
    assert certain([item(*each) for each in lines], [item(*each) for each in cases]) == pairs


def test_a_year_of_one_amount_is_matched_in_seconds():
    lines = [item(n, n // 2) for n in range(730)]
    cases = [item(1000 + n, n * 3) for n in range(120)]
    assert certain(lines, cases) == []
    alone = [item(n, n * 11) for n in range(300)]
    assert len(certain(alone, [item(1000 + n, n * 11 - 3) for n in range(300)])) == 300


@pytest.fixture
def spent(limits, delayed, ann):
    def spent(amount_minor: int, *, days: int = 0, remedy: Remedy = Remedy.GOODS) -> Case:
        when = TUESDAY_NOON + timedelta(days=days)
        one = wanted(amount_minor, reference=f"C-{uuid4().hex[:8]}", remedy=remedy)
        return spend(one, by=ann, now=when)

    return spent


def came(*rows: str, by) -> list[CardLine]:
    imported(lines(*rows), by=by, date_order="dmy")
    return list(CardLine.objects.order_by("pk"))


def pairs() -> list[tuple]:
    return list(CardMatch.objects.order_by("line").values_list("line", "case", "returned"))


def run(by, now: datetime = TUESDAY_NOON) -> int:
    return match_lines(by=by, now=now)


def test_what_is_clear_is_matched_when_a_file_comes(spent, system):
    flowers, cake = spent(2_500), spent(1_200, remedy=Remedy.REFUND)
    [one, two, other] = came(
        "05/03/2026,,25.00,Florist,", "04/03/2026,,12.00,Baker,", "04/03/2026,,99,Paper,", by=system
    )
    assert pairs() == [(one.pk, flowers.pk, None), (two.pk, cake.pk, None)]
    assert run(system) == 0
    assert AuditEntry.objects.filter(action="match_card_lines").count() == 1
    assert list(CardLine.objects.unmatched()) == [other]


def test_what_is_doubtful_is_left_to_finance(spent, system, fay):
    first, second = spent(2_500), spent(2_500)
    [line] = came("04/03/2026,,25.00,Florist,", by=system)
    assert pairs() == []
    assert {each.case for each in counterparts(line)} == {first, second}
    match(line, case=second, by=fay, now=TUESDAY_NOON)
    assert pairs() == [(line.pk, second.pk, None)]
    assert list(cases_without_line()) == [first]
    entry = AuditEntry.objects.get(action="match_card_line")
    assert (entry.by, entry.subject) == (fay, f"card-line:{line.pk}")


def test_money_back_is_matched_with_what_came_back(spent, system, ann):
    case = spent(2_500)
    back = give_back(case, GivenBack(uuid4(), 2_500, "unused"), by=ann, now=TUESDAY_NOON)
    [line, _bill] = came("06/03/2026,,-25.00,Florist,", "06/03/2026,,-25.00,,", by=system)
    assert pairs() == [(line.pk, case.pk, back.pk)]


def test_what_finance_took_apart_stays_apart(spent, system, fay):
    case = spent(2_500)
    [line] = came("04/03/2026,,25.00,Florist,", by=system)
    [made] = CardMatch.objects.all()
    with pytest.raises(MatchRefused, match="Say why"):
        take_apart(made, why=" ", by=fay, now=TUESDAY_NOON)
    take_apart(made, why="for the office", by=fay, now=TUESDAY_NOON)
    assert (run(system), pairs()) == (0, [])
    with pytest.raises(MatchRefused, match="Somebody else"):
        take_apart(made, why="again", by=fay, now=TUESDAY_NOON)
    match(line, case=case, by=fay, now=TUESDAY_NOON)
    assert (pairs(), CardMismatch.objects.count()) == ([(line.pk, case.pk, None)], 0)


def test_one_line_is_one_case(spent, system, fay):
    case, other = spent(2_500), spent(2_000)
    [line, second] = came("04/03/2026,,25.00,Florist,", "09/04/2026,,25.00,Florist,", by=system)
    with pytest.raises(MatchRefused, match="matched already"):
        match(line, case=other, why="x", by=fay, now=TUESDAY_NOON)
    with pytest.raises(MatchRefused, match="matched already"):
        match(second, case=case, by=fay, now=TUESDAY_NOON)
    with pytest.raises(MatchRefused, match="amounts differ"):
        match(second, case=other, by=fay, now=TUESDAY_NOON)
    match(second, case=other, why="with postage", by=fay, now=TUESDAY_NOON)
    assert AuditEntry.objects.get(action="match_card_line").why == "with postage"


def test_only_what_is_alike_can_be_matched(spent, system, fay, ann):
    case = spent(2_500)
    back = give_back(case, GivenBack(uuid4(), 100, "unused"), by=ann, now=TUESDAY_NOON)
    [bill, far] = came("04/03/2026,,-5.00,,", "04/05/2026,,25.00,Florist,", by=system)
    for line, returned in ((bill, None), (far, back)):
        with pytest.raises(MatchRefused, match="A purchase is matched with a case"):
            match(line, case=case, returned=returned, why="x", by=fay, now=TUESDAY_NOON)
    far.currency = "EUR"
    with pytest.raises(MatchRefused, match="different currencies"):
        match(far, case=case, by=fay, now=TUESDAY_NOON)
    asked = Case(state=Case.State.ASKED, currency="GBP", amount_minor=2_500)
    far.currency = "GBP"
    with pytest.raises(MatchRefused, match="Nothing was spent"):
        match(far, case=asked, by=fay, now=TUESDAY_NOON)


def test_cases_are_looked_for_on_cards_only_where_something_was_bought(spent, system):
    goods = spent(2_500)
    spent(1_000, remedy=Remedy.WAIVER)
    spent(1_100, remedy=Remedy.REFUND)
    assert list(cases_without_line()) == [goods]


def test_planted_cases_are_found_among_two_thousand_real_lines(limits, delayed, ann, system):
    for path in STATEMENTS:
        imported(path.read_bytes(), by=system)
    once = {}
    for line in CardLine.objects.filter(kind="purchase", amount_minor__lt=15_000):
        once.setdefault(line.amount_minor, []).append(line)
    planted = [found[0] for found in once.values() if len(found) == 1 and found[0].amount_minor][
        :200
    ]
    cases = {line.pk: planted_case(line, ann, delayed) for line in planted}
    assert run(system) == len(planted) == 200
    assert dict(CardMatch.objects.values_list("line", "case")) == cases
    assert CardLine.objects.unmatched().count() == 2356 - 1 - 200


def planted_case(line: CardLine, ann, delayed) -> int:
    """A case as it would stand there had it been entered the day before its line."""
    day = line.date - timedelta(days=1)
    customer, _new = Customer.objects.get_or_create(
        folded="c1", defaults={"reference": "C1", "last_case_at": TUESDAY_NOON}
    )
    membership = ann.employee.memberships.get()
    return Case.objects.create(
        key=uuid4(), employee=ann.employee, department=membership.department,
        site=membership.department.placements.get().site, customer=customer, moment=delayed,
        remedy=Remedy.GOODS, amount_minor=line.amount_minor, currency="GBP", spent_on=day,
        state=Case.State.APPROVED, entered_at=TUESDAY_NOON,
    ).pk  # fmt: skip


def test_a_return_belongs_to_one_line(spent, system, ann, fay):
    case = spent(2_500)
    back = give_back(case, GivenBack(uuid4(), 500, "part"), by=ann, now=TUESDAY_NOON)
    [one, two] = came("04/03/2026,,-5.00,Florist,", "04/03/2026,,-5.00,Florist,", by=system)
    assert pairs() == []
    assert [each.returned for each in counterparts(one)] == [back]
    match(one, case=case, returned=back, by=fay, now=TUESDAY_NOON)
    with pytest.raises(MatchRefused, match="matched already"):
        match(two, case=case, returned=CaseReturn.objects.get(), by=fay, now=TUESDAY_NOON)
