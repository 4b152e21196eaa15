"""The page on which two people open, count and destroy the ballots of a poll."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.models import AnswerCount, BallotInbox, Wave
from surveys.rules.sealing import new_half
from surveys.services.station import cast_ballot, claim
from tests.conftest import TUESDAY_NOON
from tests.surveys.conftest import CLOSED
from tests.surveys.test_result_pages import text

pytestmark = pytest.mark.django_db
ADDRESS = "/polls/of/2026/seal/"


@pytest.fixture
def closed(poll, ann, cas, monkeypatch):
    """Ann and Cas have voted, and the time is over."""
    for user in (ann, cas):
        credential = claim(poll.wave, by=user, now=TUESDAY_NOON)
        cast_ballot(credential, {1: 4}, now=TUESDAY_NOON)
    monkeypatch.setattr(timezone, "now", lambda: CLOSED + timedelta(hours=1))
    return poll


def test_two_codes_seal_a_poll(client, closed, dee):
    client.force_login(dee)
    codes = {"first": closed.codes[0].lower(), "second": closed.codes[1].replace("-", " ")}
    response = client.post(ADDRESS, codes, follow=True)
    assert "Sealed: 2 ballots were counted. Ballots and keys are destroyed." in text(response)
    assert response["Cache-Control"] == "no-store"
    assert (Wave.objects.get().state, BallotInbox.objects.count()) == ("sealed", 0)
    assert not AnswerCount.objects.exists()
    assert "its ballots and both keys are destroyed" in text(client.get(ADDRESS))


def test_the_staff_representative_may_open_the_page_too(client, closed, ann, bob):
    Wave.objects.update(staff_holder=bob)
    client.force_login(bob)
    assert client.get(ADDRESS).status_code == 200
    client.force_login(ann)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {}).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one, two: (one[:-4], two), "A code has 56 letters and digits; this one has 53."),
        (lambda one, two: (one, _typo(two)), "A letter of this code is wrong."),
        (lambda one, two: (one, one), "These two codes do not open this poll."),
        (lambda one, two: (one, new_half().code), "These two codes do not open this poll."),
        (lambda one, two: ("", two), "This field is required."),
    ],
)  # fmt: skip
def test_wrong_codes_open_nothing_and_come_back_to_nobody(client, closed, dee, change, said):
    client.force_login(dee)
    first, second = change(*closed.codes)
    response = client.post(ADDRESS, {"first": first, "second": second})
    assert said in text(response)
    page = response.content.decode()
    assert not [code for code in (first, second) if code and (code in page or code[:11] in page)]
    assert response["Cache-Control"] == "no-store"
    assert page.count('autocomplete="off"') == 3
    assert (Wave.objects.get().state, BallotInbox.objects.count()) == ("open", 2)


def _typo(code: str) -> str:
    return ("B" if code[0] != "B" else "C") + code[1:]


def test_an_open_poll_is_not_sealed_whatever_is_sent(client, closed, dee, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: CLOSED - timedelta(hours=1))
    client.force_login(dee)
    response = client.post(ADDRESS, {"first": closed.codes[0], "second": closed.codes[1]})
    assert "This poll is open until" in text(response)
    assert "<input" not in response.content.decode().partition("<main")[2].partition("</main")[0]
    assert BallotInbox.objects.count() == 2
