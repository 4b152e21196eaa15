"""How much polls ask of people: how many a year, how soon after each other, how long."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.rules.questionnaire import Item, Kind

YEAR = timedelta(days=365)
SECONDS = {
    Kind.AGREEMENT: 8, Kind.LIKELIHOOD: 10, Kind.SCALE: 8, Kind.CHOICE: 10, Kind.SEVERAL: 15,
    Kind.RANKING: 30, Kind.COMMENT: 40,
}  # fmt: skip
"""What a question takes to read and answer; a guess to be wrong by a third, not by a factor."""


@dataclass(frozen=True)
class Span:
    """From when until when a poll is open."""

    opens_at: datetime
    closes_at: datetime


def most_in_a_year(poll: Span, others: Collection[Span]) -> int:
    """The most polls that open within any 365 days of which `poll` is one."""
    opened = sorted(other.opens_at for other in [poll, *others])
    return max(
        sum(1 for each in opened if first <= each < first + YEAR)
        for first in opened
        if first <= poll.opens_at < first + YEAR
    )


def days_apart(poll: Span, others: Collection[Span]) -> int | None:
    """Whole days between this poll and the nearest other, from one's close to the other's
    opening; 0 where they overlap, None where there is no other."""
    gaps = (
        max(poll.opens_at - other.closes_at, other.opens_at - poll.closes_at, timedelta())
        for other in others
    )
    return min((gap.days for gap in gaps), default=None)


def minutes(items: Iterable[Item]) -> int:
    """About how long it takes who is asked everything; at least 1."""
    return max(1, -(-sum(SECONDS[item.kind] for item in items) // 60))
