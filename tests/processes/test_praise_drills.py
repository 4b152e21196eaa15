"""Praise from several processes at one database: limits hold, and each is told once."""

from uuid import uuid4

import pytest

from people.models import Notice
from recognition.models import Behaviour, Nomination
from tests.conftest import MONDAY, TUESDAY_NOON, make_person
from tests.processes.test_drills import drill
from tests.recognition.conftest import STORY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def giver(billing, system):
    return make_person("giver", billing, by=system)


@pytest.fixture
def colleagues(claims, system):
    return [make_person(f"c{n}", claims, by=system) for n in range(8)]


def test_sixteen_processes_of_one_giver_stay_within_its_limits(giver, colleagues):
    Behaviour.objects.create(code="promise", name="Kept a promise")
    seen = drill("nominate_at_once")
    assert len(seen["shared"]) == 1
    assert seen["published"] == Nomination.objects.count() == 10
    assert all(count <= 2 for _number, count in seen["pairs"])
    assert seen["refused"] == 16 * 3 - 16 - 9


def test_four_processes_tell_of_each_nomination_once(giver, colleagues):
    behaviour = Behaviour.objects.create(code="promise", name="Kept a promise")
    for number in range(250):
        told = Nomination.objects.create(
            key=uuid4(), giver=giver.employee, story=STORY, behaviour=behaviour,
            happened_on=MONDAY, shown_to=1, published_at=TUESDAY_NOON, published_on=MONDAY,
        )  # fmt: skip
        told.nominees.create(employee=colleagues[number % 8].employee)
    assert drill("tell_at_once") == {"told": 250}
    assert Notice.objects.filter(kind="nominated").count() == 250
    assert not Nomination.objects.filter(told_at=None).exists()
