"""Two limits side by side, and what each would have let through of the cases that came.

A case is asked again with what was counted when it was entered: one amount is put in the place of
its limit, and every other limit stays as it was.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from empowerment.models import Limit
from empowerment.rules.limits import Check, Measure, beyond, missing
from empowerment.services.limit_effect import (
    LONGEST_WINDOW,
    Days,
    Figures,
    cases_of,
    days_in_force,
    figures_of,
)
from empowerment.services.limit_reading import history_of

MOST_ASKED = 10_000
"""So many cases, drawn evenly, tell a share to within one percent."""


@dataclass(frozen=True)
class Side:
    """A limit with the figures of the last days it was in force; None before its second day."""

    limit: Limit
    figures: Figures | None


@dataclass(frozen=True)
class Replay:
    """How many of `asked` cases, drawn evenly from those of the window, would have been within at
    once under the one limit and under the other; of `unknown` it can't be said."""

    days: Days
    asked: int
    drawn: bool
    one: int
    other: int
    unknown: int


def side_of(limit: Limit, *, today: date) -> Side:
    """At most the last LONGEST_WINDOW whole days of the time it was in force."""
    period = next((each for each in history_of(limit) if each.limit.pk == limit.pk), None)
    days = days_in_force(period, today=today) if period else None
    if days is None:
        return Side(limit, None)
    first = max(days.first, days.last - timedelta(days=LONGEST_WINDOW - 1))
    return Side(limit, figures_of(limit, Days(first, days.last)))


def replay(one: Limit, other: Limit, *, today: date) -> Replay:
    """The cases of the last LONGEST_WINDOW days by whom the one limit is for."""
    days = Days(today - timedelta(days=LONGEST_WINDOW), today - timedelta(days=1))
    found = cases_of(one, days)
    every = -(-found.count() // MOST_ASKED) or 1
    if every > 1:
        found = found.alias(place=F("pk") % every).filter(place=0)
    answers = list(_asked_again(found.values_list("amount_minor", "checks"), one, other))
    known = [each for each in answers if None not in each]
    return Replay(
        days, len(answers), every > 1, sum(bool(first) for first, _second in known),
        sum(bool(second) for _first, second in known), len(answers) - len(known),
    )  # fmt: skip


def _asked_again(
    cases: Iterable[tuple[int, list[dict]]], one: Limit, other: Limit
) -> Iterator[tuple[bool | None, bool | None]]:
    for amount_minor, stored in cases:
        checks = [Check(**each) for each in stored]
        yield (
            would_be_within(checks, amount_minor, one),
            would_be_within(checks, amount_minor, other),
        )


def would_be_within(checks: list[Check], amount_minor: int, limit: Limit) -> bool | None:
    """Whether a case would have been within at once, with this limit in the place of its own; None
    when what was used then is not known: by another number of days, or where none was counted."""
    counted = next((check for check in checks if check.measure == limit.measure), None)
    others = [check for check in checks if check.measure != limit.measure]
    if limit.amount_minor is None:
        return not missing(others) and not beyond(others, amount_minor)
    if counted is None and limit.measure != Measure.CASE:
        return None
    if counted is not None and counted.days != limit.days:
        return None
    own = Check(
        limit.measure, limit.scope, limit.pk, limit.amount_minor,
        counted.used_minor if counted else 0, limit.days,
    )  # fmt: skip
    checks = [*others, own]
    return not missing(checks) and not beyond(checks, amount_minor)
