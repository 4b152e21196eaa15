"""The second factor: who must have one, and when it must be shown again."""

import time
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from people.permissions import roles_of
from people.services.pins import NEEDS_SECOND_FACTOR

FRESH_SECONDS = 300


def is_required(request: HttpRequest) -> bool:
    required = settings.SECOND_FACTOR_REQUIRED
    return required and bool(roles_of(request.user) & NEEDS_SECOND_FACTOR)


def was_shown(request: HttpRequest, *, within: float | None = None) -> bool:
    """Whether this session has seen the account's second factor, in the last seconds if said."""
    shown = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa"
    ]
    return bool(shown) and (within is None or time.time() - max(shown) <= within)


def shown_again(view):
    """Before money is approved: the second factor not longer ago than five minutes.

    Reading is free; a POST without it changes nothing and leads to the second factor and back.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method != "POST" or not settings.SECOND_FACTOR_REQUIRED:
            return view(request, *args, **kwargs)
        if was_shown(request, within=FRESH_SECONDS):
            return view(request, *args, **kwargs)
        has_one = is_mfa_enabled(request.user)
        messages.info(
            request,
            _("Show your second factor, then decide: nothing has been decided yet.")
            if has_one
            else _("Set up a second factor first: nothing has been decided yet."),
        )
        way = "mfa_reauthenticate" if has_one else "mfa_index"
        back = request.META.get("HTTP_REFERER", "")
        return redirect(f"{reverse(way)}?{urlencode({'next': _own_path(request, back)})}")

    return guarded


def _own_path(request: HttpRequest, address: str) -> str:
    """The path of an address of this host; home for any other."""
    own = request.build_absolute_uri("/")
    return "/" + address.removeprefix(own) if address.startswith(own) else "/"
