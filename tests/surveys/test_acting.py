"""You said, we did: named from results, honest about what came of it, by whom it may be done."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation

from people.models import AuditEntry, Employee, Notice
from people.services.notices import text_of
from surveys.models import Action, AnswerCount, Cell, FocusArea, Theme, Wave
from surveys.services.acting import (
    ActingRefused,
    Focus,
    Plan,
    Progress,
    change_action,
    change_focus_area,
    name_focus_area,
    plan_action,
    publish,
    remove_focus_area,
    tell_progress,
)
from surveys.services.acting_notices import remind_of_overdue
from surveys.services.acting_reading import (
    actions_of,
    focus_areas_of,
    own_actions,
    polls_to_act_on,
    polls_without_focus,
)
from tests.conftest import make_department, make_person
from tests.surveys.acted import DID, DUE, NOW, SAID, TODAY, done, focused, planned
from tests.surveys.conftest import RELEASED, answered

pytestmark = pytest.mark.django_db


def logged(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).latest("pk")


def refused(act) -> tuple[str, str]:
    with pytest.raises(ActingRefused) as found:
        act()
    return found.value.field, str(found.value)


def test_hr_names_a_focus_area_for_the_company_or_a_department(released, dee, claims):
    team = Theme.objects.get()
    focus = Focus("Shorter meetings", None, team, {"zh-hans": "会议更短", "de": " "}, " too many ")
    area = name_focus_area(released, focus, by=dee, now=NOW)
    assert (area.wave, area.department, area.theme, area.made_by) == (released, None, team, dee)
    assert (area.name, area.names, area.why) == (
        "Shorter meetings", {"zh-hans": "会议更短"}, "too many",
    )  # fmt: skip
    entry = logged("name_focus_area")
    assert (entry.by, entry.subject) == (dee, f"focus-area:{area.pk}")
    assert entry.after == {
        "poll": "2026", "department": None, "theme": "team", "name": "Shorter meetings",
        "names": {"zh-hans": "会议更短"}, "why": "too many",
    }  # fmt: skip
    assert focused(released, by=dee, department=claims).department == claims
    with translation.override("zh-hans"):
        assert str(area) == "会议更短"


def test_nothing_is_named_before_the_release(poll, dee):
    draft = Wave.objects.create(code="next", name="Next", made_by=dee)
    for wave in (poll.wave, draft):
        assert refused(lambda of=wave: focused(of, by=dee)) == (
            "", "The results of this poll are not released yet.",
        )  # fmt: skip
    assert not FocusArea.objects.exists()


def test_leads_name_for_the_departments_they_lead_alone(released, bob, claims, billing):
    assert focused(released, by=bob, department=claims).department == claims
    below = make_department("CALLS", claims.placements.get().site, parent=claims)
    answered(
        Cell.objects.create(
            wave=released, number=9, path="0.1.9", name="Calls", department=below, is_atom=True,
            invited=30,
        )
    )  # fmt: skip
    assert focused(released, by=bob, department=below).department == below
    for elsewhere in (billing, None):
        assert refused(lambda of=elsewhere: focused(released, by=bob, department=of)) == (
            "department", "Leads act for the departments they lead.",
        )  # fmt: skip
    assert FocusArea.objects.count() == 2


def test_nothing_is_named_for_a_department_that_the_poll_hides(released, bob, dee, claims):
    AnswerCount.objects.filter(cell__department=claims).delete()
    no_cell = make_department("NEW", claims.placements.get().site)
    for by, department in ((dee, claims), (bob, claims), (dee, no_cell)):
        field, why = refused(lambda b=by, d=department: focused(released, by=b, department=d))
        assert field == "department"
        assert why.startswith("This poll shows no results of this department: too few answered")
    area = focused(released, by=dee)
    assert refused(lambda: change_focus_area(area, Focus("x", claims), by=dee, now=NOW))[0] == (
        "department"
    )


def test_others_name_nothing(released, ann, eve, max_auditor, claims):
    for user in (ann, eve, max_auditor):
        with pytest.raises(ActingRefused):
            focused(released, by=user, department=claims)
        with pytest.raises(ActingRefused):
            focused(released, by=user)


def test_leads_wait_until_results_are_shown_to_them(released, bob, dee, claims):
    for shown_at in (None, NOW + timedelta(hours=1)):
        released.release.shown_at = shown_at
        released.release.save()
        assert refused(lambda: focused(released, by=bob, department=claims)) == (
            "", "The results of this poll are not shown to leads yet.",
        )  # fmt: skip
        assert not polls_to_act_on(bob, now=NOW).exists()
        assert polls_to_act_on(dee, now=NOW).get() == released
    assert focused(released, by=dee).pk
    assert list(polls_to_act_on(bob, now=NOW + timedelta(hours=1))) == [released]


def test_a_focus_area_has_a_name(released, dee):
    assert refused(lambda: focused(released, by=dee, name="  ")) == (
        "name", "Say what you want to work on.",
    )  # fmt: skip


def test_a_focus_area_is_changed_and_removed_while_nothing_is_planned(released, dee, ann):
    area = focused(released, by=dee)
    changed = change_focus_area(area, Focus("Fewer meetings"), by=dee, now=NOW)
    assert (changed.pk, changed.name) == (area.pk, "Fewer meetings")
    entry = logged("change_focus_area")
    assert (entry.before["name"], entry.after["name"]) == ("Shorter meetings", "Fewer meetings")
    remove_focus_area(area, by=dee, now=NOW)
    assert logged("remove_focus_area").before["name"] == "Fewer meetings"
    assert not FocusArea.objects.exists()
    area = focused(released, by=dee)
    planned(area, by=dee, owner=ann)
    field, why = refused(lambda: remove_focus_area(area, by=dee, now=NOW))
    assert (field, why) == ("", "It has actions already: drop those that will not be done.")
    with pytest.raises(ProtectedError), transaction.atomic():
        area.delete()


def test_what_changes_nothing_is_not_logged(released, dee, ann):
    area = focused(released, by=dee)
    action = planned(area, by=dee, owner=ann)
    before = AuditEntry.objects.count()
    change_focus_area(area, Focus("Shorter meetings"), by=dee, now=NOW)
    change_action(action, Plan(SAID, ann.employee, DUE), by=dee, now=NOW)
    tell_progress(action, Progress(), dids={}, by=ann, now=NOW)
    publish(action, is_published=False, by=dee, now=NOW)
    assert AuditEntry.objects.count() == before


def test_a_lead_neither_changes_nor_takes_over_what_is_elsewhere(
    released, bob, dee, ann, claims, billing
):
    area, own = focused(released, by=dee), focused(released, by=bob, department=claims)
    action = planned(area, by=dee, owner=ann)
    plan = Plan(SAID, ann.employee, DUE)
    for act in (
        lambda: change_focus_area(area, Focus("Mine", claims), by=bob, now=NOW),
        lambda: change_focus_area(own, Focus("Theirs", billing), by=bob, now=NOW),
        lambda: remove_focus_area(area, by=bob, now=NOW),
        lambda: plan_action(area, plan, by=bob, now=NOW),
        lambda: change_action(action, plan, by=bob, now=NOW),
        lambda: publish(action, is_published=True, by=bob, now=NOW),
    ):
        assert refused(act)[1] == "Leads act for the departments they lead."
    own.refresh_from_db()
    assert (own.name, own.department) == ("Shorter meetings", claims)


def test_an_action_has_an_owner_and_a_day_and_its_owner_is_told(released, dee, ann):
    area = focused(released, by=dee)
    texts = {"zh-hans": {"said": "会议太长", "did": ""}, "de": {"said": " ", "did": ""}}
    action = planned(area, by=dee, owner=ann, texts=texts)
    assert (action.said, action.owner, action.due_on) == (SAID, ann.employee, DUE)
    assert (action.state, action.is_published) == ("planned", False)
    assert action.texts == {"zh-hans": {"said": "会议太长"}}
    assert (action.said_in("zh-hans"), action.said_in("fr")) == ("会议太长", SAID)
    assert logged("plan_action").after == {
        "focus_area": area.pk, "said": SAID, "did": "", "texts": {"zh-hans": {"said": "会议太长"}},
        "owner": ann.employee.pk, "due_on": str(DUE), "state": "planned", "done_on": None,
    }  # fmt: skip
    notice = Notice.objects.get(user=ann)
    assert (notice.kind, notice.path) == ("action-given", f"/actions/{action.pk}/")
    assert text_of(notice) == (
        "An action after the poll “How is it going?” is yours. It is due on Fri 8 May 2026."
    )


def test_who_takes_it_on_oneself_is_told_nothing_and_the_next_owner_is(released, dee, ann):
    action = planned(focused(released, by=dee), by=dee, owner=dee)
    assert not Notice.objects.filter(kind="action-given").exists()
    change_action(action, Plan(SAID, ann.employee, DUE), by=dee, now=NOW)
    assert Notice.objects.get(kind="action-given").user == ann
    entry = logged("change_action")
    assert (entry.before["owner"], entry.after["owner"]) == (dee.employee.pk, ann.employee.pk)


def test_nobody_who_has_left_owns_anything(released, dee, ann):
    Employee.objects.filter(user=ann).update(left_on=TODAY - timedelta(days=1))
    ann.employee.refresh_from_db()
    area = focused(released, by=dee)
    assert refused(lambda: planned(area, by=dee, owner=ann)) == ("owner", "Ann has left.")


@pytest.mark.parametrize(
    ("progress", "field", "why"),
    [
        ({"state": "done", "did": DID}, "done_on", "Say on which day it was done."),
        ({"state": "done", "did": DID, "done_on": TODAY + timedelta(days=1)}, "done_on",
         "This day has not come yet."),
        ({"state": "done", "did": " ", "done_on": TODAY}, "did", "Say what was done."),
        ({"state": "dropped"}, "did", "Say why it was dropped."),
    ],
)  # fmt: skip
def test_done_says_what_and_when_and_dropped_says_why(released, dee, ann, progress, field, why):
    area = focused(released, by=dee)
    assert refused(lambda: planned(area, by=dee, owner=ann, **progress)) == (field, why)
    action = planned(area, by=dee, owner=ann)
    assert refused(
        lambda: tell_progress(action, Progress(**progress), dids={}, by=ann, now=NOW)
    ) == (field, why)
    action.refresh_from_db()
    assert (action.state, action.did, action.done_on) == ("planned", "", None)


def test_the_database_keeps_a_day_of_what_is_done(released, dee, ann):
    action = planned(focused(released, by=dee), by=dee, owner=ann)
    for wrong in ({"state": "done"}, {"done_on": TODAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.filter(pk=action.pk).update(**wrong)


def test_what_is_begun_again_has_no_day_any_more(released, dee, ann):
    action = done(focused(released, by=dee), by=dee, owner=ann)
    again = tell_progress(
        action, Progress("begun", DID, TODAY), dids={"zh-hans": "开始了"}, by=ann, now=NOW
    )
    assert (again.state, again.done_on, again.did_in("zh-hans")) == ("begun", None, "开始了")
    entry = logged("tell_of_action")
    assert (entry.by, entry.before["state"], entry.after["state"]) == (ann, "done", "begun")


def test_an_owner_says_how_far_it_is_and_changes_nothing_else(released, dee, ann, cas):
    texts = {"zh-hans": {"said": "会议太长", "did": "以前"}}
    action = planned(focused(released, by=dee), by=dee, owner=ann, texts=texts)
    progress = Progress("done", DID, TODAY)
    told = tell_progress(action, progress, dids={"zh-hans": "会议半小时"}, by=ann, now=NOW)
    assert (told.state, told.did, told.done_on) == ("done", DID, TODAY)
    assert told.texts == {"zh-hans": {"said": "会议太长", "did": "会议半小时"}}
    assert (told.said, told.due_on, told.owner) == (SAID, DUE, ann.employee)
    for stranger in (cas, dee):
        assert refused(
            lambda by=stranger: tell_progress(action, progress, dids={}, by=by, now=NOW)
        ) == ("", "Only its owner says how far it is.")


def test_an_action_is_published_and_taken_back(released, bob, ann, claims):
    area = focused(released, by=bob, department=claims)
    action = planned(area, by=bob, owner=ann)
    assert publish(action, is_published=True, by=bob, now=NOW).is_published
    assert (logged("publish_action").by, logged("publish_action").subject) == (
        bob, f"action:{action.pk}",
    )  # fmt: skip
    assert not publish(action, is_published=False, by=bob, now=NOW).is_published
    assert logged("take_back_action").by == bob


def test_nothing_is_published_before_results_are_shown(released, dee, ann):
    released.release.shown_at = None
    released.release.save()
    action = planned(focused(released, by=dee), by=dee, owner=ann)
    assert refused(lambda: publish(action, is_published=True, by=dee, now=NOW)) == (
        "", "The results of this poll are not shown to everybody yet.",
    )  # fmt: skip


def test_an_owner_is_reminded_once_of_each_day_that_passed(released, dee, ann, cas):
    area, yesterday = focused(released, by=dee), TODAY - timedelta(days=1)
    late = planned(area, by=dee, owner=ann, due_on=yesterday)
    planned(area, by=dee, owner=cas, due_on=TODAY)
    done(area, by=dee, owner=cas, due_on=yesterday)
    planned(area, by=dee, owner=cas, due_on=yesterday, state="dropped", did="No money.")
    assert remind_of_overdue(now=NOW) == 1
    assert remind_of_overdue(now=NOW + timedelta(hours=1)) == 0
    notice = Notice.objects.get(kind="action-overdue")
    assert (notice.user, notice.path) == (ann, f"/actions/{late.pk}/")
    assert text_of(notice) == (
        "Your action after the poll “How is it going?” was due on Tue 7 Apr 2026. Say how far it"
        " is."
    )
    assert remind_of_overdue(now=NOW + timedelta(days=1)) == 1, "Cas's day has passed now"
    change_action(late, Plan(SAID, ann.employee, TODAY), by=dee, now=NOW)
    assert remind_of_overdue(now=NOW + timedelta(days=1)) == 1, "and Ann's second"


def test_who_has_left_is_not_reminded(released, dee, ann):
    planned(focused(released, by=dee), by=dee, owner=ann, due_on=TODAY - timedelta(days=1))
    Employee.objects.filter(user=ann).update(left_on=TODAY - timedelta(days=1))
    assert remind_of_overdue(now=NOW) == 0


def test_who_sees_which(released, dee, bob, cas, ann, eve, max_auditor, claims, billing):
    area = focused(released, by=dee)
    in_claims = focused(released, by=dee, department=claims)
    in_billing = focused(released, by=dee, department=billing)
    actions = [planned(each, by=dee, owner=ann) for each in (area, in_claims, in_billing)]
    for user in (dee, eve, max_auditor):
        assert set(focus_areas_of(user, on=TODAY)) == {area, in_claims, in_billing}
        assert set(actions_of(user, on=TODAY)) == set(actions)
    assert list(focus_areas_of(bob, on=TODAY)) == [in_claims]
    assert list(actions_of(bob, on=TODAY)) == [actions[1]]
    assert list(focus_areas_of(ann, on=TODAY)) == list(actions_of(cas, on=TODAY)) == []
    assert set(own_actions(ann)) == set(actions)
    assert list(own_actions(cas)) == []


def test_hr_is_asked_about_a_poll_after_thirty_days_without_a_focus_area(released, dee):
    asked = RELEASED + timedelta(days=30)
    assert not polls_without_focus(now=asked - timedelta(minutes=1)).exists()
    assert polls_without_focus(now=asked).get() == released
    Wave.objects.update(answers_digest="1" * 64)
    assert not polls_without_focus(now=asked).exists(), "another tool's is history"
    Wave.objects.update(answers_digest="")
    focused(released, by=dee)
    assert not polls_without_focus(now=asked).exists()


def test_a_lead_of_nothing_any_more_acts_no_more(released, bob, claims):
    area = focused(released, by=bob, department=claims)
    bob.role_assignments.update(until_date=TODAY - timedelta(days=1))
    late = type(bob).objects.get(pk=bob.pk)
    # Roles are read once a request, on its day: this one is made after the end.
    assert refused(lambda: remove_focus_area(area, by=late, now=NOW))[0] == "department"


def test_somebody_without_an_account_owns_too(released, dee, billing):
    user = make_person("kim", billing, by=dee)
    Employee.objects.filter(user=user).update(user=None)
    kim = Employee.objects.get(number="kim")
    action = plan_action(
        focused(released, by=dee), Plan(SAID, kim, TODAY - timedelta(days=1)), by=dee, now=NOW
    )
    assert action.owner == kim
    assert remind_of_overdue(now=NOW) == 0
