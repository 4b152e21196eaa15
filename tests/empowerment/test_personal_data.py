"""What empowerment keeps about a person: told to them in full, forgotten when they are erased."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from empowerment.models import Case, CaseStep, Receipt
from empowerment.services.asking import ask, decide
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.spending import spend
from ledger.services.checking import check_ledger
from people.models import Employee
from people.services.erasing import erase
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]
WHY = "Waited for two weeks"


@pytest.fixture
def cases(ann, bob) -> list[Case]:
    """One of Ann's own, a part of it back and a receipt with it, and one that Bob declined."""
    own = spend(wanted(4_000, reason=WHY, no_receipt="Lost it"), by=ann, now=TUESDAY_NOON)
    once = wanted(1).key
    give_back(own, GivenBack(once, 1_000, "it was found"), by=ann, now=TUESDAY_NOON)
    Receipt.objects.create(case=own, image=b"picture", sha256="x", added_at=TUESDAY_NOON)
    asked = ask(wanted(40_000, reference="C-2", reason=WHY), by=ann, now=TUESDAY_NOON)
    no = decide(asked, approve=False, reason="Offer goods", by=bob, now=TUESDAY_NOON)
    return [own, no]


def taken(client, user) -> dict:
    client.force_login(user)
    return json.loads(client.post("/my-data/", {"form": "json"}).content)


def test_a_person_takes_their_own_cases_with_them(client, ann, cases):
    kept = taken(client, ann)
    assert [(row["customer"], row["amount_minor"], row["state"]) for row in kept["cases"]] == [
        ("C-1", 4_000, "approved"), ("C-2", 40_000, "declined"),
    ]  # fmt: skip
    assert [(row["amount_minor"], row["reason"]) for row in kept["case-returns"]] == [
        (1_000, "it was found")
    ]
    assert {row["what"] for row in kept["case-steps"]} == {"returned", "asked"}


def test_who_decided_takes_the_decision_and_not_the_case(client, bob, cases):
    kept = taken(client, bob)
    [decided] = kept["cases-decided"]
    assert decided["state"] == "declined"
    assert {"customer", "reason"} & decided.keys() == set()
    assert WHY not in json.dumps(kept)
    assert kept["cases"] == []


def test_words_and_receipts_go_when_somebody_is_erased_and_amounts_stay(ann, dee, cases):
    Employee.objects.filter(user=ann).update(left_on=timezone.localdate() - timedelta(days=1))
    erase(Employee.objects.get(user=ann), why="asked for it", by=dee, now=timezone.now())
    assert not Receipt.objects.exists()
    assert set(Case.objects.values_list("reason", flat=True)) == {"–"}
    assert set(Case.objects.values_list("no_receipt", flat=True)) == {"–", ""}
    # The steps of a case tell of whoever entered it, whoever wrote them.
    assert set(CaseStep.objects.values_list("text", flat=True)) == {"–", ""}
    assert [(case.amount_minor, case.returned_minor) for case in Case.objects.order_by("pk")] == [
        (4_000, 1_000), (40_000, 0),
    ]  # fmt: skip
    assert check_ledger().problems == []
