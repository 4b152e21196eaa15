"""Limits on guessing passwords, PINs and codes, counted in the database: they hold over any
number of servers. Each attempt is written down before it is tried, so that a thousand at once
can't all find the count still low."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from people.models import SignInAttempt, User

log = logging.getLogger(__name__)
KEPT = timedelta(days=90)


class TooManyGuesses(Exception):
    """The limit is reached; `minutes` later it is worth trying again."""

    def __init__(self, minutes: int):
        super().__init__(f"too many attempts; try again in {minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True)
class Limit:
    """At most `most` refused attempts within `minutes`; of one way only, if said."""

    by: str
    most: int
    minutes: int
    way: str = ""


LIMITS = (
    Limit("account and address", 6, 15),
    # From other addresses too: a botnet guesses one account's password.
    Limit("account", 20, 15),
    Limit("account", 100, 24 * 60),
    # Six digits are soon guessed.
    Limit("account", 20, 24 * 60, way=SignInAttempt.Way.PIN),
    # An office behind one address forgets more passwords than one person does.
    Limit("address", 100, 15),
    # Counted apart: a reader that goes on asking for a feed that ended keeps nobody out.
    Limit("address", 60, 15, way=SignInAttempt.Way.FEED),
    # A building's screens ask from one address, each every few minutes once it is unknown.
    Limit("address", 200, 15, way=SignInAttempt.Way.SCREEN),
    # Whoever types codes is signed in: ten wrong ones are no slip of the finger.
    Limit("account", 10, 15, way=SignInAttempt.Way.SCREEN),
)
APART = (SignInAttempt.Way.FEED, SignInAttempt.Way.SCREEN)
"""Ways that have limits of their own and count in no other."""


def begin(login: str, *, way: str, address: str | None, user: User | None) -> SignInAttempt:
    """Note an attempt, refused until it is said to have succeeded. `way`: SignInAttempt.Way.

    Whichever of its names is typed, an account that exists (`user`) is counted as one. Raises
    TooManyGuesses when it is over a limit: then nothing is tried, and so it does not count either,
    or whoever goes on guessing would keep the owner out for ever.
    """
    account = digest(f"{_purpose(way)} of {user.pk}" if user else login)
    attempt = SignInAttempt.objects.create(
        account=account, way=way, address=network_of(address), user=user
    )
    for limit in LIMITS:
        since = attempt.at - timedelta(minutes=limit.minutes)
        if _refused(attempt, limit).filter(at__gt=since).count() > limit.most:
            attempt.delete()
            log.warning("limit of guesses by %s is reached from %s", limit.by, address)
            raise TooManyGuesses(limit.minutes)
    return attempt


def network_of(address: str | None) -> str | None:
    """What a limit by address counts: of IPv6 the network, as whoever has one address there has
    2^64."""
    if address is None or ":" not in address:
        return address
    whole = IPv6Address(address)
    if whole.ipv4_mapped:
        return str(whole.ipv4_mapped)
    return str(IPv6Network((whole, 64), strict=False).network_address)


def _purpose(way: str) -> str:
    """A second factor is guessed by who knows the first: that is counted apart."""
    return "second factor" if way == SignInAttempt.Way.CODE else "account"


def succeeded(attempt: SignInAttempt) -> None:
    SignInAttempt.objects.filter(pk=attempt.pk).update(succeeded=True)


def signed_in_elsewhere(user: User, *, address: str | None) -> None:
    """A provider let somebody in: kept beside the others, for "my devices"."""
    SignInAttempt.objects.create(
        account=digest(f"account of {user.pk}"), way=SignInAttempt.Way.SINGLE_SIGN_ON,
        address=address, user=user, succeeded=True,
    )  # fmt: skip


def digest(login: str) -> str:
    """What is kept of a typed login: people type passwords into that field."""
    return salted_hmac("sign-in", login.strip().casefold(), algorithm="sha256").hexdigest()


def _refused(attempt: SignInAttempt, limit: Limit) -> QuerySet[SignInAttempt]:
    found = SignInAttempt.objects.filter(succeeded=False)
    if limit.way != attempt.way and (limit.way or attempt.way in APART):
        return found.none()
    found = found.filter(way=limit.way) if limit.way else found.exclude(way__in=APART)
    if "account" in limit.by:
        found = found.filter(account=attempt.account)
    if "address" in limit.by:
        found = found.filter(address=attempt.address)
    return found


def forget_old_attempts() -> int:
    """Addresses are personal; after 90 days nobody needs them."""
    return SignInAttempt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
