"""From a device that shows a code to a screen of the house, in the shape of RFC 8628: the code can
be seen by whoever passes by, the secret the device asks with can't."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from people.services.guessing import network_of
from people.services.retrying import retried
from screens.models import Pairing, Screen
from screens.services.access import bind, digest

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word, and nothing that looks like a digit."""
LENGTH = 8
LIVES = timedelta(minutes=10)
ASK_EVERY = 5
"""Seconds between two questions of a device that waits."""
MOST_AN_ADDRESS = 20
"""Codes that may wait at one address: a building behind one line sets up a few screens at once."""
KEPT = timedelta(days=30)


class PairingRefused(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Asked:
    """What a device is told once: the code for its display and its own secret."""

    code: str
    secret: str
    expires_at: datetime


@retried
@transaction.atomic
def ask(
    *, width: int, height: int, browser: str, address: str | None, now: datetime
) -> Asked:  # fmt: skip
    """Raises PairingRefused when too many codes of this address are waiting."""
    if _waiting_at(address, now=now) >= MOST_AN_ADDRESS:
        raise PairingRefused(_("Too many codes are waiting; try again in ten minutes."))
    code = _new_code(now=now)
    secret = secrets.token_urlsafe(32)
    Pairing.objects.create(
        code_digest=digest(code), secret_digest=digest(secret), width=width, height=height,
        browser=browser[:300], address=address, made_at=now, expires_at=now + LIVES,
    )  # fmt: skip
    return Asked(code, secret, now + LIVES)


def _waiting_at(address: str | None, *, now: datetime) -> int:
    waiting = Pairing.objects.filter(expires_at__gt=now, approved_at=None)
    network = network_of(address)
    return sum(network_of(each) == network for each in waiting.values_list("address", flat=True))


def _new_code(*, now: datetime) -> str:
    """None that another device shows just now: of two alike somebody would approve the wrong."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _n in range(LENGTH))
        if waiting_pairing(code, now=now) is None:
            return code


def spelled(code: str) -> str:
    """As it stands on the display: BCDF-GHJK."""
    return f"{code[:4]}-{code[4:]}"


def waiting_pairing(code: str, *, now: datetime) -> Pairing | None:
    """Of a code as somebody has typed it, with or without the hyphen, in any case."""
    typed = "".join(letter for letter in code.upper() if letter in LETTERS)
    return Pairing.objects.filter(
        code_digest=digest(typed), expires_at__gt=now, approved_at=None, refused_at=None
    ).first()


@retried
@transaction.atomic
def approve(pairing: Pairing, screen: Screen, *, by: User, now: datetime) -> None:
    """The device becomes this screen when it next asks; a new one is saved, and of one that hung
    there before the old device is unknown from then on. Raises PairingRefused when the code was
    used or is over."""
    held = Pairing.objects.filter(
        pk=pairing.pk, expires_at__gt=now, approved_at=None, refused_at=None
    )
    is_new = screen.pk is None
    if is_new:
        screen.made_by = by
        screen.save()
    if not held.update(screen=screen, approved_by=by, approved_at=now):
        raise PairingRefused(_("The code is over. The screen shows a new one."))
    audit.record(
        "pair_screen" if is_new else "repair_screen", by=by, subject=f"screen:{screen.pk}",
        after={"name": screen.name, "place": screen.place, "audience": screen.audience},
    )  # fmt: skip


@retried
@transaction.atomic
def refuse(pairing: Pairing, *, by: User, now: datetime) -> None:
    """Somebody looked and it is none of ours."""
    waiting = Pairing.objects.filter(pk=pairing.pk, approved_at=None, refused_at=None)
    if waiting.update(refused_at=now):
        audit.record("refuse_screen", by=by, subject=f"pairing:{pairing.pk}")


@retried
@transaction.atomic
def collect(secret: str, *, now: datetime) -> str | None:
    """What a waiting device asks every few seconds: its screen's secret, once; None while nobody
    has approved. Raises PairingRefused when its code is over, refused, or was collected."""
    found = Pairing.objects.select_related("screen").filter(secret_digest=digest(secret)).first()
    if found is None or found.refused_at or found.delivered_at or found.expires_at <= now:
        raise PairingRefused(_("The code is over."))
    if found.approved_at is None:
        return None
    still = Pairing.objects.filter(pk=found.pk, delivered_at=None, refused_at=None)
    once = still.update(delivered_at=now)
    if not once or found.screen is None:
        raise PairingRefused(_("The code is over."))
    return bind(found.screen, now=now)


def forget_old_pairings(*, now: datetime) -> int:
    """Addresses and browsers are personal."""
    return Pairing.objects.filter(made_at__lt=now - KEPT).delete()[0]
