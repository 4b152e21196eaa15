"""Which fiscal year a day lies in, by the dated setting, and whether a pool's year is closed."""

from datetime import date

from incentives import rules
from incentives.models import Pool, PoolYearAct
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


def is_closed(pool: Pool, year: int) -> bool:
    """Whether a pool's year is closed and has not been opened again since."""
    last = (
        pool.year_acts.done()
        .filter(year=year, kind__in=(PoolYearAct.Kind.CLOSE, PoolYearAct.Kind.REOPEN))
        .last()
    )
    return last is not None and last.kind == PoolYearAct.Kind.CLOSE


def open_year(pool: Pool, day: date) -> int:
    """The fiscal year in which money for a day moves: its own, or the first one not closed."""
    year = fiscal_year(day).name
    while is_closed(pool, year):
        year += 1
    return year
