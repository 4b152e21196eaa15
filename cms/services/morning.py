"""When a day is posted: as soon as nothing is awaited any more, else at the posting time of the
last site that worked on it, by that site's clock; and when it is late."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from incentives.rules import GoalState
from incentives.services.closing import CloseRefused, day_in_time
from incentives.services.reading import due_goals
from people.services.calendars import SiteDays
from people.services.policies import in_force

GRACE = timedelta(hours=1)
"""After its posting time a day is late: screens say so, and an alarm is raised."""


def posting_time(*, on: date) -> time:
    return time.fromisoformat(in_force("posting_time", on=on))


def posting_moment(day: date, working: Iterable[SiteDays], *, at: time) -> datetime:
    """On the next morning of the last of the sites that worked on the day."""
    following = day + timedelta(days=1)
    return max(datetime.combine(following, at, site.zone) for site in working)


def may_be_posted(day: date, *, now: datetime) -> bool:
    """Whether the day is over, and either complete or as late as it is to be posted at the latest.
    Raises CloseRefused where there are no sites or the day is to come."""
    moment = day_in_time(day, now=now)
    if not moment.over:
        return False
    if not moment.working or is_complete(day, now=now):
        return True
    at = posting_time(on=day + timedelta(days=1))
    return now >= posting_moment(day, moment.working, at=at)


def is_complete(day: date, *, now: datetime) -> bool:
    try:
        goals = due_goals(day, now=now)
    except CloseRefused:
        return True
    return all(goal.state != GoalState.AWAITED for goal in goals)
