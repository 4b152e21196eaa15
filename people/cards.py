"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from people.permissions import roles_of
from people.services.pins import NEEDS_SECOND_FACTOR
from people.today import NEEDS_ME, Card


def cards(request: HttpRequest, _now: datetime) -> Iterator[Card]:
    roles = roles_of(request.user)
    if roles & NEEDS_SECOND_FACTOR and not is_mfa_enabled(request.user):
        yield Card(NEEDS_ME, "people/cards/second_factor.html")
