"""PINs: how staff without e-mail sign in at a shared device."""

from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.utils import timezone

from people.models import Pin, SignInAttempt, User
from people.services import guessing
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
    way = SignInAttempt.Way.PIN
    attempt = guessing.begin(number, way=way, address=address)
    found = User.objects.select_related("pin", "employee").filter(
        Q(username__iexact=number) | Q(employee__number__iexact=number)
    )
    user = found[0] if len(found) == 1 else None
    held = getattr(user, "pin", None)
    # Without a PIN to compare with, the same work is done for nothing.
    right = check_password(pin, held.hashed if held else make_password("no such PIN"))
    if user and held and right and _may_use_pin(user):
        guessing.succeeded(attempt, user)
        return user
    guessing.failed(attempt, user)
    return None


def _may_use_pin(user: User) -> bool:
    allowed = not roles_in_force(user) & NEEDS_SECOND_FACTOR
    return allowed and user.may_sign_in(on=timezone.localdate())
