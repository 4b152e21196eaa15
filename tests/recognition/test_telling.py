"""Those concerned are told of praise, awards and cases: once, with the change, and no more."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Consent, Notice, OutgoingMail, Role, RoleAssignment, ShownTo
from people.services.erasing import erase
from people.services.notices import text_of
from people.services.outbox import send_waiting
from recognition.models import Nomination, PanelMember, Reply
from recognition.services import fair_play
from recognition.services.awards import raise_to, vote
from recognition.services.nominating import nominate, withdraw
from recognition.services.notices import tell_of_thanks
from recognition.services.telling import tell_waiting
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.recognition.conftest import praise, praised

pytestmark = pytest.mark.django_db


def tell() -> int:
    return tell_waiting(now=TUESDAY_NOON)


def told() -> list[tuple[str, str, str]]:
    """Who was told what, by the login."""
    notices = Notice.objects.order_by("user__username", "id").select_related("user")
    return [(notice.user.username, notice.kind, text_of(notice)) for notice in notices]


def test_praise_tells_those_praised_and_their_lead(ann, bob, fay, cas, kept_promise):
    praised(ann, cas, by=fay, behaviour=kept_promise)
    assert tell() == 1
    assert told() == [
        ("ann", "nominated", "Fay has praised you and 1 colleague: Kept a promise."),
        ("bob", "colleague-nominated", "One of your people was praised: Kept a promise."),
        ("cas", "nominated", "Fay has praised you and 1 colleague: Kept a promise."),
    ]
    assert Nomination.objects.get().told_at == TUESDAY_NOON
    assert tell() == 0
    assert len(told()) == 3


def test_the_mail_to_those_praised_leads_to_the_page_and_holds_no_story(ann, fay, kept_promise):
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    tell()
    [queued] = OutgoingMail.objects.all()
    notice = Notice.objects.get()
    assert (queued.to, queued.subject) == ("ann@example.org", "You were praised")
    assert f"/notices/{notice.pk}/" in queued.body
    assert nomination.story not in queued.body
    assert notice.path == f"/nominations/{nomination.pk}/#replies"


def test_publishing_tells_by_itself(
    ann, fay, kept_promise, django_capture_on_commit_callbacks, settings
):
    with django_capture_on_commit_callbacks(execute=True):
        praised(ann, by=fay, behaviour=kept_promise)
    assert [row[:2] for row in told()] == [("ann", "nominated")]
    send_waiting()
    assert [message.to for message in mail.outbox] == [["ann@example.org"]]


def test_run_due_tells_what_no_worker_has_told(ann, fay, kept_promise):
    praised(ann, by=fay, behaviour=kept_promise)
    call_command("run_due")
    assert [row[:2] for row in told()] == [("ann", "nominated")]


def test_praise_withdrawn_before_it_was_told_is_told_to_nobody(ann, fay, kept_promise):
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    withdraw(nomination, by=fay, now=TUESDAY_NOON)
    assert tell() == 1
    assert told() == []
    assert not Nomination.objects.filter(told_at=None).exists()


def test_praise_that_is_held_waits_until_it_is_cleared(ann, bob, dee, fay, kept_promise):
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    case = fair_play.report(nomination, reason="never happened", by=bob, now=TUESDAY_NOON)
    assert tell() == 0
    fair_play.clear(case, reason="it did", by=dee, now=TUESDAY_NOON)
    assert tell() == 1
    assert Notice.objects.filter(kind="nominated").count() == 1


def test_what_fails_on_the_way_leaves_praise_waiting(ann, fay, kept_promise, monkeypatch):
    praised(ann, by=fay, behaviour=kept_promise)

    def broken(*_args):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("recognition.services.telling._to_leads", broken)
        with pytest.raises(RuntimeError):
            tell()
    assert (told(), Nomination.objects.filter(told_at=None).count()) == ([], 1)
    assert tell() == 1


def test_a_lead_is_not_told_of_who_wants_to_be_named_to_nobody(ann, bob, fay, cas, kept_promise):
    Consent.objects.create(employee=ann.employee, names=ShownTo.NOBODY, given_at=TUESDAY_NOON)
    praised(ann, cas, by=fay, behaviour=kept_promise)
    tell()
    assert {row[0] for row in told()} == {"ann", "cas"}


def test_praise_for_nobody_else_is_told_to_no_lead(ann, bob, fay, kept_promise):
    praised(ann, by=fay, behaviour=kept_promise, audience=ShownTo.NOBODY)
    tell()
    assert {row[0] for row in told()} == {"ann"}


def test_a_lead_in_the_praise_is_told_once_as_who_is_praised(ann, bob, fay, kept_promise):
    praised(ann, bob, by=fay, behaviour=kept_promise)
    tell()
    assert [row[:2] for row in told()] == [("ann", "nominated"), ("bob", "nominated")]


def test_a_lead_who_gave_it_is_not_told(ann, bob, kept_promise):
    praised(ann, by=bob, behaviour=kept_promise)
    tell()
    assert [row[:2] for row in told()] == [("ann", "nominated")]


def test_the_nearest_lead_is_told_and_not_the_ones_above(
    claims, bob, cas, fay, site, system, kept_promise
):
    below = make_department("DAMAGE", site, parent=claims)
    deep = make_department("GLASS", site, parent=below)
    gus = make_person("gus", deep, by=system)
    RoleAssignment.objects.create(
        user=cas, role=Role.LEAD, department=below, from_date=date(2020, 1, 1), made_by=system
    )
    praised(gus, by=fay, behaviour=kept_promise)
    tell()
    assert [row[:2] for row in told()] == [("cas", "colleague-nominated"), ("gus", "nominated")]


def test_a_manager_elsewhere_is_told_of_what_all_colleagues_read(ann, cas, fay, kept_promise):
    ann.employee.manager = cas.employee
    ann.employee.save()
    praised(ann, by=fay, behaviour=kept_promise)
    tell()
    assert {row[0] for row in told()} == {"ann"}
    Consent.objects.create(employee=ann.employee, names=ShownTo.STAFF, given_at=TUESDAY_NOON)
    praised(ann, by=fay, behaviour=kept_promise)
    tell()
    assert [row[:2] for row in told() if row[0] == "cas"] == [("cas", "colleague-nominated")]


def test_who_has_no_account_is_told_nothing_and_the_lead_is(ann, bob, fay, kept_promise):
    employee = ann.employee
    employee.user = None
    employee.save()
    nominate(
        replace(praise(behaviour=kept_promise), nominees=(employee,)), by=fay, now=TUESDAY_NOON
    )
    tell()
    assert {row[0] for row in told()} == {"bob"}


def test_thanks_reach_the_giver(ann, fay, kept_promise):
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    reply = Reply.objects.create(
        nomination=nomination, employee=ann.employee, text="Thank you!", thanks=True, key=uuid4(),
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    tell_of_thanks(reply)
    assert told() == [("fay", "thanked", "Ann says thanks for your praise.")]


def test_an_award_is_told_to_who_won_it_and_who_gave_the_praise(ann, bob, fay, kept_promise, card):
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    raise_to(nomination, card, reason="well done", by=bob, now=TUESDAY_NOON)
    assert told() == [
        ("ann", "award-granted", "You have won an award: Thank-you card."),
        ("fay", "award-granted", "Praise that you gave has won an award: Thank-you card."),
    ]


def test_an_award_before_the_panel_is_told_to_those_who_may_vote(
    ann, bob, cas, dee, fay, kept_promise, star
):
    star.amount_minor = 0
    star.save()
    for member in (ann, bob, cas, dee):
        PanelMember.objects.create(level=star, employee=member.employee, from_date=date(2026, 1, 1))
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    award = raise_to(nomination, star, reason="the best", by=bob, now=TUESDAY_NOON)
    waits = "An award waits for your vote: Quarterly star."
    assert told() == [("cas", "award-waits", waits), ("dee", "award-waits", waits)]
    for member in (cas, dee):
        vote(award, "yes", by=member, now=TUESDAY_NOON)
    assert [row[:2] for row in told() if row[1] == "award-granted"] == [
        ("ann", "award-granted"), ("fay", "award-granted"),
    ]  # fmt: skip


def test_each_step_of_a_case_is_told_to_those_concerned_and_what_waits_to_hr(
    ann, bob, dee, fay, eve, billing, system, kept_promise
):
    hal = make_person("hal", billing, (Role.HR, None), by=system)
    nomination = praised(ann, hal, by=fay, behaviour=kept_promise)
    case = fair_play.report(nomination, reason="never happened", by=bob, now=TUESDAY_NOON)
    fair_play.report(nomination, reason="no", by=eve, now=TUESDAY_NOON)
    hidden = "Praise that concerns you was reported; it is hidden for now."
    waits = "Praise was reported, is hidden and waits for HR."
    assert told() == [
        ("ann", "fair-play-step", hidden), ("dee", "fair-play-waits", waits),
        ("fay", "fair-play-step", hidden), ("hal", "fair-play-step", hidden),
    ]  # fmt: skip
    Notice.objects.all().delete()
    fair_play.remove(case, reason="it never happened", by=dee, now=TUESDAY_NOON)
    assert {row[0] for row in told()} == {"ann", "fay", "hal"}
    Notice.objects.all().delete()
    fair_play.appeal(case, reason="it did", by=ann, now=TUESDAY_NOON)
    appeals = "Somebody appeals against the removal of praise."
    # Dee removed it and Hal is concerned: nobody else is in HR, so an executive decides.
    assert told() == [("eve", "fair-play-waits", appeals)]


def test_a_pattern_that_is_noticed_is_told_to_hr_alone(ann, dee, fay, kept_promise, system):
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    finding = fair_play.Finding(
        "pair", "pair:1", {"count": 4}, [nomination.pk], [ann.employee.pk, fay.employee.pk]
    )
    fair_play.notice([finding], by=system, now=TUESDAY_NOON)
    assert {row[0] for row in told()} == {"dee"}


def test_erasing_takes_away_what_others_were_told_with_the_name(ann, bob, dee, fay, kept_promise):
    praised(ann, by=fay, behaviour=kept_promise)
    praised(ann, by=dee, behaviour=kept_promise)
    tell()
    fay.employee.left_on = date(2026, 2, 1)
    fay.employee.save()
    erase(fay.employee, why="asked for it", by=dee, now=TUESDAY_NOON)
    assert [row[2] for row in told() if "Fay" in row[2]] == []
    assert Notice.objects.filter(kind="nominated").count() == 1


def test_telling_asks_as_often_for_many_as_for_one(ann, bob, fay, billing, system, kept_promise):
    def queries(count: int) -> int:
        for _n in range(count):
            giver = make_person(f"g{Nomination.objects.count()}", billing, by=system)
            nominate(praise(ann, behaviour=kept_promise), by=giver, now=TUESDAY_NOON)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert tell() == count
        return len(seen)

    queries(1)
    assert queries(1) == queries(10) == queries(90)
