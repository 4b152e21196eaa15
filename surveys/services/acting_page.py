"""What everybody reads of actions: those published, by poll and focus area, and never whose they
are; and the newest that were done, short enough for a screen."""

from collections import defaultdict

from surveys.models import Action, FocusArea, Wave
from surveys.models.actions import Actions
from surveys.rules.acting import shortened

MOST_READ = 300
MOST_ON_A_SLIDE = 3

ByFocus = list[tuple[FocusArea, list[Action]]]


def published() -> Actions:
    return Action.objects.filter(is_published=True).select_related(
        "focus__wave", "focus__department"
    )


def published_by_poll() -> list[tuple[Wave, ByFocus]]:
    """The newest poll first; within it focus areas as they were named, within them by day due."""
    rows = published().order_by("-focus__wave__opens_at", "focus__wave", "focus", "due_on", "pk")
    found: dict[Wave, dict[FocusArea, list[Action]]] = {}
    for action in rows[:MOST_READ]:
        areas = found.setdefault(action.focus.wave, defaultdict(list))
        areas[action.focus].append(action)
    return [(wave, list(areas.items())) for wave, areas in found.items()]


def said_and_did(language: str, *, most: int = MOST_ON_A_SLIDE) -> list[dict[str, str]]:
    """The published actions that were done last, in a language: `said`, `did`, and the day
    `done_on`. What is only planned is no “we did”."""
    done = published().filter(state=Action.State.DONE).order_by("-done_on", "-pk")[:most]
    return [
        {
            "said": shortened(action.said_in(language)),
            "did": shortened(action.did_in(language)),
            "done_on": str(action.done_on),
        }
        for action in done
    ]
