"""The log of who signs in, what proves it, and who is refused: docs/security/controls.md.

It goes to the log's stream and not to the database, so that it can be kept elsewhere. Nothing
secret is written, and no login as it was typed: people type passwords into that field.
"""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from people.addresses import path_without_secret

log = logging.getLogger("security")


def note(event: str, request: HttpRequest | None, *, user: Any = None, **facts: Any) -> None:
    """One event in one line: what, who (the account's id), from where, on which page."""
    who = user if user is not None else getattr(request, "user", None)
    log.info(
        event,
        extra={
            "event": event,
            "user": getattr(who, "pk", None),
            "address": address_of(request) if request else None,
            "method": request.method if request else None,
            "path": path_without_secret(request) if request else None,
            **facts,
        },
    )


def address_of(request: HttpRequest) -> str | None:
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        # Behind a socket there is none: what happened is written down all the same.
        return None
