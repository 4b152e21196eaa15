"""Customers' words: for screens, and taking them back."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.models import CustomerVoice
from people.models import ShownTo, User
from people.services import audit


def voices_for(audience: ShownTo, *, language: str, on: date, most: int) -> list[dict[str, Any]]:
    """The newest approved words of customers whose consent is in force, as plain values: `id`,
    `quote`, `said_by`, and `language`, which is the words' own where they are not translated.

    TEAM reads what STAFF does. Raises ValueError for NOBODY.
    """
    if audience == ShownTo.NOBODY:
        raise ValueError("no screen stands before nobody")
    voices = CustomerVoice.objects.in_force(on, audience=max(audience, ShownTo.STAFF))
    newest = voices.prefetch_related("texts").order_by("-first_published_at", "-pk")[:most]
    return [_plain(each, language) for each in newest]


def _plain(voice: CustomerVoice, language: str) -> dict[str, Any]:
    quote, said_by, spoken = voice.said_in(language)
    return {"id": voice.pk, "quote": quote, "said_by": said_by, "language": spoken}


@transaction.atomic
def withdraw(voice: CustomerVoice, *, by: User, now: datetime) -> bool:
    """The customer took it back: it is gone at once and does not come back, whatever draft of it
    somebody approves. Returns whether that changed anything."""
    voice = CustomerVoice.objects.select_for_update(of=("self",)).get(pk=voice.pk)
    if voice.withdrawn_on:
        return False
    voice.withdrawn_on = timezone.localdate(now)
    voice.save(update_fields=["withdrawn_on"])
    state = voice.current_workflow_state
    if state:
        state.cancel(user=by)
    voice.unpublish(log_action=True)
    audit.record(
        "withdraw_voice", by=by, subject=f"voice:{voice.pk}",
        after={"withdrawn_on": str(voice.withdrawn_on)},
    )  # fmt: skip
    return True
