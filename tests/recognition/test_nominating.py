"""Praise is published at once, within limits, and once however often it is sent."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from people.models import AuditEntry, ShownTo
from people.services.consents import Agreed, ConsentRefused, agree, consent_of
from recognition.models import Nomination, Nominee
from recognition.rules.limits import Limits, beyond
from recognition.services.nominating import NominationRefused, nominate, withdraw
from recognition.services.policies import PolicyRefused, Terms, set_recognition_policy, terms_on
from tests.conftest import MONDAY, TUESDAY_NOON, make_person
from tests.recognition.conftest import STORY, TODAY, praise, praised

pytestmark = pytest.mark.django_db


def test_praise_is_published_at_once(ann, cas, dee, kept_promise):
    made = praised(ann, dee, by=cas, behaviour=kept_promise, customer_reference=" C-1 ")
    assert (made.state, made.story, made.customer_reference) == ("published", STORY, "C-1")
    assert (made.published_on, made.giver, made.giver_department.code) == (
        TODAY, cas.employee, "BILLING",
    )  # fmt: skip
    assert {(n.employee.number, n.department.code) for n in made.nominees.all()} == {
        ("ann", "CLAIMS"), ("dee", "BILLING"),
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="nominate", subject=f"nomination:{made.pk}").exists()


def test_praise_sent_twice_counts_once(ann, cas, kept_promise):
    told = praise(ann, behaviour=kept_promise)
    first = nominate(told, by=cas, now=TUESDAY_NOON)
    assert nominate(told, by=cas, now=TUESDAY_NOON + timedelta(hours=1)) == first
    assert Nomination.objects.count() == 1


def test_a_form_sent_again_after_withdrawing_publishes_nothing(ann, cas, kept_promise):
    told = praise(ann, behaviour=kept_promise)
    withdraw(nominate(told, by=cas, now=TUESDAY_NOON), by=cas, now=TUESDAY_NOON)
    with pytest.raises(NominationRefused, match="has ended since"):
        nominate(told, by=cas, now=TUESDAY_NOON)


def test_a_key_stands_for_one_content(ann, bob, cas, dee, kept_promise):
    key = uuid4()
    praised(ann, by=cas, behaviour=kept_promise, key=key)
    for users, by in (((ann, dee), cas), ((ann,), bob), ((dee,), cas)):
        with pytest.raises(NominationRefused, match="sent before"):
            praised(*users, by=by, behaviour=kept_promise, key=key)
    with pytest.raises(NominationRefused, match="sent before"):
        praised(ann, by=cas, behaviour=kept_promise, key=key, story=STORY + " Really.")
    assert Nominee.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"nominees": ()}, "nominees", "at least one"),
        ({"story": "Good!"}, "story", "at least a sentence"),
        ({"story": "word " * 2000}, "story", "9999 characters; at most 4000"),
        ({"happened_on": date(2026, 3, 4)}, "happened_on", "today at the latest"),
        ({"happened_on": date(2025, 1, 1)}, "happened_on", "last twelve months"),
        ({"customer_reference": "x" * 61}, "customer_reference", "at most 60"),
    ],
)
def test_what_can_never_be_praise_is_refused(ann, cas, kept_promise, more, field, says):
    with pytest.raises(NominationRefused, match=says) as refused:
        praised(ann, by=cas, behaviour=kept_promise, **more)
    assert refused.value.field == field
    assert not Nomination.objects.exists()


def test_nobody_nominates_themself(ann, cas, kept_promise):
    with pytest.raises(NominationRefused, match="themself"):
        praised(ann, cas, by=cas, behaviour=kept_promise)


def test_who_has_left_is_not_nominated(ann, cas, kept_promise):
    ann.employee.left_on = MONDAY
    ann.employee.save()
    with pytest.raises(NominationRefused, match="does not work here"):
        praised(ann, by=cas, behaviour=kept_promise)
    with pytest.raises(NominationRefused, match="Only employees"):
        praised(cas, by=ann, behaviour=kept_promise)


def test_a_login_without_employee_praises_nobody(ann, system, kept_promise):
    with pytest.raises(NominationRefused, match="Only employees"):
        praised(ann, by=system, behaviour=kept_promise)


def test_a_retired_behaviour_is_no_choice(ann, cas, kept_promise):
    kept_promise.retired_on = TODAY
    with pytest.raises(NominationRefused, match="from the list"):
        praised(ann, by=cas, behaviour=kept_promise)


def test_the_same_colleague_is_praised_twice_a_month(ann, cas, kept_promise):
    for days in (0, 29):
        praised(ann, by=cas, behaviour=kept_promise, now=TUESDAY_NOON + timedelta(days=days))
    with pytest.raises(NominationRefused, match="praised Ann 2 times in 30 days"):
        praised(ann, by=cas, behaviour=kept_promise, now=TUESDAY_NOON + timedelta(days=29))
    praised(ann, by=cas, behaviour=kept_promise, now=TUESDAY_NOON + timedelta(days=30))


def test_ten_nominations_a_week_are_the_most(claims, system, cas, kept_promise):
    people = [make_person(f"p{n}", claims, by=system) for n in range(11)]
    for person in people[:10]:
        made = praised(person, by=cas, behaviour=kept_promise)
    # Withdrawn praise counts: else a limit would be as long as somebody's patience.
    withdraw(made, by=cas, now=TUESDAY_NOON)
    with pytest.raises(NominationRefused, match="10 nominations in 7 days"):
        praised(people[10], by=cas, behaviour=kept_promise)


def test_limits_follow_the_policy_of_the_day(ann, cas, dee, kept_promise):
    terms = Terms(Limits(giver=1, giver_days=1, pair=1, pair_days=1, nominees=1), repeat_months=3)
    set_recognition_policy(terms, from_date=TODAY, reason="calm", by=dee)
    assert terms_on(MONDAY) == Terms()
    assert terms_on(TODAY) == terms
    with pytest.raises(NominationRefused, match="at most 1 colleague"):
        praised(ann, dee, by=cas, behaviour=kept_promise)
    with pytest.raises(PolicyRefused, match="at least 1"):
        set_recognition_policy(Terms(Limits(pair=0)), from_date=TODAY, reason="x", by=dee)
    with pytest.raises(PolicyRefused, match="Say why"):
        set_recognition_policy(terms, from_date=TODAY, reason=" ", by=dee)


def test_the_limit_names_whom_it_is_about():
    found = beyond(Limits(), given=0, to_each={7: 0, 8: 2})
    assert (found.limit, found.whom) == ("pair", 8)
    assert beyond(Limits(), given=9, to_each={7: 1}) is None


def test_only_the_giver_withdraws_and_once_is_enough(ann, cas, dee, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    with pytest.raises(NominationRefused, match="Only who gave"):
        withdraw(made, by=dee, now=TUESDAY_NOON)
    first = withdraw(made, by=cas, now=TUESDAY_NOON, reason="wrong colleague")
    assert (first.state, first.end_reason) == ("withdrawn", "wrong colleague")
    assert withdraw(made, by=cas, now=TUESDAY_NOON + timedelta(1)).ended_at == TUESDAY_NOON


def test_praise_is_shown_as_far_as_somebody_it_names_agrees(ann, cas, dee, kept_promise):
    made = praised(ann, dee, by=cas, behaviour=kept_promise)
    assert made.shown_to == ShownTo.TEAM  # nobody has said anything
    agree(dee.employee, Agreed(ShownTo.PUBLIC, ShownTo.NOBODY), by=dee, now=TUESDAY_NOON)
    made.refresh_from_db()
    assert made.shown_to == ShownTo.STAFF  # as the giver chose
    for user in (ann, dee):
        agree(user.employee, Agreed(ShownTo.NOBODY, ShownTo.NOBODY), by=user, now=TUESDAY_NOON)
    made.refresh_from_db()
    assert made.shown_to == ShownTo.NOBODY


def test_nobody_agrees_for_somebody_else(ann, dee):
    with pytest.raises(ConsentRefused, match="themself"):
        agree(ann.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=dee, now=TUESDAY_NOON)
    with pytest.raises(ConsentRefused, match="no further than the name"):
        agree(ann.employee, Agreed(ShownTo.TEAM, ShownTo.STAFF), by=ann, now=TUESDAY_NOON)
    assert consent_of(ann.employee) == Agreed(ShownTo.TEAM, ShownTo.NOBODY)
