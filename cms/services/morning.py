"""When a day is posted: as soon as nothing is awaited any more, else at the posting time of the
last site that worked on it, by that site's clock; and when it is late."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from incentives.rules import GoalState
from incentives.services.closing import CloseRefused, day_in_time
from incentives.services.goals import ShownGoal
from incentives.services.reading import due_goals
from people.models import Policy
from people.services.calendars import SiteDays
from people.services.policies import KNOWN

GRACE = timedelta(hours=1)
"""After its posting time a day is late: screens say so, and an alarm is raised."""


class PostingTimes:
    """The company's rule, read once for as many days as there are."""

    def __init__(self) -> None:
        rows = Policy.objects.filter(name="posting_time").order_by("-from_date")
        self._rules = [(row.from_date, time.fromisoformat(row.value)) for row in rows]
        self._default = time.fromisoformat(KNOWN["posting_time"][0])

    def moment(self, day: date, working: Iterable[SiteDays]) -> datetime:
        """On the next morning of the last of the sites that worked on the day."""
        morning = day + timedelta(days=1)
        at = next((at for since, at in self._rules if since <= morning), self._default)
        return max(datetime.combine(morning, at, site.zone) for site in working)


def may_be_posted(day: date, *, now: datetime) -> bool:
    """Whether the day is over, and either complete or as late as it is to be posted at the latest.
    Raises CloseRefused where there are no sites or the day is to come."""
    moment = day_in_time(day, now=now)
    if not moment.over:
        return False
    if not moment.working or is_complete(day, now=now):
        return True
    return now >= PostingTimes().moment(day, moment.working)


def is_complete(day: date, *, now: datetime) -> bool:
    return all(goal.state != GoalState.AWAITED for goal in _goals(day, now=now))


def is_never_posted(day: date, *, now: datetime) -> bool:
    """A day that is over and on which nothing was due, though somebody worked: nobody waits for
    it."""
    return day < now.date() and not _goals(day, now=now)


def _goals(day: date, *, now: datetime) -> list[ShownGoal]:
    try:
        return due_goals(day, now=now)
    except CloseRefused:
        return []
