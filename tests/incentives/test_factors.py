"""A lead's factors: zero-sum inside the department, with reasons, in percent and never in money."""

import re
from datetime import date

import pytest

from incentives.models import BonusRun, LeadProposal
from incentives.services.adjusting import Factor, adjust
from incentives.services.bonus_policies import Terms, set_bonus_policy
from incentives.services.bonus_runs import draft, factors_of, propose, why_not_approve
from incentives.services.eligibility import BonusRefused
from incentives.services.factors import own_department, shown_sha256
from people.models import AuditEntry, Employee, Notice, Role
from people.services import audit
from people.services.employment import leave
from people.services.erasing import erase
from people.services.personal import everything_about
from tests.conftest import make_person
from tests.incentives.test_bonus_runs import NEW_YEAR, pool  # noqa: F401
from tests.incentives.test_day_view import queries_of

pytestmark = pytest.mark.django_db
TERMS = Terms(manager_factor=True)


@pytest.fixture
def policy(pool, system):
    return set_bonus_policy(pool, TERMS, from_date=date(2026, 1, 1), reason="pay", by=system)


@pytest.fixture
def amy(claims, system):
    amy = make_person("amy", claims, by=system)
    amy.employee.memberships.update(fte_bp=5000)
    return amy


@pytest.fixture
def run(pool, policy, ann, amy, bob, cas, fay):
    return draft(pool, 2026, by=fay, now=NEW_YEAR)


@pytest.fixture
def ben(claims, system):
    return make_person("ben", claims, (Role.LEAD, claims), by=system)


def shares(run) -> dict[str, int]:
    return dict(run.shares.values_list("employee__number", "share_minor"))


def address(run, department="CLAIMS") -> str:
    return f"/bonus/runs/{run.pk}/factors/{department}/"


def written(run, claims, by, **factors: tuple[str, str]) -> dict:
    """What the page posts: by name the factor and the reason."""
    own = own_department(run, claims, by=by)
    said = {"seen": own.seen}
    for member in own.members:
        factor, reason = factors.get(member.employee.number, ("", ""))
        said |= {f"factor-{member.employee.pk}": factor, f"reason-{member.employee.pk}": reason}
    return said


def test_a_lead_proposes_and_the_others_carry_the_difference(client, run, claims, ann, bob):
    before = shares(run)
    client.force_login(bob)
    said = written(run, claims, bob, ann=("110", "built the portal"))
    response = client.post(address(run), {**said, "propose": ""}, follow=True)
    assert response.redirect_chain == [(f"/bonus/runs/{run.pk}/factors/", 302)]
    assert factors_of(run) == {ann.employee.pk: 11_000, bob.employee.pk: 10_000}
    after = shares(BonusRun.objects.get())
    assert before == {"amy": 2778, "ann": 5556, "bob": 5556, "cas": 5555, "fay": 5555}
    assert after == {"amy": 2222, "ann": 6111, "bob": 5556, "cas": 5556, "fay": 5555}
    assert sum(after.values()) == sum(before.values()) == 25_000
    assert LeadProposal.objects.get().made_by == bob


def test_without_factors_the_department_is_proposed_as_it_is(client, run, claims, bob):
    before = shares(run)
    client.force_login(bob)
    client.post(address(run), {**written(run, claims, bob), "propose": ""})
    assert LeadProposal.objects.get().department == claims
    assert (factors_of(run), shares(run)) == ({}, before)


def test_looking_says_what_the_others_carry_and_saves_nothing(client, run, claims, bob):
    client.force_login(bob)
    said = written(run, claims, bob, ann=("105", "built the portal"))
    response = client.post(address(run), {**said, "look": ""})
    assert response.context["envelope"].sentence == "The other person carries −10.0%."
    [titles, tenures, times] = response.context["spreads"]
    assert [(g.name, g.mean_bp) for g in times.groups] == [
        ("full-time", 10_500), ("part-time", 9000),
    ]  # fmt: skip
    assert [(g.name, g.people, g.mean_bp) for g in tenures.groups] == [
        ("5 to under 10 years", 2, 9750)
    ]
    assert [g.name for g in titles.groups] == ["no job title"]
    assert factors_of(run) == {} and not LeadProposal.objects.exists()


def test_the_page_holds_no_amount_and_no_salary(client, run, bob):
    client.force_login(bob)
    page = client.get(address(run)).content.decode()
    assert "GBP" not in page
    assert not re.search(r"30[.,]?000|3000000|15[.,]?000|71[.,]?42|7142", page)
    assert "Amy" in page and "50%" in page


@pytest.mark.parametrize("text", [
    "NaN", "1e2", "1,000", "１１０", "-0", "10" * 9, "79.99", "120.01", "110.555", "+110", "0x6e",
    "١١٠", "110%", "∞",
])  # fmt: skip
def test_what_is_no_percentage_within_the_band_gets_a_message_beside_it(
    client, run, claims, ann, bob, text
):
    client.force_login(bob)
    said = written(run, claims, bob, ann=(text, "built the portal"))
    response = client.post(address(run), {**said, "propose": ""})
    assert list(response.context["form"].errors) == [f"factor-{ann.employee.pk}"]
    assert "from 80 to 120" in response.content.decode()
    assert factors_of(run) == {} and not LeadProposal.objects.exists()


def test_each_factor_needs_a_reason_and_each_reason_a_factor(client, run, claims, ann, amy, bob):
    client.force_login(bob)
    said = written(run, claims, bob, ann=("105", " "), amy=("", "works fewer hours"))
    response = client.post(address(run), {**said, "propose": ""})
    assert response.context["form"].errors == {
        f"reason-{ann.employee.pk}": ["Say why."],
        f"factor-{amy.employee.pk}": ["Which factor is this the reason for?"],
    }
    assert not LeadProposal.objects.exists()


def test_a_hundred_alone_is_no_factor_and_with_a_reason_holds_the_share(
    client, run, claims, ann, bob
):
    client.force_login(bob)
    said = written(run, claims, bob, ann=("100", ""))
    client.post(address(run), {**said, "propose": ""})
    assert factors_of(run) == {}
    said = written(run, claims, bob, ann=("100", "not to be moved"))
    client.post(address(run), {**said, "propose": ""})
    assert factors_of(run) == {ann.employee.pk: 10_000, bob.employee.pk: 10_000}


def test_factors_that_nobody_can_carry_change_nothing(client, run, claims, bob):
    before = shares(run)
    client.force_login(bob)
    said = written(run, claims, bob, ann=("120", "a"), amy=("120", "b"))
    response = client.post(address(run), {**said, "propose": ""})
    assert "Nobody without a factor is left" in response.content.decode()
    said = written(run, claims, bob, ann=("120", "a"))
    response = client.post(address(run), {**said, "propose": ""})
    assert "20% more or less is the limit" in response.content.decode()
    assert (factors_of(run), shares(run)) == ({}, before)


def test_a_factor_for_oneself_is_not_asked_for_and_refused(client, run, claims, bob):
    own = bob.employee.pk
    client.force_login(bob)
    assert f"factor-{own}" not in client.get(address(run)).content.decode()
    said = written(run, claims, bob) | {f"factor-{own}": "120", f"reason-{own}": "me"}
    client.post(address(run), {**said, "propose": ""})
    assert factors_of(run) == {}
    with pytest.raises(BonusRefused, match="themself"):
        adjust(run, claims, {bob.employee: Factor(12_000, "me")}, by=bob, now=NEW_YEAR)


def test_a_lead_does_not_take_back_what_another_gave_them(run, claims, bob, ben, ann, pool, fay):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    adjust(run, claims, {bob.employee: Factor(9500, "late")}, by=ben, now=NEW_YEAR)
    adjust(run, claims, {}, by=bob, now=NEW_YEAR)
    assert factors_of(run) == {bob.employee.pk: 9500}
    adjust(run, claims, {ann.employee: Factor(10_500, "x")}, by=bob, now=NEW_YEAR)
    assert factors_of(run) == {bob.employee.pk: 9500, ann.employee.pk: 10_500}


def test_of_two_leads_the_later_one_overwrites_nothing_unseen(
    client, run, claims, ann, amy, bob, ben, pool, fay
):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    said = written(run, claims, bob, ann=("95", "slow"))
    adjust(run, claims, {ann.employee: Factor(10_500, "quick")}, by=ben, now=NEW_YEAR,
           seen=shown_sha256(run, claims))  # fmt: skip
    client.force_login(bob)
    response = client.post(address(run), {**said, "propose": ""})
    page = response.content.decode()
    assert "Somebody else has changed something in Claims" in page
    assert "Now 105%, by Ben." in page
    assert factors_of(run)[ann.employee.pk] == 10_500
    with pytest.raises(BonusRefused, match="Somebody else"):
        adjust(run, claims, {}, by=bob, now=NEW_YEAR, seen=said["seen"])
    again = {**said, "seen": shown_sha256(run, claims), "propose": ""}
    assert client.post(address(run), again).status_code == 302
    assert factors_of(run)[ann.employee.pk] == 9500


def test_each_factor_is_in_the_log_for_those_who_may_read_it(run, claims, ann, bob):
    adjust(run, claims, {ann.employee: Factor(10_500, "quick")}, by=bob, now=NEW_YEAR)
    entry = AuditEntry.objects.get(action="adjust_bonus", person=ann.employee)
    assert (entry.subject, entry.by) == (f"employee:{ann.employee.pk}", bob)
    assert "quick" not in str(entry.after)
    [opened] = audit.opened([entry])
    assert (opened.before, opened.after) == (None, {"factor_bp": 10_500, "reason": "quick"})


def test_who_gave_factors_does_not_approve(run, claims, bob, system):
    adjust(run, claims, {}, by=bob, now=NEW_YEAR)
    assert "Who proposes" in why_not_approve(run, by=bob)


def test_somebody_elses_department_is_not_found(client, run, bob, ann, fay, system, billing):
    client.force_login(bob)
    assert client.get(address(run, "BILLING")).status_code == 404
    assert client.post(address(run, "BILLING"), {"propose": ""}).status_code == 404
    assert client.get(address(run, "NOWHERE")).status_code == 404
    assert client.get(address(replace_pk(run))).status_code == 404
    for nobody in (ann, fay):
        client.force_login(nobody)
        assert client.get(address(run)).status_code == 403
        assert client.get(f"/bonus/runs/{run.pk}/factors/").status_code == 403


def replace_pk(run) -> BonusRun:
    return BonusRun(pk=run.pk + 1)


def test_a_run_whose_policy_has_no_factors_has_no_such_page(client, pool, ann, bob, fay):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    client.force_login(bob)
    assert client.get(address(run)).status_code == 404
    assert client.get(f"/bonus/runs/{run.pk}/factors/").status_code == 404
    assert not Notice.objects.exists()


def test_once_finance_has_proposed_the_factors_stand(client, run, claims, ann, bob, fay):
    said = written(run, claims, bob, ann=("105", "quick"))
    propose(run, by=fay, now=NEW_YEAR)
    client.force_login(bob)
    response = client.post(address(run), {**said, "propose": ""})
    assert response.status_code == 200
    page = response.content.decode()
    assert "no longer changed" in page and 'name="propose"' not in page
    assert factors_of(run) == {}
    with pytest.raises(BonusRefused, match="proposed"):
        adjust(run, claims, {}, by=bob, now=NEW_YEAR)


def test_leads_are_told_once_and_find_it_on_their_first_page(client, run, pool, claims, bob, fay):
    draft(pool, 2026, by=fay, now=NEW_YEAR)
    [notice] = Notice.objects.filter(kind="factors-wanted")
    assert (notice.user, notice.path) == (bob, f"/bonus/runs/{run.pk}/factors/")
    client.force_login(bob)
    assert "Propose for the bonus" in client.get("/").content.decode()
    index = client.get(notice.path).content.decode()
    assert "Claims" in index and "not proposed yet" in index and "Billing" not in index
    adjust(run, claims, {}, by=bob, now=NEW_YEAR)
    assert "Propose for the bonus" not in client.get("/").content.decode()
    assert "by Bob" in client.get(notice.path).content.decode()


@pytest.mark.parametrize("people", [10, 200])
def test_the_page_asks_as_often_for_many_people(
    client, run, pool, claims, bob, fay, system, people
):
    client.force_login(bob)
    client.get(address(run))
    few = queries_of(client, address(run))
    for number in range(people):
        make_person(f"p{number}", claims, by=system)
    draft(pool, 2026, by=fay, now=NEW_YEAR)
    assert queries_of(client, address(run)) == few


def test_what_is_kept_of_a_lead_names_nobody_who_was_given_a_factor(run, claims, bob, ann):
    adjust(run, claims, {ann.employee: Factor(11_000, "saved the day")}, by=bob, now=NEW_YEAR)
    kept = everything_about(bob.employee)
    given = {(row["run"], frozenset(row)) for row in kept["bonus-factors-given"]}
    assert given == {("bonus 2026", frozenset({"run", "made_at"}))}
    assert "saved the day" not in str(kept)
    assert "saved the day" in str(everything_about(ann.employee)["bonus-factors"])


def test_why_somebody_got_a_factor_goes_with_who_is_erased(run, claims, bob, ann, dee):
    adjust(run, claims, {ann.employee: Factor(9_000, "often sick")}, by=bob, now=NEW_YEAR)
    leave(ann.employee, last_day=date(2026, 6, 30), today=date(2026, 7, 1), by=dee)
    erase(Employee.objects.get(number="ann"), why="asked for it", by=dee, now=NEW_YEAR)
    kept = run.adjustments.get(employee=ann.employee)
    assert (kept.factor_bp, kept.reason) == (9_000, "–")
