"""What goes out only when a second person has agreed to it."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from people.models import Role, User
from people.permissions import roles_of

APPROVERS = frozenset({Role.EDITOR, Role.ADMINISTRATOR})
NOT_WORDS = frozenset(
    {
        "pk", "live", "has_unpublished_changes", "first_published_at", "last_published_at",
        "live_revision", "latest_revision", "expired", "locked", "locked_at", "locked_by",
    }
)  # fmt: skip
"""What a revision says of its own state, and not of what is published with it."""


class ApprovalBySecondPerson(Task):
    """Asked anew when somebody acts, so that a role that ended this morning approves nothing.

    Whoever wrote it can't change it while it waits, or something else would go out than what was
    looked at; they can take it back.
    """

    def locked_for_user(self, obj: Any, user: User) -> bool:
        return user.pk in writers_of(obj)

    def get_actions(self, obj: Any, user: User) -> list[tuple[str, Any, bool]]:
        if not may_approve(obj, user):
            return []
        return [
            ("reject", _("Request changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with comment"), True),
        ]

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> None:
        thing = task_state.workflow_state.content_object
        # Nobody changes it between this look and its publication.
        type(thing)._base_manager.select_for_update(of=("self",)).get(pk=thing.pk)
        if not may_approve(thing, user):
            raise PermissionDenied
        super().on_action(task_state, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user: User, **_kwargs: Any) -> models.QuerySet:
        waiting = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        if roles_of(user).isdisjoint(APPROVERS):
            return waiting.none()
        return waiting.exclude(workflow_state__requested_by=user).exclude(revision__user=user)

    @classmethod
    def get_description(cls) -> str:
        return gettext("An editor or administrator approves who neither submitted nor wrote it")

    class Meta:
        verbose_name = _("approval by a second person")
        verbose_name_plural = _("approvals by a second person")


def may_approve(thing: Any, user: User) -> bool:
    return not roles_of(user).isdisjoint(APPROVERS) and user.pk not in writers_of(thing)


def writers_of(thing: Any) -> set[int]:
    """Whoever submitted what waits for approval, and whoever wrote what stands in it now.

    Wagtail keeps a revision whenever its form is sent, by who approves without a change too: the
    writer is who made the oldest of the newest revisions that say the same.
    """
    state = thing.current_workflow_state
    writer, newest = None, None
    for revision in thing.revisions.order_by("-created_at", "-pk").iterator():
        said = _words(revision.content)
        if newest is not None and said != newest:
            break
        writer, newest = revision.user_id, said
    return {who for who in (writer, state and state.requested_by_id) if who is not None}


def _words(content: dict[str, Any]) -> dict[str, Any]:
    """A revision without its own state, and without the numbers of its children, which are given
    when they are first published."""
    said = {key: value for key, value in content.items() if key not in NOT_WORDS}
    for key, value in said.items():
        if isinstance(value, list):
            said[key] = [_words(each) if isinstance(each, dict) else each for each in value]
    return said


def content_type_of(model: type[models.Model]) -> ContentType:
    return ContentType.objects.get_for_model(model, for_concrete_model=False)
