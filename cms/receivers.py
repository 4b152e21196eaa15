"""News from below: a receiver only enqueues its task."""

from datetime import date

from cms.tasks import post_changed_day


def enqueue_posting(*, date: date, **_kwargs) -> None:
    post_changed_day.enqueue(day=str(date))
