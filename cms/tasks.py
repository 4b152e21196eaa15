"""Work for later: posting what has changed."""

from datetime import date

from django.utils import timezone
from django_tasks import task

from cms.services.posting import newest_snapshot, post_day


@task()
def post_changed_day(day: str) -> None:
    """Post a restated day, and the newest one too: its board shows the pool's balance."""
    now = timezone.now()
    post_day(date.fromisoformat(day), now=now)
    newest = newest_snapshot()
    if newest and str(newest.date) != day:
        post_day(newest.date, now=now)
