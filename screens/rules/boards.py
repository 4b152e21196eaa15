"""In which order departments stand on a board."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

STATES = ("missed", "awaited", "excused", "met")
"""Of a goal, in the order of who should be seen first."""


def worst(states: Iterable[str]) -> str:
    """The state of a department: the one of its goals that should be seen first."""
    return min(states, key=STATES.index)


def fair_order(departments: Iterable[dict[str, Any]], *, day: date) -> list[dict[str, Any]]:
    """Departments with `code` and `state`: misses first. Among equals another order each day, the
    same on every screen, so that nobody always stands last."""

    def place(department: dict[str, Any]) -> tuple[int, str]:
        drawn = hashlib.sha256(f"{day}:{department['code']}".encode()).hexdigest()
        return STATES.index(department["state"]), drawn

    return sorted(departments, key=place)
