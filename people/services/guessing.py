"""Limits on guessing passwords, PINs and codes, counted in the database: they hold over any
number of servers. Each attempt is written down before it is tried, so that a thousand at once
can't all find the count still low."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from people.models import SignInAttempt, User

KEPT = timedelta(days=90)


class TooManyGuesses(Exception):
    """The limit is reached; `minutes` later it is worth trying again."""

    def __init__(self, minutes: int):
        super().__init__(f"too many attempts; try again in {minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True)
class Limit:
    """At most `most` refused attempts within `minutes`."""

    by: str
    most: int
    minutes: int


LIMITS = (
    Limit("account and address", 6, 15),
    # From other addresses too: a botnet guesses one account's password.
    Limit("account", 20, 15),
    Limit("account", 100, 24 * 60),
    # An office behind one address forgets more passwords than one person does.
    Limit("address", 100, 15),
)


def begin(login: str, *, way: str, address: str | None) -> SignInAttempt:
    """Note an attempt; raises TooManyGuesses when it is over a limit. `way`: SignInAttempt.Way."""
    attempt = SignInAttempt.objects.create(account=digest(login), way=way, address=address)
    for limit in LIMITS:
        since = attempt.at - timedelta(minutes=limit.minutes)
        if _refused(attempt, limit).filter(at__gt=since).count() > limit.most:
            raise TooManyGuesses(limit.minutes)
    return attempt


def succeeded(attempt: SignInAttempt, user: User) -> None:
    SignInAttempt.objects.filter(pk=attempt.pk).update(succeeded=True, user=user)


def failed(attempt: SignInAttempt, user: User | None) -> None:
    """Keep whose account was tried, so that its owner can be shown it."""
    SignInAttempt.objects.filter(pk=attempt.pk).update(user=user)


def digest(login: str) -> str:
    """What is kept of a typed login: people type passwords into that field."""
    return salted_hmac("sign-in", login.strip().casefold(), algorithm="sha256").hexdigest()


def _refused(attempt: SignInAttempt, limit: Limit) -> QuerySet[SignInAttempt]:
    found = SignInAttempt.objects.filter(succeeded=False)
    if "account" in limit.by:
        found = found.filter(account=attempt.account)
    if "address" in limit.by:
        found = found.filter(address=attempt.address)
    return found


def forget_old_attempts() -> int:
    """Addresses are personal; after 90 days nobody needs them."""
    return SignInAttempt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
