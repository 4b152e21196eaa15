"""Cases of fair play from several processes at one database: each step once, money back once."""

from uuid import uuid4

import pytest

from ledger.models import Transfer
from recognition.models import CaseStep, FairPlayCase, Nomination
from recognition.services.awards import raise_to
from recognition.services.fair_play import remove, report
from recognition.services.rewards import Funding, account_of, fund
from tests.conftest import TUESDAY_NOON, make_person
from tests.processes.test_drills import drill
from tests.recognition.conftest import kept_promise, praised, spot  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def paid(ann, bob, cas, dee, kept_promise, spot):
    """Ann was praised and has 50.00 for it."""
    fund(Funding(uuid4(), None, 2026, "GBP", 100_000, "plan"), by=dee, now=TUESDAY_NOON)
    made = praised(ann, by=cas, behaviour=kept_promise)
    return raise_to(made, spot, reason="good", by=bob, now=TUESDAY_NOON)


def f_people(count: int, department, system, *roles) -> list:
    return [make_person(f"f{n}", department, *roles, by=system) for n in range(count)]


def test_sixteen_who_report_at_once_hide_it_once(paid, billing, system):
    f_people(16, billing, system)
    assert drill("report_at_once") == {"done": 16, "refused": 0}
    case = FairPlayCase.objects.get()
    assert (case.state, case.steps.count()) == ("held", 16)
    assert Nomination.objects.get().state == "held"


def test_of_eight_who_remove_at_once_one_does_and_money_comes_back_once(paid, dee, billing, system):
    f_people(8, billing, system, ("hr", None))
    report(paid.nomination, reason="x", by=paid.raised_by, now=TUESDAY_NOON)
    assert drill("remove_at_once") == {"done": 1, "refused": 7}
    assert Transfer.objects.filter(reverses__isnull=False).count() == 1
    assert account_of(paid.budget).balance() == 100_000


def test_of_eight_who_appeal_at_once_one_does(paid, dee, eve, billing, system):
    concerned = f_people(8, billing, system)
    case = report(paid.nomination, reason="x", by=eve, now=TUESDAY_NOON)
    case.people.add(*(user.employee for user in concerned))
    remove(case, reason="x", by=dee, now=TUESDAY_NOON)
    assert drill("appeal_at_once") == {"done": 1, "refused": 7}
    assert CaseStep.objects.filter(what="appealed").count() == 1
