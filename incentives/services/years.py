"""Which fiscal year a day lies in, by the dated setting."""

from datetime import date

from incentives import rules
from people.services import policies


class NoSuchYear(ValueError):
    """There is no fiscal year of this name."""


def fiscal_year(day: date) -> rules.FiscalYear:
    return rules.fiscal_year(day, policies.in_force("fiscal_year_start", on=day))


def year_named(name: int) -> rules.FiscalYear:
    """Raises NoSuchYear where none is called so: the beginning of the fiscal year was moved."""
    if not date.min.year < name < date.max.year:
        raise NoSuchYear(f"there is no fiscal year {name}")
    for day in (date(name, 12, 31), date(name, 1, 1)):
        found = fiscal_year(day)
        if found.name == name:
            return found
    raise NoSuchYear(f"there is no fiscal year {name}")
