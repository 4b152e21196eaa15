"""Who is told what of figures and corrections, and who is not."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from incentives.models import HeldFigure, Restatement
from incentives.services.notices import remind_of_awaited
from incentives.services.recording import Figure, record
from incentives.services.restating import Correction, decide, propose
from people.models import Notice, OutgoingMail, Placement, Role
from people.services.notices import text_of
from tests.conftest import (
    MONDAY,
    make_department,
    make_person,
    make_result,
    make_target,
    scaled_of,
)
from tests.incentives.test_closing import close, make_pool, report_all

pytestmark = pytest.mark.django_db

TUESDAY_SEVEN = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def told() -> dict[str, list[str]]:
    """Each person's notices in words, oldest first."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.select_related("user").order_by("id"):
        found.setdefault(notice.user.username, []).append(text_of(notice))
    return found


# Awaited


def test_leads_are_told_in_the_morning_what_yesterday_awaits(goals, bob, ann, clock):
    assert remind_of_awaited(now=TUESDAY_SEVEN.replace(hour=6, minute=59)) == 0
    assert remind_of_awaited(now=TUESDAY_SEVEN) == 1
    assert told() == {"bob": ["Figures of Monday 2 March 2026 are awaited: Claims."]}
    [notice] = Notice.objects.all()
    assert notice.path == "/figures/?date=2026-03-02"
    assert OutgoingMail.objects.get().to == "bob@example.org"


def test_a_lead_is_reminded_once_a_day_however_the_figures_come_in(goals, bob, claims, system):
    remind_of_awaited(now=TUESDAY_SEVEN)
    make_result(claims, goals[0].metric, MONDAY, "80", system)
    assert remind_of_awaited(now=TUESDAY_SEVEN.replace(hour=9)) == 0
    assert remind_of_awaited(now=TUESDAY_SEVEN.replace(day=4)) == 1
    assert len(told()["bob"]) == 2


def test_who_has_reported_is_not_reminded(goals, bob, system):
    report_all(goals[:2], system)
    assert remind_of_awaited(now=TUESDAY_SEVEN) == 0


def test_a_lead_above_is_told_of_those_below_and_the_others_are_counted(
    goals, bob, claims, site, answered, system
):
    for n in range(4):
        below = make_department(f"TEAM{n}", site, parent=claims)
        make_target(below, answered, "80", system)
    remind_of_awaited(now=TUESDAY_SEVEN)
    [text] = told()["bob"]
    assert text == (
        "Figures of Monday 2 March 2026 are awaited: Claims, Team0, Team1 and 2 others."
    )


def test_nobody_is_reminded_on_a_day_off(goals, bob, system, site):
    saturday = datetime(2026, 3, 7, 9, 0, tzinfo=UTC)
    assert remind_of_awaited(now=saturday) == 0
    assert remind_of_awaited(now=saturday.replace(day=9)) == 1


def test_an_ended_lead_is_not_reminded(goals, bob):
    bob.role_assignments.update(until_date=MONDAY)
    assert remind_of_awaited(now=TUESDAY_SEVEN) == 0


def test_without_sites_nobody_is_reminded(db):
    assert remind_of_awaited(now=TUESDAY_SEVEN) == 0


def test_run_due_reminds(goals, bob, clock):
    clock.move_to(TUESDAY_SEVEN)
    call_command("run_due")
    assert list(told()) == ["bob"]
    assert OutgoingMail.objects.get().state == "sent"


# Held figures


def hold(goals, by, value="500"):
    figures = [
        Figure(MONDAY, goal.department_id, goal.metric_id, scaled_of(value)) for goal in goals
    ]
    record(figures, by=by, source="form", hold_implausible=True)


def test_a_held_figure_is_told_to_another_lead_of_the_department(goals, bob, dee, claims, system):
    make_person("lea", claims, (Role.LEAD, claims), by=system)
    hold(goals[:1], bob)
    text = "1 unlikely figure of Monday 2 March 2026 waits for somebody to confirm it."
    assert told() == {"lea": [text]}


def test_where_nobody_else_leads_hr_is_told_once_of_all(goals, bob, dee):
    hold([goals[0], goals[2]], bob)
    text = "2 unlikely figures of Monday 2 March 2026 wait for somebody to confirm them."
    assert told() == {"dee": [text]}
    hold([goals[0], goals[2]], bob, value="600")
    assert told() == {"dee": [text]}


def test_who_entered_a_figure_is_not_told(goals, dee):
    hold(goals[:1], dee)
    assert HeldFigure.objects.exists()
    assert told() == {}


# Corrections


@pytest.fixture
def missed(goals, system):
    make_pool(system)
    report_all(goals, system, met=3)
    close(system)
    return goals[3]


def correct(goal, by, value="4") -> Restatement:
    correction = Correction(MONDAY, goal.department, goal.metric, "value", scaled_of(value))
    return propose(correction, reason="typing mistake", by=by, now=NOW)


def test_a_correction_waits_for_those_who_may_approve_it(missed, bob, dee, fay, eve):
    made = correct(missed, fay)
    text = "A correction of Monday 2 March 2026 for Billing waits for approval."
    assert told() == {"eve": [text]}
    assert Notice.objects.get().path == f"/restatements/{made.pk}/"
    correct(missed, fay)
    assert Notice.objects.count() == 1


def test_an_approved_correction_is_told_to_the_proposer_and_the_leads(
    missed, bob, dee, fay, billing, system
):
    make_person("lea", billing, (Role.LEAD, billing), by=system)
    made = correct(missed, dee)
    Notice.objects.all().delete()
    decide(made, approve=True, by=fay, now=NOW)
    assert told() == {
        "lea": ["Monday 2 March 2026 was corrected for Billing."],
        "dee": ["Your correction of Monday 2 March 2026 for Billing is approved."],
    }


def test_a_refused_correction_is_told_to_the_proposer_only(missed, dee, fay, billing, system):
    make_person("lea", billing, (Role.LEAD, billing), by=system)
    made = correct(missed, dee)
    Notice.objects.all().delete()
    decide(made, approve=False, by=fay, now=NOW)
    assert told() == {"dee": ["Your correction of Monday 2 March 2026 for Billing was refused."]}


def test_a_correction_that_moves_no_money_is_told_to_the_leads_at_once(
    missed, dee, fay, billing, system
):
    make_person("lea", billing, (Role.LEAD, billing), by=system)
    correct(missed, dee, value="6")
    assert told() == {"lea": ["Monday 2 March 2026 was corrected for Billing."]}


def test_a_look_at_a_correction_tells_nobody(missed, dee, fay, eve):
    from incentives.services.restating import preview

    correction = Correction(MONDAY, missed.department, missed.metric, "value", scaled_of("4"))
    preview(correction, by=dee)
    assert told() == {}


def test_the_tree_of_the_day_counts_for_who_leads(missed, dee, billing, claims, bob):
    """Billing stood under Claims on Monday."""
    Placement.objects.filter(department=billing).update(parent=claims)
    correct(missed, dee, value="6")
    assert list(told()) == ["bob"]
