"""A bonus run from draft to approval: by two, bound to its content, paid out once."""

from datetime import UTC, date, datetime

import pytest

from incentives.models import BonusRun
from incentives.services.bonus_runs import ContentChanged, approve, draft, propose, send_back, void
from incentives.services.eligibility import BonusRefused
from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from people.models import Role, RoleAssignment
from people.services.employment import Pay, set_salary
from tests.conftest import MONDAY
from tests.incentives.test_closing import close, make_pool, report_all

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def pool(goals, system):
    """A pool whose year has one hit day of 250.00; its goals end that Monday."""
    pool = make_pool(system)
    for goal in goals:
        goal.from_date = goal.until_date = MONDAY
        goal.save()
    report_all(goals, system, met=4)
    close(system, final=True)
    return pool


@pytest.fixture
def proposed(pool, ann, bob, cas, fay, eve):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    return propose(run, by=fay, now=NEW_YEAR)


def balances() -> dict[str, int]:
    return {account.code: account.balance() for account in Account.objects.all()}


def test_a_draft_shares_the_whole_pool(pool, ann, bob, cas, fay):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    assert run.state == "draft"
    assert (run.balance_minor, run.shared_minor, run.carried_minor) == (25_000, 25_000, 0)
    shares = dict(run.shares.values_list("employee__number", "share_minor"))
    assert shares == {"ann": 6250, "bob": 6250, "cas": 6250, "fay": 6250}
    assert check_ledger().problems == []


def test_a_draft_is_computed_anew_in_its_place(pool, ann, fay):
    first = draft(pool, 2026, by=fay, now=NEW_YEAR)
    again = draft(pool, 2026, by=fay, now=NEW_YEAR)
    assert (first.pk, first.content_sha256) == (again.pk, again.content_sha256)
    assert again.shares.count() == 2


def test_a_run_is_not_proposed_before_its_year_is_over(pool, ann, fay):
    run = draft(pool, 2026, by=fay, now=datetime(2026, 3, 3, 12, tzinfo=UTC))
    with pytest.raises(BonusRefused, match="runs until"):
        propose(run, by=fay, now=datetime(2026, 12, 31, 12, tzinfo=UTC))


def test_approval_moves_every_share_to_the_payout_account(proposed, eve):
    run = approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    assert run.state == "approved"
    assert balances() == {
        "company:bonus-expense": -25_000, "pool:bonus:2026": 0, "payout:bonus:2026": 25_000,
    }  # fmt: skip
    assert check_ledger().problems == []
    with pytest.raises(BonusRefused, match="approved"):
        approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    assert Transfer.objects.filter(key__startswith="bonus:").count() == 5


def test_who_keeps_salaries_neither_proposes_a_bonus_nor_takes_it_back(pool, ann, fay, eve):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    set_salary(ann.employee, pay=Pay(9_000_000, "GBP"), from_date=MONDAY, by=fay)
    with pytest.raises(BonusRefused, match="Who keeps salaries"):
        propose(run, by=fay, now=NEW_YEAR)
    with pytest.raises(BonusRefused, match="Who keeps salaries"):
        void(run, reason="mine", by=fay, now=NEW_YEAR)
    assert propose(run, by=eve, now=NEW_YEAR).state == "proposed"


def test_who_proposes_does_not_approve_whatever_the_role(proposed, fay, system):
    RoleAssignment.objects.create(
        user=fay, role=Role.EXECUTIVE, from_date=date(2026, 1, 1), made_by=system
    )
    with pytest.raises(BonusRefused, match="Who proposes"):
        approve(proposed, seen_sha256=proposed.content_sha256, by=fay, now=NEW_YEAR)


def test_who_only_works_here_does_not_approve(proposed, ann, system):
    for somebody in (ann, system):
        with pytest.raises(BonusRefused, match="approved by finance"):
            approve(proposed, seen_sha256=proposed.content_sha256, by=somebody, now=NEW_YEAR)


def test_changed_content_is_refused_with_what_changed(proposed, ann, eve):
    salary = ann.employee.salaries.get()
    salary.annual_minor = 4_000_000
    salary.save()
    with pytest.raises(ContentChanged) as refused:
        approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    assert any("ann" in change for change in refused.value.changes)
    assert BonusRun.objects.get().state == "proposed"
    assert balances()["pool:bonus:2026"] == 25_000


def test_content_that_was_not_looked_at_is_refused(proposed, eve):
    with pytest.raises(BonusRefused, match="looked at"):
        approve(proposed, seen_sha256="0" * 64, by=eve, now=NEW_YEAR)


def test_what_somebody_edited_by_hand_is_refused(proposed, eve):
    row = proposed.shares.get(employee__number="ann")
    row.share_minor -= 1
    row.save()
    with pytest.raises(BonusRefused, match="edited"):
        approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)


def test_sent_back_a_run_is_a_draft_again(proposed, fay, eve):
    run = send_back(proposed, reason="check the leavers", by=eve)
    assert (run.state, run.proposed_by) == ("draft", None)
    assert propose(run, by=fay, now=NEW_YEAR).state == "proposed"


def test_a_void_run_gives_the_money_back_and_makes_room(proposed, pool, fay, eve):
    run = approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    void(run, reason="wrong leaver", by=eve, now=NEW_YEAR)
    assert balances() == {
        "company:bonus-expense": -25_000, "pool:bonus:2026": 25_000, "payout:bonus:2026": 0,
    }  # fmt: skip
    assert draft(pool, 2026, by=fay, now=NEW_YEAR).pk != run.pk
    assert check_ledger().problems == []
