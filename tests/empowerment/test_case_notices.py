"""Who is told of requests above the limits: in the change's own transaction, once each."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from empowerment.models import Case
from empowerment.services.allowances import SpendingRefused
from empowerment.services.asking import ask, decide, pass_on, withdraw
from people.models import Notice, OutgoingMail, Role
from people.services.notices import text_of
from people.services.outbox import send_waiting
from tests.conftest import TUESDAY_NOON, make_person
from tests.empowerment.conftest import wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

LATER = TUESDAY_NOON + timedelta(minutes=60)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def case(ann, bob) -> Case:
    return ask(wanted(20_000, reason="the party was spoilt"), by=ann, now=TUESDAY_NOON)


def told(user) -> list[tuple[str, str]]:
    found = Notice.objects.filter(user=user).order_by("pk")
    return [(notice.kind, text_of(notice)) for notice in found]


ASKED = ("case-asked", "A colleague asks for GBP 200.00 for a customer. Answer by {}.")


def test_whoever_is_to_decide_is_told_now(case, ann, bob, eve):
    assert told(bob) == [(ASKED[0], ASKED[1].format("3 Mar 2026, 13:00"))]
    assert (told(ann), told(eve)) == ([], [])
    assert Notice.objects.get().path == f"/cases/{case.pk}/decide/"


def test_a_mail_carries_a_link_and_not_whom_it_is_for(case, bob):
    send_waiting()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["bob@example.org"], "A case waits for your decision")
    assert "GBP 200.00" in sent.body and "/notices/" in sent.body
    for kept in ("C-1", "the party", "Ann"):
        assert kept not in sent.body


def test_the_asker_is_told_of_each_answer(case, ann, bob):
    decide(case, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    other = ask(wanted(30_000, reason="late"), by=ann, now=TUESDAY_NOON)
    decide(other, approve=False, reason="Offer goods", by=bob, now=TUESDAY_NOON)
    assert told(ann) == [
        ("case-decided", "Your request for GBP 200.00 is approved: put it right now."),
        ("case-decided", "Your request for GBP 300.00 is declined: read why, and what you can"
                         " offer."),
    ]  # fmt: skip
    assert Notice.objects.filter(user=ann).latest("pk").path == f"/cases/{other.pk}/"


def test_when_it_is_passed_on_the_next_and_the_asker_are_told(case, ann, bob, eve, system):
    pass_on(now=LATER, by=system)
    assert told(eve) == [(ASKED[0], ASKED[1].format("3 Mar 2026, 14:00"))]
    assert told(ann) == [
        ("case-passed-on", "Nobody has answered in time: your request for GBP 200.00 is with the"
                           " executives now."),
    ]  # fmt: skip
    assert len(told(bob)) == 1


def test_executives_are_reminded_once_a_day(case, eve, system):
    for hours in range(1, 5):
        pass_on(now=TUESDAY_NOON + hours * HOUR, by=system)
    assert [kind for kind, _text in told(eve)] == ["case-asked", "case-waits"]
    pass_on(now=TUESDAY_NOON + timedelta(days=1), by=system)
    assert [kind for kind, _text in told(eve)] == ["case-asked", "case-waits", "case-waits"]


def test_who_becomes_a_lead_while_it_waits_is_told_by_the_next_sweep(case, bob, claims, system):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    for _run in range(2):
        pass_on(now=TUESDAY_NOON, by=system)
    assert ([kind for kind, _text in told(zoe)], len(told(bob))) == (["case-asked"], 1)


def test_nobody_is_told_of_what_was_refused(case, ann, bob):
    Notice.objects.all().delete()
    with pytest.raises(SpendingRefused):
        decide(case, approve=False, reason="", by=bob, now=TUESDAY_NOON)
    withdraw(case, by=ann, now=TUESDAY_NOON)
    assert not Notice.objects.exists()


def test_what_money_does_not_hold_tells_nobody(ann, bob):
    case = ask(wanted(600_000, reason="late"), by=ann, now=TUESDAY_NOON)
    with pytest.raises(SpendingRefused):
        decide(case, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    assert told(ann) == []
    assert OutgoingMail.objects.count() == 1


def test_run_due_passes_on_and_tells(case, eve, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    call_command("run_due")
    case.refresh_from_db()
    assert case.asked_of is None
    assert [kind for kind, _text in told(eve)] == ["case-asked"]
    assert "eve@example.org" in {address for sent in mail.outbox for address in sent.to}
