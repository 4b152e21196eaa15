"""News of praise: a receiver only enqueues its task."""

from recognition.tasks import tell_of_praise


def enqueue_telling(**_kwargs) -> None:
    tell_of_praise.enqueue()
