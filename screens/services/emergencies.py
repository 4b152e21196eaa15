"""Ending an emergency: at once, by anybody who writes, and before it would end by itself."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.actions.unpublish import UnpublishAction

from people.models import User
from people.services import audit
from people.services.retrying import retried
from screens.models import Emergency


def live_emergencies(*, now: datetime) -> QuerySet[Emergency]:
    ending = Q(ends_at=None) | Q(ends_at__gt=now)
    return Emergency.objects.filter(ending, live=True)


@retried
@transaction.atomic
def end_emergency(emergency: Emergency, *, by: User) -> bool:
    """False when somebody else has ended it."""
    held = Emergency.objects.select_for_update().filter(pk=emergency.pk, live=True).first()
    if held is None:
        return False
    UnpublishAction(held, user=by).execute(skip_permission_checks=True)
    audit.record(
        "end_emergency", by=by, subject=f"emergency:{held.pk}", before={"title": held.title}
    )
    return True
