"""PINs: how staff without e-mail sign in at a shared device."""

from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from people.models import Pin, SignInAttempt, User
from people.services import guessing
from people.services.accounts import account_named
from people.services.roles import roles_in_force

DIGITS = 6
SHARED_SESSION = "shared_device"
SHARED_SECONDS = 180
"""A session opened by PIN is marked so and ends this long after its last request."""
NEEDS_SECOND_FACTOR = frozenset({"finance", "hr", "administrator"})
"""Roles that look at salaries, move money or give rights: a PIN is not enough for these."""


def weak(pin: str) -> bool:
    """111111, 123456 and 654321 are tried first."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 or pin[:3] == pin[3:]


def set_pin(user: User, pin: str) -> None:
    """Six digits, kept as a hash."""
    Pin.objects.update_or_create(user=user, defaults={"hashed": make_password(pin)})


def check_pin(number: str, pin: str, *, address: str | None) -> User | None:
    """Whose number and PIN these are; None for a wrong one, after the same time for any.

    Raises TooManyGuesses.
    """
    user = account_named(number)
    way = SignInAttempt.Way.PIN
    attempt = guessing.begin(number, way=way, address=address, user=user)
    held = Pin.objects.filter(user=user).first()
    # Without a PIN to compare with, Django does the same work for nothing.
    right = check_password(pin, held.hashed if held else make_password(None))
    if user and right and _may_use_pin(user):
        guessing.succeeded(attempt)
        return user
    return None


def _may_use_pin(user: User) -> bool:
    allowed = not roles_in_force(user) & NEEDS_SECOND_FACTOR
    return allowed and user.may_sign_in(on=timezone.localdate())
