"""What every page's frame shows: only what this person may open."""

from people import menu
from people.models import Notice
from people.services.pins import SHARED_SECONDS, SHARED_SESSION

AT_SHARED_DEVICES = ("notices", "shown")
"""Whoever has a PIN alone says there how far the name is shown."""


def frame(request) -> dict:
    """`navigation`: menu groups; `unread`: notices; `forget_after`: seconds, at shared devices.

    Worked out once a request: a table's cell that is made from a template asks for it again.
    """
    if not hasattr(request, "frame_shown"):
        request.frame_shown = _frame_for(request)
    return request.frame_shown


def _frame_for(request) -> dict:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    shared = request.session.get(SHARED_SESSION)
    return {
        "navigation": menu.menu_for(user),
        "account_links": [
            link
            for link in menu.account_links_for(user)
            if not shared or link.name in AT_SHARED_DEVICES
        ],
        "unread": Notice.objects.filter(user=user, read_at=None).count(),
        "forget_after": SHARED_SECONDS if shared else None,
    }
