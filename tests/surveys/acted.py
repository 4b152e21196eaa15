"""Focus areas and actions for tests."""

from datetime import date, timedelta

from django.utils import timezone

from people.models import User
from surveys.models import Action, FocusArea, Wave
from surveys.services.acting import Focus, Plan, Progress, name_focus_area, plan_action
from tests.surveys.conftest import RELEASED

NOW = RELEASED + timedelta(days=7)
TODAY = timezone.localdate(NOW)
DUE = TODAY + timedelta(days=30)
SAID, DID = "Meetings take too long.", "No meeting is longer than half an hour."


def focused(wave: Wave, *, by: User, name: str = "Shorter meetings", now=NOW, **more) -> FocusArea:
    return name_focus_area(wave, Focus(name, **more), by=by, now=now)


def planned(
    area: FocusArea, *, by: User, owner: User, said: str = SAID, due_on: date = DUE, texts=None,
    now=NOW, **progress,
) -> Action:  # fmt: skip
    plan = Plan(said, owner.employee, due_on, Progress(**progress), texts)
    return plan_action(area, plan, by=by, now=now)


def done(area: FocusArea, *, by: User, owner: User, did: str = DID, on: date = TODAY, **more):
    return planned(area, by=by, owner=owner, state="done", did=did, done_on=on, **more)
