"""Keys derived from the product's own secret, one a purpose."""

import base64
import hashlib
import hmac

from django.conf import settings


def product_key(purpose: str) -> bytes:
    """A Fernet key that only who knows SECRET_KEY can derive."""
    digest = hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest)
