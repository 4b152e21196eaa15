"""News from below and from signing in: a receiver only enqueues a task or calls one service."""

from people.tasks import send_mails


def enqueue_mails(**_kwargs) -> None:
    send_mails.enqueue()
