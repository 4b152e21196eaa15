"""On how many screens a day was seen, and by when."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from cms.models import DaySnapshot
from screens.models import Painted, Screen, Snapshot


class Share(NamedTuple):
    """`by` is when the last of them first showed the day; None where none did."""

    painted: int
    of: int
    by: datetime | None


def painted_share(day: date) -> Share:
    """Of the screens that were there when the day was posted and show days at all: one that shows
    announcements only is no screen that failed."""
    moments = dict(Painted.objects.filter(date=day).values_list("screen", "at"))
    dayless = Snapshot.objects.filter(date=None).values("sha256")
    there = Screen.objects.filter(revoked_at=None).exclude(secret_digest=None)
    there = there.exclude(contact__snapshot__in=dayless)
    posted = DaySnapshot.objects.filter(date=day).order_by("id").first()
    if posted:
        there = there.filter(paired_at__lte=posted.made_at)
    counted = Screen.objects.filter(Q(pk__in=there) | Q(pk__in=moments)).count()
    return Share(len(moments), counted, max(moments.values(), default=None))
