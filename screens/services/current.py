"""The snapshots that are to be shown now: built when something was changed or a minute is over,
kept when the bytes are new, and forgotten when no screen shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from people.services.retrying import retried
from screens.models import Contact, Current, Screen, Snapshot
from screens.services.building import Loop, loop_of
from screens.services.freshness import change_now
from screens.services.programme import Content, Programme

BUILT_EVERY = timedelta(minutes=1)
"""What no change announces (the share of a poll that grows) is looked for this often."""
KEPT = timedelta(hours=1)
"""How long bytes are kept that nobody is to show any more: a screen may just be fetching them."""

NAMES_HOURS = 12
"""How long names stay on a screen that can't ask whether they still may."""


@dataclass(frozen=True)
class Shown:
    """What one screen is to show."""

    screen: Screen
    programme: Programme
    current: Current


def bound_screens() -> QuerySet[Screen]:
    """Those with a device, revoked or not."""
    return Screen.objects.exclude(secret_digest=None).select_related("site", "department")


def refresh(screens: Iterable[Screen], *, now: datetime) -> list[Shown]:
    """What each of these is to show, with snapshots that are no older than the last change."""
    change = change_now()
    content = Content(now=now)
    programmes = {screen: content.programme_of(screen) for screen in screens}
    known = {each.key: each for each in _without_slides()}
    for programme in set(programmes.values()):
        found = known.get(programme.key)
        if found is None or _is_old(found, change=change, now=now):
            # The number was read before the content: what is built is at least as new as it says.
            loop = loop_of(programme, now=now)
            known[programme.key] = keep(loop, programme.key, change=change, now=now)
    return [Shown(screen, each, known[each.key]) for screen, each in programmes.items()]


def _is_old(current: Current, *, change: int, now: datetime) -> bool:
    return current.change < change or now - current.built_at >= BUILT_EVERY


@retried
@transaction.atomic
def keep(loop: Loop, key: str, *, change: int, now: datetime) -> Current:
    """The bytes, and that they are what screens with the key show; never in the place of what was
    built from something newer."""
    text, sha256 = loop.canonical()
    snapshot, _made = Snapshot.objects.get_or_create(
        sha256=sha256,
        defaults={
            "payload": text, "people": sorted(loop.people), "date": loop.date, "made_at": now,
        },
    )  # fmt: skip
    row, made = Current.objects.get_or_create(
        key=key, defaults={"snapshot": snapshot, "change": change, "built_at": now}
    )
    if not made:
        older = Current.objects.filter(pk=row.pk, change__lte=change)
        older.update(snapshot=snapshot, change=change, built_at=now)
    return _without_slides().get(pk=row.pk)


def _without_slides() -> QuerySet[Current]:
    """Two hundred loops with pictures are too much to read twice a minute on every server."""
    return Current.objects.select_related("snapshot").defer("snapshot__payload")


@retried
@transaction.atomic
def forget_old_snapshots(*, now: datetime) -> int:
    """Names may be in them: nothing stays that nobody is to show, but what a screen without network
    may still have on its glass, so that who withdraws is told of it."""
    on_glass = Contact.objects.filter(seen_at__gte=now - timedelta(hours=NAMES_HOURS))
    Current.objects.filter(built_at__lt=now - KEPT).delete()
    kept = Current.objects.values("snapshot")
    old = Snapshot.objects.exclude(pk__in=kept).filter(made_at__lt=now - KEPT)
    return old.exclude(sha256__in=on_glass.values("snapshot")).delete()[0]


def showing(person: int) -> list[Contact]:
    """The screens that last said to show a snapshot in which somebody is named."""
    shas = [
        sha for sha, people in Snapshot.objects.values_list("sha256", "people") if person in people
    ]
    found = Contact.objects.filter(snapshot__in=shas, screen__revoked_at=None)
    return list(found.select_related("screen"))
