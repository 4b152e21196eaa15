"""A pool's bonus policy: dated, reasoned, in plain words, never for a year that is approved."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from incentives.models import BonusPolicy
from incentives.services.bonus_policies import (
    BonusPolicyRefused,
    Terms,
    set_bonus_policy,
    terms_for,
)
from incentives.services.bonus_runs import approve
from incentives.services.policy_words import first_governed, set_and_tell, terms_in_words
from incentives.services.years import year_named
from people.models import AuditEntry
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401

pytestmark = pytest.mark.django_db
PAGE = "/pools/bonus/bonus-policy/"
ENTERED = {
    "from_date": "2027-01-01", "cap": "15", "cap_basis": "year_end", "manager_factor": "on",
    "manager_band": "10", "leavers": "all", "excluded_leave": ["unpaid", "sabbatical"],
    "negative_limit": "500.00", "question_days": "14", "reason": "agreed with staff",
}  # fmt: skip
TERMS = Terms(
    cap_bp=1500, cap_basis="year_end", manager_factor=True, manager_band_bp=1000, leavers="all",
    excluded_leave=["unpaid", "sabbatical"], negative_limit_minor=50_000, question_days=14,
)  # fmt: skip


def seen(response) -> str:
    assert response.context["effects"], response.context["form"].errors
    return response.context["seen"]


def enter(client, **more):
    return client.post(f"{PAGE}new/", ENTERED | more)


def test_hr_looks_at_the_effects_then_sets_the_policy(client, pool, dee):
    client.force_login(dee)
    looked = enter(client)
    assert looked.context["effects"][0] == "Governs the years from 2027 on."
    assert "New: Nobody gets more than 15% of the salary" in " ".join(looked.context["effects"])
    assert not BonusPolicy.objects.exists()
    response = enter(client, seen=seen(looked), confirmed="yes")
    assert (response.status_code, response.url) == (302, PAGE)
    policy = BonusPolicy.objects.get()
    assert (policy.made_by, policy.reason) == (dee, "agreed with staff")
    assert terms_for(pool, year_named(2027)) == TERMS
    assert terms_for(pool, year_named(2026)) == Terms()
    entry = AuditEntry.objects.get(action="set_bonus_policy")
    assert (entry.before, entry.after) == (Terms().as_json(), TERMS.as_json())


def test_the_history_says_who_when_and_why(client, pool, dee, max_auditor):
    set_bonus_policy(pool, TERMS, from_date=date(2026, 6, 1), reason="fair", by=dee)
    client.force_login(max_auditor)
    page = client.get(PAGE).content.decode()
    assert "for the years from 2027 on" in page
    assert "fair" in page and "Set by Dee" in page and "sabbatical" in page
    assert "New policy" not in page


def test_everybody_reads_the_rules_on_the_pools_page(client, pool, ann, system):
    set_bonus_policy(pool, TERMS, from_date=date(2026, 1, 1), reason="fair", by=system)
    client.force_login(ann)
    page = client.get("/pools/bonus/2026/").content.decode()
    for rule in terms_in_words(TERMS, currency="GBP"):
        assert rule in page.replace("\xa0", " ").replace("&#x27;", "'")
    assert PAGE not in page


@pytest.mark.parametrize(("changed", "field"), [
    ({"cap": "0"}, "cap"), ({"cap": "100.01"}, "cap"), ({"cap": "NaN"}, "cap"),
    ({"cap": "1e5"}, "cap"), ({"cap": "1,000"}, "cap"), ({"manager_band": "100"}, "manager_band"),
    ({"manager_band": "-1"}, "manager_band"), ({"excluded_leave": ["fun"]}, "excluded_leave"),
    ({"negative_limit": "-1"}, "negative_limit"), ({"negative_limit": "0.001"}, "negative_limit"),
    ({"negative_limit": "9" * 19}, "negative_limit"), ({"question_days": "-1"}, "question_days"),
    ({"question_days": "99999"}, "question_days"), ({"from_date": "soon"}, "from_date"),
    ({"from_date": "1066-01-01"}, "from_date"), ({"leavers": "some"}, "leavers"),
    ({"reason": " "}, "reason"), ({"reason": "x" * 501}, "reason"),
])  # fmt: skip
def test_what_is_no_policy_gets_a_message_beside_its_field(client, pool, dee, changed, field):
    client.force_login(dee)
    response = enter(client, **changed)
    assert list(response.context["form"].errors) == [field]
    assert not BonusPolicy.objects.exists()


def test_who_keeps_no_rules_sets_none(client, pool, ann, fay, max_auditor):
    for user in (ann, fay, max_auditor):
        client.force_login(user)
        assert enter(client).status_code == 403
    client.force_login(ann)
    assert client.get(PAGE).status_code == 403
    assert client.get("/pools/nowhere/bonus-policy/").status_code == 403


def test_an_approved_year_keeps_its_policy(dee, proposed, pool, eve, client):
    approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    with pytest.raises(BonusPolicyRefused, match="the bonus of 2026 is approved"):
        set_bonus_policy(pool, TERMS, from_date=date(2026, 1, 1), reason="late", by=dee)
    client.force_login(dee)
    response = enter(client, from_date="2026-01-01")
    assert "the bonus of 2026 is approved" in response.content.decode()
    assert set_bonus_policy(pool, TERMS, from_date=date(2026, 1, 2), reason="next", by=dee)


def test_a_waiting_bonus_has_to_be_computed_anew(proposed, pool, dee):
    effects = set_and_tell(pool, TERMS, from_date=date(2026, 1, 1), reason="late", by=dee)
    assert "The bonus of 2026 is proposed: it has to be computed anew." in effects


def test_the_years_that_a_policy_governs(pool, dee):
    assert [first_governed(date(*day)) for day in ((2026, 1, 1), (2026, 1, 2), (2026, 12, 31))] == [
        2026, 2027, 2027,
    ]  # fmt: skip
    set_bonus_policy(pool, TERMS, from_date=date(2028, 1, 1), reason="later", by=dee)

    def said(*day: int) -> list[str]:
        return set_and_tell(pool, Terms(), from_date=date(*day), reason="x", by=dee)

    assert said(2026, 1, 1) == ["Governs the years 2026 to 2027.", "The rules stay as they are."]
    assert said(2026, 5, 1) == [
        "Governs the year 2027.", "2026 has begun and stays as it was promised.",
        "The rules stay as they are.",
    ]  # fmt: skip
    assert said(2027, 5, 1)[0].startswith("Governs no year: the policy from")


def test_the_same_day_again_says_who_wrote_it_last(pool, dee, root):
    first = set_bonus_policy(pool, TERMS, from_date=date(2027, 1, 1), reason="one", by=dee)
    again = set_bonus_policy(pool, Terms(), from_date=date(2027, 1, 1), reason="two", by=root)
    assert (again.pk, again.made_by, again.reason) == (first.pk, root, "two")
    assert again.made_at > first.made_at


def command(*more, pool="bonus") -> str:
    out = StringIO()
    call_command("set_bonus_policy", "--pool", pool, "--from", "2027-01-01", "--reason", "agreed",
                 *more, stdout=out)  # fmt: skip
    return out.getvalue()


def test_the_command_sets_what_the_page_sets(pool):
    said = json.loads(
        command("--cap", "15", "--cap-basis", "year_end", "--manager-factor", "on",
                "--manager-band", "10", "--leavers", "all", "--excluded-leave",
                "unpaid,sabbatical", "--negative-limit", "500.00", "--question-days", "14",
                "--format", "json")
    )  # fmt: skip
    assert said == {"pool": "bonus", "from": "2027-01-01", **TERMS.as_json()}
    assert terms_for(pool, year_named(2027)) == TERMS
    command()
    assert terms_for(pool, year_named(2027)) == Terms()


@pytest.mark.parametrize(("words", "message"), [
    (["--cap", "NaN"], "percentage"), (["--cap", "0"], "above 0%"), (["--cap", "101"], "100%"),
    (["--cap", "1.234"], "two decimals"), (["--manager-band", "100"], "below 100%"),
    (["--excluded-leave", "fun"], "no kind of leave"), (["--negative-limit", "x"], "not an amount"),
    (["--negative-limit", "-1"], "not negative"), (["--question-days", "-1"], "0 to 366"),
    (["--reason", " "], "say why"), (["--reason", "x" * 501], "longer than 500"),
])  # fmt: skip
def test_the_command_refuses_what_is_no_policy(pool, words, message):
    with pytest.raises(CommandError, match=message):
        command(*words)
    assert not BonusPolicy.objects.exists()


def test_the_command_wants_a_pool_that_there_is(pool):
    with pytest.raises(CommandError, match="no such pool"):
        command(pool="nowhere")
