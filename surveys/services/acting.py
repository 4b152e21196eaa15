"""What is done about a poll: focus areas named from its results, actions with an owner and a day,
and what of them is published. Leads act for the departments they lead, HR for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Department, Employee, Role, User
from people.permissions import led_departments, roles_of
from people.services import audit
from surveys.models import Action, FocusArea, Theme, Wave
from surveys.services.acting_notices import tell_owner
from surveys.services.acting_reading import with_results

Texts = Mapping[str, Mapping[str, str]]
"""By further language: `said` and `did`, where they were given."""


class ActingRefused(Exception):
    """Nothing was kept; the message says why, `field` of the form is at fault."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Focus:
    """What to work on; without a department the whole company does. `names` by further language."""

    name: str
    department: Department | None = None
    theme: Theme | None = None
    names: Mapping[str, str] | None = None
    why: str = ""


@dataclass(frozen=True)
class Progress:
    """How far an action is: `did` says what was done, or why it was dropped."""

    state: str = Action.State.PLANNED
    did: str = ""
    done_on: date | None = None


@dataclass(frozen=True)
class Plan:
    said: str
    owner: Employee
    due_on: date
    progress: Progress = Progress()
    texts: Texts | None = None


def may_keep(user: User, department_id: int | None, *, on: date) -> bool:
    """Whether somebody acts for this department, or, without one, for the whole company."""
    if Role.HR in roles_of(user):
        return True
    return department_id is not None and department_id in led_departments(user, on=on)


def is_shown(wave: Wave, *, now: datetime) -> bool:
    """Whether leads and staff know its results; those of a poll from another tool they do."""
    release = getattr(wave, "release", None)
    return release is None or (release.shown_at is not None and release.shown_at <= now)


@transaction.atomic
def name_focus_area(wave: Wave, focus: Focus, *, by: User, now: datetime) -> FocusArea:
    """Choose something to work on from the results of a released poll. Raises ActingRefused."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.RELEASED:
        raise ActingRefused(_("The results of this poll are not released yet."))
    if Role.HR not in roles_of(by) and not is_shown(wave, now=now):
        raise ActingRefused(_("The results of this poll are not shown to leads yet."))
    area = FocusArea(wave=wave, made_by=by, made_at=now)
    _take(area, focus, by=by, now=now)
    area.save()
    _record("name_focus_area", area, by=by, after=_told_of(area))
    return area


@transaction.atomic
def change_focus_area(area: FocusArea, focus: Focus, *, by: User, now: datetime) -> FocusArea:
    """Raises ActingRefused."""
    area = _locked(area, by=by, now=now)
    before = _told_of(area)
    _take(area, focus, by=by, now=now)
    if _told_of(area) != before:
        area.save()
        _record("change_focus_area", area, by=by, before=before, after=_told_of(area))
    return area


@transaction.atomic
def remove_focus_area(area: FocusArea, *, by: User, now: datetime) -> None:
    """While nothing was planned in it. Raises ActingRefused."""
    area = _locked(area, by=by, now=now)
    if area.actions.exists():
        raise ActingRefused(_("It has actions already: drop those that will not be done."))
    _record("remove_focus_area", area, by=by, before=_told_of(area))
    area.delete()


@transaction.atomic
def plan_action(area: FocusArea, plan: Plan, *, by: User, now: datetime) -> Action:
    """Something to be done, by somebody, until a day. Its owner is told. Raises ActingRefused."""
    area = _locked(area, by=by, now=now)
    action = Action(focus=area)
    _follow(action, plan, now=now)
    action.save()
    _record("plan_action", action, by=by, after=_told_of_action(action))
    tell_owner(action, by=by)
    return action


@transaction.atomic
def change_action(action: Action, plan: Plan, *, by: User, now: datetime) -> Action:
    """Whoever it is given to anew is told. Raises ActingRefused."""
    action = _locked_action(action)
    _refuse_strangers(by, action.focus.department_id, now=now)
    before, was_of = _told_of_action(action), action.owner_id
    _follow(action, plan, now=now)
    if _told_of_action(action) != before:
        action.save()
        after = _told_of_action(action)
        _record("change_action", action, by=by, before=before, after=after)
        if action.owner_id != was_of:
            tell_owner(action, by=by)
    return action


@transaction.atomic
def tell_progress(
    action: Action, progress: Progress, *, dids: Mapping[str, str], by: User, now: datetime
) -> Action:
    """What its owner says of it; `dids` by further language. Raises ActingRefused."""
    action = _locked_action(action)
    if action.owner.user_id != by.pk:
        raise ActingRefused(_("Only its owner says how far it is."))
    before = _told_of_action(action)
    texts = {
        language: {"said": action.texts.get(language, {}).get("said", ""), "did": did}
        for language, did in dids.items()
    }
    _progress(action, progress, now=now)
    action.texts = _written({**action.texts, **texts})
    if _told_of_action(action) != before:
        action.save()
        _record("tell_of_action", action, by=by, before=before, after=_told_of_action(action))
    return action


@transaction.atomic
def publish(action: Action, *, is_published: bool, by: User, now: datetime) -> Action:
    """Show it on the page of what was said and done, or take it back. Raises ActingRefused."""
    action = _locked_action(action)
    _refuse_strangers(by, action.focus.department_id, now=now)
    if action.is_published == is_published:
        return action
    if is_published and not is_shown(action.focus.wave, now=now):
        raise ActingRefused(_("The results of this poll are not shown to everybody yet."))
    action.is_published = is_published
    action.save(update_fields=["is_published"])
    _record("publish_action" if is_published else "take_back_action", action, by=by)
    return action


def _locked(area: FocusArea, *, by: User, now: datetime) -> FocusArea:
    area = FocusArea.objects.select_for_update().get(pk=area.pk)
    _refuse_strangers(by, area.department_id, now=now)
    return area


def _locked_action(action: Action) -> Action:
    found = Action.objects.select_for_update(of=("self",))
    return found.select_related("focus__wave__release", "owner").get(pk=action.pk)


def _refuse_strangers(by: User, department_id: int | None, *, now: datetime) -> None:
    if not may_keep(by, department_id, on=timezone.localdate(now)):
        raise ActingRefused(_("Leads act for the departments they lead."), "department")


def _take(area: FocusArea, focus: Focus, *, by: User, now: datetime) -> None:
    _refuse_strangers(by, focus.department.pk if focus.department else None, now=now)
    if focus.department and not with_results(area.wave).contains(focus.department):
        raise ActingRefused(
            _("This poll shows no results of this department: too few answered, or it was not"
              " there. Name it for the department above."), "department",
        )  # fmt: skip
    if not focus.name.strip():
        raise ActingRefused(_("Say what you want to work on."), "name")
    area.department, area.theme = focus.department, focus.theme
    area.name, area.why = focus.name.strip(), focus.why.strip()
    area.names = {code: name for code, name in (focus.names or {}).items() if name.strip()}


def _follow(action: Action, plan: Plan, *, now: datetime) -> None:
    if not plan.said.strip():
        raise ActingRefused(_("Say what people said."), "said")
    if plan.owner.has_left(on=timezone.localdate(now)):
        raise ActingRefused(_("%(name)s has left.") % {"name": plan.owner}, "owner")
    action.said, action.owner, action.due_on = plan.said.strip(), plan.owner, plan.due_on
    action.texts = _written(plan.texts or {})
    _progress(action, plan.progress, now=now)


def _progress(action: Action, progress: Progress, *, now: datetime) -> None:
    """Honest: done on a day that has come, saying what; dropped, saying why."""
    state, did = progress.state, progress.did.strip()
    done_on = progress.done_on if state == Action.State.DONE else None
    if state == Action.State.DONE:
        if done_on is None:
            raise ActingRefused(_("Say on which day it was done."), "done_on")
        if done_on > timezone.localdate(now):
            raise ActingRefused(_("This day has not come yet."), "done_on")
        if not did:
            raise ActingRefused(_("Say what was done."), "did")
    if state == Action.State.DROPPED and not did:
        raise ActingRefused(_("Say why it was dropped."), "did")
    action.state, action.did, action.done_on = state, did, done_on


def _written(texts: Texts) -> dict[str, dict[str, str]]:
    """Without what was left empty."""
    said = {
        language: {what: text.strip() for what, text in of.items() if text.strip()}
        for language, of in texts.items()
    }
    return {language: of for language, of in said.items() if of}


def _record(
    verb: str, of: FocusArea | Action, *, by: User, before: object = None, after: object = None
) -> None:
    kind = "focus-area" if isinstance(of, FocusArea) else "action"
    audit.record(verb, by=by, subject=f"{kind}:{of.pk}", before=before, after=after)


def _told_of(area: FocusArea) -> dict[str, object]:
    return {
        "poll": area.wave.code, "department": area.department and area.department.code,
        "theme": area.theme and area.theme.code, "name": area.name, "names": area.names,
        "why": area.why,
    }  # fmt: skip


def _told_of_action(action: Action) -> dict[str, object]:
    """The owner as a number that says nothing once somebody is erased."""
    return {
        "focus_area": action.focus_id, "said": action.said, "did": action.did,
        "texts": action.texts, "owner": action.owner_id, "due_on": action.due_on.isoformat(),
        "state": str(action.state), "done_on": action.done_on and action.done_on.isoformat(),
    }  # fmt: skip
