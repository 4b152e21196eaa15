"""What stands in the way of sharing a year out: it runs still, or days or years are open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from incentives.models import BonusRun, Pool, Target
from incentives.rules import FiscalYear, Status
from incentives.services.goals import GoalsOfDay
from incentives.services.years import is_closed
from people.rules import days_between
from people.services.calendars import all_sites


@dataclass(frozen=True)
class Obstacle:
    """What stands in a run's way; the `day` to close, or the `year` to close, if it is one."""

    text: str
    day: date | None = None
    year: int | None = None


def obstacle(pool: Pool, run: BonusRun, *, now: datetime) -> Obstacle | None:
    """Why this year can't be shared out yet, or any more; None when it can."""
    if is_closed(pool, run.year):
        return Obstacle(_("The year %(year)s is closed.") % {"year": run.year})
    if any(site.today(now) <= run.last for site in all_sites()):
        text = _("The year %(year)s runs until %(day)s; share it out when it is over.")
        return Obstacle(text % {"year": run.year, "day": run.last})
    undecided = first_undecided_day(pool, FiscalYear(run.year, run.first, run.last))
    if undecided:
        text = _("%(day)s is not final yet; close it first.")
        return Obstacle(text % {"day": undecided}, day=undecided)
    earlier = open_year_before(pool, run.year)
    if earlier:
        text = _("Years close in order: close %(year)s of pool %(pool)s first.")
        return Obstacle(text % {"year": earlier, "pool": pool}, year=earlier)
    return None


def why_not_ready(pool: Pool, run: BonusRun, *, now: datetime) -> str:
    """The obstacle in words; "" when there is none."""
    found = obstacle(pool, run, now=now)
    return found.text if found else ""


def first_undecided_day(pool: Pool, year: FiscalYear) -> date | None:
    """The first day of a year with goals due in the pool's scope that has no final verdict."""
    verdicts = dict(
        pool.verdicts.filter(date__range=(year.first, year.last))
        .latest_versions()
        .values_list("date", "status")
    )
    sites, targets = all_sites(), _spans_of_targets(year)
    for day in days_between(year.first, year.last):
        if verdicts.get(day) == Status.FINAL:
            continue
        if day in verdicts:
            return day
        if not any(first <= day <= last for first, last in targets):
            continue
        policy = pool.policy_on(day)
        working = tuple(site.site.pk for site in sites if site.calendar.works_on(day))
        if policy is None or not working:
            continue
        goals = GoalsOfDay(day, working, policy.scope_id, policy.unreported, final=True)
        if goals.tally().due:
            return day
    return None


def _spans_of_targets(year: FiscalYear) -> list[tuple[date, date]]:
    """First and last days within the year on which targets are in force, whosesoever. A day outside
    has no goals, and that is known at once for a year that began or ended in its middle."""
    spans = (
        Target.objects.reaching_past(year.first - timedelta(days=1))
        .filter(from_date__lte=year.last)
        .order_by()
        .values_list("from_date", "until_date")
        .distinct()
    )
    return [(first, last or year.last) for first, last in spans]


def open_year_before(pool: Pool, year: int) -> int | None:
    """The first year of a pool before another one that holds money or a run, or was closed once,
    and is open."""
    years = {int(account.code.rsplit(":", 1)[1]) for account in pool.accounts()}
    years |= set(pool.year_acts.values_list("year", flat=True))
    years |= set(BonusRun.objects.live().filter(pool=pool).values_list("year", flat=True))
    return next((y for y in sorted(years) if y < year and not is_closed(pool, y)), None)
