"""Empowerment money: limits, cases, their outcome, and the money behind them."""

from empowerment.models.cases import (
    LARGEST_RECEIPT,
    Case,
    CaseReturn,
    CaseStep,
    Customer,
    FollowUp,
    MomentOfTruth,
    Receipt,
    Remedy,
    Review,
)
from empowerment.models.limits import LARGEST_MINOR, Limit, SiteCurrencies
from empowerment.models.money import (
    AccountingExport,
    AccountingLine,
    CardLine,
    CardMatch,
    CardMismatch,
    CardStatement,
    MonthlyBudget,
)
from empowerment.rules.outcomes import Outcome

__all__ = [
    "LARGEST_MINOR",
    "LARGEST_RECEIPT",
    "AccountingExport",
    "AccountingLine",
    "CardLine",
    "CardMatch",
    "CardMismatch",
    "CardStatement",
    "Case",
    "CaseReturn",
    "CaseStep",
    "Customer",
    "FollowUp",
    "Limit",
    "MomentOfTruth",
    "MonthlyBudget",
    "Outcome",
    "Receipt",
    "Remedy",
    "Review",
    "SiteCurrencies",
]
