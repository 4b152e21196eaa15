"""The tiles of a board: one a department, with its goals."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from screens.rules.boards import STATES, fair_order, worst
from screens.slides.words import SIGNS, day_of, measured, number, state_words


def tiles(board: Mapping[str, Any], codes: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Of all departments with a goal on that day or of those with these codes, in fair order."""
    said = state_words()
    found: dict[str, dict[str, Any]] = {}
    for goal in goals_of(board, codes):
        department = goal["department"]
        tile = found.setdefault(department["code"], {**department, "goals": []})
        tile["goals"].append(_goal(goal, said))
    for tile in found.values():
        tile["state"] = worst(goal["state"] for goal in tile["goals"])
    return fair_order(found.values(), day=day_of(board))


def goals_of(
    board: Mapping[str, Any], codes: Collection[str] | None = None
) -> list[Mapping[str, Any]]:
    return [
        goal for goal in board["goals"]
        if goal["state"] in STATES and (codes is None or goal["department"]["code"] in codes)
    ]  # fmt: skip


def _goal(goal: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    metric, state = goal["metric"], goal["state"]
    absent = _("Not reported") if state == "missed" else _("No figure yet")
    return {
        "metric": metric["name"],
        "value": absent if goal["value"] is None else measured(goal["value"], metric["unit"]),
        "target": f"{SIGNS[metric['direction']]} {measured(goal['target'], metric['unit'])}",
        "state": state,
        "said": said[state],
        "excuse": goal["excuse"] if state == "excused" else "",
    }


def tally(board: Mapping[str, Any], codes: Collection[str] | None = None) -> str:
    """“✗ Missed 1 · ✓ Met 30”, counted from the goals that stand below it; empty without any."""
    said, states = state_words(), [goal["state"] for goal in goals_of(board, codes)]
    counted = [
        f"{said[state]} {number(states.count(state))}" for state in STATES if state in states
    ]
    return " · ".join(counted)
