"""The public face: what a company that wants it shows to everybody, without any person's name.

Nothing that somebody typed stands there but the names of departments and metrics, and what was
agreed for the public: a headline, an excuse or a reason could hold a name.
"""

import hashlib
import json
from datetime import date
from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cms.models import DaySnapshot, ResultsPage, not_closed
from cms.services.stories import stories_for
from cms.services.voices import voices_for
from incentives.models import DayVerdict
from incentives.rules import Status
from incentives.services.years import fiscal_year
from people.models import ShownTo
from people.services.policies import in_force

POLICY = "public_page"
A_DAY = 24 * 3600
STORIES, VOICES = 3, 3
OF_GOAL = ("department", "metric", "target", "value", "state")
OF_BOARD = ("date", "status", "version", "company", "was", "missed")


def is_on(*, on: date) -> bool:
    return in_force(POLICY, on=on) == "on"


def public_face(*, language: str, on: date) -> dict[str, Any]:
    """All that stands on the page, as plain JSON: `board` of the newest posted day or None, `month`
    and `year` (hit days and days), `stories` and `voices` that are agreed for everybody."""
    newest = _posted().order_by("-date").first()
    snapshot = newest and DaySnapshot.objects.filter(date=newest.date).order_by("-pk").first()
    return {
        "language": language,
        "board": _nameless(snapshot.board) if snapshot else None,
        **(_hit_days(newest.date) if newest else {}),
        "stories": stories_for(ShownTo.PUBLIC, language=language, most=STORIES),
        "voices": voices_for(ShownTo.PUBLIC, language=language, on=on, most=VOICES),
    }


def _posted() -> Any:
    return not_closed(ResultsPage.objects.live())


def _nameless(board: dict) -> dict:
    """Only what is named here, so that what a board learns later is not public by accident."""
    kept = {key: board[key] for key in OF_BOARD}
    return kept | {"goals": [{key: goal[key] for key in OF_GOAL} for goal in board["goals"]]}


def _hit_days(day: date) -> dict[str, dict[str, Any]]:
    """Of the posted, final days with a verdict, in the month and the fiscal year of a day."""
    year = fiscal_year(day)
    final = DayVerdict.objects.of_company().latest_versions().filter(
        status=Status.FINAL, date__range=(year.first, day), hit__isnull=False,
        date__in=_posted().values("date"),
    )  # fmt: skip
    days = dict(final.values_list("date", "hit"))
    month = [hit for each, hit in days.items() if (each.year, each.month) == (day.year, day.month)]
    return {
        "month": {"first": str(day.replace(day=1)), "hit": sum(month), "days": len(month)},
        "year": {"name": year.name, "hit": sum(days.values()), "days": len(days)},
    }


def tag_of(face: dict[str, Any]) -> str:
    """Stays the same as long as what stands there does."""
    text = json.dumps(face, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def as_html(face: dict[str, Any], tag: str) -> SafeString:
    """From the cache; the key holds all that the page depends on, so nothing has to be cleared."""
    key = f"public:{tag}"
    html = cache.get(key)
    if html is None:
        html = render_to_string("cms/public.html", {"face": face})
        cache.set(key, html, A_DAY)
    # Only ever what our own template escaped and rendered.
    return mark_safe(html)  # noqa: S308
