"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest

from people.today import Card


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    yield from ()
