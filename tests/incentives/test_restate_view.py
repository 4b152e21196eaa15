"""Correcting a final day: a look changes nothing, a second person approves, once."""

import json

import pytest

from incentives.models import DayVerdict, Restatement, Result
from incentives.services.closing import pool_balance
from ledger.models import Transfer
from ledger.services.checking import check_ledger
from people.models import SalaryLook
from tests.conftest import MONDAY, make_person
from tests.scene import missed_monday, pool, propose_monday_met, wednesday  # noqa: F401
from tests.test_commands import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("missed_monday")]

BILLING_WAITED = f"/days/{MONDAY}/BILLING/waiting/restate/"
FOUR_MINUTES = {"kind": "value", "new": "4", "reason": "typing mistake"}
SIX_MINUTES = {"kind": "value", "new": "6", "reason": "typing mistake"}


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


def facts() -> list[int]:
    """Everything a correction could touch, counted."""
    return [model.objects.count() for model in (DayVerdict, Restatement, Result, Transfer)]


def confirm(client, correction: dict, *, path: str = BILLING_WAITED, **changed):
    """Look, then confirm what was seen; `changed` is edited in between."""
    looked = client.post(path, correction)
    seen = looked.context["seen"]
    return client.post(path, correction | {"seen": seen, "confirm": ""} | changed)


def decide(client, restatement, user, answer: str):
    client.force_login(user)
    return client.post(f"/restatements/{restatement.pk}/decide/", {answer: ""}, follow=True)


def test_a_look_shows_before_and_after_and_changes_nothing(as_dee):
    before = facts()
    response = as_dee.post(BILLING_WAITED, FOUR_MINUTES)
    [verdict] = response.context["preview"]["verdicts"]
    assert (verdict["before"]["met"], verdict["before"]["hit"]) == (3, False)
    assert (verdict["after"]["met"], verdict["after"]["hit"]) == (4, True)
    assert verdict["after"]["contribution_minor"] == 25_000
    assert b"250.00" in response.content
    assert facts() == before


def test_where_no_money_moves_the_day_is_corrected_at_once(as_dee, dee):
    response = confirm(as_dee, SIX_MINUTES)
    assert response.url == f"/days/{MONDAY}/"
    assert Restatement.objects.get().state == "applied"
    assert list(DayVerdict.objects.values_list("version", "made_by")[:1]) == [(2, dee.pk)]
    assert not Transfer.objects.exists()


def test_where_money_moves_it_waits_for_a_second_person(as_dee):
    response = confirm(as_dee, FOUR_MINUTES)
    restatement = Restatement.objects.get()
    assert response.url == f"/restatements/{restatement.pk}/"
    assert restatement.state == "awaiting_approval"
    assert b"somebody else has to approve" in as_dee.get(response.url).content
    assert not Transfer.objects.exists()


def test_a_double_click_proposes_once(as_dee):
    first = confirm(as_dee, FOUR_MINUTES)
    assert confirm(as_dee, FOUR_MINUTES).url == first.url
    assert Restatement.objects.count() == 1


def test_a_double_click_corrects_once(as_dee):
    looked = as_dee.post(BILLING_WAITED, SIX_MINUTES)
    confirmed = SIX_MINUTES | {"seen": looked.context["seen"], "confirm": ""}
    as_dee.post(BILLING_WAITED, confirmed)
    second = as_dee.post(BILLING_WAITED, confirmed)
    assert b"this is what already holds" in second.content
    assert DayVerdict.objects.count() == 2


def test_what_was_not_looked_at_is_not_corrected(as_dee):
    before = facts()
    unseen = as_dee.post(BILLING_WAITED, FOUR_MINUTES | {"confirm": ""})
    edited = confirm(as_dee, SIX_MINUTES, new="7")
    for response in (unseen, edited):
        assert b"This is not what you have looked at" in response.content
    assert facts() == before


def test_a_day_changed_after_the_look_has_to_be_looked_at_again(as_dee, goals, dee, wednesday):
    from incentives.services.restating import Correction, propose

    seen = as_dee.post(BILLING_WAITED, SIX_MINUTES).context["seen"]
    excused = Correction(MONDAY, goals[0].department, goals[0].metric, "excuse")
    propose(excused, reason="Water", by=dee, now=wednesday)
    response = as_dee.post(BILLING_WAITED, SIX_MINUTES | {"seen": seen, "confirm": ""})
    assert b"This is not what you have looked at" in response.content
    assert Restatement.objects.count() == 1


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"kind": "value", "new": "4", "reason": ""}, "reason"),
        ({"kind": "value", "new": "", "reason": "typo"}, "new"),
        ({"kind": "value", "new": "four", "reason": "typo"}, "new"),
        ({"kind": "value", "new": "4.001", "reason": "typo"}, "new"),
        ({"kind": "value", "new": "NaN", "reason": "typo"}, "new"),
        ({"kind": "verdict", "new": "4", "reason": "typo"}, "kind"),
        ({"kind": "value", "new": "5.01", "reason": "typo"}, "__all__"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_changes(as_dee, posted, field):
    before = facts()
    response = as_dee.post(BILLING_WAITED, posted | {"confirm": ""})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert facts() == before


@pytest.mark.parametrize("path", [f"/days/{MONDAY}/NOPE/waiting/restate/",
                                  f"/days/{MONDAY}/BILLING/nope/restate/"])  # fmt: skip
def test_an_unknown_goal_is_not_found(as_dee, path):
    assert as_dee.get(path).status_code == 404


def test_a_day_that_is_not_final_is_not_restated(as_dee):
    response = as_dee.post("/days/2026-03-03/BILLING/waiting/restate/", FOUR_MINUTES)
    assert b"is not final" in response.content


@pytest.mark.parametrize("name", ["ann", "bob", "eve", "max_auditor"])
def test_who_may_not_propose(client, name, request):
    client.force_login(request.getfixturevalue(name))
    assert client.post(BILLING_WAITED, FOUR_MINUTES).status_code == 403
    assert not Restatement.objects.exists()


def test_the_second_person_approves_and_the_money_moves(
    client,
    goals,
    pool,
    dee,
    fay,
    wednesday,
):
    restatement = propose_monday_met(goals, by=dee, now=wednesday)
    response = decide(client, restatement, fay, "approve")
    assert response.redirect_chain[-1][0] == f"/days/{MONDAY}/"
    assert "4 of 4 goals met" in response.content.decode()
    assert pool_balance(pool, through=MONDAY) == 25_000
    assert check_ledger().problems == []


def test_the_proposer_cannot_approve(client, goals, fay, wednesday):
    restatement = propose_monday_met(goals, by=fay, now=wednesday)
    client.force_login(fay)
    page = client.get(f"/restatements/{restatement.pk}/").content.decode()
    assert 'name="approve"' not in page
    assert "somebody else has to approve it" in page
    assert b"somebody else has to approve" in decide(client, restatement, fay, "approve").content
    restatement.refresh_from_db()
    assert restatement.state == "awaiting_approval"
    assert not Transfer.objects.exists()


def test_the_proposer_may_take_it_back(client, goals, fay, wednesday):
    restatement = propose_monday_met(goals, by=fay, now=wednesday)
    decide(client, restatement, fay, "refuse")
    restatement.refresh_from_db()
    assert (restatement.state, restatement.decided_by) == ("refused", fay)


def test_a_stale_preview_is_refused(client, goals, dee, fay, wednesday):
    from incentives.services.restating import Correction, propose

    restatement = propose_monday_met(goals, by=dee, now=wednesday)
    excused = Correction(MONDAY, goals[0].department, goals[0].metric, "excuse")
    propose(excused, reason="Water", by=dee, now=wednesday)
    response = decide(client, restatement, fay, "approve")
    assert b"the day has changed since this was proposed" in response.content
    restatement.refresh_from_db()
    assert restatement.state == "awaiting_approval"
    assert not Transfer.objects.exists()


def test_approving_twice_applies_once(client, goals, pool, dee, fay, wednesday):
    restatement = propose_monday_met(goals, by=dee, now=wednesday)
    decide(client, restatement, fay, "approve")
    assert b"has already been decided" in decide(client, restatement, fay, "approve").content
    assert pool_balance(pool, through=MONDAY) == 25_000
    assert DayVerdict.objects.count() == 2


def test_a_refused_correction_cannot_be_approved_later(client, goals, dee, fay, eve, wednesday):
    restatement = propose_monday_met(goals, by=dee, now=wednesday)
    decide(client, restatement, eve, "refuse")
    assert b"has already been decided" in decide(client, restatement, fay, "approve").content
    assert not Transfer.objects.exists()


def test_a_post_that_says_neither_decides_nothing(client, goals, dee, fay, wednesday):
    restatement = propose_monday_met(goals, by=dee, now=wednesday)
    client.force_login(fay)
    assert client.post(f"/restatements/{restatement.pk}/decide/").status_code == 400
    restatement.refresh_from_db()
    assert restatement.state == "awaiting_approval"


@pytest.mark.parametrize("name", ["ann", "bob", "dee", "max_auditor", "root"])
def test_who_may_not_decide(client, goals, fay, wednesday, name, request):
    restatement = propose_monday_met(goals, by=fay, now=wednesday)
    client.force_login(request.getfixturevalue(name))
    posted = client.post(f"/restatements/{restatement.pk}/decide/", {"approve": ""})
    assert posted.status_code == 403
    restatement.refresh_from_db()
    assert restatement.state == "awaiting_approval"


def test_a_correction_that_does_not_exist_is_not_found(client, fay):
    client.force_login(fay)
    for pk in ("999", "9" * 30):
        assert client.get(f"/restatements/{pk}/").status_code == 404
        decided = client.post(f"/restatements/{pk}/decide/", {"approve": ""})
        assert decided.status_code == 404


def test_the_auditor_reads_every_correction(client, goals, dee, max_auditor, wednesday):
    restatement = propose_monday_met(goals, by=dee, now=wednesday)
    client.force_login(max_auditor)
    assert b"typing mistake" in client.get("/restatements/").content
    page = client.get(f"/restatements/{restatement.pk}/").content
    assert b"Proposed by Dee." in page
    assert b'name="approve"' not in page


def test_an_excuse_and_a_target_are_corrections_too(as_dee):
    excused = as_dee.post(BILLING_WAITED, {"kind": "excuse", "reason": "Water"})
    assert excused.context["preview"]["verdicts"][0]["after"]["counted"] == 3
    target = {"kind": "target", "new": "5.01", "reason": "Wrong sheet"}
    looked = as_dee.post(BILLING_WAITED, target)
    assert looked.context["preview"]["verdicts"][0]["after"]["met"] == 4


def test_who_corrects_and_who_approves_see_the_goal_as_it_stands(
    client, goals, dee, fay, wednesday
):
    made = propose_monday_met(goals, by=dee, now=wednesday)
    for user, path in ((dee, BILLING_WAITED), (fay, f"/restatements/{made.pk}/")):
        client.force_login(user)
        text = " ".join(client.get(path).content.decode().split())
        assert "As it stands: 5.01 ≤ 5" in text
        assert "✗ missed" in text


# Whose bonus changes


@pytest.fixture
def five(ann, bob, cas, dee, fay):
    """Five people; the cast of this company."""
    return [ann, bob, cas, dee, fay]


def test_finance_sees_whose_bonus_a_correction_changes_and_the_look_is_logged(client, five, fay):
    client.force_login(fay)
    before = facts()
    page = client.post(BILLING_WAITED, FOUR_MINUTES)
    [effect] = page.context["effects"]
    assert (effect.year, effect.difference_minor, effect.decided) == (2026, 25_000, False)
    assert [(e.number, e.before_minor, e.after_minor) for e in effect.people] == [
        (name, 0, 5000) for name in ("ann", "bob", "cas", "dee", "fay")
    ]
    assert b"Ann (ann)" in page.content
    looks = SalaryLook.objects.filter(by=fay, where="correction of a day")
    assert sorted(looks.values_list("employee__number", flat=True))[:4] == [
        "ann", "bob", "cas", "dee",
    ]  # fmt: skip
    assert facts() == before


def test_others_see_how_many_gain_and_the_range_but_no_person(as_dee, five):
    page = as_dee.post(BILLING_WAITED, FOUR_MINUTES)
    assert b"Whose bonus changes" in page.content
    assert b"Largest gain" in page.content
    assert b"50.00" in page.content
    assert b"Ann (ann)" not in page.content
    assert not SalaryLook.objects.exists()


def test_of_fewer_than_five_the_range_is_nobodys_business(as_dee, ann, cas):
    page = as_dee.post(BILLING_WAITED, FOUR_MINUTES)
    assert page.context["effects"][0].gaining
    assert b"Largest gain" not in page.content


def test_where_no_money_moves_nobodys_bonus_changes(as_dee, five):
    page = as_dee.post(BILLING_WAITED, SIX_MINUTES)
    assert b"Nobody's bonus changes." in page.content


def test_who_decides_sees_the_effect_too(client, goals, five, dee, fay, eve, wednesday):
    made = propose_monday_met(goals, by=dee, now=wednesday)
    for user, named in ((fay, True), (eve, False)):
        client.force_login(user)
        page = client.get(f"/restatements/{made.pk}/").content
        assert (b"Ann (ann)" in page) == named
        assert b"Largest gain" in page
    decide(client, made, fay, "approve")
    assert b"Whose bonus changes" not in client.get(f"/restatements/{made.pk}/").content


def test_somebody_hired_meanwhile_does_not_stand_in_the_way(
    client, goals, five, dee, fay, claims, system, wednesday
):
    made = propose_monday_met(goals, by=dee, now=wednesday)
    make_person("new", claims, by=system)
    decide(client, made, fay, "approve")
    made.refresh_from_db()
    assert made.state == "applied"


def test_a_stale_correction_shows_no_effect(client, goals, five, dee, fay, wednesday):
    made = propose_monday_met(goals, by=dee, now=wednesday)
    again = propose_monday_met(goals, by=dee, now=wednesday)
    decide(client, again, fay, "approve")
    other = Restatement.objects.create(
        date=MONDAY, department=made.department, metric=made.metric, kind="value",
        new_scaled=made.new_scaled, reason="x", moves_money=True, preview={"verdicts": []},
        made_by=dee,
    )  # fmt: skip
    client.force_login(fay)
    page = client.get(f"/restatements/{other.pk}/")
    assert page.status_code == 200
    assert "effects" not in page.context


def test_a_salary_in_another_currency_is_said_and_stops_no_correction(as_dee, five, ann):
    ann.employee.salaries.update(currency="USD")
    page = as_dee.post(BILLING_WAITED, FOUR_MINUTES)
    assert b"paid in another currency" in page.content
    assert page.context["seen"]


def test_the_effect_by_command(five):
    answer = run(
        "restate", MONDAY, "--department", "BILLING", "--metric", "waiting", "--value", "4",
        "--reason", "typo", "--dry-run", "--format", "json",
    )  # fmt: skip
    people = json.loads(answer)["people"]
    assert {name: people[name] for name in ("changed", "gain_minor", "loss_minor")} == {
        "changed": 5, "gain_minor": 25_000, "loss_minor": 0,
    }  # fmt: skip
    assert people["pools"][0]["largest_gain_minor"] == 5000
