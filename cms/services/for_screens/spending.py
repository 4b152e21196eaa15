"""What empowerment did in a month, of the whole company and without a name."""

from dataclasses import dataclass
from datetime import date

from empowerment.services.reporting import (
    Asked,
    ReportReader,
    currencies,
    cut_for,
    known_customers,
    last_months,
)
from people.small_groups import FEWEST


@dataclass(frozen=True)
class MonthOfCases:
    """`kept` of `known` customers stayed; both None where too few are known."""

    month: date
    cases: int
    at_once: int
    net_minor: int
    currency: str
    kept: int | None = None
    known: int | None = None


def last_month(*, today: date) -> MonthOfCases | None:
    """The last whole month, in the money of most budgets. None without a case, and where fewer than
    five people spent anything, as the figures would be theirs."""
    [currency, *_others] = currencies() or [""]
    if not currency:
        return None
    asked = Asked(last_months(today, count=1), currency, None, today)
    total = cut_for(ReportReader(None), "month", asked).total
    if total is None or not total.cases:
        return None
    known = known_customers(asked)
    few = known < FEWEST
    return MonthOfCases(
        asked.period.first, total.cases, total.at_once, total.net_minor, currency,
        None if few else total.kept, None if few else known,
    )  # fmt: skip
