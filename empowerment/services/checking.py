"""What `ledger_check` asks of empowerment: every case, return and budget has its movement, in the
right amount, and no budget spent more than its department's limit allowed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import F, Q, Sum

from empowerment.models import AccountingLine, Case, CaseReturn, MonthlyBudget
from empowerment.services.accounting import waiting
from empowerment.services.allowances import SPENT
from empowerment.services.budgets import FUNDING, account_code, case_key, return_key
from ledger.models import Account, Transfer

NAMED = 20
"""Problems of one kind that are named; more of them have one cause in common."""


class Move(NamedTuple):
    from_code: str
    to_code: str
    currency: str
    amount_minor: int


def check_cases() -> list[str]:
    """Problems as sentences."""
    expected = dict([*_of_cases(), *_of_returns()])
    made = {key: Move(*move) for key, *move in _moved()}
    missing = [key for key in expected if key not in made]
    other = [key for key, move in expected.items() if key in made and made[key] != move]
    surplus = [key for key in made if key not in expected]
    return [
        *(f"movement {key} is missing" for key in missing[:NAMED]),
        *(f"movement {key} is {made[key]}, not {expected[key]}" for key in other[:NAMED]),
        *(f"movement {key} has no case or return behind it" for key in surplus[:NAMED]),
        *_budgets_funded(),
        *_sums_returned(),
    ]


def _of_cases() -> Iterator[tuple[str, Move]]:
    for case in Case.objects.spent().iterator():
        assert case.spent_on
        budget = account_code(case.department_id, case.spent_on)
        yield case_key(case.key), Move(budget, SPENT, case.currency, case.amount_minor)


def _of_returns() -> Iterator[tuple[str, Move]]:
    for back in CaseReturn.objects.select_related("case").iterator():
        assert back.case.spent_on
        budget = account_code(back.case.department_id, back.case.spent_on)
        yield return_key(back.pk), Move(SPENT, budget, back.case.currency, back.amount_minor)


def _moved() -> Iterable[tuple]:
    ours = Q(key__startswith="empowerment:case:") | Q(key__startswith="empowerment:return:")
    return (
        Transfer.objects.filter(ours)
        .values_list(
            "key", "from_account__code", "to_account__code", "currency", "amount_minor"
        )
        .iterator()
    )  # fmt: skip


def _budgets_funded() -> Iterator[str]:
    """What was put in less what was taken out again is what the budget says."""
    for budget in MonthlyBudget.objects.select_related("account"):
        keys = Transfer.objects.filter(key__startswith=f"empowerment:budget:{budget.pk}:")
        sums = 0
        for amount, source in keys.values_list("amount_minor", "from_account__code"):
            sums += amount if source == FUNDING else -amount
        if sums != budget.funded_minor:
            yield (
                f"{budget.account} was funded by {sums} and says {budget.funded_minor}"
                f" {budget.currency} minor units"
            )


def check_accounting() -> list[str]:
    """Every line says what its case or return says, and all files together with what no file says
    yet are what the ledger has as spent."""
    return [*_lines_that_say_otherwise(), *_sums_told()]


def _lines_that_say_otherwise() -> Iterator[str]:
    other_currency = ~Q(export__currency=F("case__currency"))
    other_case = Q(returned__isnull=False) & ~Q(returned__case=F("case"))
    other_amount = Q(returned=None) & ~Q(amount_minor=F("case__amount_minor")) | Q(
        returned__isnull=False
    ) & ~Q(amount_minor=-F("returned__amount_minor"))
    wrong = AccountingLine.objects.filter(other_currency | other_case | other_amount)
    for line in wrong.order_by("pk").values_list("pk", "export", "case")[:NAMED]:
        yield "accounting line {} of file {} says something else than case {}".format(*line)


def _sums_told() -> Iterator[str]:
    told = dict(
        AccountingLine.objects.order_by()
        .values_list("export__currency")
        .annotate(s=Sum("amount_minor"))
    )
    untold = {each.currency: each.net_minor for each in waiting()}
    for account in Account.objects.filter(code=SPENT):
        said = told.get(account.currency, 0) + untold.get(account.currency, 0)
        if said != account.balance():
            yield (
                f"{SPENT} holds {account.balance()} {account.currency} minor units; files for"
                f" accounting and what waits for one say {said}"
            )


def _sums_returned() -> Iterator[str]:
    wrong = (
        Case.objects.annotate(back=Sum("returns__amount_minor", default=0))
        .exclude(back=F("returned_minor"))
        .order_by("pk")
    )
    for case in wrong[:NAMED]:
        yield f"case {case.pk} says {case.returned_minor} came back; its returns say otherwise"
