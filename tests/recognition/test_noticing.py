"""Patterns in praise become cases, once each, and hide nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command

from people.models import AuditEntry, Employee, ShownTo
from recognition.models import FairPlayCase, Nomination, Nominee
from recognition.services.fair_play import clear
from recognition.services.noticing import notice_of_day, notice_patterns, share_across
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.recognition.test_copied import CALLED

pytestmark = pytest.mark.django_db
Kind = FairPlayCase.Kind


@pytest.fixture
def staff(claims, billing):
    """Forty who praise as it comes, over departments, and three who praise each other."""
    return Employee.objects.bulk_create(
        Employee(number=f"s{n}", name=f"Staff {n}", hired_on=TUESDAY_NOON.date()) for n in range(43)
    )


def give(giver, nominee, *, days_ago=1.0, story=None, department=None):
    at = TUESDAY_NOON - timedelta(days=days_ago)
    made = Nomination.objects.create(
        key=uuid4(), giver=giver, story=story or uuid4().hex, happened_on=at.date(),
        behaviour_id=give.behaviour, published_at=at, published_on=at.date(),
        shown_to=ShownTo.TEAM, giver_department=department,
    )  # fmt: skip
    Nominee.objects.create(nomination=made, employee=nominee, department=department)
    return made


@pytest.fixture(autouse=True)
def behaviour(kept_promise):
    give.behaviour = kept_promise.pk


def everyday_praise(staff, department) -> None:
    """Each of forty gives ten to ten others, over half a year."""
    for n, giver in enumerate(staff[:40]):
        for turn in range(1, 11):
            give(giver, staff[(n + turn * 3) % 40], days_ago=turn * 17, department=department)


def ring_of_three(staff, department, *, since=1, turns=10) -> list[Nomination]:
    ring = staff[40:]
    return [
        give(giver, nominee, days_ago=since + turn * 15, department=department)
        for turn in range(turns)
        for giver in ring
        for nominee in ring
        if giver != nominee
    ]


def look(system, *, days=0) -> list[FairPlayCase]:
    return notice_patterns(by=system, now=TUESDAY_NOON + timedelta(days=days))


def test_a_ring_becomes_a_case_with_its_figures(staff, claims, system):
    everyday_praise(staff, claims)
    inside = ring_of_three(staff, claims)
    [case] = look(system)
    members = sorted(each.pk for each in staff[40:])
    assert (case.kind, case.state) == (Kind.RING, "open")
    assert case.facts == {
        "inside": 60, "given": 60, "received": 60, "usual_percent": 20, "members": members,
    }  # fmt: skip
    assert sorted(case.people.values_list("pk", flat=True)) == members
    assert set(case.nominations.all()) == set(inside)
    assert set(Nomination.objects.values_list("state", flat=True)) == {"published"}


def test_the_same_ring_is_one_case_however_often_it_is_looked_for(staff, claims, system, dee):
    everyday_praise(staff, claims)
    ring_of_three(staff, claims)
    [case] = look(system)
    give(staff[40], staff[41], days_ago=0.5, department=claims)
    assert look(system, days=1) == []
    clear(case, reason="one team on one shift", by=dee, now=TUESDAY_NOON)
    assert look(system, days=30) == []


def test_a_cleared_ring_that_goes_on_is_asked_about_again(staff, claims, system, dee):
    everyday_praise(staff, claims)
    ring_of_three(staff, claims)
    [case] = look(system)
    clear(case, reason="one team on one shift", by=dee, now=TUESDAY_NOON)
    ring_of_three(staff, claims, since=-160, turns=11)
    [again] = look(system, days=170)
    assert again.pk != case.pk


def test_copied_text_becomes_a_case(staff, system):
    told = [give(staff[0], staff[1], story=CALLED), give(staff[2], staff[3], story=f"{CALLED}!")]
    [case] = look(system)
    assert (case.kind, case.facts) == (
        Kind.COPIED,
        {"count": 2, "alike_percent": 100, "members": [staff[0].pk, staff[2].pk]},
    )
    assert set(case.nominations.all()) == set(told)
    assert {each.pk for each in case.people.all()} == {each.pk for each in staff[:4]}
    give(staff[4], staff[5], story=CALLED)
    assert look(system) == []


def test_what_was_copied_long_ago_is_not_asked_about(staff, system):
    give(staff[0], staff[1], story=CALLED, days_ago=100)
    give(staff[2], staff[3], story=CALLED, days_ago=120)
    assert look(system) == []


def test_a_burst_becomes_a_case(staff, claims, system):
    for week in range(20):
        give(staff[week % 2], staff[5], days_ago=7 * week + 7, department=claims)
    for n in range(12):
        give(staff[n % 2], staff[6 + n], days_ago=1 + n / 500, department=claims)
    [case] = look(system)
    assert case.kind == Kind.BURST
    assert case.facts | {"first": ""} == {
        "count": 12, "first": "", "usual": 1.0, "days_left": 29,
        "members": [staff[0].pk, staff[1].pk],
    }  # fmt: skip


def test_a_second_account_becomes_a_question(staff, system, claims):
    make_person("ann", claims, by=system)
    twin = make_person("twin", claims, by=system).employee
    Employee.objects.filter(pk=twin.pk).update(name="Ann")
    ann = Employee.objects.get(number="ann")
    give(ann, twin)
    [case] = look(system)
    assert (case.kind, case.facts) == (
        Kind.SECOND_ACCOUNT,
        {"signs": ["name"], "count": 1, "members": sorted([ann.pk, twin.pk])},
    )


def test_withdrawn_praise_is_no_pattern(staff, system):
    give(staff[0], staff[1], story=CALLED)
    told = give(staff[2], staff[3], story=CALLED)
    Nomination.objects.filter(pk=told.pk).update(
        state="withdrawn", ended_by=system, ended_at=TUESDAY_NOON
    )
    assert look(system) == []


def test_run_due_looks_once_a_day(staff, system, monkeypatch):
    monkeypatch.setattr("screens.management.commands.run_due.timezone.now", lambda: TUESDAY_NOON)
    give(staff[0], staff[1], story=CALLED)
    call_command("run_due")
    give(staff[2], staff[3], story=CALLED)
    call_command("run_due")
    assert not FairPlayCase.objects.exists()
    assert AuditEntry.objects.filter(action="look_for_patterns").count() == 1
    assert len(notice_of_day(by=system, now=TUESDAY_NOON + timedelta(days=1))) == 1


def test_where_nobody_praises_nothing_is_looked_for(system):
    assert notice_of_day(by=system, now=TUESDAY_NOON) == []
    assert not AuditEntry.objects.filter(action="look_for_patterns").exists()


def test_looking_asks_as_often_for_many_as_for_few(
    staff, claims, system, django_assert_num_queries
):
    give(staff[0], staff[1], department=claims)
    with django_assert_num_queries(11):
        look(system)
    everyday_praise(staff, claims)
    with django_assert_num_queries(11):
        look(system)


def test_the_share_across_departments(staff, claims, site):
    other = make_department("OTHER", site)
    for giver_department, nominee_department in ((claims, claims), (claims, other), (claims, None)):
        made = give(staff[0], staff[1], department=giver_department)
        made.nominees.update(department=nominee_department)
    assert share_across(now=TUESDAY_NOON) == (1, 2)
