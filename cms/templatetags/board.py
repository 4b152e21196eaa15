"""A posted board in words."""

from datetime import date

from django import template

from incentives.services.explaining import explain, rule_in_words

register = template.Library()


@register.filter
def sentence(board: dict) -> str:
    return explain(board["company"], board["missed"])


@register.filter
def rule(board: dict) -> str:
    return rule_in_words(board["company"])


@register.filter
def departments_of(board: dict) -> list[dict]:
    """Goals grouped by department, those that missed first."""
    order = {"missed": 0, "awaited": 1, "excused": 2, "met": 3}
    groups: dict[str, dict] = {}
    for goal in board["goals"]:
        group = groups.setdefault(
            goal["department"]["code"], {"department": goal["department"], "goals": []}
        )
        group["goals"].append(goal)
    return sorted(groups.values(), key=lambda g: min(order[goal["state"]] for goal in g["goals"]))


@register.filter
def as_date(text: str):
    return date.fromisoformat(text)
