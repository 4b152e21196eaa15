"""The log of changes, written in the change's transaction: failing to log fails the change."""

from collections.abc import Iterable
from typing import Any

from people.models import AuditEntry, User


def record(
    action: str,
    *,
    by: User,
    subject: str,
    before: Any = None,
    after: Any = None,
    why: str = "",
) -> AuditEntry:
    """Log one change; `before` and `after` are JSON values."""
    return AuditEntry.objects.create(
        action=action, by=by, subject=subject, before=before, after=after, why=why
    )


def record_many(
    action: str, *, by: User, changes: Iterable[tuple[str, Any, Any]], why: str = ""
) -> None:
    """Log changes as (subject, before, after) in one write."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(action=action, by=by, subject=subject, before=before, after=after, why=why)
            for subject, before, after in changes
        ],
        batch_size=2000,
    )
