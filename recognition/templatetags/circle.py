"""How the circle is written for people."""

from django import template

from people.templatetags.shown import percent
from recognition.rules.circle import Group

register = template.Library()


@register.filter
def share(group: Group | None) -> str:
    """A share with one decimal, rounded down: no share reads 40% before it is."""
    bp = group.share_bp if group else None
    return "–" if bp is None else percent(bp - bp % 10)
