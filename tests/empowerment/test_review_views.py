"""The pages of looking back: for leads, for whoever spent the money, and for nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from empowerment.models import Case, CaseStep, Customer, MomentOfTruth, Review
from empowerment.services.spending import spend
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

SPLIT = {
    "cases": [1, 2], "count": 2, "people": 1, "total_minor": 18_000, "currency": "GBP",
    "measure": "case", "limit_minor": 15_000,
}  # fmt: skip
NOTICED = "2 cases for one customer within 24 hours, together GBP 180.00"
STAYS = "the case stays approved"


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def case(ann) -> Case:
    found = spend(wanted(9_000), by=ann, now=TUESDAY_NOON)
    Review.objects.create(case=found, why="split", facts=SPLIT, opened_at=TUESDAY_NOON)
    return found


def text_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_lead_sees_what_waits_and_why(client, bob, case):
    client.force_login(bob)
    text = text_of(client, "/cases/reviews/")
    assert NOTICED in text
    assert f"/cases/{case.pk}/review/" in text
    assert "Ann" in text
    assert "wait to be looked at" in text_of(client, "/") or "waits to be looked at" in text_of(
        client, "/"
    )


def test_a_look_with_words_is_done_and_the_case_stays_approved(client, bob, ann, case):
    client.force_login(bob)
    address = f"/cases/{case.pk}/review/"
    text = text_of(client, address)
    assert NOTICED in text
    assert STAYS in text
    response = client.post(address, {"text": "Ask me next time."})
    assert (response.status_code, response["Location"]) == (302, "/cases/reviews/")
    case.refresh_from_db()
    assert case.state == Case.State.APPROVED
    assert NOTICED not in text_of(client, "/cases/reviews/")
    done = text_of(client, "/cases/reviews/?state=done")
    assert NOTICED in done
    assert "looked at by Bob" in done
    assert "waits to be looked at" not in text_of(client, "/")


def test_whoever_spent_it_reads_what_was_noticed_once_somebody_looked_and_answers(
    client, bob, ann, case
):
    page, answer = f"/cases/{case.pk}/", f"/cases/{case.pk}/comment/"
    client.force_login(ann)
    assert NOTICED not in text_of(client, page)
    assert client.get(answer).status_code == 404
    client.force_login(bob)
    client.post(f"/cases/{case.pk}/review/", {"text": "Ask me next time."})
    client.force_login(ann)
    text = text_of(client, page)
    assert NOTICED in text
    assert "Ask me next time." in text
    assert answer in text
    assert STAYS in text_of(client, answer)
    response = client.post(answer, {"text": "You were away."})
    assert (response.status_code, response["Location"]) == (302, page)
    client.force_login(bob)
    assert "You were away." in text_of(client, page)


@pytest.mark.parametrize("text", ["", "x" * 501])
def test_a_comment_that_says_nothing_or_too_much_is_refused_at_the_field(client, bob, case, text):
    client.force_login(bob)
    response = client.post(f"/cases/{case.pk}/comment/", {"text": text})
    assert response.status_code == 200
    assert response.context["form"].errors["text"]
    assert not CaseStep.objects.exists()


def test_a_look_that_somebody_else_took_says_so(client, bob, case, system):
    Review.objects.update(reviewed_by=system, reviewed_at=TUESDAY_NOON)
    client.force_login(bob)
    response = client.post(f"/cases/{case.pk}/review/", {"text": "x"})
    assert "Nothing of this case waits" in response.content.decode()


def test_nobody_else_looks(client, ann, bob, cas, dee, fay, max_auditor, case):
    for who in (ann, cas, dee, fay, max_auditor):
        client.force_login(who)
        assert client.get("/cases/reviews/").status_code == 403
        for name in ("review", "comment"):
            assert client.get(f"/cases/{case.pk}/{name}/").status_code == 404
            assert client.post(f"/cases/{case.pk}/{name}/", {"text": "x"}).status_code == 404
    assert not CaseStep.objects.exists()


def test_a_leads_own_case_waits_for_executives(client, bob, eve):
    own = spend(wanted(9_000), by=bob, now=TUESDAY_NOON)
    Review.objects.create(case=own, why="sample", opened_at=TUESDAY_NOON)
    client.force_login(bob)
    assert f"/cases/{own.pk}/review/" not in text_of(client, "/cases/reviews/")
    client.force_login(eve)
    assert f"/cases/{own.pk}/review/" in text_of(client, "/cases/reviews/")
    assert client.get(f"/cases/{own.pk}/").status_code == 200
    assert client.post(f"/cases/{own.pk}/review/", {}).status_code == 302


def test_the_list_is_narrowed_by_why_and_department(client, bob, case):
    client.force_login(bob)
    assert NOTICED not in text_of(client, "/cases/reviews/?why=far")
    assert NOTICED in text_of(client, "/cases/reviews/?why=split&department=CLAIMS")


def test_the_list_is_a_file_too(client, bob, case):
    client.force_login(bob)
    rows = client.get("/cases/reviews/?export=csv").content.decode().splitlines()
    assert len(rows) == 2
    assert rows[1].startswith(f"{case.pk},")
    assert "90.00,GBP" in rows[1]


def many(count: int, case: Case) -> None:
    customer = Customer.objects.get()
    moment = MomentOfTruth.objects.get()
    cases = Case.objects.bulk_create(
        Case(
            key=uuid4(), employee_id=case.employee_id, department_id=case.department_id,
            site_id=case.site_id, customer=customer, moment=moment, remedy="refund",
            amount_minor=1, currency="GBP", state="approved", spent_on=case.spent_on,
            entered_at=TUESDAY_NOON - timedelta(minutes=n),
        )
        for n in range(count)
    )  # fmt: skip
    Review.objects.bulk_create(
        Review(case=each, why="split", facts=SPLIT, opened_at=TUESDAY_NOON) for each in cases
    )


def test_a_list_asks_as_often_for_1_as_for_1000(client, bob, case):
    client.force_login(bob)
    counts = []
    for count in (0, 9, 990):
        many(count, case)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            text_of(client, "/cases/reviews/")
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
