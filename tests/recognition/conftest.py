"""What recognition's tests share beside the cast."""

from datetime import date
from uuid import uuid4

import pytest

from people.models import ShownTo
from recognition.models import AwardLevel, Behaviour
from recognition.services.nominating import Praise, nominate
from tests.conftest import MONDAY, TUESDAY_NOON

STORY = "She called the customer back after hours and stayed until the parcel was found."


@pytest.fixture
def kept_promise(db):
    return Behaviour.objects.create(code="promise", name="Kept a promise")


@pytest.fixture
def card(db):
    """A lead gives it; no money."""
    return AwardLevel.objects.create(code="card", name="Thank-you card")


@pytest.fixture
def spot(db):
    """A lead gives it: 50.00."""
    return AwardLevel.objects.create(
        code="spot", name="Spot award", amount_minor=5000, currency="GBP", tax_class="benefit"
    )


@pytest.fixture
def star(db):
    """A panel of whom two must vote gives it: 250.00."""
    return AwardLevel.objects.create(
        code="star", name="Quarterly star", decides="panel", quorum=2, amount_minor=25_000,
        currency="GBP", tax_class="benefit",
    )  # fmt: skip


def praise(*users, behaviour, **more) -> Praise:
    told = {
        "key": uuid4(), "nominees": tuple(user.employee for user in users), "story": STORY,
        "behaviour": behaviour, "happened_on": MONDAY, "audience": ShownTo.STAFF,
    }  # fmt: skip
    return Praise(**{**told, **more})


def praised(*users, by, behaviour, now=TUESDAY_NOON, **more):
    """A published nomination of these users."""
    return nominate(praise(*users, behaviour=behaviour, **more), by=by, now=now)


TODAY = date(2026, 3, 3)
