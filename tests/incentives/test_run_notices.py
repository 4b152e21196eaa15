"""Who is told of a bonus run on its way, and whose first page asks for it."""

import pytest
from django.utils import timezone

from incentives.services.bonus_runs import approve, draft, propose, send_back, void
from people.models import Notice, Role, RoleAssignment
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401
from tests.incentives.test_notices import told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def january(monkeypatch):
    """The clock stands still after the year's end."""
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)


WAITS = "The bonus of 2026 (pool bonus) waits for your approval."


def test_whoever_may_approve_is_told_that_a_run_waits(proposed, bob, claims):
    assert told() == {"eve": [WAITS]}
    assert Notice.objects.get().path == f"/bonus/runs/{proposed.pk}/"


def test_who_gave_factors_or_keeps_salaries_is_not_asked_to_approve(
    pool, ann, bob, dee, fay, eve, claims, system
):
    for user in (bob, dee):
        RoleAssignment.objects.create(
            user=user, role=Role.EXECUTIVE, from_date=eve.employee.hired_on, made_by=system
        )
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    run.lead_proposals.create(department=claims, made_by=bob)
    propose(run, by=fay, now=NEW_YEAR)
    assert told() == {"eve": [WAITS]}


def test_proposed_again_after_it_was_sent_back_it_is_told_again(proposed, eve, fay):
    run = send_back(proposed, reason="check the leavers", by=eve)
    propose(run, by=fay, now=NEW_YEAR.replace(hour=13))
    assert told() == {
        "eve": [WAITS, WAITS],
        "fay": ["The bonus of 2026 (pool bonus) was sent back: check the leavers"],
    }


def test_who_takes_the_own_proposal_back_is_not_told(proposed, fay):
    send_back(proposed, reason="wrong leaver", by=fay)
    assert "fay" not in told()


READY = "The bonus of 2026 is approved: your statement shows how your share came about."
TAKEN_BACK = "The bonus of 2026 was taken back: your statement does not hold any more."


def test_everybody_with_a_share_is_told_of_the_statement_and_when_it_is_void(proposed, eve, fay):
    run = approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    all_told = {name: [READY] for name in ("ann", "bob", "cas", "fay")} | {"eve": [WAITS, READY]}
    assert told() == all_told
    assert Notice.objects.filter(user__username="ann").get().path == "/bonus/bonus/2026/"
    void(run, reason="wrong leaver", by=fay, now=NEW_YEAR)
    assert told() == {name: [*texts, TAKEN_BACK] for name, texts in all_told.items()}


def test_nobody_is_told_of_a_draft_that_is_void(pool, ann, fay):
    void(draft(pool, 2026, by=fay, now=NEW_YEAR), reason="too early", by=fay, now=NEW_YEAR)
    assert told() == {}


# Cards


def page_of(client, user) -> str:
    client.force_login(user)
    return client.get("/").content.decode()


def test_the_first_page_asks_who_may_approve(client, proposed, fay, eve, max_auditor):
    asks = "The bonus of 2026 (pool bonus) waits for your approval</h3>"
    pages = {user.username: page_of(client, user) for user in (fay, eve, max_auditor)}
    assert [name for name, page in pages.items() if asks in page] == ["eve"]
    assert f'href="/bonus/runs/{proposed.pk}/"' in pages["eve"]


def test_the_first_page_tells_finance_of_a_year_not_shared_out(client, pool, ann, fay, eve):
    tells = "A year is over and not shared out yet"
    assert tells in (page := page_of(client, fay))
    assert 'href="/bonus/runs/draft/?year=bonus%3A2026"' in page
    assert tells not in page_of(client, eve)
    draft(pool, 2026, by=fay, now=NEW_YEAR)
    assert tells not in page_of(client, fay)


def test_a_year_that_still_runs_asks_for_nothing(client, pool, fay, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR.replace(year=2026))
    assert "not shared out yet" not in page_of(client, fay)
