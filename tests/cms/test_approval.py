"""Customers' words go out only when a second person has approved them, and come down at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import TaskState, Workflow, WorkflowContentType, WorkflowState

from cms.models import ApprovalBySecondPerson, CustomerVoice, VoiceText, content_type_of
from cms.rights import give_rights
from cms.services.approving import publish_approved
from cms.services.voices import voices_for, withdraw
from people.models import AuditEntry, Role, ShownTo
from people.services.roles import follow_roles
from tests.cms.written import make_voice
from tests.conftest import MONDAY, make_person
from tests.recognition.test_award_views import text
from tests.scene import ROLES, cast, edna  # noqa: F401

pytestmark = pytest.mark.django_db
HOME = "/cms/snippets/cms/customervoice/"
STAFF, PUBLIC = ShownTo.STAFF, ShownTo.PUBLIC


@pytest.fixture(autouse=True)
def rights(cast):
    give_rights()


@pytest.fixture
def emil(claims, system):
    """A second editor."""
    user = make_person("emil", claims, (Role.EDITOR, None), by=system)
    follow_roles(user)
    return user


def form(quote: str = "They called me back.", **more) -> dict:
    """What Wagtail's form of a voice sends; `act` is the button."""
    act = more.pop("act", None)
    return {
        "quote": quote, "said_by": "Mrs L.", "language": "en", "shown_to": STAFF.value,
        "agreed_on": "2026-03-02", "agreed_until": "", "how_agreed": "By e-mail to Dee.",
        "texts-TOTAL_FORMS": 0, "texts-INITIAL_FORMS": 0, "texts-MIN_NUM_FORMS": 0,
        "texts-MAX_NUM_FORMS": 9, **({act: act} if act else {}), **more,
    }  # fmt: skip


def shown(on=MONDAY, audience=STAFF, language="en") -> list[str]:
    return [each["quote"] for each in voices_for(audience, language=language, on=on, most=9)]


def submitted(client, by, **more) -> CustomerVoice:
    client.force_login(by)
    client.post(HOME + "add/", form(act="action-submit", **more))
    return CustomerVoice.objects.get()


def edit(client, voice, by, **more):
    client.force_login(by)
    return client.post(f"{HOME}edit/{voice.pk}/", form(**more))


def approve(client, voice, by, action: str = "approve"):
    """By the button on the home page and in lists, which sends no text."""
    client.force_login(by)
    state = TaskState.objects.filter(workflow_state__object_id=str(voice.pk)).latest("pk")
    return client.post(f"{HOME}workflow/action/{voice.pk}/{action}/{state.pk}/", {"comment": ""})


def approve_in_the_editor(client, voice, by, **more):
    act = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    return edit(client, voice, by, **act, **more)


def test_a_second_person_approves(client, edna, emil):
    voice = submitted(client, edna)
    assert (voice.live, shown()) == (False, [])
    approve(client, voice, emil)
    assert shown() == ["They called me back."]
    assert WorkflowState.objects.get().status == "approved"


def test_whoever_submitted_does_not_approve(client, edna):
    voice = submitted(client, edna)
    for answer in (approve(client, voice, edna), approve_in_the_editor(client, voice, edna)):
        assert answer.status_code in (200, 302)
        assert shown() == []
    with pytest.raises(PermissionDenied):
        state = TaskState.objects.get().specific
        state.task.specific.on_action(state, edna, "approve")
    assert shown() == []


def test_whoever_changed_it_last_does_not_approve(client, edna, emil, cast):
    voice = submitted(client, edna)
    edit(client, voice, emil, quote="They called me back twice.")
    approve(client, voice, emil)
    assert shown() == []
    # Nor does its first writer, who has submitted it.
    approve(client, voice, edna)
    assert shown() == []
    approve(client, voice, cast["administrator"])
    assert shown() == ["They called me back twice."]


def test_nobody_changes_and_approves_at_once(client, edna, emil):
    voice = submitted(client, edna)
    approve_in_the_editor(client, voice, emil, quote="They sang to me.")
    assert shown() == []


def test_who_approves_on_the_page_of_the_editor_has_not_changed_it(client, edna, emil):
    """Wagtail keeps a revision of who approves there, with the same words."""
    voice = submitted(client, edna)
    approve_in_the_editor(client, voice, emil)
    assert shown() == ["They called me back."]
    assert voice.revisions.latest("pk").user == emil


def test_translations_count_as_changes(client, edna, emil):
    voice = submitted(client, edna)
    more = {"texts-TOTAL_FORMS": 1, "texts-0-language": "zh-hans", "texts-0-quote": "骗子",
            "texts-0-said_by": ""}  # fmt: skip
    approve_in_the_editor(client, voice, emil, **more)
    assert shown() == []


def test_its_writer_does_not_change_what_waits(client, edna, emil):
    voice = submitted(client, edna)
    edit(client, voice, edna, quote="Something else")
    assert voice.get_latest_revision_as_object().quote == "They called me back."
    # Taken back, it may be changed and submitted again.
    edit(client, voice, edna, act="action-cancel-workflow")
    edit(client, voice, edna, quote="Something else", act="action-submit")
    approve(client, voice, emil)
    assert shown() == ["Something else"]


def test_a_change_of_what_is_shown_waits_too(client, edna, emil, cast):
    voice = submitted(client, edna)
    approve(client, voice, emil)
    edit(client, voice, emil, quote="Better words", act="action-submit")
    assert shown() == ["They called me back."]
    approve(client, voice, emil)
    assert shown() == ["They called me back."]
    approve(client, voice, edna)
    assert shown() == ["Better words"]


def test_a_rejected_one_is_not_shown(client, edna, emil):
    voice = submitted(client, edna)
    approve(client, voice, emil, action="reject")
    assert shown() == []
    assert WorkflowState.objects.get().status == "needs_changes"
    edit(client, voice, edna, quote="Shorter", act="action-submit")
    approve(client, voice, emil)
    assert shown() == ["Shorter"]


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role not in ("editor", "administrator")]
)
def test_other_roles_neither_write_nor_approve(client, edna, cast, role):
    voice = submitted(client, edna)
    user = cast[role]
    state = TaskState.objects.get()
    paths = (
        "", "add/", f"edit/{voice.pk}/", f"unpublish/{voice.pk}/", f"take-back/{voice.pk}/",
        f"workflow/action/{voice.pk}/approve/{state.pk}/",
    )  # fmt: skip
    for path in paths:
        client.logout()
        if user:
            client.force_login(user)
        answer = client.post(HOME + path, form(act="action-publish"), follow=True)
        assert answer.status_code == 403 or answer.request["PATH_INFO"] == "/sign-in/", path
    assert (shown(), CustomerVoice.objects.count()) == ([], 1)


def test_a_role_that_ended_approves_nothing(client, edna, emil):
    voice = submitted(client, edna)
    emil.role_assignments.update(until_date="2020-01-01")
    approve(client, voice, emil)
    assert shown() == []


@pytest.mark.parametrize("who", ["editor", "administrator", "superuser"])
def test_nobody_publishes_alone(client, cast, who):
    user = cast["administrator" if who == "superuser" else who]
    if who == "superuser":
        user.is_superuser = True
        user.save()
    client.force_login(user)
    page = client.get(HOME + "add/").content.decode()
    assert 'name="action-publish"' not in page
    assert 'name="action-submit"' in page
    client.post(HOME + "add/", form(act="action-publish", live="on"))
    voice = CustomerVoice.objects.get()
    assert not voice.live
    page = client.get(f"{HOME}edit/{voice.pk}/").content.decode()
    assert 'name="action-publish"' not in page
    edit(client, voice, user, act="action-publish", live="on")
    revision = voice.revisions.latest("pk")
    client.post(f"{HOME}history/{voice.pk}/revisions/{revision.pk}/revert/",
                form(act="action-publish", revision=revision.pk))  # fmt: skip
    assert shown() == []
    # The last line below all forms.
    if who != "superuser":
        with pytest.raises(PermissionDenied):
            revision.publish(user=user)
    assert shown() == []


def test_no_bulk_action_publishes_or_deletes(client, edna):
    voice = submitted(client, edna)
    for act in ("publish", "delete"):
        client.post(f"/cms/bulk/cms/customervoice/{act}/?id={voice.pk}&next={HOME}", {})
    assert CustomerVoice.objects.filter(live=False).count() == 1


def test_a_date_to_go_live_waits_for_approval_too(client, edna, emil):
    later = timezone.now() + timedelta(days=1)
    voice = submitted(client, edna, go_live_at=f"{later:%Y-%m-%d %H:%M}")
    # The form doesn't take it from who may not publish; were it there, it would wait all the same.
    assert voice.go_live_at is None
    revision = voice.get_latest_revision()
    revision.content["go_live_at"] = later.isoformat()
    revision.save()
    CustomerVoice.objects.update(go_live_at=timezone.now() - timedelta(hours=1))
    call_command("publish_scheduled")
    assert shown() == []
    approve(client, voice, emil)
    assert shown() == []
    [scheduled] = voice.revisions.exclude(approved_go_live_at=None)
    assert scheduled == revision
    # What was approved for later is not what somebody writes until then.
    for more in ({"overwrite_revision_id": revision.pk}, {}):
        edit(client, voice, edna, quote="Smuggled", **more)
    edit(client, voice, edna, quote="Smuggled", act="action-publish")
    voice.revisions.filter(pk=revision.pk).update(approved_go_live_at=timezone.now())
    call_command("publish_scheduled")
    assert "Smuggled" not in shown()


@pytest.mark.parametrize("who", ["writer", "approver", "administrator"])
def test_any_editor_takes_it_down_at_once(client, edna, emil, cast, who):
    voice = submitted(client, edna)
    approve(client, voice, emil)
    user = {"writer": edna, "approver": emil}.get(who) or cast[who]
    # Even the one whom a change that waits keeps from editing.
    edit(client, voice, edna, quote="Better words", act="action-submit")
    client.force_login(user)
    assert f"{HOME}unpublish/{voice.pk}/" in client.get(f"{HOME}edit/{voice.pk}/").content.decode()
    assert client.get(f"{HOME}unpublish/{voice.pk}/").status_code == 200
    client.post(f"{HOME}unpublish/{voice.pk}/")
    assert shown() == []


def test_words_taken_back_are_gone_for_good(client, edna, emil):
    voice = submitted(client, edna)
    approve(client, voice, emil)
    edit(client, voice, emil, quote="Better words", act="action-submit")
    client.force_login(edna)
    assert f"take-back/{voice.pk}/" in client.get(HOME).content.decode()
    assert "disappear at once" in text(client.get(f"{HOME}take-back/{voice.pk}/"))
    client.post(f"{HOME}take-back/{voice.pk}/")
    voice.refresh_from_db()
    assert (shown(), voice.live, voice.withdrawn_on) == ([], False, timezone.localdate())
    # What waited, waits no longer; and no older draft brings them back.
    assert WorkflowState.objects.active().count() == 0
    assert "took these words back" in text(edit(client, voice, edna, act="action-submit"))
    voice.revisions.earliest("pk").publish(skip_permission_checks=True)
    assert shown() == []
    assert AuditEntry.objects.filter(action="withdraw_voice").count() == 1
    assert withdraw(voice, by=edna, now=timezone.now()) is False


def test_consent_has_a_first_and_a_last_day():
    make_voice("Thank you.", agreed_until=MONDAY + timedelta(days=2))
    days = range(-1, 4)
    assert [len(shown(MONDAY + timedelta(days=day))) for day in days] == [0, 1, 1, 1, 0]


def test_what_is_for_staff_is_not_public(django_assert_num_queries):
    make_voice("Thank you.")
    of_all = make_voice("谢谢", language="zh-hans", shown_to=PUBLIC)
    of_all.texts.add(VoiceText(language="en", quote="Thanks", said_by="A customer"))
    of_all.save()
    with django_assert_num_queries(2):
        assert sorted(shown()) == ["Thank you.", "Thanks"]
    assert voices_for(PUBLIC, language="en", on=MONDAY, most=9) == [
        {"id": of_all.pk, "quote": "Thanks", "said_by": "A customer", "language": "en"}
    ]
    assert voices_for(PUBLIC, language="zh-hans", on=MONDAY, most=9) == [
        {"id": of_all.pk, "quote": "谢谢", "said_by": "Mr. B", "language": "zh-hans"}
    ]
    with pytest.raises(ValueError, match="nobody"):
        voices_for(ShownTo.NOBODY, language="en", on=MONDAY, most=9)


@pytest.mark.parametrize(
    ("broken", "name"),
    [({"agreed_until": MONDAY - timedelta(days=1)}, "consent_does_not_end_before_it_begins"),
     ({"shown_to": ShownTo.TEAM}, "words_are_for_staff_or_public")],
)  # fmt: skip
def test_the_database_refuses_what_nobody_agreed_to(broken, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_voice("Thank you.", **broken)


def test_a_consent_that_ends_before_it_begins_is_refused_with_words(client, edna):
    client.force_login(edna)
    answer = client.post(HOME + "add/", form(act="action-submit", agreed_until="2026-01-01"))
    assert "The consent ends before it begins." in text(answer)
    assert not CustomerVoice.objects.exists()


def test_the_preview_shows_all_languages(client, edna):
    client.force_login(edna)
    made = make_voice("Thank you.", live=False)
    made.texts.add(VoiceText(language="zh-hans", quote="谢谢"))
    made.save()
    made.save_revision(user=edna)
    revision = made.latest_revision
    page = text(client.get(f"{HOME}history/{made.pk}/revisions/{revision.pk}/view/"))
    assert "Thank you. Mr. B" in page
    assert "谢谢 Mr. B" in page


def test_the_workflow_is_made_once_and_rights_stay_taken(cast):
    kept = (Workflow, ApprovalBySecondPerson, WorkflowContentType, Permission)
    before = [model.objects.count() for model in kept]
    publish = Permission.objects.get(codename="publish_customervoice")
    publish.user_set.add(cast["editor"])
    give_rights()
    assert [model.objects.count() for model in kept] == before
    assert not publish.user_set.exists()
    assert CustomerVoice.get_default_workflow().name == "Approval by a second person"
    assert not cast["editor"].has_perm("cms.publish_customervoice")


def test_another_workflow_publishes_nothing(client, edna, emil):
    """Somebody with Wagtail's settings at hand could assign one that asks nobody."""
    voice = submitted(client, edna)
    state = WorkflowState.objects.get()
    with pytest.raises(PermissionDenied):
        publish_approved(state, user=edna)
    empty = Workflow.objects.create(name="Nobody asks")
    WorkflowContentType.objects.filter(content_type=content_type_of(CustomerVoice)).update(
        workflow=empty
    )
    edit(client, voice, edna, act="action-cancel-workflow")
    with pytest.raises(PermissionDenied):
        empty.start(voice, edna)
    assert shown() == []


def test_what_waits_is_listed_for_those_who_may_approve(client, edna, emil):
    submitted(client, edna)
    client.force_login(emil)
    assert "They called me back." in client.get("/cms/").content.decode()
    [task] = ApprovalBySecondPerson.objects.all()
    assert [task.get_task_states_user_can_moderate(each).count() for each in (edna, emil)] == [0, 1]
