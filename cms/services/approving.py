"""Approval by a second person: which snippets need it, and their only way out.

An app above says `needs_approval(Model)` in its `ready`, for a model with Wagtail's WorkflowMixin
(and LockableMixin, so that its writer can't change it while it waits), and registers it with a
viewset below cms.views.approval.ApprovedSnippets. From then on nobody has the right to publish it:
it goes out when it is approved, and any editor takes it down at once.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import models
from wagtail.models import TaskState, Workflow, WorkflowContentType, WorkflowState, WorkflowTask
from wagtail.workflows import publish_workflow_state

from cms.models import ApprovalBySecondPerson, content_type_of
from people.models import User

NAME = "Approval by a second person"
_models: list[type[models.Model]] = []


def needs_approval(model: type[models.Model]) -> None:
    """From now on; the workflow and the rights are given after the next migration."""
    if model not in _models:
        _models.append(model)


def is_approved_only(model: type[models.Model]) -> bool:
    return model in _models


def set_up_approval(*, groups: list[Group]) -> None:
    """The workflow and these groups' rights, for all models that need it; again changes nothing."""
    task = ApprovalBySecondPerson.objects.get_or_create(name=NAME)[0]
    workflow = Workflow.objects.get_or_create(name=NAME)[0]
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    for model in _models:
        WorkflowContentType.objects.update_or_create(
            content_type=content_type_of(model), defaults={"workflow": workflow}
        )
        _give_rights(model, groups)


def _give_rights(model: type[models.Model], groups: list[Group]) -> None:
    """To write and to change, and to nobody the right to publish or to delete: a row that was
    shown stays, so that it can be said what was shown."""
    create_permissions(apps.get_app_config(model._meta.app_label), verbosity=0)
    given = Permission.objects.filter(content_type=content_type_of(model))
    name = model._meta.model_name
    for group in groups:
        group.permissions.add(*given.filter(codename__in=[f"add_{name}", f"change_{name}"]))
    for forbidden in given.filter(codename__in=[f"publish_{name}", f"delete_{name}"]):
        forbidden.group_set.clear()
        forbidden.user_set.clear()


def publish_approved(workflow_state: WorkflowState, user: User | None = None) -> None:
    """What Wagtail does when a workflow is finished (WAGTAIL_FINISH_WORKFLOW_ACTION). Pages are
    published as ever; what needs a second person only after one has approved it."""
    thing: Any = workflow_state.content_object
    if not is_approved_only(type(thing)):
        publish_workflow_state(workflow_state, user=user)
        return
    approved = workflow_state.task_states.filter(
        status=TaskState.STATUS_APPROVED, task__in=ApprovalBySecondPerson.objects.all()
    )
    if not approved.exists():
        raise PermissionDenied
    thing.get_latest_revision().publish(user=user, skip_permission_checks=True)
