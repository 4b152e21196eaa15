"""A screen's secret: 256 bits, kept by the browser in a cookie and by us as a digest."""

import hashlib
import hmac
import secrets

from django.conf import settings

from people.models import User
from people.services import audit
from screens.models import Screen

COOKIE = settings.SCREEN_COOKIE_NAME


def add_screen(name: str, *, place: str, language: str, by: User) -> tuple[Screen, str]:
    """A new screen and its secret, which is told this once."""
    secret = secrets.token_urlsafe(32)
    screen = Screen.objects.create(
        name=name, place=place, languages=language, secret_digest=digest(secret), made_by=by
    )
    audit.record("add_screen", by=by, subject=f"screen:{name}", after={"place": place})
    return screen, secret


def digest(secret: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


def screen_of(secret: str) -> Screen | None:
    """The screen with this secret, revoked ones included."""
    return Screen.objects.filter(secret_digest=digest(secret)).first() if secret else None
