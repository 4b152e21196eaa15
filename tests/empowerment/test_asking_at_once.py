"""What two do with one request in the same moment: as if one had come after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from empowerment.models import Case
from empowerment.services.allowances import SpendingRefused
from empowerment.services.asking import ask, decide, pass_on, withdraw
from ledger.services.checking import check_ledger
from people.models import Role
from tests.conftest import TUESDAY_NOON, make_person
from tests.empowerment.conftest import wanted

pytestmark = [
    pytest.mark.postgresql, pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("limits", "delayed"),
]  # fmt: skip
LATER = TUESDAY_NOON + timedelta(hours=1)


def at_once(*acts) -> list[bool]:
    """Whether each did what it wanted, in their order."""

    def done(act) -> bool:
        try:
            act()
        except SpendingRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(done, acts))


def asked_for(ann) -> Case:
    return ask(wanted(20_000, reason="late"), by=ann, now=TUESDAY_NOON)


def steps(case) -> list[str]:
    return [step.what for step in case.steps.all()]


def test_of_two_leads_one_decides_and_two_taps_are_one(ann, bob, claims, system):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    for _try in range(5):
        case = asked_for(ann)
        done = at_once(
            lambda: decide(case, approve=True, reason="", by=bob, now=LATER),  # noqa: B023
            lambda: decide(case, approve=True, reason="", by=bob, now=LATER),  # noqa: B023
            lambda: decide(case, approve=False, reason="no", by=zoe, now=LATER),  # noqa: B023
        )
        assert done in ([True, True, False], [False, False, True])
        assert steps(case) == ["asked", "approved" if done[0] else "declined"]
    assert check_ledger().problems == []


def test_a_request_is_decided_or_taken_back_or_passed_on_first(ann, bob, eve, system):
    for _try in range(5):
        case = asked_for(ann)
        decided, taken_back, _passed = at_once(
            lambda: decide(case, approve=True, reason="", by=bob, now=LATER),  # noqa: B023
            lambda: withdraw(case, by=ann, now=LATER),  # noqa: B023
            lambda: pass_on(now=LATER, by=system),
        )
        assert decided != taken_back
        case.refresh_from_db()
        assert case.state == ("approved" if decided else "withdrawn")
        assert [what for what in steps(case) if what != "escalated"] == ["asked", case.state]
        assert steps(case)[-1] == case.state
    assert check_ledger().problems == []


def test_two_sweeps_pass_a_request_on_once(ann, bob, eve, system):
    case = asked_for(ann)
    at_once(*[lambda: pass_on(now=LATER, by=system)] * 3)
    assert steps(case) == ["asked", "escalated"]
