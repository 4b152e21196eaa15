"""A pool's movements as everybody reads them: a bonus is one line, and never a line a person.

The ledger has a movement for each share, with the person in its key: nobody but finance sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _

from incentives.models import BonusRun, Pool
from ledger.services.statements import statement

SHARES = Q(key__startswith="bonus:")


@dataclass(frozen=True)
class Line:
    """Amounts in minor units of `currency`; `balance_minor` is what lay in the pool after it."""

    id: int
    earned_day: date | None
    signed_minor: int
    currency: str
    why: str
    made_at: datetime
    key: str
    balance_minor: int = 0


def pool_statement(pool: Pool, year: int) -> list[Line]:
    """What came into a pool's year and went out of it, the newest first."""
    account = pool.accounts().filter(code=pool.account_code(year)).first()
    if account is None:
        return []
    moved = statement(account)
    found = [*_plain(moved.exclude(SHARES)), *_bonuses(moved.filter(SHARES), pool, year)]
    lines, balance = [], 0
    for line in sorted(found, key=lambda each: each.id):
        balance += line.signed_minor
        lines.append(replace(line, balance_minor=balance))
    return lines[::-1]


def _plain(moved: QuerySet[Any]) -> Iterator[Line]:
    rows = moved.values_list(
        "id", "earned_day", "signed_minor", "currency", "why", "made_at", "key"
    )
    return (Line(*row) for row in rows)


def _bonuses(moved: QuerySet[Any], pool: Pool, year: int) -> Iterator[Line]:
    """Each run's shares together, and together what of them came back."""
    runs = pool.bonus_runs.filter(year=year).exclude(approved_at=None)
    whose = [When(key__startswith=f"bonus:{run.pk}:", then=Value(run.pk)) for run in runs]
    together = moved.order_by().annotate(
        run=Case(*whose, default=Value(0), output_field=IntegerField()),
        back=Case(When(reverses=None, then=Value(0)), default=Value(1)),
    )
    sums = together.values_list("run", "back").annotate(
        Sum("signed_minor"), Count("pk"), Max("pk"), Max("made_at")
    )
    for run, back, total, shares, last, made_at in sums:
        said = {"run": BonusRun(pool=pool, year=year), "count": shares}
        why = _("bonus %(run)s void, %(count)s shares") if back else _(
            "bonus %(run)s, %(count)s shares"
        )  # fmt: skip
        key = f"bonus:{run}:reversal" if back else f"bonus:{run}"
        yield Line(last, None, int(total), pool.currency, why % said, made_at, key)
