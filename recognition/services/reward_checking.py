"""What `ledger_check` asks of recognition: every movement has its reason, and every reason its
movement, in the right amount and between the right accounts."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from django.db.models import Q

from ledger.models import Transfer
from ledger.services.posting import PAYROLL
from recognition.models import Award, AwardRecipient, Budget, BudgetGrant, RewardLine
from recognition.services.reward_files import payroll_key
from recognition.services.rewards import FUNDING, REWARDS, grant_key, reward_key

NAMED = 20
"""Problems of one kind that are named; more of them have one cause in common."""


class Move(NamedTuple):
    from_code: str
    to_code: str
    currency: str
    amount_minor: int

    def back(self) -> "Move":
        return Move(self.to_code, self.from_code, self.currency, self.amount_minor)


def check_rewards() -> list[str]:
    """Problems as sentences: movements that are missing, are other than they should be, or have no
    reason; and lines for payroll that no award answers for."""
    expected = dict([*_of_grants(), *_of_awards(), *_of_lines()])
    made = {key: Move(*move) for key, *move in _moved()}
    missing = [key for key in expected if key not in made]
    other = [key for key, move in expected.items() if key in made and made[key] != move]
    surplus = [key for key in made if key not in expected]
    return [
        *(f"movement {key} is missing" for key in missing[:NAMED]),
        *(f"movement {key} is {made[key]}, not {expected[key]}" for key in other[:NAMED]),
        *(f"movement {key} has no award or grant behind it" for key in surplus[:NAMED]),
        *_lines_without_an_award(),
    ]


def _moved() -> Iterator[tuple]:
    """By key or by account: nothing else touches the accounts of recognition."""
    own = Q(key__startswith="recognition:")
    for side in ("from_account", "to_account"):
        own |= Q(**{f"{side}__code__startswith": "recognition:"}) | Q(**{f"{side}__code": FUNDING})
    moved = Transfer.objects.filter(own).order_by("pk")
    return moved.values_list(
        "key", "from_account__code", "to_account__code", "currency", "amount_minor"
    ).iterator()


def _of_grants() -> Iterator[tuple[str, Move]]:
    for grant in BudgetGrant.objects.select_related("budget").order_by("pk").iterator():
        own, amount = grant.budget.account_code, grant.amount_minor
        given = Move(FUNDING, own, grant.budget.currency, abs(amount))
        yield grant_key(grant), given if amount > 0 else given.back()


def _of_awards() -> Iterator[tuple[str, Move]]:
    """Whoever an award with money was granted to; `budget` says that it was granted."""
    paid = AwardRecipient.objects.filter(amount_minor__gt=0, award__budget__isnull=False)
    for each in paid.select_related("award__budget").order_by("pk").iterator():
        award, budget = each.award, cast(Budget, each.award.budget)
        move = Move(budget.account_code, REWARDS, award.currency, each.amount_minor)
        yield reward_key(each), move
        if award.state == Award.State.REVERSED:
            yield f"{reward_key(each)}:reversal", move.back()


def _of_lines() -> Iterator[tuple[str, Move]]:
    lines = RewardLine.objects.select_related("recipient__award").order_by("pk")
    for line in lines.iterator():
        currency, key = line.recipient.award.currency, payroll_key(line.recipient)
        move = Move(REWARDS, PAYROLL, currency, abs(line.amount_minor))
        yield (key, move) if line.amount_minor > 0 else (f"{key}:reversal", move.back())


def _lines_without_an_award() -> Iterator[str]:
    lines = RewardLine.objects.select_related("recipient__award")
    for line in lines.order_by("pk").iterator():
        award = line.recipient.award
        wrong = (
            abs(line.amount_minor) != line.recipient.amount_minor
            or award.budget_id is None
            or (line.amount_minor < 0 and award.state != Award.State.REVERSED)
        )
        if wrong:
            yield f"line {line.pk} for payroll says {line.amount_minor}, its award does not"
