"""The database refuses by name what money, verdicts and two-person rules must never hold."""

import pytest
from django.db import IntegrityError, transaction

from incentives.models import DayVerdict, Excuse, HeldFigure, PoolPolicy, Restatement
from ledger.models import Account, Transfer
from ledger.services.posting import open_account
from people.models import Employee, Leave
from tests.conftest import MONDAY, make_target
from tests.incentives.test_closing import make_pool

pytestmark = pytest.mark.django_db


def transfer(by, *, amount: int) -> None:
    one, other = open_account("one", currency="GBP"), open_account("two", currency="GBP")
    Transfer.objects.create(
        key="k", from_account=one, to_account=other, amount_minor=amount, currency="GBP",
        why="x", made_by=by,
    )  # fmt: skip


def verdict(by, **changes) -> None:
    values = {
        "due": 1,
        "counted": 1,
        "met_weight": 0,
        "counted_weight": 1,
        "needed": 1,
        "hit": False,
    }
    DayVerdict.objects.create(
        date=MONDAY, status="provisional", threshold_bp=9500, mode="share", unreported="missed",
        is_company=True, made_by=by, **(values | changes),
    )  # fmt: skip


def restatement(by, goal, **changes) -> None:
    values = {"reason": "x", "moves_money": True, "state": "applied", "decided_by": by}
    Restatement.objects.create(
        date=MONDAY, department=goal.department, metric=goal.metric, kind="excuse", preview={},
        made_by=by, **(values | changes),
    )  # fmt: skip


BROKEN = {
    "a_transfer_moves_more_than_nothing": lambda by, goal: transfer(by, amount=0),
    "a_floored_account_is_never_below_zero": lambda by, goal: Account.objects.create(
        code="f", currency="GBP", floored=True, balance_minor=-1
    ),
    "a_day_hits_exactly_when_it_has_what_is_needed": lambda by, goal: verdict(by, hit=True),
    "a_day_that_does_not_hit_pays_nothing": lambda by, goal: verdict(by, contribution_minor=1),
    "a_restated_day_says_why": lambda by, goal: verdict(by, version=2),
    "who_proposes_money_does_not_approve_it": restatement,
    "a_restatement_says_why": lambda by, goal: restatement(by, goal, reason="", state="refused"),
    "who_enters_a_figure_does_not_confirm_it": lambda by, goal: HeldFigure.objects.create(
        date=MONDAY, department=goal.department, metric=goal.metric, value_scaled=1, source="form",
        state="confirmed", made_by=by, decided_by=by,
    ),
    "an_excuse_says_why": lambda by, goal: Excuse.objects.create(
        date=MONDAY, department=goal.department, metric=goal.metric, reason="", made_by=by
    ),
    "a_target_weighs_at_least_one": lambda by, goal: make_target(
        goal.department, goal.metric, "1", by, weight=0, from_date=MONDAY.replace(year=2020),
        until_date=MONDAY.replace(year=2021),
    ),
    "a_threshold_is_above_none_and_at_most_all": lambda by, goal: PoolPolicy.objects.create(
        pool=make_pool(by), from_date=MONDAY, threshold_bp=10_001, made_by=by
    ),
    "only_who_leaves_is_marked_as_a_leaver": lambda by, goal: Employee.objects.create(
        number="stays", name="Stays", hired_on=MONDAY, good_leaver=True
    ),
    "leave_ends_on_or_after_its_first_day": lambda by, goal: Leave.objects.create(
        employee=Employee.objects.create(number="new", name="New", hired_on=MONDAY), kind="care",
        from_date=MONDAY, until_date=MONDAY.replace(day=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_constraint_refuses_by_its_name(name, goals, system):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](system, goals[0])
