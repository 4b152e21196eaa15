"""Work for later: posting what has changed."""

from datetime import date

from django.utils import timezone
from django_tasks import task

from cms.services.posting import post_again_from


@task()
def post_changed_day(day: str) -> None:
    post_again_from(date.fromisoformat(day), now=timezone.now())
