"""The poll: until when it is open, and how many have taken part as far as that may be told."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.for_screens.polls import PollNow, poll_now
from people.dates import moment
from people.models import ShownTo
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


class PollSlide(Slide):
    kind = "poll"

    class Meta:
        label = gettext_lazy("Poll")
        icon = "form"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        if view.shown_to == ShownTo.PUBLIC:
            raise LeftOut(_("Polls are for colleagues, and visitors stand before this screen."))
        poll = poll_now(now=view.now)
        if poll is None:
            raise LeftOut(_("No poll is open, and none was released in the last 30 days."))
        with timezone.override(view.zone):
            said = when(poll)
        return Facts({
            "name": poll.name, "said": said, "is_open": poll.is_open,
            "rate": poll.rate,
        })  # fmt: skip


def when(poll: PollNow) -> str:
    """In the zone of the moment."""
    if poll.is_open:
        return _("Open until %(moment)s") % {"moment": moment(poll.closes_at)}
    day = words.written_day(timezone.localdate(poll.closes_at))
    return _("Closed on %(day)s, results are out") % {"day": day}
