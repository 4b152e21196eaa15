"""What a screen asks every half minute: which snapshot to show, when to be lit, and which days to
expect when."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation

from cms.services.morning import GRACE, PostingTimes, is_never_posted
from cms.services.posting import newest_day, newest_snapshot
from people.services.calendars import SiteDays, all_sites
from screens.models import Screen
from screens.rules.dayparts import lit_spans
from screens.services.current import NAMES_HOURS, Shown
from screens.services.programme import zone_of
from screens.services.words import words_in

SHELL = Path(settings.ROOT) / "static" / "screen"
PARTS = {
    "css": ("shell.css", "slides.css"),
    "js": ("keep.js", "paging.js", "pairing.js", "shell.js"),
}
"""In the order in which they are loaded; the worker is asked for by itself."""
PACE_SECONDS = 30
DAYS_AHEAD = 14


@lru_cache(maxsize=1)
def build() -> str:
    """A digest of the shell's files in every language: a screen loads itself anew when it
    changes."""
    digest = hashlib.sha256()
    for path in sorted(SHELL.glob("*")):
        digest.update(path.read_bytes())
    for code, _name in settings.LANGUAGES:
        digest.update(shell_html(code, build="").encode())
    return digest.hexdigest()[:16]


def shell_html(language: str, *, build: str) -> str:
    with translation.override(language):
        context = {"language": language, "build": build, "parts": parts(build)}
        return render_to_string("screens/shell.html", context)


@lru_cache(maxsize=2)
def parts(build: str) -> dict[str, list[tuple[str, str]]]:
    """The shell's style sheets and scripts: address and digest, by which browser and worker refuse
    what was cut off on its way or belongs to another build."""
    return {
        kind: [(f"{static(f'screen/{name}')}?build={build}", _integrity(name)) for name in names]
        for kind, names in PARTS.items()
    }


def _integrity(name: str) -> str:
    found = hashlib.sha384((SHELL / name).read_bytes()).digest()
    return f"sha384-{b64encode(found).decode()}"


class Days:
    """What manifests say of days, read once for as many screens as there are."""

    def __init__(self, *, now: datetime):
        self._now = now
        self._sites = all_sites()
        self._calendars = {each.site.pk: each.calendar for each in self._sites}
        self.expects = expectations(self._sites, now=now)
        newest = newest_snapshot()
        self.posted_at = newest.made_at.isoformat() if newest else None

    def lit(self, screen: Screen) -> list[list[str]]:
        """From when until when, for yesterday and two weeks, so that it holds without network. A
        screen that belongs to no site follows the days on which any works."""
        zone = zone_of(screen)
        first = self._now.astimezone(zone).date() - timedelta(days=1)
        spans = lit_spans(
            first, days=DAYS_AHEAD + 1, lit_from=screen.lit_from, lit_until=screen.lit_until,
            zone=zone, calendar=self._calendar(screen),
        )  # fmt: skip
        return [[begin.isoformat(), end.isoformat()] for begin, end in spans]

    def known_until(self, screen: Screen) -> str:
        """The end of these two weeks, which may close with days on which nobody works."""
        zone = zone_of(screen)
        after = self._now.astimezone(zone).date() + timedelta(days=DAYS_AHEAD)
        return datetime.combine(after, time(), zone).isoformat()

    def _calendar(self, screen: Screen) -> Any:
        if not screen.only_working_days or not self._calendars:
            return None
        return self._calendars.get(screen.site_id or 0) or _Any(self._calendars.values())


class _Any:
    """Works when one of several calendars does."""

    def __init__(self, calendars: Iterable[Any]):
        self._calendars = list(calendars)

    def works_on(self, day: Any) -> bool:
        return any(each.works_on(day) for each in self._calendars)


def manifest(shown: Shown, days: Days) -> dict[str, Any]:
    """`expects`: pairs of a moment and the business day that must be shown from then on; `lit`:
    spans of time, outside them dark until `lit_known_until`; `urgent_until`: when an emergency ends
    by itself; `words`: what the shell says itself,
    in the screen's first language."""
    snapshot, emergency = shown.current.snapshot, shown.programme.emergency
    language = shown.programme.languages[0]
    return {
        "build": build(),
        "pace_seconds": PACE_SECONDS,
        "names_hours": NAMES_HOURS,
        "snapshot": snapshot.sha256,
        "date": str(snapshot.date) if snapshot.date else None,
        "posted_at": days.posted_at,
        "expects": days.expects,
        "lit": days.lit(shown.screen),
        "lit_known_until": days.known_until(shown.screen),
        "language": language,
        "zone": str(shown.programme.zone),
        "urgent": emergency is not None,
        "urgent_until": emergency.ends_at.isoformat() if emergency and emergency.ends_at else None,
        "words": words_in(language),
    }


def expectations(sites: list[SiteDays], *, now: datetime) -> list[dict[str, str]]:
    """For the last day that must be up by now and the two weeks to come, so that a screen without
    network still knows that its figures are old."""
    if not sites:
        return []
    found: list[dict[str, str]] = []
    times, newest = PostingTimes(), newest_day()
    first = min(site.today(now) for site in sites) - timedelta(days=DAYS_AHEAD)
    for offset in range(2 * DAYS_AHEAD):
        day = first + timedelta(days=offset)
        working = [site for site in sites if site.calendar.works_on(day)]
        # What was posted is expected, whatever it was; only days after it are asked about.
        was_due = newest is None or day <= newest or not is_never_posted(day, now=now)
        if working and was_due:
            after = times.moment(day, working) + GRACE
            found.append({"from": after.isoformat(), "date": str(day)})
    return found


def encoded(content: dict[str, Any]) -> tuple[bytes, str]:
    """The manifest as it is sent, and its ETag."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
