"""Work for later: making statements, renewing what everybody would get as of today."""

from django.utils import timezone
from django_tasks import task

from incentives.models import StatementBatch
from incentives.services import estimates
from incentives.services.statement_batches import has_work, left_lying, make_a_portion
from people.models import User

AT_ONCE = 8
"""Workers that a batch keeps busy; other work has its turn between two portions."""


def enqueue_statements(batch: StatementBatch) -> None:
    for _chain in range(min(AT_ONCE, batch.portions.count())):
        make_statements.enqueue(batch_id=batch.pk)


def go_on_with_statements() -> None:
    """Where workers were killed, another begins."""
    for batch_id in left_lying(now=timezone.now()):
        make_statements.enqueue(batch_id=batch_id)


@task()
def make_statements(batch_id: int) -> None:
    """One portion, and then another task while there are more."""
    if make_a_portion(batch_id) and has_work(batch_id, now=timezone.now()):
        make_statements.enqueue(batch_id=batch_id)


@task()
def renew_estimates() -> None:
    estimates.renew_estimates(by=User.objects.system(), now=timezone.now())
