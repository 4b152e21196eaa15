"""What a screen asks every half minute: which snapshot to show, and which days to expect when."""

import hashlib
import json
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from cms.services.posting import newest_snapshot
from people.services.calendars import all_sites

PACE_SECONDS = 30
POSTED_BY = time(8, 0)
"""A screen says "not updated" when the newest working day is missing after this time."""
DAYS_AHEAD = 14


@lru_cache(maxsize=1)
def build() -> str:
    """A digest of the shell's files: a screen reloads itself when it changes."""
    digest = hashlib.sha256()
    for path in sorted((Path(settings.ROOT) / "static" / "screen").glob("*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def manifest(*, now: datetime) -> dict:
    """`expects`: pairs of a moment and the business day that must be shown from then on."""
    snapshot = newest_snapshot()
    return {
        "build": build(),
        "pace_seconds": PACE_SECONDS,
        "snapshot": snapshot.sha256 if snapshot else None,
        "date": str(snapshot.date) if snapshot else None,
        "posted_at": snapshot.made_at.isoformat() if snapshot else None,
        "expects": expectations(now=now),
    }


def expectations(*, now: datetime) -> list[dict]:
    """For the last day that must be up by now and the two weeks to come, so that a screen without
    network still knows that its figures are old."""
    sites = all_sites()
    if not sites:
        return []
    found: list[dict] = []
    first = min(site.today(now) for site in sites) - timedelta(days=DAYS_AHEAD)
    for offset in range(2 * DAYS_AHEAD):
        day = first + timedelta(days=offset)
        working = [site for site in sites if site.calendar.works_on(day)]
        if working:
            # Posted once every site has finished the day, on the next morning of the last of them.
            after = max(
                datetime.combine(day + timedelta(days=1), POSTED_BY, s.zone) for s in working
            )
            found.append({"from": after.isoformat(), "date": str(day)})
    return found


def etag(content: dict) -> str:
    text = json.dumps(content, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
