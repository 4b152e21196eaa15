"""News from below and from signing in: a receiver only enqueues a task or calls one service."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator

from people.tasks import send_mails


def enqueue_mails(**_kwargs) -> None:
    send_mails.enqueue()


def remember_the_proof(*, request, user, authenticator, **_more) -> None:
    """Setting up a second factor has just shown it: nobody is asked for it again at once."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
