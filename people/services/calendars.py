"""Which sites work on a day, what "yesterday" is there, and when a day is over everywhere."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from people import rules
from people.models import CalendarEntry, Placement, Site, WorkingWeek


@dataclass
class SiteDays:
    """A site with its calendar, read once for as many questions as come."""

    site: Site
    weeks: list[WorkingWeek]
    entries: list[CalendarEntry]

    def week_in_force(self, day: date) -> WorkingWeek | None:
        return next((week for week in reversed(self.weeks) if week.from_date <= day), None)

    @cached_property
    def calendar(self) -> rules.Calendar:
        kinds = CalendarEntry.Kind
        return rules.Calendar(
            week_on=self._weekdays,
            is_holiday=self._is_holiday,
            closures={e.date for e in self.entries if e.kind == kinds.CLOSURE},
            extra_days={e.date for e in self.entries if e.kind == kinds.EXTRA},
        )

    def _weekdays(self, day: date) -> frozenset[int]:
        week = self.week_in_force(day)
        return rules.parse_working_days(week.working_days) if week else frozenset()

    def _is_holiday(self, day: date) -> bool:
        week = self.week_in_force(day)
        if week is None:
            return False
        return day in rules.public_holidays(week.country, week.subdivision, day.year)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.time_zone)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def has_finished(self, day: date, *, now: datetime) -> bool:
        return self.today(now) > day

    def yesterday(self, now: datetime) -> date | None:
        """The last working day before today in this site's calendar."""
        return self.calendar.working_day_before(self.today(now))

    def cut_off(self, day: date, *, at: time) -> datetime | None:
        """When figures for a day are due: `at` on the next working day, in the site's zone."""
        following = self.calendar.working_day_after(day)
        return datetime.combine(following, at, self.zone) if following else None


def all_sites() -> list[SiteDays]:
    weeks, entries = defaultdict(list), defaultdict(list)
    for week in WorkingWeek.objects.order_by("from_date"):
        weeks[week.site_id].append(week)
    for entry in CalendarEntry.objects.all():
        entries[entry.site_id].append(entry)
    return [SiteDays(site, weeks[site.pk], entries[site.pk]) for site in Site.objects.all()]


def site_days(site: Site) -> SiteDays:
    """One site with its calendar."""
    return SiteDays(site, list(site.weeks.order_by("from_date")), list(site.calendar_entries.all()))


def company_yesterday(now: datetime) -> date | None:
    """The last day on which some site worked and which all that worked on it have finished."""
    sites = all_sites()
    if not sites:
        return None
    latest = max(site.today(now) for site in sites)
    for distance in range(1, rules.LONGEST_CLOSURE):
        day = latest - timedelta(days=distance)
        working = [site for site in sites if site.calendar.works_on(day)]
        if working and all(site.has_finished(day, now=now) for site in working):
            return day
    return None


def subtree(department_ids: set[int], *, on: date) -> set[int]:
    """These departments and all below them by the placements of that day."""
    children = defaultdict(list)
    for department_id, parent_id in Placement.objects.on(on).values_list("department", "parent"):
        children[parent_id].append(department_id)
    found, waiting = set(department_ids), list(department_ids)
    while waiting:
        below = [child for child in children[waiting.pop()] if child not in found]
        found.update(below)
        waiting.extend(below)
    return found
