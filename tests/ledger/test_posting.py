"""Money moves once, between two accounts of one currency, and never below a floor."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.models import Transfer
from ledger.services.checking import check_ledger
from ledger.services.posting import (
    FloorBroken,
    GuardsMissing,
    KeyAlreadyUsed,
    LedgerRefusal,
    Movement,
    draw,
    open_account,
    post,
    post_many,
    reverse,
    reverse_many,
)
from people import guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return open_account("company", currency="GBP")


@pytest.fixture
def budget():
    return open_account("budget", currency="GBP", floored=True)


def move(from_account, to_account, amount, by, key="k", **more):
    return post(
        key=key, from_account=from_account, to_account=to_account, amount_minor=amount,
        why="test", by=by, **more,
    )  # fmt: skip


def test_a_transfer_moves_money_from_one_account_to_another(company, budget, system):
    move(company, budget, 500, system, earned_day=date(2026, 3, 2))
    assert (company.balance(), budget.balance()) == (-500, 500)
    budget.refresh_from_db()
    assert budget.balance_minor == 500


def test_the_same_key_again_is_the_same_transfer(company, budget, system):
    first = move(company, budget, 500, system)
    assert move(company, budget, 500, system) == first
    assert budget.balance() == 500


def test_the_same_key_with_other_content_is_refused(company, budget, system):
    move(company, budget, 500, system)
    other = open_account("other", currency="GBP")
    for wanted in ((company, budget, 501), (company, other, 500)):
        with pytest.raises(KeyAlreadyUsed):
            move(*wanted, system)
    assert Transfer.objects.count() == 1


def test_a_floor_holds(company, budget, system):
    move(company, budget, 500, system)
    with pytest.raises(FloorBroken, match="holds less than 501"):
        move(budget, company, 501, system, key="too much")
    assert budget.balance() == 500
    move(budget, company, 500, system, key="all")
    assert check_ledger().problems == []


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_do_not_move(company, budget, system, amount):
    with pytest.raises(LedgerRefusal):
        move(company, budget, amount, system)


def test_an_account_does_not_pay_itself(company, system):
    with pytest.raises(LedgerRefusal, match="both"):
        move(company, company, 1, system)


def test_currencies_do_not_mix(company, system):
    with pytest.raises(LedgerRefusal, match="USD"):
        move(company, open_account("us", currency="USD"), 1, system)


def test_an_account_keeps_its_floor(budget):
    with pytest.raises(LedgerRefusal, match="with a floor"):
        open_account("budget", currency="GBP", floored=False)


def test_a_reversal_takes_a_transfer_back_once(company, budget, system):
    transfer = move(company, budget, 500, system)
    back = reverse(transfer, why="mistake", by=system)
    assert back.key == "k:reversal"
    assert reverse(transfer, why="mistake", by=system) == back
    assert budget.balance() == 0
    with pytest.raises(LedgerRefusal, match="is not reversed"):
        reverse(back, why="again", by=system)


def test_money_does_not_move_without_the_guards(company, budget, system):
    guard = next(
        g
        for g in guards.registered(connection.vendor)
        if g.name == "ledger_transfer_is_never_edited"
    )
    with connection.cursor() as cursor:
        for statement in guards.drop_statements(guard, connection.vendor):
            cursor.execute(statement, None)
    with pytest.raises(GuardsMissing, match="ledger_transfer_is_never_edited"):
        move(company, budget, 1, system)
    assert "guard ledger_transfer_is_never_edited is missing or altered" in check_ledger().problems


def drawn(from_account, to_account, amount, by, key="d", currency="GBP") -> None:
    with transaction.atomic():
        draw(
            key=key, from_account_id=from_account.pk, to_account_id=to_account.pk,
            currency=currency, amount_minor=amount, why="test", by=by,
        )  # fmt: skip


def test_what_is_drawn_leaves_the_floored_account_to_the_penny(company, budget, system):
    move(company, budget, 500, system)
    drawn(budget, company, 500, system)
    budget.refresh_from_db()
    assert (budget.balance_minor, budget.balance(), company.balance()) == (0, 0, 0)
    assert check_ledger().problems == []


def test_no_more_is_drawn_than_there_is(company, budget, system):
    move(company, budget, 500, system)
    with pytest.raises(FloorBroken, match="holds less than 501"):
        drawn(budget, company, 501, system)
    assert budget.balance() == 500
    assert check_ledger().problems == []


def test_a_known_key_is_drawn_no_second_time(company, budget, system):
    move(company, budget, 500, system)
    drawn(budget, company, 1, system)
    for key in ("d", "k"):
        with pytest.raises(IntegrityError):
            drawn(budget, company, 1, system, key=key)
    assert budget.balance() == 499


@pytest.mark.parametrize(
    "amount, currency, into", [(0, "GBP", "company"), (-1, "GBP", "company"),
                               (1, "GBP", "budget"), (1, "USD", "company")],
)  # fmt: skip
def test_the_database_refuses_to_draw_what_post_would_refuse(
    company, budget, system, amount, currency, into
):
    move(company, budget, 500, system)
    with pytest.raises(IntegrityError):
        drawn(budget, {"company": company, "budget": budget}[into], amount, system,
              currency=currency)  # fmt: skip
    assert budget.balance() == 500


def test_an_account_without_a_floor_is_not_drawn_from(company, budget, system):
    with pytest.raises(FloorBroken):
        drawn(company, open_account("spent", currency="GBP"), 1, system)
    assert Transfer.objects.count() == 0


def test_nothing_is_drawn_without_the_guards(company, budget, system, monkeypatch):
    move(company, budget, 500, system)
    monkeypatch.setattr(guards, "LATELY", 0)
    guard = next(
        g for g in guards.registered(connection.vendor)
        if g.name == "ledger_transfer_is_never_edited"
    )  # fmt: skip
    with connection.cursor() as cursor:
        for statement in guards.drop_statements(guard, connection.vendor):
            cursor.execute(statement, None)
    with pytest.raises(GuardsMissing, match="ledger_transfer_is_never_edited"):
        drawn(budget, company, 1, system)
    assert budget.balance() == 500


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 900)), max_size=15
    )
)
def test_balances_always_sum_to_zero(moves, system):
    accounts = [open_account(f"a{n}", currency="GBP", floored=n > 1) for n in range(4)]
    start = Transfer.objects.count()
    for number, (source, to, amount) in enumerate(moves):
        try:
            move(accounts[source], accounts[to], amount, system, key=f"m{start + number}")
        except LedgerRefusal:
            continue
    assert check_ledger().problems == []
    assert sum(account.balance() for account in accounts) == 0


def movements(from_account, to_account, *amounts):
    return [
        Movement(f"k{number}", from_account, to_account, amount, "test")
        for number, amount in enumerate(amounts)
    ]


def test_many_movements_move_once(company, budget, system):
    wanted = movements(company, budget, 5, 7, 11)
    assert post_many(wanted[:2], by=system) == 2
    assert post_many(wanted, by=system) == 1
    assert post_many(wanted, by=system) == 0
    budget.refresh_from_db()
    assert (budget.balance_minor, budget.balance(), company.balance()) == (23, 23, -23)
    assert check_ledger().ok


def test_of_many_movements_none_moves_when_one_may_not(company, budget, system):
    wanted = movements(company, budget, 5, 7)
    post_many(wanted, by=system)
    other = movements(company, budget, 5, 8, 9)
    refused = [
        (other, KeyAlreadyUsed),
        ([*movements(budget, company, 1), *movements(company, budget, 1)], LedgerRefusal),
        ([Movement("x", budget, company, 13, "test")], FloorBroken),
        ([Movement("y", company, budget, 1, "test"), Movement("z", company, budget, 0, "test")],
         LedgerRefusal),
    ]  # fmt: skip
    for each, error in refused:
        with pytest.raises(error):
            post_many(each, by=system)
    budget.refresh_from_db()
    assert (Transfer.objects.count(), budget.balance_minor) == (2, 12)


def test_many_movements_are_taken_back_once(company, budget, system):
    post_many(movements(company, budget, 5, 7), by=system)
    made = list(Transfer.objects.select_related("from_account", "to_account"))
    assert reverse_many(made, why="mistake", by=system) == 2
    assert reverse_many(made, why="mistake", by=system) == 0
    budget.refresh_from_db()
    assert budget.balance_minor == 0
    reversal = Transfer.objects.get(key="k0:reversal")
    assert reversal.reverses_id == made[0].pk
    with pytest.raises(LedgerRefusal):
        reverse_many([reversal], why="again", by=system)
    assert check_ledger().ok
