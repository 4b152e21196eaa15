"""When a panel has decided, and how long nobody wins the same award again."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Count:
    """Votes of a panel: `still` may vote and have not; `quorum` votes are needed at least."""

    yes: int
    no: int
    still: int
    quorum: int


def outcome(count: Count) -> bool | None:
    """True: granted, False: not granted, None: still open.

    More yes than no wins, once the quorum has voted and those who have not could not turn it. With
    everybody heard and no quorum or no majority it is not granted.
    """
    if not count.still:
        return count.yes > count.no and count.yes + count.no >= count.quorum
    if count.yes + count.no < count.quorum:
        # Who may still vote may not be enough: then nobody waits for them.
        return False if count.yes + count.no + count.still < count.quorum else None
    if count.yes > count.no + count.still:
        return True
    if count.no >= count.yes + count.still:
        return False
    return None


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or that month's last: 31 March less one is 28 February."""
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
