"""A screen's secret: 256 bits, kept by the browser in a cookie and by us as a digest."""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from people.models import User
from people.services import audit
from screens.models import Pairing, Screen
from screens.services.freshness import changed


def digest(secret: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def bind(screen: Screen, *, now: datetime) -> str:
    """A new secret, told this once; whatever device was bound before is unknown from now on."""
    secret = secrets.token_urlsafe(32)
    screen.secret_digest, screen.paired_at, screen.revoked_at = digest(secret), now, None
    screen.save(update_fields=["secret_digest", "paired_at", "revoked_at"])
    changed()
    return secret


def _awaited(screen: Screen) -> QuerySet[Pairing]:
    """Approved, and the device has not fetched its secret yet."""
    return Pairing.objects.filter(
        screen=screen, approved_at__isnull=False, delivered_at=None, refused_at=None
    )


def can_be_revoked(screen: Screen, *, now: datetime) -> bool:
    """A device has its secret, or may still fetch it."""
    bound = screen.secret_digest is not None and screen.revoked_at is None
    return bound or _awaited(screen).filter(expires_at__gt=now).exists()


@transaction.atomic
def revoke(screen: Screen, *, by: User, now: datetime) -> None:
    """The device is told on its next poll, wipes what it keeps and shows a code. One that was
    approved and has not asked since does not become the screen after all."""
    _awaited(screen).update(refused_at=now)
    screen.revoked_at = now
    screen.save(update_fields=["revoked_at"])
    changed()
    audit.record("revoke_screen", by=by, subject=f"screen:{screen.pk}")
