"""Doubted praise: hidden by a report, decided by HR, appealed by those concerned."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from recognition.models import CaseStep, FairPlayCase, Nomination, Reply
from recognition.permissions import decides_case
from recognition.services.awards import raise_to
from recognition.services.fair_play import (
    FairPlayRefused,
    Finding,
    appeal,
    clear,
    decide_appeal,
    hold,
    hr_for,
    notice,
    remove,
    report,
    report_reply,
    warn,
)
from recognition.services.nominating import NominationRefused, withdraw
from recognition.services.rewards import Funding, fund
from tests.conftest import TUESDAY_NOON, make_person
from tests.recognition.conftest import praised

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubted(ann, cas, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    return report(made, reason="it never happened", by=eve, now=TUESDAY_NOON)


@pytest.fixture
def dot(billing, system):
    return make_person("dot", billing, ("hr", None), by=system)


def state_of(case) -> str:
    return case.nominations.get().state


def step(verb, case, by, **more):
    return verb(case, reason="because", by=by, now=TUESDAY_NOON, **more)


def test_a_report_hides_until_hr_decides(doubted, dee, ann, cas):
    assert (doubted.state, state_of(doubted)) == ("held", "held")
    assert {each.user for each in doubted.people.all()} == {ann, cas}
    step(clear, doubted, dee)
    assert state_of(doubted) == "published"


def test_what_hr_cleared_is_not_hidden_by_the_next_report(doubted, dee, fay):
    step(clear, doubted, dee)
    again = report(doubted.nominations.get(), reason="really", by=fay, now=TUESDAY_NOON)
    assert again == doubted
    assert state_of(doubted) == "published"
    assert list(doubted.steps.values_list("what", flat=True)) == ["reported", "cleared", "reported"]


def test_five_reports_a_day_are_the_most(claims, system, cas, eve, kept_promise):
    for n in range(6):
        made = praised(make_person(f"p{n}", claims, by=system), by=cas, behaviour=kept_promise)
        if n < 5:
            report(made, reason="x", by=eve, now=TUESDAY_NOON)
    with pytest.raises(FairPlayRefused, match="reported 5 times today"):
        report(made, reason="x", by=eve, now=TUESDAY_NOON)
    report(made, reason="x", by=eve, now=TUESDAY_NOON + timedelta(days=1))


def test_a_report_says_why(ann, cas, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    with pytest.raises(FairPlayRefused, match="what is wrong"):
        report(made, reason=" ", by=eve, now=TUESDAY_NOON)
    assert not FairPlayCase.objects.exists()


def test_a_pattern_hides_nothing_by_itself(ann, cas, dee, system, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    people = [ann.employee.pk, cas.employee.pk]
    finding = Finding(FairPlayCase.Kind.PAIR, "pair:1", {"given": 9}, [made.pk], people)
    [case] = notice([finding], by=system, now=TUESDAY_NOON)
    assert notice([finding], by=system, now=TUESDAY_NOON) == []
    assert (case.state, state_of(case)) == ("open", "published")
    step(warn, case, dee)
    assert state_of(case) == "published"
    step(hold, case, dee)
    assert state_of(case) == "held"
    step(remove, case, dee)
    assert state_of(case) == "removed"


def test_a_removal_is_appealed_once_and_decided_by_somebody_else(doubted, dee, dot, cas, eve):
    with pytest.raises(FairPlayRefused, match="no removal"):
        step(appeal, doubted, cas)
    step(remove, doubted, dee)
    with pytest.raises(FairPlayRefused, match="Only those concerned"):
        step(appeal, doubted, eve)
    step(appeal, doubted, cas)
    with pytest.raises(FairPlayRefused, match="no removal"):
        step(appeal, doubted, cas)
    with pytest.raises(FairPlayRefused, match="somebody else has to"):
        step(decide_appeal, doubted, dee, restore=True)
    restored = step(decide_appeal, doubted, dot, restore=True)
    assert (restored.state, state_of(doubted)) == ("cleared", "published")


def test_a_confirmed_removal_stays(doubted, dee, dot, cas):
    step(remove, doubted, dee)
    step(appeal, doubted, cas)
    assert step(decide_appeal, doubted, dot, restore=False).state == "upheld"
    assert state_of(doubted) == "removed"
    with pytest.raises(FairPlayRefused, match="no removal"):
        step(appeal, doubted, cas)


def test_nobody_decides_a_case_about_themself(dee, ann, eve, kept_promise):
    made = praised(dee, by=ann, behaviour=kept_promise)
    case = report(made, reason="x", by=eve, now=TUESDAY_NOON)
    for verb in (clear, remove):
        with pytest.raises(FairPlayRefused, match="about you"):
            step(verb, case, dee)


def test_every_step_says_why(doubted, dee):
    for verb in (clear, remove):
        with pytest.raises(FairPlayRefused, match="Say why"):
            verb(doubted, reason="", by=dee, now=TUESDAY_NOON)
    assert CaseStep.objects.count() == 1


def test_what_another_case_holds_stays_hidden(doubted, dee, system):
    made = doubted.nominations.get()
    finding = Finding(FairPlayCase.Kind.COPIED, "copied:1", {}, [made.pk], [])
    [other] = notice([finding], by=system, now=TUESDAY_NOON)
    step(hold, other, dee)
    step(clear, doubted, dee)
    assert Nomination.objects.get().state == "held"
    step(clear, other, dee)
    assert Nomination.objects.get().state == "published"


@pytest.fixture
def remark(ann, cas, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    return Reply.objects.create(
        nomination=made, employee=ann.employee, text="Thanks!", key=uuid4(), made_at=TUESDAY_NOON
    )


def test_a_reply_is_reported_decided_and_appealed_too(remark, ann, cas, dee, dot, eve):
    case = report_reply(remark, reason="rude", by=eve, now=TUESDAY_NOON)
    assert [each.user for each in case.people.all()] == [ann]

    def state() -> str:
        return Reply.objects.get().state

    assert state() == "held"
    step(remove, case, dee)
    assert (state(), remark.nomination.state) == ("removed", "published")
    with pytest.raises(FairPlayRefused, match="not shown any more"):
        report_reply(remark, reason="rude", by=eve, now=TUESDAY_NOON)
    step(appeal, case, ann)
    step(decide_appeal, case, dot, restore=True)
    assert state() == "published"
    assert report_reply(remark, reason="rude", by=cas, now=TUESDAY_NOON) == case
    assert state() == "published"


def test_a_cleared_reply_is_shown_again(remark, dee, eve):
    case = report_reply(remark, reason="rude", by=eve, now=TUESDAY_NOON)
    step(clear, case, dee)
    assert Reply.objects.get().state == "published"


def test_removing_takes_the_award_back_once(ann, bob, cas, dee, eve, fay, spot, kept_promise):
    fund(Funding(uuid4(), None, 2026, "GBP", 9_000, "plan"), by=fay, now=TUESDAY_NOON)
    made = praised(ann, by=cas, behaviour=kept_promise)
    raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    case = report(made, reason="x", by=eve, now=TUESDAY_NOON)
    step(remove, case, dee)
    with pytest.raises(NominationRefused, match="removed already"):
        withdraw(made, by=cas, now=TUESDAY_NOON)
    assert Account.objects.get(code="recognition:company:2026").balance() == 9_000
    assert Transfer.objects.exclude(reverses=None).count() == 1
    assert check_ledger().ok


def test_praise_that_was_withdrawn_cannot_be_reported(ann, cas, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    withdraw(made, by=cas, now=TUESDAY_NOON)
    with pytest.raises(FairPlayRefused, match="not shown any more"):
        report(made, reason="x", by=eve, now=TUESDAY_NOON)


def test_an_appeal_restores_what_its_own_case_removed_and_no_more(doubted, dee, dot, cas, system):
    made = doubted.nominations.get()
    people = [each.pk for each in doubted.people.all()]
    finding = Finding(FairPlayCase.Kind.COPIED, "copied:1", {}, [made.pk], people)
    [other] = notice([finding], by=system, now=TUESDAY_NOON)
    step(hold, other, dee)
    step(remove, other, dee)
    step(appeal, other, cas)
    # The report still holds it.
    step(decide_appeal, other, dot, restore=True)
    assert state_of(doubted) == "held"
    step(remove, doubted, dee)
    [third] = notice([replace(finding, key="copied:2")], by=system, now=TUESDAY_NOON)
    step(hold, third, dee)
    step(remove, third, dee)
    step(appeal, third, cas)
    step(decide_appeal, third, dot, restore=True)
    assert state_of(doubted) == "removed"


def test_who_reported_it_does_not_decide_it(ann, cas, dee, dot, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    case = report(made, reason="x", by=dee, now=TUESDAY_NOON)
    with pytest.raises(FairPlayRefused, match="You reported this"):
        step(remove, case, dee)
    assert hr_for(case) == [dot]
    assert not decides_case(dee, case)
    step(remove, case, dot)
    step(appeal, case, cas)
    with pytest.raises(FairPlayRefused, match="You reported this"):
        step(decide_appeal, case, dee, restore=False)
    case.refresh_from_db()
    # Nobody in HR is left: an executive has the last word.
    assert hr_for(case) == []
    assert decides_case(eve, case)
