"""Praise becomes an award: who may raise it, how a panel decides, and the money moves once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from people.models import Role, ShownTo
from recognition.models import Award, Nomination, PanelMember
from recognition.rules.awards import Count, months_before, outcome
from recognition.services.awards import AwardRefused, raise_to, vote, voters
from recognition.services.fair_play import report
from recognition.services.nominating import withdraw
from recognition.services.rewards import BudgetRefused, Funding, fund
from tests.conftest import TUESDAY_NOON, make_person
from tests.recognition.conftest import TODAY, praised

pytestmark = pytest.mark.django_db


def funded(by, minor=100_000, department=None, year=2026):
    funding = Funding(uuid4(), department, year, "GBP", minor, "yearly plan")
    return fund(funding, by=by, now=TUESDAY_NOON).budget


def balance(code: str) -> int:
    return Account.objects.get(code=code).balance()


def sit(level, *users):
    for user in users:
        PanelMember.objects.create(level=level, employee=user.employee, from_date=date(2026, 1, 1))


def test_a_lead_gives_a_spot_award_at_once(ann, bob, cas, fay, spot, kept_promise):
    budget = funded(fay)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, spot, reason="above and beyond", by=bob, now=TUESDAY_NOON)
    assert (award.state, award.decided_by, award.budget) == ("granted", bob, budget)
    assert balance("recognition:company:2026") == 95_000
    assert balance("recognition:rewards") == 5_000
    assert check_ledger().ok


def test_each_who_is_named_gets_the_award(ann, bob, cas, eve, fay, spot, kept_promise):
    funded(fay)
    made = praised(ann, eve, by=cas, behaviour=kept_promise)
    raise_to(made, spot, reason="both", by=bob, now=TUESDAY_NOON)
    assert balance("recognition:rewards") == 10_000


def test_the_nearest_budget_pays(ann, bob, cas, fay, spot, claims, kept_promise):
    funded(fay)
    funded(fay, 7_000, claims)
    made = praised(ann, by=cas, behaviour=kept_promise)
    raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    assert balance(f"recognition:department-{claims.pk}:2026") == 2_000


def test_without_money_nothing_is_granted(ann, bob, cas, fay, spot, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    with pytest.raises(AwardRefused, match="no recognition budget in GBP for 2026"):
        raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    funded(fay, 4_999)
    with pytest.raises(AwardRefused, match="holds less"):
        raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    assert not Award.objects.exists()
    assert balance("recognition:company:2026") == 4_999


def test_nobody_raises_the_own_praise_or_what_they_gave(ann, bob, cas, claims, card, kept_promise):
    about_bob = praised(bob, ann, by=cas, behaviour=kept_promise)
    given_by_bob = praised(ann, by=bob, behaviour=kept_promise)
    with pytest.raises(AwardRefused, match="about you"):
        raise_to(about_bob, card, reason="x", by=bob, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="You gave"):
        raise_to(given_by_bob, card, reason="x", by=bob, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="Only a lead"):
        raise_to(given_by_bob, card, reason="x", by=cas, now=TUESDAY_NOON)


def test_the_same_award_is_not_won_again_within_a_year(ann, bob, cas, dee, card, kept_promise):
    first = praised(ann, by=cas, behaviour=kept_promise)
    second = praised(ann, by=dee, behaviour=kept_promise)
    raise_to(first, card, reason="x", by=bob, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="raised to Thank-you card already"):
        raise_to(first, card, reason="x", by=bob, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="Ann won Thank-you card lately"):
        raise_to(second, card, reason="x", by=bob, now=TUESDAY_NOON)
    a_year_on = TUESDAY_NOON + timedelta(days=365)
    assert raise_to(second, card, reason="x", by=bob, now=a_year_on).state == "granted"


def test_a_level_says_itself_when_it_may_be_won_again(ann, bob, cas, dee, card, kept_promise):
    card.repeat_months = 0
    card.save()
    for giver in (cas, dee):
        made = praised(ann, by=giver, behaviour=kept_promise)
        assert raise_to(made, card, reason="x", by=bob, now=TUESDAY_NOON).state == "granted"


def test_a_panel_decides_by_its_votes(ann, bob, cas, root, eve, fay, star, kept_promise):
    funded(fay)
    sit(star, cas, root, eve, ann)
    ann.employee.manager = bob.employee
    ann.employee.save()
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, star, reason="star", by=bob, now=TUESDAY_NOON)
    assert award.state == "proposed"
    # Not Cas, who gave it, and not Ann, whom it is about.
    assert {each.number for each in voters(award, on=TODAY)} == {"root", "eve"}
    for user, says in ((cas, "You gave"), (ann, "about you"), (fay, "Only the panel")):
        with pytest.raises(AwardRefused, match=says):
            vote(award, "yes", by=user, now=TUESDAY_NOON)
    assert vote(award, "yes", by=root, now=TUESDAY_NOON).state == "proposed"
    with pytest.raises(AwardRefused, match="voted on this award already"):
        vote(award, "yes", by=root, now=TUESDAY_NOON)
    assert vote(award, "yes", by=eve, now=TUESDAY_NOON).state == "granted"
    assert balance("recognition:rewards") == 25_000
    with pytest.raises(AwardRefused, match="decided already"):
        vote(award, "no", by=eve, now=TUESDAY_NOON)


def test_on_a_panel_nobody_votes_on_own_reports_or_own_proposals(
    ann, bob, cas, root, eve, fay, star, kept_promise
):
    sit(star, bob, root, eve)
    ann.employee.manager = eve.employee
    ann.employee.save()
    made = praised(ann, by=cas, behaviour=kept_promise)
    # Only Root is left, and two must vote.
    with pytest.raises(AwardRefused, match="Of the panel 1 may vote on this, and 2 have to"):
        raise_to(made, star, reason="star", by=bob, now=TUESDAY_NOON)
    assert not Award.objects.exists()
    sit(star, fay)
    award = raise_to(made, star, reason="star", by=bob, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="reports to you"):
        vote(award, "yes", by=eve, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="You raised"):
        vote(award, "yes", by=bob, now=TUESDAY_NOON)


def test_a_panel_waits_while_praise_is_doubted(ann, bob, cas, root, eve, star, kept_promise):
    sit(star, root, eve)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, star, reason="star", by=bob, now=TUESDAY_NOON)
    report(made, reason="never happened", by=eve, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="HR decides first"):
        vote(award, "yes", by=root, now=TUESDAY_NOON)


def test_who_sets_amounts_or_funds_a_budget_gives_no_money(
    ann, bob, cas, dee, fay, root, claims, system, spot, star, kept_promise
):
    funded(fay)
    sit(star, dee, fay, root)
    made = praised(ann, by=cas, behaviour=kept_promise)
    with pytest.raises(AwardRefused, match="Of the panel 1 may vote on this, and 2 have to"):
        raise_to(made, star, reason="star", by=bob, now=TUESDAY_NOON)
    star.quorum = 1
    star.save()
    award = raise_to(made, star, reason="star", by=bob, now=TUESDAY_NOON)
    assert [each.number for each in voters(award, on=TODAY)] == ["root"]
    for user in (dee, fay):
        with pytest.raises(AwardRefused, match="does not give it"):
            vote(award, "yes", by=user, now=TUESDAY_NOON)
    ann.employee.manager = dee.employee
    ann.employee.save()
    Nomination.objects.update(shown_to=2)
    with pytest.raises(AwardRefused, match="does not give it"):
        raise_to(made, spot, reason="own report", by=dee, now=TUESDAY_NOON)
    assert balance("recognition:company:2026") == 100_000


def test_the_budget_is_that_of_whom_the_raiser_leads(
    dee, ann, bob, cas, claims, billing, fay, spot, kept_promise
):
    funded(fay, 20_000, claims)
    funded(fay, 20_000, billing)
    # Dee, in Billing, was here first.
    made = praised(dee, ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, spot, reason="both", by=bob, now=TUESDAY_NOON)
    assert award.budget.department == claims
    assert balance(f"recognition:department-{billing.pk}:2026") == 20_000


def test_what_its_people_keep_to_themselves_is_raised_by_nobody(ann, bob, cas, card, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise, audience=ShownTo.NOBODY)
    with pytest.raises(AwardRefused, match="those concerned alone"):
        raise_to(made, card, reason="x", by=bob, now=TUESDAY_NOON)


@pytest.mark.parametrize(
    ("yes", "no", "still", "quorum", "decided"),
    [
        (2, 0, 1, 2, True), (1, 1, 1, 2, None), (0, 2, 1, 2, False), (1, 0, 3, 2, None),
        (2, 1, 0, 3, True), (1, 1, 0, 2, False), (1, 0, 0, 2, False), (1, 0, 0, 1, True),
        (0, 0, 1, 2, False), (2, 0, 2, 2, None),
    ],
)  # fmt: skip
def test_a_panel_has_decided_when_nothing_can_turn_it(yes, no, still, quorum, decided):
    assert outcome(Count(yes, no, still, quorum)) is decided


def test_months_end_where_the_month_ends():
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 12) == date(2025, 1, 15)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)


def test_withdrawn_praise_gives_its_money_back_once(ann, bob, cas, fay, spot, kept_promise):
    funded(fay)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    for _time in range(2):
        withdraw(made, by=cas, now=TUESDAY_NOON)
    award.refresh_from_db()
    assert award.state == "reversed"
    assert balance("recognition:company:2026") == 100_000
    assert Transfer.objects.filter(reverses__isnull=False).count() == 1
    assert check_ledger().ok


def test_a_budget_is_funded_once_a_form(fay, claims):
    funding = Funding(uuid4(), claims, 2026, "GBP", 500, "plan")
    assert fund(funding, by=fay, now=TUESDAY_NOON) == fund(funding, by=fay, now=TUESDAY_NOON)
    assert balance(f"recognition:department-{claims.pk}:2026") == 500
    for change, says in (
        ({"amount_minor": 600}, "sent before"), ({"amount_minor": 0}, "more or less than nothing"),
        ({"reason": " "}, "Say why"), ({"key": uuid4(), "amount_minor": -501}, "holds less"),
    ):  # fmt: skip
        with pytest.raises(BudgetRefused, match=says):
            fund(Funding(**{**vars(funding), **change}), by=fay, now=TUESDAY_NOON)
    back = Funding(uuid4(), claims, 2026, "GBP", -500, "year over")
    fund(back, by=fay, now=TUESDAY_NOON)
    assert balance(f"recognition:department-{claims.pk}:2026") == 0


def test_a_lead_of_a_department_above_raises_too(ann, cas, claims, system, card, kept_promise):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    made = praised(ann, by=cas, behaviour=kept_promise)
    assert raise_to(made, card, reason="x", by=zoe, now=TUESDAY_NOON).state == "granted"
