"""How a pool has grown: the days that hit and what they paid in, this year and the one before."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from cms.rules import kept_on
from incentives.models import DayVerdict
from incentives.services.years import NoSuchYear, fiscal_year, year_named


@dataclass(frozen=True)
class KeptDay:
    """`hit` is None where nothing counted; `final` is False while the day is provisional."""

    date: date
    hit: bool | None
    final: bool


@dataclass(frozen=True)
class PoolDays:
    """`month`: days of the month with a verdict so far. Of the year so far: `hits` among `judged`
    days. Amounts in minor units, of final days: this year so far, and the year before through the
    same day and as a whole; None where the pool had no final day by then, or all that year."""

    year: int
    month: list[KeptDay]
    hits: int
    judged: int
    so_far_minor: int
    before_by_then_minor: int | None = None
    before_minor: int | None = None


def pool_days(code: str, *, through: date) -> PoolDays:
    """Of a pool by its code, through a business day. Four queries beside the settings."""
    year = fiscal_year(through)
    verdicts = DayVerdict.objects.filter(pool__code=code).latest_versions().order_by("date")
    this_year = verdicts.filter(date__range=(year.first, through))
    days = [
        KeptDay(day, hit, status == DayVerdict.Status.FINAL)
        for day, hit, status in this_year.values_list("date", "hit", "status")
    ]
    judged = [day for day in days if day.hit is not None]
    return PoolDays(
        year.name, _days_of_month(verdicts, through), sum(bool(day.hit) for day in judged),
        len(judged), _paid(this_year)["all"] or 0, *_year_before(verdicts, year.name, through),
    )  # fmt: skip


def _days_of_month(verdicts: Any, through: date) -> list[KeptDay]:
    """Asked apart from the year's: a fiscal year may begin in the middle of a month."""
    rows = verdicts.filter(date__range=(through.replace(day=1), through))
    return [
        KeptDay(day, hit, status == DayVerdict.Status.FINAL)
        for day, hit, status in rows.values_list("date", "hit", "status")
    ]


def _year_before(verdicts: Any, name: int, through: date) -> tuple[int | None, int | None]:
    try:
        before = year_named(name - 1)
    except NoSuchYear:
        return None, None
    by_then = kept_on(through, through.year - 1)
    rows = verdicts.filter(date__range=(before.first, before.last))
    found = _paid(rows, through=by_then)
    if found["all"] is None:
        return None, None
    return found["by_then"], found["all"]


def _paid(verdicts: Any, *, through: date | None = None) -> dict[str, int | None]:
    final = verdicts.filter(status=DayVerdict.Status.FINAL).order_by()
    by_then = Q(date__lte=through) if through else Q()
    return final.aggregate(
        all=Sum("contribution_minor"), by_then=Sum("contribution_minor", filter=by_then)
    )
