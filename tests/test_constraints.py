"""The database refuses by name what money, verdicts and two-person rules must never hold."""

from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from empowerment.models import (
    LARGEST_MINOR,
    AccountingExport,
    AccountingLine,
    CardLine,
    CardMatch,
    CardStatement,
    Case,
    CaseReturn,
    Customer,
    FollowUp,
    Limit,
    MomentOfTruth,
    MonthlyBudget,
    Receipt,
    Review,
    SiteCurrencies,
)
from incentives.models import DayVerdict, Excuse, HeldFigure, PoolPolicy, Restatement
from ledger.models import Account, Transfer
from ledger.services.posting import open_account
from people.models import Employee, Leave
from tests.conftest import MONDAY, TUESDAY_NOON, make_target
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


def case(by, goal, **changes) -> Case:
    """One of 9 minor units for customer C, unless `changes` say otherwise."""
    values = {"amount_minor": 9, "state": "approved", "spent_on": MONDAY, "key": uuid4()}
    site = goal.department.placements.get().site
    return Case.objects.create(
        employee=Employee.objects.get_or_create(
            number="new", defaults={"name": "New", "hired_on": MONDAY}
        )[0],
        department=goal.department, site=site, remedy="refund", currency="GBP",
        customer=Customer.objects.get_or_create(
            folded="c", defaults={"reference": "C", "last_case_at": TUESDAY_NOON}
        )[0],
        moment=MomentOfTruth.objects.get_or_create(code="m", defaults={"name": "m"})[0],
        entered_at=TUESDAY_NOON, **(values | changes),
    )  # fmt: skip


def limit(by, **changes) -> Limit:
    values = {"measure": "case", "scope": "everybody", "amount_minor": 9, "reason": "x"}
    return Limit.objects.create(
        currency="GBP", from_date=MONDAY, made_by=by, made_at=TUESDAY_NOON, **(values | changes)
    )


def case_return(by, goal, *, amount_minor: int = 5) -> CaseReturn:
    return CaseReturn.objects.create(
        case=case(by, goal, returned_minor=5), key=uuid4(), amount_minor=amount_minor, reason="x",
        made_by=by, made_at=TUESDAY_NOON,
    )  # fmt: skip


def review(by, of: Case, **changes) -> None:
    Review.objects.create(case=of, why="sample", opened_at=TUESDAY_NOON, **changes)


def reviewed_twice(by, goal) -> None:
    once = case(by, goal)
    review(by, once)
    review(by, once)


def budget(by, goal, **changes) -> MonthlyBudget:
    values = {"month": date(2026, 3, 1), "currency": "GBP"} | changes
    account = open_account(f"budget-{MonthlyBudget.objects.count()}", currency="GBP", floored=True)
    return MonthlyBudget.objects.create(
        department=goal.department, limit=limit(by), account=account, **values
    )


def budgeted_twice(by, goal) -> None:
    budget(by, goal)
    budget(by, goal)


def accounting_line(by, of: Case, **values) -> None:
    export = AccountingExport.objects.create(
        currency="GBP", through=MONDAY, made_by=by, made_at=TUESDAY_NOON
    )
    AccountingLine.objects.create(
        export=export, case=of, day=MONDAY, debit="d", credit="c", **values
    )


def told_twice(by, goal) -> None:
    once = case(by, goal)
    accounting_line(by, once, amount_minor=9)
    accounting_line(by, once, amount_minor=9)


def matched_twice(by, goal) -> None:
    once = case(by, goal)
    for line in card_lines(by, identities=("one", "other")):
        CardMatch.objects.create(line=line, case=once, found=True, made_by=by, made_at=TUESDAY_NOON)


def card_lines(by, *, identities) -> list[CardLine]:
    statement = CardStatement.objects.create(
        name="s", sha256="s", currency="GBP", imported_by=by, imported_at=TUESDAY_NOON
    )
    return [
        CardLine.objects.create(
            statement=statement,
            line=line,
            identity=identity,
            date=MONDAY,
            amount_minor=1,
            currency="GBP",
            kind="purchase",
        )
        for line, identity in enumerate(identities)
    ]


def another_receipt(by, goal, *, size: int) -> None:
    Receipt.objects.create(
        case=case(by, goal), image=b"x" * size, sha256="x", added_at=TUESDAY_NOON
    )


def keyed_twice(by, goal) -> None:
    key = uuid4()
    case(by, goal, key=key)
    case(by, goal, key=key)


DECIDED = {"decided_at": TUESDAY_NOON}
EMPOWERMENT = {
    "a_case_spends_more_than_nothing": lambda by, goal: case(by, goal, amount_minor=0),
    "a_case_spends_more_than_nothing-most": lambda by, goal: case(
        by, goal, amount_minor=LARGEST_MINOR
    ),
    "no_more_comes_back_than_was_spent": lambda by, goal: case(by, goal, returned_minor=10),
    "no_more_comes_back_than_was_spent-least": lambda by, goal: case(by, goal, returned_minor=-1),
    "only_what_was_approved_was_spent": lambda by, goal: case(by, goal, spent_on=None),
    "only_what_was_approved_was_spent-asked": lambda by, goal: case(
        by, goal, state="asked", decide_by=TUESDAY_NOON
    ),
    "of_a_cancelled_case_all_comes_back": lambda by, goal: case(
        by, goal, state="cancelled", returned_minor=8
    ),
    "a_decision_says_by_whom_and_when": lambda by, goal: case(by, goal, decided_by=by),
    "a_decision_says_by_whom_and_when-who": lambda by, goal: case(by, goal, **DECIDED),
    "a_case_is_declined_by_somebody": lambda by, goal: case(
        by, goal, state="declined", spent_on=None
    ),
    "what_is_asked_for_has_a_clock": lambda by, goal: case(by, goal, state="asked", spent_on=None),
    "empowerment_case.*key": keyed_twice,
    "a_customer_has_a_reference": lambda by, goal: Customer.objects.create(
        folded="", reference="-", last_case_at=TUESDAY_NOON
    ),
    "a_receipt_is_at_most_400_000_bytes": lambda by, goal: another_receipt(by, goal, size=400_001),
    "more_than_nothing_comes_back": lambda by, goal: case_return(by, goal, amount_minor=0),
    "customers_are_asked_after_30_and_90_days": lambda by, goal: FollowUp.objects.create(
        case=case(by, goal), after_days=31, answer="left", made_by=by, made_at=TUESDAY_NOON
    ),
    "a_case_is_to_be_reviewed_for_a_reason_once": reviewed_twice,
    "a_review_says_by_whom_and_when": lambda by, goal: review(
        by, case(by, goal), reviewed_by=by
    ),
    "a_limit_is_an_amount_or_none": lambda by, goal: limit(by, amount_minor=-1),
    "a_limit_per_customer_and_no_other_counts_days": lambda by, goal: limit(by, days=30),
    "a_limit_per_customer_and_no_other_counts_days-none": lambda by, goal: limit(
        by, measure="customer"
    ),
    "a_limit_says_for_whom_it_is_in_one_way": lambda by, goal: limit(by, grade="Clerk"),
    "a_limit_says_for_whom_it_is_in_one_way-none": lambda by, goal: limit(by, scope="person"),
    "a_departments_limit_is_not_a_persons": lambda by, goal: limit(
        by, measure="department", scope="role", role="lead"
    ),
    "a_limit_says_why": lambda by, goal: limit(by, reason=""),
    "a_sites_currencies_are_named_and_say_why": lambda by, goal: SiteCurrencies.objects.create(
        site=goal.department.placements.get().site, currencies="", from_date=MONDAY, reason="x",
        made_by=by, made_at=TUESDAY_NOON,
    ),
    "a_department_has_one_empowerment_budget_a_month": budgeted_twice,
    "a_monthly_budget_begins_on_the_first": lambda by, goal: budget(by, goal, month=MONDAY),
    "a_budget_is_not_funded_below_nothing": lambda by, goal: budget(by, goal, funded_minor=-1),
    "accounting_is_told_of_a_case_once": told_twice,
    "a_return_is_told_below_zero": lambda by, goal: accounting_line(
        by, case(by, goal), amount_minor=-9
    ),
    "empowerment_cardline.*identity": lambda by, goal: card_lines(
        by, identities=("same", "same")
    ),
    "a_case_has_one_card_line": matched_twice,
}  # fmt: skip
"""By name, what breaks it; where there are several ways, they follow after a dash."""

BROKEN = EMPOWERMENT | {
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


COLUMNS = {
    "a_case_is_to_be_reviewed_for_a_reason_once": "review.case_id, empowerment_review.why",
    "a_department_has_one_empowerment_budget_a_month": "monthlybudget.department_id, .*month",
    "accounting_is_told_of_a_case_once": "accountingline.case_id",
    "a_case_has_one_card_line": "cardmatch.case_id",
}


def test_every_constraint_of_empowerment_is_broken_here():
    known = {
        constraint.name
        for model in apps.get_app_config("empowerment").get_models()
        for constraint in model._meta.constraints
    }
    assert known - {name.partition("-")[0] for name in EMPOWERMENT} == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_constraint_refuses_by_its_name(name, goals, system):
    # SQLite says the columns of a key that is there already, PostgreSQL its name.
    said = f"{name.partition('-')[0]}|{COLUMNS.get(name, name)}"
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        BROKEN[name](system, goals[0])
