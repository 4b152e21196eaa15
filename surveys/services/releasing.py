"""Who sees the results of a sealed poll: HR first, to prepare, then leads and staff."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from surveys.models import Release, Wave


class ReleaseRefused(Exception):
    """Nothing was released or shown, and why."""


@transaction.atomic
def release(wave: Wave, *, by: User, now: datetime) -> Release:
    """Let HR, executives and auditors read what the audit in the seal let pass. Raises
    ReleaseRefused; released again, it stays as it is."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state == Wave.State.RELEASED:
        return wave.release
    if wave.state != Wave.State.SEALED:
        raise ReleaseRefused(_("This poll is not sealed yet: there is nothing to release."))
    found = wave.release
    found.released_at, found.released_by = now, by
    found.save(update_fields=["released_at", "released_by"])
    wave.state = Wave.State.RELEASED
    wave.save(update_fields=["state"])
    audit.record("release_poll", by=by, subject=f"poll:{wave.code}", after={"report": found.digest})
    return found


@transaction.atomic
def show(wave: Wave, *, by: User, now: datetime) -> Release:
    """Let leads and staff read theirs, too; it is not taken back. Raises ReleaseRefused."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.RELEASED:
        raise ReleaseRefused(_("Release this poll first."))
    found = wave.release
    if found.shown_at is None:
        found.shown_at = now
        found.save(update_fields=["shown_at"])
        audit.record("show_poll", by=by, subject=f"poll:{wave.code}")
    return found


def may_read(wave: Wave, *, sees_all: bool) -> bool:
    """Whether somebody reads any of its results yet."""
    if wave.state != Wave.State.RELEASED:
        return False
    return sees_all or wave.release.shown_at is not None
