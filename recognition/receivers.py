"""News of praise: a receiver only enqueues its task."""

from recognition.tasks import deliver_messages, tell_of_praise


def enqueue_telling(**_kwargs) -> None:
    tell_of_praise.enqueue()


def enqueue_deliveries(**_kwargs) -> None:
    deliver_messages.enqueue()
