"""News of days: a receiver only enqueues its task."""

from incentives.tasks import renew_estimates


def enqueue_estimates(**_kwargs) -> None:
    renew_estimates.enqueue()
