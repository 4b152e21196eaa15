"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import rules
from django.http import HttpRequest
from django.utils import timezone

from people.today import MINE, Card
from recognition.models import Nomination

LATELY = timedelta(days=30)


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    if rules.has_perm("recognition.nominate", request.user):
        since = timezone.localdate(now) - LATELY
        about_me = Nomination.objects.published().filter(
            nominees__employee=request.user.employee, published_on__gt=since
        )
        yield Card(MINE, "recognition/cards/nominate.html", {"received": about_me.count()})
