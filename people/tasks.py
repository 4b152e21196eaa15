"""Work for later: checking and applying an uploaded file."""

from django_tasks import task

from people.services.drafts import apply_draft, check_draft


@task()
def check_uploaded_file(draft_id: int) -> None:
    check_draft(draft_id)


@task()
def apply_uploaded_file(draft_id: int) -> None:
    apply_draft(draft_id)
