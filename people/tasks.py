"""Work for later: checking and applying an uploaded file, sending mail."""

from django_tasks import task

from people.services.drafts import apply_draft, check_draft
from people.services.outbox import send_waiting


@task()
def check_uploaded_file(draft_id: int) -> None:
    check_draft(draft_id)


@task()
def apply_uploaded_file(draft_id: int) -> None:
    apply_draft(draft_id)


@task()
def send_mails() -> None:
    send_waiting()
