"""News from below and from signing in: a receiver only enqueues a task or calls one service."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import (
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added
from django.http import HttpRequest
from django.utils import timezone

from people.models import User
from people.services import account_notices
from people.signals import mail_queued
from people.tasks import send_mails


def connect() -> None:
    """Once, when all apps are ready."""
    for signal, receiver in (
        (mail_queued, enqueue_mails),
        (user_logged_in, tell_of_device),
        (password_changed, tell_of_password),
        (password_set, tell_of_password),
        (password_reset, tell_of_password),
        (authenticator_added, remember_the_proof),
        (authenticator_added, tell_of_added_factor),
        (authenticator_removed, tell_of_removed_factor),
        (authenticator_reset, tell_of_renewed_codes),
        (social_account_added, tell_of_link),
    ):
        signal.connect(receiver, dispatch_uid=receiver)


def enqueue_mails(**_kwargs) -> None:
    send_mails.enqueue()


def remember_the_proof(*, request, user, authenticator, **_more) -> None:
    """Setting up a second factor has just shown it: nobody is asked for it again at once."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def tell_of_device(*, request: HttpRequest, user: User, **_kwargs) -> None:
    account_notices.tell_of_device(
        user,
        browser=request.META.get("HTTP_USER_AGENT", ""),
        address=get_adapter().get_client_ip(request),
        now=timezone.now(),
    )


def tell_of_password(*, user: User, **_kwargs) -> None:
    account_notices.tell_of_password(user, now=timezone.now())


def tell_of_added_factor(*, user: User, authenticator: Authenticator, **_kwargs) -> None:
    _tell_of_factor(user, authenticator, what="added")


def tell_of_removed_factor(*, user: User, authenticator: Authenticator, **_kwargs) -> None:
    _tell_of_factor(user, authenticator, what="removed")


def _tell_of_factor(user: User, authenticator: Authenticator, *, what: str) -> None:
    """Recovery codes come and go with the factor that they stand in for."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        account_notices.tell_of_second_factor(user, what=what, now=timezone.now())


def tell_of_renewed_codes(*, user: User, **_kwargs) -> None:
    account_notices.tell_of_second_factor(user, what="renewed", now=timezone.now())


def tell_of_link(*, sociallogin, **_kwargs) -> None:
    account_notices.tell_of_link(sociallogin.user, now=timezone.now())
