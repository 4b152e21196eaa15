"""News from below and from signing in: a receiver only enqueues a task or calls one service."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.signals import (
    authentication_step_completed,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from allauth.socialaccount.signals import social_account_added
from django.contrib.auth import signals as auth
from django.http import HttpRequest
from django.utils import timezone

from people.models import User
from people.services import account_notices, guessing, security_log, sessions
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
        (auth.user_logged_in, begin_session),
        (auth.user_login_failed, note_refused_sign_in),
        (auth.user_logged_out, note_signed_out),
        (authentication_step_completed, renew_session),
        *((signal, note_password) for signal in PASSWORD_EVENTS),
        *((signal, note_second_factor) for signal in SECOND_FACTOR_EVENTS),
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


def begin_session(*, request, user, **_more) -> None:
    sessions.begin(request.session, at=time.time())
    ways = [record["method"] for record in get_authentication_records(request, user)]
    security_log.note("signed_in", request, user=user, ways=ways)


def renew_session(*, request, reauthenticated=False, **_more) -> None:
    if reauthenticated:
        sessions.renew_token(request.session)


def note_refused_sign_in(*, credentials, request=None, **_more) -> None:
    login = credentials.get("username") or credentials.get("email") or ""
    # The same digest as in the attempts kept: who reads both can join them.
    security_log.note("sign_in_refused", request, login=guessing.digest(login), way="password")


def note_signed_out(*, request, user, **_more) -> None:
    if user:
        security_log.note("signed_out", request, user=user)


def note_password(*, signal, request, user, **_more) -> None:
    security_log.note(PASSWORD_EVENTS[signal], request, user=user)


def note_second_factor(*, signal, request, user, authenticator, **_more) -> None:
    event = SECOND_FACTOR_EVENTS[signal]
    security_log.note(event, request, user=user, type=authenticator.type)


PASSWORD_EVENTS = {
    password_changed: "password_changed",
    password_set: "password_set",
    password_reset: "password_reset",
}
SECOND_FACTOR_EVENTS = {
    authenticator_added: "second_factor_added",
    authenticator_removed: "second_factor_removed",
    authenticator_reset: "second_factor_reset",
    authenticator_used: "second_factor_shown",
    authentication_failed: "second_factor_refused",
}
