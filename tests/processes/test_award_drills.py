"""Awards under many hands at once: each is granted once and paid once, or not at all."""

import pytest

from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from recognition.models import Award, AwardLevel, Behaviour, PanelMember, RewardLine
from recognition.services.awards import raise_to
from tests.conftest import MONDAY, TUESDAY_NOON, make_person
from tests.processes.test_drills import drill
from tests.recognition.conftest import praised
from tests.recognition.test_awards import balance, funded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

BUDGET, REWARDS = "recognition:company:2026", "recognition:rewards"


@pytest.fixture
def level(db) -> AwardLevel:
    return AwardLevel.objects.create(
        code="spot", name="Spot award", amount_minor=5000, currency="GBP", tax_class="benefit",
        repeat_months=0,
    )  # fmt: skip


@pytest.fixture
def behaviour(db) -> Behaviour:
    return Behaviour.objects.create(code="promise", name="Kept a promise")


@pytest.fixture
def team(bob, claims, system) -> list:
    """16 colleagues whom Bob leads."""
    return [make_person(f"mate{n}", claims, by=system) for n in range(16)]


@pytest.fixture
def givers(billing, system) -> list:
    return [make_person(f"giver{n}", billing, by=system) for n in range(16)]


def paid() -> int:
    return Transfer.objects.filter(key__startswith="recognition:award:", reverses=None).count()


def test_of_16_who_raise_the_same_praise_one_does(ann, bob, cas, fay, level, behaviour):
    funded(fay)
    praised(ann, by=cas, behaviour=behaviour)
    assert drill("raise_at_once")["said"] == ["granted", *["refused"] * 15]
    assert (Award.objects.count(), paid(), balance(REWARDS)) == (1, 1, 5_000)
    assert check_ledger().problems == []


def test_a_budget_for_ten_gives_ten_of_16(bob, fay, team, givers, level, behaviour):
    funded(fay, 50_000)
    for mate, giver in zip(team, givers, strict=True):
        praised(mate, by=giver, behaviour=behaviour)
    said = drill("raise_each_at_once")["said"]
    assert said == sorted(["granted"] * 10 + ["refused"] * 6)
    assert (balance(BUDGET), balance(REWARDS), paid()) == (0, 50_000, 10)
    assert check_ledger().problems == []


def test_nobody_wins_the_same_award_twice_by_being_raised_16_times_at_once(
    ann, bob, fay, givers, level, behaviour
):
    AwardLevel.objects.update(repeat_months=12)
    funded(fay)
    for giver in givers:
        praised(ann, by=giver, behaviour=behaviour)
    assert drill("raise_each_at_once")["said"] == ["granted", *["refused"] * 15]
    assert (Award.objects.count(), balance(REWARDS)) == (1, 5_000)


@pytest.fixture
def proposed(ann, bob, cas, root, eve, fay, level, behaviour) -> Award:
    """Before Root and Eve, who both have to vote."""
    AwardLevel.objects.update(decides="panel", quorum=2)
    level.refresh_from_db()
    funded(fay)
    for member in (root, eve):
        PanelMember.objects.create(level=level, employee=member.employee, from_date=MONDAY)
    made = praised(ann, by=cas, behaviour=behaviour)
    return raise_to(made, level, reason="x", by=bob, now=TUESDAY_NOON)


def test_two_votes_at_once_decide_once(proposed):
    assert drill("vote_at_once")["said"] == ["granted", "proposed", *["refused"] * 6]
    assert (proposed.votes.count(), paid(), balance(REWARDS)) == (2, 1, 5_000)
    assert check_ledger().problems == []


def test_what_is_withdrawn_while_the_panel_grants_it_is_paid_back_or_never_paid(proposed):
    assert "withdrawn" in drill("withdraw_while_voting")["said"]
    proposed.refresh_from_db()
    assert proposed.state == "reversed"
    assert balance(BUDGET) == 100_000
    assert check_ledger().problems == []


def test_what_is_withdrawn_while_it_is_raised_ends_at_nothing(
    bob, fay, team, givers, level, behaviour
):
    funded(fay)
    for mate, giver in zip(team[:8], givers[:8], strict=True):
        praised(mate, by=giver, behaviour=behaviour)
    assert drill("withdraw_while_raising")["said"].count("withdrawn") == 8
    assert set(Award.objects.values_list("state", flat=True)) <= {"reversed"}
    assert balance(BUDGET) == 100_000
    assert Transfer.objects.filter(reverses__isnull=False).count() == paid()
    assert check_ledger().problems == []


def test_16_files_at_once_hold_each_reward_once(bob, fay, team, givers, level, behaviour):
    funded(fay)
    for mate, giver in zip(team, givers, strict=True):
        made = praised(mate, by=giver, behaviour=behaviour)
        raise_to(made, level, reason="x", by=bob, now=TUESDAY_NOON)
    said = drill("export_at_once")["said"]
    assert said.count("withdrawn") == 1
    told = list(RewardLine.objects.filter(amount_minor__gt=0).values_list("recipient", flat=True))
    assert len(told) == len(set(told)) >= 15
    assert balance(BUDGET) == 100_000 - 15 * 5_000
    # What was withdrawn is told in none of them, or is taken off in one, at the latest the next.
    payroll, open_ = Account.objects.get(code="company:payroll").balance(), balance(REWARDS)
    assert payroll + open_ == 75_000
    assert check_ledger().problems == []
