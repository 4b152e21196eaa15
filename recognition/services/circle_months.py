"""The circle as it was at the end of each month: kept once the month is over everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from people.models import Department, Site
from people.services.calendars import all_sites
from people.small_groups import kept_back
from recognition.models import CircleMonth, Nomination
from recognition.rules.awards import months_before
from recognition.rules.circle import Group
from recognition.services.circle import COMPANY, Circle, Key, circle_on

MONTHS_SHOWN = 24
KEYS = ("key", "through")
COUNTED = ("site", "department", "total", "inside", "kept_back", "made_at")


def last_month_over(now: datetime) -> date:
    """The last day of the newest month that is over at every site."""
    today = min((site.today(now) for site in all_sites()), default=timezone.localdate(now))
    return today.replace(day=1) - timedelta(days=1)


def months_until(through: date) -> list[date]:
    """The last days of the months shown, the oldest first."""
    first_after = through + timedelta(days=1)
    return [
        months_before(first_after, back) - timedelta(days=1)
        for back in reversed(range(MONTHS_SHOWN))
    ]


def keep_circle(*, now: datetime) -> list[date]:
    """Keep each month that is over and not kept yet, from the first praise on; returns their last
    days. The newest is counted anew once a day, as cases of fair play are decided meanwhile.
    """
    newest = last_month_over(now)
    began = Nomination.objects.published().aggregate(first=Min("published_on"))["first"]
    known = dict(CircleMonth.objects.filter(key=COMPANY).values_list("through", "made_at"))
    due = [
        through
        for through in months_until(newest)
        if began and began <= through and _is_due(known.get(through), through == newest, now)
    ]
    for through in due:
        keep_month(through, now=now)
    return due


def _is_due(made_at: datetime | None, is_newest: bool, now: datetime) -> bool:
    if made_at is None:
        return True
    return is_newest and timezone.localdate(made_at) < timezone.localdate(now)


@transaction.atomic
def keep_month(through: date, *, now: datetime) -> None:
    """Count the groups of a month's last day and keep them; a second time gives the same rows."""
    rows = list(_rows(circle_on(through), through, now))
    CircleMonth.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=KEYS, update_fields=COUNTED, batch_size=1000
    )
    kept = {row.key for row in rows}
    known = CircleMonth.objects.filter(through=through).values_list("key", flat=True)
    CircleMonth.objects.filter(through=through, key__in=set(known) - kept).delete()


def _rows(circle: Circle, through: date, now: datetime) -> Iterator[CircleMonth]:
    sizes = {key: group.total for key, group in circle.groups.items()}
    hidden = kept_back(sizes, circle.totals(), always={(COMPANY,)})
    for key, group in circle.groups.items():
        of = _of(key)
        if of is not None:
            yield CircleMonth(
                through=through, key=":".join(map(str, key)), total=group.total,
                inside=group.inside, kept_back=key in hidden, made_at=now, **of,
            )  # fmt: skip


def _of(key: Key) -> dict[str, int] | None:
    """What a kept row points to; None for groups that are not kept."""
    match key:
        case ("company",):
            return {}
        case ("site", int(site)):
            return {"site_id": site}
        case ("below", int(department)):
            return {"department_id": department}
    return None


@dataclass(frozen=True)
class Month:
    """One month of a picture: `group` is None before the product began, or where it is hidden."""

    through: date
    group: Group | None
    hidden: bool = False


def picture(of: Site | Department | None, *, sees_all: bool, now: datetime) -> list[Month]:
    """The last 24 months of the company, a site or a department, the oldest first."""
    months = months_until(last_month_over(now))
    rows = CircleMonth.objects.filter(key=_key(of), through__in=months)
    known = {row.through: row for row in rows}
    return [_month(through, known.get(through), sees_all) for through in months]


def _key(of: Site | Department | None) -> str:
    if of is None:
        return COMPANY
    return f"site:{of.pk}" if isinstance(of, Site) else f"below:{of.pk}"


def _month(through: date, row: CircleMonth | None, sees_all: bool) -> Month:
    if row is None:
        return Month(through, None)
    if row.kept_back and not sees_all:
        return Month(through, None, hidden=True)
    return Month(through, Group(row.total, row.inside))
